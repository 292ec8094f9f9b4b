//! Omie counts requests per source address (`contracts/omie.md` §3): what leaves from ten processes behind one address
//! is one number to it, and none of the ten sees it.

use std::rc::Rc;
use std::time::Duration;

use e2e::World;
use engine::Wanted;
use simulators::Preset;
use tokio::task::{JoinSet, LocalSet};

/// Ten jobs with a method of their own each, and how many of its rows a page holds: enough pages for each to go on for
/// minutes, but for the last two.
const JOBS: [(&str, &str, usize); 10] = [
    ("clientes", "ListarClientes", 5),
    ("precos", "ListarTabelaItens", 20),
    ("titulos", "PesquisarLancamentos", 5),
    ("historicos", "ListarPedidos", 5),
    ("cidades", "PesquisarCidades", 5),
    ("produtos", "ListarProdutos", 3),
    ("produtos-fornecedores", "ListarProdutoFornecedor", 3),
    ("estoques", "ListarPosEstoque", 3),
    ("bancos", "ListarBancos", 1),
    ("vendedores", "ListarVendedores", 1),
];

/// What Omie takes from one address in a minute.
const LIMIT: u64 = 960;

/// A tenant of which as much is loaded as the jobs need in order to ask, and whose Omie answers from now on in small
/// pages and at once. What they read mostly lacks what it refers to and goes to quarantine, which is all the same here.
async fn begun() -> Rc<World> {
    let world = World::new(Preset::Typical).await;
    for job in ["cidades", "filiais", "regioes"] {
        world.keep_by_name(job, Wanted::Full).await;
    }
    world.partners.omie.configure(|options| {
        options.latency = Duration::ZERO;
        options.page_caps.extend(JOBS.map(|(_, method, rows)| (method.to_owned(), rows)));
    });
    world.rest().await;
    Rc::new(world)
}

/// Reads everything with these jobs, each in a process of its own, all from this instant on, for so long; what is not
/// over then dies as it is.
async fn together(world: &Rc<World>, jobs: &[(&'static str, &str, usize)], time: Duration) {
    let (processes, mut running) = (LocalSet::new(), JoinSet::new());
    for (job, ..) in jobs.iter().copied() {
        let world = Rc::clone(world);
        let run = async move { world.keep_by_name(job, Wanted::Full).await };
        running.spawn_local_on(run, &processes);
    }
    let ended = processes.run_until(async {
        while let Some(ended) = running.join_next().await {
            ended.expect("no run fails");
        }
    });
    tokio::select! {
        () = ended => {}
        () = world.clock.sleep(time) => {}
    }
}

/// The most that Omie has seen in a minute, and what it refused for it.
fn seen(world: &World) -> (u64, u64) {
    let verdict = world.partners.omie.verdict();
    (verdict.most_per_minute, verdict.total("rate_limited"))
}

#[tokio::test(start_paused = true)]
async fn ten_sweeps_that_start_in_the_same_instant_ask_no_more_than_one_address_may() {
    let world = begun().await;

    together(&world, &JOBS, Duration::from_mins(4)).await;

    let (most, refused) = seen(&world);
    assert!(most <= LIMIT && refused == 0, "{most} in a minute, {refused} refused");
    // The two short ones end, and what was theirs is used by the others.
    assert!(most > 800, "{most} in a minute: they wait for nothing");
    crate::limits::assert_no_limit_was_passed(&world);
}

#[tokio::test(start_paused = true)]
async fn six_sweeps_that_join_four_find_room_in_seconds() {
    let world = begun().await;
    let (four, six) = JOBS.split_at(4);

    let joined = async {
        world.clock.sleep(Duration::from_secs(90)).await;
        together(&world, six, Duration::from_mins(3)).await;
    };
    tokio::join!(together(&world, four, Duration::from_secs(270)), joined);

    let (most, refused) = seen(&world);
    assert!(most <= LIMIT && refused == 0, "{most} in a minute, {refused} refused");
    assert!(most > 800, "{most} in a minute: four use what there is");
}

/// What the two tests above would see if nobody shared: that they can fail.
#[tokio::test(start_paused = true)]
async fn ten_sweeps_that_take_the_address_for_their_own_ask_too_much() {
    let world = begun().await;
    world.own_address.set(true);

    together(&world, &JOBS, Duration::from_mins(2)).await;

    let (most, refused) = seen(&world);
    assert!(most > LIMIT && refused > 0, "{most} in a minute, {refused} refused");
}
