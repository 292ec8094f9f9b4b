//! What survives the process.

use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use clock::Clock;
use http::Request;
use serde_json::{Value, json};
use simulators::{LOGIN, Options, PASSWORD, Preset, Registry, Simulators};

fn opened(journal: &Path, now: &str) -> Simulators {
    let clock = Clock::paused(now.parse().expect("an instant"));
    let options = Options { journal: Some(journal.to_owned()), ..Options::new(Preset::Small, 1, clock) };
    Simulators::open(options).expect("the journal opens")
}

async fn write(both: &Simulators, verb: &str, rows: Value) -> u16 {
    let ask = |verb: &str, path: &str, token: &str, body: Value| {
        let request = Request::builder().method(verb).uri(format!("/api/v3/{path}"));
        let request = request.header("authorization", format!("Bearer {token}"));
        both.maxima.handle(request.body(Bytes::from(body.to_string())).expect("a request"))
    };
    let login =
        ask("POST", "Login", "", json!({ "login": LOGIN, "password": PASSWORD })).await.expect("an answer");
    let login: Value = serde_json::from_slice(login.body()).expect("JSON");
    let token = login["token_De_Acesso"].as_str().expect("a token");
    ask(verb, "Atividades", token, rows).await.expect("an answer").status().as_u16()
}

fn activity(code: &str) -> Value {
    json!({ "Codativ": code, "Percdesc": 0, "Ramo": "Comércio", "Calculast": "N" })
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_is_there_after_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("simulators.jsonl");
    let first = opened(&journal, "2025-11-21T12:00:00Z");
    let seller = first.omie.ids(Registry::Vendedores)[0].clone();
    write(&first, "POST", json!([activity("1"), activity("2"), activity("3")])).await;
    write(&first, "PUT", json!([{ "Codativ": "2", "Ramo": "Indústria" }])).await;
    write(&first, "DELETE", json!(["3"])).await;
    assert_eq!(write(&first, "POST", json!([activity("1")])).await, 400);
    first.omie.set(Registry::Vendedores, &seller, "nome", json!("OUTRO")).expect("it is there");
    first.omie.add(Registry::Vendedores, json!({ "codigo": 9, "nome": "NOVO" }));
    let (rows, records) = (first.maxima.rows("Atividades"), first.omie.records(Registry::Vendedores));
    drop(first);

    let second = opened(&journal, "2026-03-01T12:00:00Z");

    assert_eq!(second.maxima.rows("Atividades"), rows);
    assert_eq!(rows.len(), 2);
    assert_eq!(second.omie.records(Registry::Vendedores), records);
    assert_eq!(write(&second, "POST", json!([activity("4")])).await, 200, "it goes on from there");
    assert_eq!(opened(&journal, "2026-03-01T12:00:00Z").maxima.count("Atividades"), 3);
}

#[tokio::test(start_paused = true)]
async fn what_follows_from_an_edit_is_there_after_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("simulators.jsonl");
    let omie = opened(&journal, "2025-11-21T12:00:00Z").omie;
    let nth = |registry: Registry, nth: usize| omie.ids(registry)[nth].clone();
    let (product, title) = (nth(Registry::Produtos, 2), nth(Registry::Titulos, 30));
    let price = format!("6001/{}", nth(Registry::Produtos, 8));
    omie.set(Registry::ItensTabela, &price, "nValorTabela", json!(12.34)).expect("it is there");
    omie.set(Registry::Familias, &nth(Registry::Familias, 0), "nomeFamilia", json!("X"))
        .expect("it is there");
    omie.remove(Registry::Produtos, &product).expect("it is there");
    omie.remove(Registry::Titulos, &title).expect("it is there");
    omie.add(Registry::PosicoesEstoque, json!({ "codigo_local_estoque": 4_401, "nCodProd": 9 }));
    let held = |omie: &simulators::OmieSim| Registry::ALL.map(|registry| omie.records(registry));

    let again = opened(&journal, "2026-03-01T12:00:00Z").omie;

    assert_eq!(held(&again), held(&omie));
    assert!(again.record(Registry::ItensTabela, &format!("6001/{product}")).is_none());
    assert!(again.record(Registry::TitulosExcluidos, &title).is_some());
    assert_eq!(again.record(Registry::ItensTabela, &price).expect("it is there")["nValorTabela"], 12.34);
}

#[tokio::test(start_paused = true)]
async fn the_records_are_dated_around_the_first_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("simulators.jsonl");

    let first = opened(&journal, "2025-11-21T12:00:00Z").omie.records(Registry::Clientes);
    let second = opened(&journal, "2026-03-01T12:00:00Z").omie.records(Registry::Clientes);

    assert_eq!(first, second);
}

#[tokio::test(start_paused = true)]
async fn a_line_cut_short_was_never_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("simulators.jsonl");
    write(&opened(&journal, "2025-11-21T12:00:00Z"), "POST", json!([activity("1")])).await;
    let mut file = std::fs::OpenOptions::new().append(true).open(&journal).expect("the journal");
    file.write_all(
        "{\"rows\":{\"resource\":\"Atividades\",\"rows\":[[\"2\",{\"Ramo\":\"Com\u{e9}".as_bytes(),
    )
    .expect("written");

    let second = opened(&journal, "2025-11-21T12:00:00Z");
    assert_eq!(second.maxima.count("Atividades"), 1);
    write(&second, "POST", json!([activity("2")])).await;

    assert_eq!(opened(&journal, "2025-11-21T12:00:00Z").maxima.count("Atividades"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_journal_of_another_dataset_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("simulators.jsonl");
    drop(opened(&journal, "2025-11-21T12:00:00Z"));

    let clock = Clock::paused("2025-11-21T12:00:00Z".parse().expect("an instant"));
    let other = Options { journal: Some(journal), ..Options::new(Preset::Small, 2, clock) };
    let error = Simulators::open(other).expect_err("another seed");

    assert!(error.to_string().contains("conjunto small com semente 1"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_fixed_branch_stays_fixed() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("simulators.jsonl");
    let open = || {
        let clock = Clock::paused("2025-11-21T12:00:00Z".parse().expect("an instant"));
        let options = Options::new(Preset::Small, 1, clock);
        let options = Options { journal: Some(journal.clone()), branch_incomplete: true, ..options };
        Simulators::open(options).expect("the journal opens")
    };
    let registration =
        |both: &Simulators| both.omie.records(Registry::Empresas)[0]["inscricao_estadual"].clone();

    let first = open();
    assert_eq!(registration(&first), "");
    first.omie.fix_branch();

    assert_eq!(registration(&open()), "101234567");
}

#[tokio::test(start_paused = true)]
async fn orders_and_new_customers_are_there_after_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("simulators.jsonl");
    let open = || {
        let clock = Clock::paused("2025-11-21T12:00:00Z".parse().expect("an instant"));
        let options = Options {
            journal: Some(journal.clone()),
            preloaded: true,
            ..Options::new(Preset::Tiny, 1, clock)
        };
        Simulators::open(options).expect("the journal opens").maxima
    };
    let first = open();
    let rng = &mut fastrand::Rng::with_seed(1);
    for kind in simulators::OrderKind::ALL {
        first.seller().place_sample(kind, rng).expect("the tiny catalogue");
    }
    first.seller().cancel_order(900_100_201).expect("it is there");

    let second = open();

    assert_eq!(second.orders(), first.orders());
    assert_eq!(second.customers(), first.customers());
    assert_eq!((second.orders().len(), second.customers().len()), (18, 1));
    let next = second.seller().place_order(simulators::worked_example());
    assert_eq!(next, 900_100_218, "identities go on");
}
