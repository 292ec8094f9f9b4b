//! Check 12: Omie's limits are obeyed, whatever happens.

use e2e::{Ended, World};
use engine::{Budget, RunRef};
use sales::entities::Banco;
use simulators::{Fault, Preset};

/// Refusals that mean a limit was passed.
const PASSED: [&str; 4] = ["rate_limited", "blocked", "redundant", "busy"];

pub(crate) fn assert_no_limit_was_passed(world: &World) {
    let verdict = world.partners.omie.verdict();
    for kind in PASSED {
        assert_eq!(verdict.total(kind), 0, "{kind}: {verdict:?}");
    }
    for (method, seen) in &verdict.methods {
        assert!(seen.most_per_minute <= 240, "{method}: {seen:?}");
    }
    assert!(verdict.most_per_minute <= 960, "{verdict:?}");
}

#[tokio::test(start_paused = true)]
async fn two_loads_in_a_row_pass_no_limit() {
    let world = World::new(Preset::Small).await;

    world.load().await;
    world.load().await;

    assert_no_limit_was_passed(&world);
}

#[tokio::test(start_paused = true)]
async fn a_fast_partner_is_asked_no_faster_than_it_allows() {
    let world = World::new(Preset::Typical).await;
    world.partners.omie.configure(|options| {
        options.latency = std::time::Duration::ZERO;
        options.page_caps.insert("PesquisarCidades".to_owned(), 10);
    });

    assert_eq!(world.load().await, Ended::Finished);

    assert!(world.partners.omie.verdict().calls("PesquisarCidades") > 480, "enough calls to pass the limit");
    assert_no_limit_was_passed(&world);
}

#[tokio::test(start_paused = true)]
async fn a_block_stops_its_method_for_the_seconds_the_partner_states() {
    let world = World::new(Preset::Small).await;
    world.partners.omie.faults().next("ListarBancos", Fault::Blocked425, 1);
    let began = world.clock.now();

    assert_eq!(world.load().await, Ended::Finished);

    let asked = world.partners.omie.calls("ListarBancos");
    let [refused, next, ..] = asked[..] else { panic!("asked once: {asked:?}") };
    assert!(clock::until(refused, next).as_secs() >= 1_800, "{asked:?}");
    assert!(clock::until(began, world.clock.now()).as_secs() < 3_600, "no other method was blocked");
    assert_eq!(world.differences().await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn trouble_of_every_kind_is_waited_out() {
    for fault in
        [Fault::Html, Fault::Truncated, Fault::LostAnswer, Fault::Status429, Fault::Busy, Fault::Redundant]
    {
        let world = World::new(Preset::Small).await;
        for method in ["PesquisarCidades", "ListarEmpresas", "ListarVendedores", "ListarClientes"] {
            world.partners.omie.faults().next(method, fault.clone(), 2);
        }

        assert_eq!(world.load().await, Ended::Finished, "{fault:?}");

        assert_eq!(world.differences().await, Vec::<String>::new(), "{fault:?}");
        assert_no_limit_was_passed(&world);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_was_lost_ends_in_the_same_rows() {
    for fault in [Fault::LostAnswer, Fault::Truncated, Fault::Html, Fault::Unauthorized] {
        let world = World::new(Preset::Small).await;
        for method in ["POST Cidades", "POST Filiais", "POST Usuaris", "POST Clientes"] {
            world.partners.maxima.faults().next(method, fault.clone(), 1);
        }

        assert_eq!(world.load().await, Ended::Finished, "{fault:?}");

        assert_eq!(world.differences().await, Vec::<String>::new(), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_is_remembered_by_the_next_process() {
    let world = World::new(Preset::Small).await;
    world.load().await;
    world.clock.sleep(std::time::Duration::from_mins(5)).await;
    world.partners.omie.faults().next("ListarBancos", Fault::Blocked425, 1);
    let run = || RunRef::new("run", format!("bancos/{}", world.clock.now()));
    let blocked = world.run::<Banco>(run(), Budget::unlimited()).await;
    let asked = world.partners.omie.calls("ListarBancos").len();

    let report = world.run::<Banco>(run(), Budget::unlimited()).await.expect("it says how long to wait");

    assert!(blocked.is_ok_and(|report| report.more), "blocked, not failed");
    assert!(report.more && report.wait_seconds > 1_700, "{report:?}");
    assert_eq!(world.partners.omie.calls("ListarBancos").len(), asked, "nothing was asked inside the block");
}
