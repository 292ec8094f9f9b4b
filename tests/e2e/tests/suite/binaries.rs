//! The real binaries: `ponte --once` as a person runs it, and killed at every step of the load.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clock::Clock;
use e2e::{World, runner};
use maxima::{Critica, PosicaoPedido, SituacaoPedido, StatusPedido, TipoCritica};
use sales::catalog::{self, GATE};
use serde_json::Value;
use simulators::{Options, Preset, Simulators};

use crate::held::Held;

/// The file in which the simulated partners keep what they were told.
const JOURNAL: &str = "simulators.jsonl";
/// How many of the dataset's 120 customers can be sent.
const CUSTOMERS: usize = 104;

fn ponte(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(runner());
    command.args(["--once", "--no-build", "--port", "0", "--data"]).arg(data);
    for (option, usual) in [("--speed", "200"), ("--preset", "small")] {
        if !more.contains(&option) {
            command.args([option, usual]);
        }
    }
    command.args(more).stdin(Stdio::null());
    command
}

fn run(data: &Path, more: &[&str]) -> Output {
    ponte(data, more).output().expect("the runner starts")
}

fn assert_finished(output: &Output) {
    let (told, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{told}\n{complained}", output.status);
    assert_no_limit_was_passed(&told);
}

/// The simulated Omie's verdict, as the runner shows it at the end (`contracts/omie.md` §3).
fn assert_no_limit_was_passed(told: &str) {
    let calls = told.rsplit("Chamadas aos parceiros").next().unwrap_or_default();
    let mut is_summed = false;
    for row in rows(calls).filter(|row| row[0] == "Omie") {
        let [_, method, _, most, _, _, passed] = &row[..] else { panic!("{row:?}") };
        let is_sum = method == "(todos)";
        let limit = if is_sum { 960 } else { 240 };
        assert!(most.parse::<u64>().is_ok_and(|most| most <= limit), "{method}: {most} in a minute\n{calls}");
        assert_eq!(passed, "0", "{method}: rate_limited, blocked, redundant or busy\n{calls}");
        is_summed |= is_sum;
    }
    assert!(is_summed, "nothing is told of Omie\n{told}");
}

/// The rows of a table of the runner, each as its cells, numbers without points.
fn rows(table: &str) -> impl Iterator<Item = Vec<String>> {
    let is_row = |line: &&str| line.contains('┆');
    table.lines().filter(is_row).map(|line| {
        let cells = line.trim_matches(['│', ' ']).split('┆');
        cells.map(|cell| cell.trim().replace('.', "")).collect()
    })
}

/// What the simulated Máxima holds after the runs in `data`, by resource and key.
fn held(data: &Path) -> Held {
    held_of(Preset::Small, data)
}

fn held_of(preset: Preset, data: &Path) -> Held {
    let journal = Some(data.join(JOURNAL));
    let simulators = Simulators::open(Options { journal, ..Options::new(preset, 1, Clock::system()) })
        .expect("the journal of the run");
    let resources = simulators.maxima.verdict().rows.into_keys();
    let held = resources.map(|resource| (resource.clone(), simulators.maxima.rows(&resource))).collect();
    crate::held::without_our_own_numbers(held)
}

#[test]
fn a_second_run_writes_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    assert_finished(&run(data.path(), &[]));
    let journal = std::fs::read(data.path().join(JOURNAL)).expect("a journal");

    assert_finished(&run(data.path(), &[]));

    let after = std::fs::read(data.path().join(JOURNAL)).expect("a journal");
    assert_eq!(after.len(), journal.len(), "every accepted write is a line of the journal");
    assert_eq!(held(data.path())["Clientes"].len(), CUSTOMERS);
    assert_no_secret_in(data.path());
}

