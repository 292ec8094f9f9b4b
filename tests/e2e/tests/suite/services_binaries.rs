//! Service orders with the real binaries: `ponte senior-sismetro --once` as a person runs it, under faults, and with a
//! rule that is really broken.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use simulators::{CALLBACK_KEY, Posted, UNIT, UNIT_KEY, post_with_headers};

use e2e::runner;

use crate::binaries::files_below;

/// The id of the first order that is closed in any simulated ERP (`contracts/senior-x.md` §11.2).
const FIRST_ORDER: &str = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";

fn ponte(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(runner());
    command.args(["senior-sismetro", "--once", "--no-build", "--port", "0", "--data"]).arg(data);
    command.args(more).stdin(Stdio::null());
    command
}

fn run(data: &Path, more: &[&str]) -> (Output, String) {
    let output = ponte(data, more).output().expect("the runner starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, told)
}

/// What must hold, as the runner tells it: each rule with whether it holds.
fn rules(told: &str) -> Vec<(bool, String)> {
    let listed = told.split("O que tem de valer:").nth(1).expect("the rules are told");
    let rules = listed.lines().map(str::trim).filter_map(|line| {
        let (holds, rule) = match (line.strip_prefix('✔'), line.strip_prefix('✘')) {
            (Some(rule), _) => (true, rule),
            (_, Some(rule)) => (false, rule),
            _ => return None,
        };
        Some((holds, rule.trim().to_owned()))
    });
    rules.collect()
}

fn assert_all_hold(output: &Output, told: &str) {
    let complained = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}\n{complained}");
    let rules = rules(told);
    assert_eq!(rules.len(), 5, "{told}");
    assert!(rules.iter().all(|(holds, _)| *holds), "{told}");
}

/// The cells of the orders' table, by what is special about each.
fn row(told: &str, story: &str) -> Vec<String> {
    let cells = |line: &str| line.split(['│', '┆']).map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut rows = told.lines().filter(|line| line.contains('┆')).map(cells);
    rows.find(|row| row.get(2).is_some_and(|what| what == story)).unwrap_or_else(|| panic!("{story}\n{told}"))
}

/// No secret outside the stand-in for the secret store: logs, table, screen.
fn assert_no_secret(data: &Path, told: &str) {
    let secrets =
        [simulators::ACCESS_KEY, simulators::ACCESS_SECRET, simulators::CLIENT_ID, UNIT_KEY, CALLBACK_KEY];
    let mut searched = 0;
    let kept = files_below(data).into_iter().filter(|file| !file.ends_with("secrets.json"));
    for (name, content) in kept
        .map(|file| (file.display().to_string(), std::fs::read(&file).expect("a readable file")))
        .chain([("the screen".to_owned(), told.as_bytes().to_vec())])
    {
        searched += content.len();
        for secret in secrets {
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret is in {name}");
        }
    }
    assert!(searched > 100_000, "logs and table are more than {searched} bytes");
}

/// Orders of every kind of equipment are closed, become SS, and are released or cancelled in the ERP; the callback that
/// is lost is made up for by the poll.
#[test]
fn service_orders_become_ss_and_each_has_the_end_that_it_should_have() {
    let data = tempfile::tempdir().expect("a folder");

    let (output, told) = run(data.path(), &[]);

    assert_all_hold(&output, &told);
    let stories = [
        ("resposta perdida", "liberado", true),
        ("equipamento do cadastro", "liberado", true),
        ("equipamento novo", "liberado", true),
        ("do cadastro e novo", "liberado", true),
        ("não reconhecido", "liberado", true),
        ("sem equipamento", "fora da integração", false),
        ("filial desligada", "fora da integração", false),
        ("SS cancelada", "cancelado", true),
        ("SS excluída", "cancelado", true),
        ("aviso perdido", "liberado", true),
    ];
    for (story, end, has_ss) in stories {
        let row = row(&told, story);
        let [_, _, _, state, ss, link, ..] = &row[..] else { panic!("{row:?}") };
        assert_eq!(state, end, "{story}\n{told}");
        assert_eq!(ss.starts_with("1287"), has_ss, "{story}: {ss}");
        assert_eq!(link.contains(&format!("os={ss}&token=***")), has_ss, "{story}: {link}");
    }
    assert!(
        told.contains("descoberto pela consulta ao Sismetro"),
        "the poll heals the lost callback\n{told}"
    );
    assert!(told.contains("1287001 encontrada"), "the SS of a lost answer is found\n{told}");
    assert_no_secret(data.path(), &told);
}

/// The fault switch: what must hold holds while partners and functions break, and what was parked goes on by the words
/// of an operator.
#[test]
fn while_partners_and_functions_break_every_service_order_has_one_ss_and_its_end() {
    let data = tempfile::tempdir().expect("a folder");

    let (output, told) = run(data.path(), &["--faults", "--seed", "7"]);

    assert_all_hold(&output, &told);
    let counts =
        told.lines().rfind(|line| line.contains("pedidos fechados")).expect("the orders are counted");
    assert!(counts.contains("pedidos fechados 24") && counts.contains("a caminho 0"), "{counts}");
    let havoc =
        told.lines().rfind(|line| line.contains("falhas dos parceiros")).expect("the faults are counted");
    let met: u32 = havoc.split(' ').find_map(|word| word.parse().ok()).expect("a number");
    assert!(met > 10, "{havoc}");
    assert_no_secret(data.path(), &told);
}

/// Somebody else opens a second SS for an order: the rule is broken, and the runner says so.
#[test]
fn a_second_ss_is_told_and_ends_the_run_with_code_1() {
    let data = tempfile::tempdir().expect("a folder");
    let mut child = ponte(data.path(), &[]).stdout(Stdio::piped()).spawn().expect("the runner starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let (mut told, mut sismetro) = (String::new(), None);
    for line in lines.by_ref() {
        told.extend([line.as_str(), "\n"]);
        sismetro = sismetro.or(line.trim().strip_prefix("Sismetro").map(|rest| rest.trim().to_owned()));
        if line.contains("SS 1287001") {
            break;
        }
    }
    open_again(&sismetro.expect("the address is told"));
    told.extend(lines.flat_map(|line| [line, "\n".to_owned()]));

    assert_eq!(child.wait().expect("it ends").code(), Some(1), "{told}");
    let broken: Vec<_> = rules(&told).into_iter().filter(|(holds, _)| !holds).map(|(_, rule)| rule).collect();
    assert!(broken.iter().any(|rule| rule.starts_with("uma SS por pedido")), "{told}");
}

/// Asks for another SS of the first order, as an integration would that does not know what it has asked.
fn open_again(sismetro: &str) {
    let headers = [("unit", UNIT), ("key", UNIT_KEY)];
    let posted = Posted {
        url: format!("{sismetro}/serviceOrder/open"),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: format!(r#"{{"orderId":"{FIRST_ORDER}"}}"#).into(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    assert!(runtime.block_on(post_with_headers(posted)), "Sismetro opens it");
}
