//! An account without price tables, with its first one and without it again (mapping §4.10); and prices that are older
//! than their product (§4.15).

use std::collections::{BTreeMap, BTreeSet};

use e2e::{Ended, World};
use engine::{Quarantine as _, Report, Wanted};
use serde_json::{Value, json};
use simulators::{Preset, Registry};

const HOUR: std::time::Duration = std::time::Duration::from_hours(1);
/// What is made of price tables, in the order of a cycle.
const JOBS: [&str; 4] = ["regioes", "pracas", "clientes", "precos"];

/// A price table and its items, taken out of the simulated Omie.
struct Table {
    id: String,
    header: Value,
    items: Vec<Value>,
}

impl Table {
    fn put_back(&self, world: &World) {
        let omie = &world.partners.omie;
        omie.add(Registry::TabelasPreco, self.header.clone());
        for item in &self.items {
            omie.add(Registry::ItensTabela, item.clone());
        }
    }

    fn remove(&self, world: &World) {
        world.partners.omie.remove(Registry::TabelasPreco, &self.id).expect("it is there");
    }
}

/// A loaded account whose price tables were all taken out before; the one for all customers is given back.
async fn without_tables() -> (World, Table) {
    let world = World::new(Preset::Small).await;
    let omie = &world.partners.omie;
    let items = omie.records(Registry::ItensTabela).into_iter();
    let table = Table {
        id: "6001".to_owned(),
        header: omie.record(Registry::TabelasPreco, "6001").expect("the table for all"),
        items: items.filter(|item| item["nCodTabPreco"] == 6001).collect(),
    };
    for id in omie.ids(Registry::TabelasPreco) {
        omie.remove(Registry::TabelasPreco, &id).expect("it is there");
    }
    assert_eq!(world.load().await, Ended::Finished);
    world.clock.sleep(HOUR).await;
    (world, table)
}

/// One cycle of the jobs that prices depend on, an hour later.
async fn cycle(world: &World) -> Vec<Report> {
    world.clock.sleep(HOUR).await;
    let mut reports = Vec::new();
    for job in JOBS {
        reports.push(world.keep_by_name(job, Wanted::Changes).await);
    }
    reports
}

/// Region and praça: their marks, where they exist.
fn marks(world: &World, code: &str) -> [Option<Value>; 2] {
    [("Regioes", "Status"), ("Pracas", "Situacao")]
        .map(|(resource, mark)| world.partners.maxima.row(resource, code).map(|row| row[mark].clone()))
}

const ACTIVE: &str = "A";
const INACTIVE: &str = "I";

fn both(mark: &str) -> [Option<Value>; 2] {
    [Some(json!(mark)), Some(json!(mark))]
}

/// In which regions there are prices, and how many.
fn priced(world: &World) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for key in world.partners.maxima.rows("TabelasPrecos").into_keys() {
        let (_, region) = key.split_once('/').expect("two parts");
        *found.entry(region.to_owned()).or_default() += 1;
    }
    found
}

/// The praças that customers have who may buy.
fn pracas(world: &World) -> BTreeSet<String> {
    let rows = world.partners.maxima.rows("Clientes").into_values();
    let sold_to = rows.filter(|row| row["Bloqueiodefinitivo"] != "S");
    sold_to.map(|row| row["Codpraca"].as_str().expect("a code").to_owned()).collect()
}