/// Everything that the folder's stand-in for the secret store holds, text by text: the partners' credentials, the secret
/// in the webhook's address, the keys of the console.
fn secrets_of(folder: &Path) -> BTreeSet<String> {
    fn texts(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => {
                found.insert(text.clone());
            }
            Value::Array(values) => {
                for value in values {
                    texts(value, found);
                }
            }
            Value::Object(members) => {
                for value in members.values() {
                    texts(value, found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let file = files_below(folder).into_iter().find(|file| file.ends_with("secrets.json"));
    let stored = std::fs::read(file.expect("the secrets")).expect("a readable file");
    let stored: BTreeMap<String, String> = serde_json::from_slice(&stored).expect("names and texts");
    let mut found = BTreeSet::new();
    for text in stored.values() {
        texts(&serde_json::from_str(text).expect("JSON"), &mut found);
    }
    let usual = [simulators::APP_KEY, simulators::APP_SECRET, simulators::LOGIN, simulators::PASSWORD];
    assert!(usual.iter().all(|secret| found.contains(*secret)), "the partners' credentials");
    assert_eq!(found.len(), usual.len() + 3, "besides them the webhook's secret and two keys of the console");
    found
}

/// Check 16: logs, table, journal and clock of a run, searched for every secret there is. The folder's stand-in for the
/// secret store is the one place where they belong.
fn assert_no_secret_in(folder: &Path) {
    let secrets = secrets_of(folder);
    let mut searched = 0;
    for file in files_below(folder).into_iter().filter(|file| !file.ends_with("secrets.json")) {
        let content = std::fs::read(&file).expect("a readable file");
        searched += content.len();
        for secret in &secrets {
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret is in {}", file.display());
        }
    }
    assert!(searched > 100_000, "logs, table and journal are more than {searched} bytes");
}

pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_whole_tenant_is_loaded_every_record_accounted_for_and_the_next_reading_is_cheap() {
    let data = tempfile::tempdir().expect("a folder");

    let output = run(data.path(), &["--preset", "typical"]);

    assert_finished(&output);
    let held = held_of(Preset::Typical, data.path());
    assert_eq!(held["Cidades"].len(), 5_570, "all of Brazil; the one without IBGE code is in quarantine");
    let told = String::from_utf8_lossy(&output.stdout).replace('.', "");
    for entity in catalog::catalog().iter().flat_map(|job| job.entities) {
        let row = told.lines().find(|line| line.contains('┆') && line.contains(&format!(" {entity} ")));
        let row = row.unwrap_or_else(|| panic!("{entity} has no row in\n{told}"));
        let cells = row.split(['│', '┆']).filter_map(|cell| cell.trim().parse().ok());
        let numbers: Vec<usize> = cells.collect();
        let [read, stored, unchanged, _removed, skipped, rejected, ..] = numbers[..] else {
            panic!("{entity}: {numbers:?}")
        };
        assert_eq!(stored + unchanged + skipped + rejected, read, "{entity}");
    }
    let listed = told.split("Ignorados e por quê").nth(1).expect("what is left out is listed");
    for step in ["sync-bancos", "sync-planos-pagamentos"] {
        assert!(listed.lines().any(|line| line.contains(step)), "{step} skips records and says why");
    }
    for (resource, least) in [
        ("Clientes", 4_500),
        ("Produtos", 2_900),
        ("TabelasPrecos", 29_000),
        ("PrestacoesTitulos", 9_000),
        ("HistoricosPedidosCapas", 5_500),
        ("Estoques", 2_900),
    ] {
        assert!(held[resource].len() > least, "{resource}: {}", held[resource].len());
    }
    assert_the_next_reading_is_cheap(data.path());
}

/// What a run read, what it kept out, its write units and the tenths of a minute it took, by job, as the runner shows it.
fn costs(told: &str) -> BTreeMap<String, [u64; 4]> {
    let table = told.split("Custo por execução").nth(1).expect("the costs are told");
    let table = table.split("\n\n").next().expect("it ends");
    let number = |cell: &String| cell.replace(',', "").parse::<u64>().ok();
    let read = rows(table).filter_map(|row| {
        let [job, read, _, kept_out, _, units, _, tenths] = &row[..] else { panic!("{row:?}") };
        Some((job.clone(), [number(read)?, number(kept_out)?, number(units)?, number(tenths)?]))
    });
    read.collect()
}

/// The units of a reading that finds nothing changed: ten for 1,000 rows, which fewer rows may cost too, because every
/// run writes lease, place and run record. Besides one for each record in quarantine, which remembers every attempt, and
/// three for each minute, two of them for the lease (`shared/engine/README.md`).
fn assert_cheap(told: &str) {
    let costs = costs(told);
    let large = costs.values().filter(|[read, ..]| *read >= 1_000).count();
    assert!(large >= 7 && costs.len() >= 20, "{costs:?}");
    for (job, [read, kept_out, units, tenths]) in costs {
        let most = read.max(1_000).div_ceil(100) + kept_out + (3 * tenths).div_ceil(10);
        assert!(units <= most, "{job}: {units} units for {read} rows are more than {most}\n{told}");
    }
}

/// Reads once more the whole tenant that was loaded into `data`. At the usual pace of this suite minutes pass in which
/// nobody has worked, and the lease is paid for them; so not as fast.
fn assert_the_next_reading_is_cheap(data: &Path) {
    let journal = || std::fs::metadata(data.join(JOURNAL)).expect("a journal").len();
    let before = journal();

    let output = run(data, &["--preset", "typical", "--speed", "20"]);

    assert_finished(&output);
    assert_eq!(journal(), before, "nothing was written into Máxima");
    assert_cheap(&String::from_utf8_lossy(&output.stdout));
}

/// A price, a blocked customer and a removed product, each by the schedule of its job.
#[test]
fn what_changes_in_omie_arrives_in_maxima_by_schedule() {
    let data = tempfile::tempdir().expect("a folder");

    let output = run(data.path(), &["--changes"]);

    assert_finished(&output);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(told.matches("na Máxima às").count(), 3, "{told}");
}

/// How many orders the demonstration places, each with a story of its own.
const STORIES: [&str; 9] = [
    "à vista",
    "boleto",
    "PIX",
    "com desconto",
    "cancelado no ERP",
    "cliente novo",
    "cliente inativo",
    "meio sem conta",
    "código já usado no Omie",
];

/// A count of the last line that counts the orders.
fn counted(told: &str, what: &str) -> u64 {
    let line = told.lines().rfind(|line| line.contains("pedidos feitos")).expect("the orders are counted");
    let count = line.split('·').find_map(|part| part.trim().strip_prefix(what)).expect(what);
    count.trim().parse().expect("a count")
}

/// Checks 6 to 13 as a person sees them: a seller's orders reach Omie by the deployed functions, and what becomes of
/// them comes back; no limit of Omie was passed on the way.
#[test]
fn the_orders_of_a_seller_reach_omie_and_their_fate_comes_back() {
    let data = tempfile::tempdir().expect("a folder");

    let output = run(data.path(), &["--orders"]);

    assert_finished(&output);
    let told = String::from_utf8_lossy(&output.stdout);
    let table = told.split("o que o vendedor lê").nth(1).expect("the orders are listed at their ends");
    for story in STORIES {
        let placed = format!("({story}): o vendedor enviou");
        assert_eq!(told.matches(&placed).count(), 1, "{story}\n{told}");
        assert!(table.contains(story), "{story} has no end in\n{table}");
    }
    let counts = [
        ("pedidos feitos", 9),
        ("no Omie exatamente uma vez", 6),
        ("recusados com motivo", 2),
        ("retidos com motivo", 1),
        ("a caminho", 0),
        ("duplicados", 0),
        ("perdidos", 0),
        ("regras da Máxima violadas", 0),
    ];
    for (what, wanted) in counts {
        assert_eq!(counted(&told, what), wanted, "{what}\n{told}");
    }
    for read in ["Faturado – Etapa: Faturado. NF ", "Cancelado – Pedido cancelado", "sem conta corrente"]
    {
        assert!(told.contains(read), "no seller reads {read:?}\n{told}");
    }
    assert_no_secret_in(data.path());
}

/// The fault switch: the partners and our own functions break, and what must hold holds on screen.
#[test]
fn while_partners_and_functions_break_every_order_is_in_omie_once_or_has_a_reason() {
    let data = tempfile::tempdir().expect("a folder");

    let output = run(data.path(), &["--faults", "--seed", "1"]);

    let (told, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{told}\n{complained}");
    assert!(told.contains("As invariantes valeram."), "{told}");
    let placed = counted(&told, "pedidos feitos");
    let settled = ["no Omie exatamente uma vez", "recusados com motivo", "retidos com motivo"];
    assert_eq!(settled.iter().map(|end| counted(&told, end)).sum::<u64>(), placed, "{told}");
    assert!(placed >= 20 && counted(&told, "no Omie exatamente uma vez") > 0, "{told}");
    assert_no_secret_in(data.path());
}

/// A folder in whose simulated Máxima a rule was broken: an order was reported as taken without its number.
fn with_a_broken_rule() -> tempfile::TempDir {
    let data = tempfile::tempdir().expect("a folder");
    let journal = Some(data.path().join(JOURNAL));
    let broken = async {
        let now = Clock::system().now();
        let world =
            World::starting(now, |clock| Options { journal, ..Options::new(Preset::Small, 1, clock) }).await;
        let mut order = simulators::worked_example();
        order["CodigoPedidoNuvem"] = "900100250".into();
        let id = world.partners.maxima.seller().place_order(order).to_string();
        let taken = StatusPedido {
            id_pedido: id,
            data: jiff::civil::date(2026, 3, 2).at(9, 0, 0, 0),
            status: SituacaoPedido::Processado,
            codusuario: None,
            codusur: None,
            numped: None,
            numcritica: 2_026_030_209_000_000,
            condvenda: 1,
            numpederp: None,
            critica: Critica {
                tipo: TipoCritica::Sucesso,
                posicao: PosicaoPedido::Pendente,
                mensagem: "Pedido importado com sucesso!".to_owned(),
                atualizacao: false,
            },
        };
        let posted = world.process().await.maxima.post_order_status(&[taken]).await;
        posted.expect("Máxima takes it and counts it");
        assert!(!world.partners.maxima.violations().is_empty(), "it is a violation");
    };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(broken);
    data
}

#[test]
fn a_rule_that_was_broken_is_told_and_ends_the_run_with_code_1() {
    let data = with_a_broken_rule();

    let output = run(data.path(), &["--orders"]);

    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(counted(&told, "regras da Máxima violadas") > 0, "{told}");
    assert_eq!((counted(&told, "duplicados"), counted(&told, "perdidos")), (0, 0), "{told}");
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let data = tempfile::tempdir().expect("a folder");

    let output = run(data.path(), &["--dry-run"]);

    assert_finished(&output);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("0 gravações na Máxima"), "{told}");
    assert!(held(data.path()).values().all(BTreeMap::is_empty));
}

#[test]
fn an_incomplete_branch_is_shown_fixed_and_loaded() {
    let data = tempfile::tempdir().expect("a folder");

    let output = run(data.path(), &["--branch-incomplete"]);

    assert_finished(&output);
    let told = String::from_utf8_lossy(&output.stdout);
    let said = |text: &str| told.find(text).unwrap_or_else(|| panic!("{text:?} is not in\n{told}"));
    assert!(said("Carga inicial interrompida") < said("(campo inscricao_estadual)"));
    assert!(said("(campo inscricao_estadual)") < said("Carga inicial concluída"));
    assert_eq!(held(data.path())["Filiais"].len(), 1);
}

#[test]
fn killed_at_each_step_and_run_again_it_ends_in_the_same_state() {
    let undisturbed = tempfile::tempdir().expect("a folder");
    assert_finished(&run(undisturbed.path(), &[]));
    let wanted = held(undisturbed.path());
    assert_eq!(wanted["Clientes"].len(), CUSTOMERS);

    for step in catalog::waves().into_iter().flatten().filter(|step| step != GATE) {
        let data = the_same_account(undisturbed.path());
        kill_at(data.path(), &step);

        assert_finished(&run(data.path(), &[]));

        assert_eq!(differences(&held(data.path()), &wanted), Vec::<String>::new(), "after a kill at {step}");
    }
}

/// An empty folder in which Omie holds what it holds in `other`: the first line of the journal says so.
fn the_same_account(other: &Path) -> tempfile::TempDir {
    let data = tempfile::tempdir().expect("a folder");
    let journal = std::fs::read_to_string(other.join(JOURNAL)).expect("a journal");
    let heading = journal.lines().next().expect("a heading");
    std::fs::write(data.path().join(JOURNAL), format!("{heading}\n")).expect("a new file");
    data
}

fn differences(held: &Held, wanted: &Held) -> Vec<String> {
    let resources = held.keys().chain(wanted.keys()).collect::<BTreeSet<_>>();
    let none = BTreeMap::new();
    let pairs = resources.into_iter().flat_map(|resource| {
        let (held, wanted) = (held.get(resource).unwrap_or(&none), wanted.get(resource).unwrap_or(&none));
        let keys = held.keys().chain(wanted.keys()).collect::<BTreeSet<_>>();
        keys.into_iter()
            .filter(|key| held.get(*key) != wanted.get(*key))
            .map(move |key| format!("{resource} {key}"))
            .collect::<Vec<_>>()
    });
    pairs.collect()
}

/// Runs until `step` shows its first progress, then kills the runner the hard way.
fn kill_at(data: &Path, step: &str) {
    let mut child = ponte(data, &[]).stdout(Stdio::piped()).spawn().expect("the runner starts");
    let told = BufReader::new(child.stdout.take().expect("it is piped"));
    let reached = told.lines().map_while(Result::ok).any(|line| line.trim_start().starts_with(step));
    child.kill().expect("it is still there or has just ended");
    child.wait().expect("it has ended");
    assert!(reached, "{step} showed no progress");
}