fn codes(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

async fn assert_that_nothing_more_is_written(world: &World) {
    let (written, held) = (world.rows_written(), world.held_all());
    for _ in 0..2 {
        cycle(world).await;
    }
    assert_eq!((world.rows_written(), world.held_all()), (written, held));
}

#[tokio::test(start_paused = true)]
async fn without_tables_the_stand_in_is_active_and_has_the_prices_of_the_products() {
    let (world, _) = without_tables().await;

    assert_eq!(marks(&world, "0"), both(ACTIVE));
    assert_eq!(pracas(&world), codes(&["0"]));
    let prices = priced(&world);
    assert!(prices["0"] > 20, "more than the brake lets pass");
    assert_eq!(prices.len(), 1);
    assert_that_nothing_more_is_written(&world).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_table_takes_the_place_of_the_stand_in() {
    let (world, table) = without_tables().await;
    table.put_back(&world);

    cycle(&world).await;

    assert_eq!(marks(&world, "0"), both(INACTIVE));
    assert_eq!(marks(&world, "6001"), both(ACTIVE));
    assert_eq!(pracas(&world), codes(&["6001"]));
    assert_eq!(priced(&world).into_keys().collect::<Vec<_>>(), ["6001"]);
    assert_that_nothing_more_is_written(&world).await;
}

#[tokio::test(start_paused = true)]
async fn the_stand_in_comes_back_with_its_prices_when_the_last_table_is_gone() {
    let (world, table) = without_tables().await;
    let at_first = priced(&world);
    table.put_back(&world);
    cycle(&world).await;
    table.remove(&world);

    cycle(&world).await;

    assert_eq!(marks(&world, "0"), both(ACTIVE));
    assert_eq!(marks(&world, "6001"), both(INACTIVE));
    assert_eq!(pracas(&world), codes(&["0"]));
    assert_eq!(priced(&world), at_first);
    assert_that_nothing_more_is_written(&world).await;

    table.put_back(&world);
    cycle(&world).await;
    assert_eq!((marks(&world, "0"), marks(&world, "6001")), (both(INACTIVE), both(ACTIVE)));
    assert_eq!(pracas(&world), codes(&["6001"]));
    assert_eq!(priced(&world).into_keys().collect::<Vec<_>>(), ["6001"]);
}

/// A list that is empty by mistake: the tables are there when they are asked for by their codes.
#[tokio::test(start_paused = true)]
async fn an_empty_list_of_tables_that_are_there_lets_none_go() {
    let (world, table) = without_tables().await;
    table.put_back(&world);
    cycle(&world).await;
    let (prices, pracas_before) = (priced(&world), pracas(&world));
    let text = "ERROR: Não existem registros para a página [1]!".to_owned();
    let empty = simulators::Fault::Reject { text, status: 500 };
    world.partners.omie.faults().next("ListarTabelasPreco", empty, 1);

    cycle(&world).await;

    assert_eq!(world.partners.omie.faults().pending(), 0, "it was told that there are none");
    assert_eq!(marks(&world, "6001"), both(ACTIVE));
    assert_eq!((priced(&world), pracas(&world)), (prices, pracas_before));
    cycle(&world).await;
    assert_eq!(marks(&world, "0"), both(INACTIVE));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_table_takes_its_prices_along_and_keeps_no_other_waiting() {
    let world = World::new(Preset::Small).await;
    assert_eq!(world.load().await, Ended::Finished);
    let omie = &world.partners.omie;
    let prices = priced(&world);
    let general: Vec<&String> = prices.keys().filter(|table| *table != "6001").collect();
    let gone = general.first().map(|table| (*table).clone()).expect("another table");
    omie.remove(Registry::TabelasPreco, &gone).expect("it is there");
    let id = world.partners.maxima.rows("TabelasPrecos").into_keys().find(|key| key.ends_with("/6001"));
    let product = id.as_deref().and_then(|key| key.split_once('/')).expect("a price").0.to_owned();
    omie.set(Registry::ItensTabela, &format!("6001/{product}"), "nValorTabela", json!(77.77)).expect("there");

    let report = world.keep_by_name("precos", Wanted::Full).await;

    assert_eq!((report.braked, report.counters.removed, report.counters.updated), (None, 0, 1));
    for _ in 0..2 {
        cycle(&world).await;
    }
    assert_eq!(marks(&world, &gone), both(INACTIVE));
    assert!(!priced(&world).contains_key(&gone));
    assert_that_nothing_more_is_written(&world).await;
}

/// An account in which table 6001 has had a price, for years, of a product that is not registered yet. Gives the
/// product and its id.
async fn priced_too_early() -> (World, Value, String) {
    let world = World::new(Preset::Small).await;
    let omie = &world.partners.omie;
    let product = omie
        .records(Registry::Produtos)
        .into_iter()
        .find(|product| is_plain(&world, product))
        .expect("an ordinary product");
    let id = product["codigo_produto"].to_string();
    let item_id = format!("6001/{id}");
    let item = omie.record(Registry::ItensTabela, &item_id).expect("its price");
    omie.remove(Registry::Produtos, &id).expect("it is there");
    omie.add(Registry::ItensTabela, item);
    for stamp in ["itemInfo.dIncItem", "itemInfo.dAltItem"] {
        omie.set(Registry::ItensTabela, &item_id, stamp, json!("02/01/2020")).expect("it is there");
    }
    assert_eq!(world.load().await, Ended::Finished);
    world.clock.sleep(3 * 24 * HOUR).await;
    (world, product, id)
}

fn is_plain(world: &World, product: &Value) -> bool {
    let id = product["codigo_produto"].to_string();
    !world.partners.omie.awkward().values().any(|(_, known)| *known == id)
}

fn asked(world: &World) -> usize {
    world.partners.omie.calls("ListarTabelaItens").len()
}

async fn reason(world: &World, key: &str) -> Option<String> {
    let held = world.state.in_quarantine("precos", 1_000).await.expect("readable");
    held.into_iter().find(|(held, _)| held.as_str() == key).map(|(_, held)| held.why[0].rule.clone())
}

#[tokio::test(start_paused = true)]
async fn a_price_that_is_older_than_its_product_comes_with_it_and_no_question_more() {
    let (world, product, id) = priced_too_early().await;
    let key = format!("{id}/6001");
    assert!(reason(&world, &key).await.expect("it waits").starts_with("produto ainda não está na Máxima"));
    let tables =
        world.partners.maxima.rows("Regioes").into_values().filter(|row| row["Status"] == "A").count();
    world.keep_by_name("precos", Wanted::Changes).await;
    world.partners.omie.add(Registry::Produtos, product);
    world.rest().await;
    assert_eq!(world.keep_by_name("produtos", Wanted::Changes).await.counters.created, 1);
    let (before, written) = (asked(&world), world.rows_written());

    let report = world.keep_by_name("precos", Wanted::Changes).await;

    assert_eq!((report.counters.read, report.counters.created), (1, 1));
    assert_eq!((asked(&world) - before, world.rows_written() - written), (tables, 1));
    assert!(world.partners.maxima.row("TabelasPrecos", &key).is_some());
    assert_eq!(reason(&world, &key).await, None);

    world.rest().await;
    let again = world.keep_by_name("precos", Wanted::Changes).await;
    assert_eq!((again.counters.read, world.rows_written() - written), (0, 1));
    world.rest().await;
    let whole = world.keep_by_name("precos", Wanted::Full).await;
    assert_eq!(
        (whole.counters.updated, world.rows_written() - written),
        (0, 1),
        "it is the row of the listing"
    );
}

/// A price that waits costs nothing while it waits: no question, no row, no entry.
#[tokio::test(start_paused = true)]
async fn a_price_that_waits_costs_nothing() {
    let (world, _, id) = priced_too_early().await;
    let waits = async || world.state.in_quarantine("precos", 1_000).await.expect("readable");
    let (before, written, asked_before) = (waits().await, world.rows_written(), asked(&world));

    for _ in 0..3 {
        world.rest().await;
        let report = world.keep_by_name("precos", Wanted::Changes).await;
        assert_eq!(report.counters.read, 0);
    }

    assert_eq!((waits().await, world.rows_written()), (before, written));
    let tables =
        world.partners.maxima.rows("Regioes").into_values().filter(|row| row["Status"] == "A").count();
    assert_eq!(asked(&world) - asked_before, 3 * tables);
    assert_eq!(world.partners.maxima.row("TabelasPrecos", &format!("{id}/6001")), None);
}

#[tokio::test(start_paused = true)]
async fn prices_of_products_that_are_not_integrated_are_skipped_and_not_kept() {
    let world = World::new(Preset::Small).await;
    let kinds = world.partners.omie.records(Registry::Produtos);
    let kinds: BTreeSet<&str> = kinds.iter().filter_map(|product| product["tipoItem"].as_str()).collect();
    let wanted = "00";
    assert!(kinds.iter().any(|kind| *kind != wanted), "the dataset has another kind: {kinds:?}");
    let mut settings = sales::settings::Settings::load(&world.state).await.expect("settings");
    settings.tipos_produto = vec![wanted.to_owned()];
    settings.save(&world.state, engine::Expected::Any).await.expect("saved");

    assert_eq!(world.load().await, Ended::Finished);

    let products = world.partners.omie.records(Registry::Produtos).into_iter();
    let left_out: Vec<String> = products
        .filter(|product| product["tipoItem"].as_str().is_some_and(|kind| kind != wanted))
        .map(|product| product["codigo_produto"].to_string())
        .collect();
    let held = world.state.in_quarantine("precos", 1_000).await.expect("readable");
    let is_of = |key: &str, id: &String| key.starts_with(&format!("{id}/"));
    assert!(!left_out.is_empty());
    assert!(!held.iter().any(|(key, _)| left_out.iter().any(|id| is_of(key.as_str(), id))), "{held:?}");
    let rows = world.partners.maxima.rows("TabelasPrecos");
    assert!(!rows.keys().any(|key| left_out.iter().any(|id| is_of(key, id))));
}
