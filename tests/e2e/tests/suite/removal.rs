//! Check 4: what is gone in Omie goes in Máxima; what only was not shown stays.

use std::collections::BTreeMap;

use e2e::{Ended, World};
use engine::{Budget, Wanted};
use sales::Run;
use sales::entities::Produto;
use sales::history;
use serde_json::{Value, json};
use simulators::{Fault, Preset, Registry};

type Rows = BTreeMap<String, Value>;

async fn loaded() -> World {
    let world = World::new(Preset::Small).await;
    assert_eq!(world.load().await, Ended::Finished);
    world.clock.sleep(std::time::Duration::from_hours(1)).await;
    world
}

/// The keys of the rows that are not as they were.
fn changed(before: &Rows, after: &Rows) -> Vec<String> {
    let keys: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter(|key| before.get(*key) != after.get(*key)).cloned().collect()
}

/// A product that is sold: not one of the awkward ones.
fn sold_product(world: &World) -> String {
    let awkward = world.partners.omie.awkward();
    let rows = world.partners.maxima.rows("Produtos");
    let is_plain = |id: &&String| !awkward.values().any(|(_, known)| known == *id);
    let mut sold = rows.iter().filter(|(_, row)| row["Enviarforcavendas"] == "S").map(|(id, _)| id);
    sold.find(is_plain).expect("a product that is sold").clone()
}

#[tokio::test(start_paused = true)]
async fn a_removed_product_and_only_that_is_blocked_in_the_same_night() {
    let world = loaded().await;
    let before = world.partners.maxima.rows("Produtos");
    let id = sold_product(&world);
    world.partners.omie.remove(Registry::Produtos, &id).expect("it is there");

    let report = world.keep_by_name("produtos", Wanted::Full).await;

    assert_eq!(report.counters.removed, 1);
    let after = world.partners.maxima.rows("Produtos");
    assert_eq!(changed(&before, &after), [id.as_str()]);
    assert_eq!(after[&id]["Enviarforcavendas"], "N");
    assert!(after[&id]["Dtexclusao"].is_string(), "{}", after[&id]);
}

#[tokio::test(start_paused = true)]
async fn what_belongs_to_a_removed_product_follows_within_two_readings() {
    let world = loaded().await;
    let id = sold_product(&world);
    let row = |resource: &str, suffix: bool| {
        let rows = world.partners.maxima.rows(resource).into_iter();
        let of_it = rows.filter(|(key, _)| {
            if suffix { key.ends_with(&format!("/{id}")) } else { key.starts_with(&format!("{id}/")) }
        });
        of_it.map(|(_, row)| row).collect::<Vec<_>>()
    };
    assert!(!row("TabelasPrecos", false).is_empty());
    world.partners.omie.remove(Registry::Produtos, &id).expect("it is there");

    for _ in 0..2 {
        for job in ["produtos", "produtos-filiais", "estoques", "precos"] {
            world.rest().await;
            world.keep_by_name(job, Wanted::Full).await;
        }
    }

    assert_eq!(row("TabelasPrecos", false), Vec::<Value>::new(), "its prices are deleted");
    assert!(row("ProdutosFiliais", false).iter().all(|row| row["Proibidavenda"] == "PV"));
    assert!(row("Estoques", true).iter().all(|row| row["Qtestger"] == json!(0)));
}

/// Then there is nothing to ask Omie for, and that is an answer too.
#[tokio::test(start_paused = true)]
async fn when_no_price_table_is_left_its_prices_go() {
    let world = loaded().await;
    for id in world.partners.omie.ids(Registry::TabelasPreco) {
        world.partners.omie.set(Registry::TabelasPreco, &id, "cAtiva", json!("N")).expect("it is there");
    }

    world.keep_by_name("regioes", Wanted::Full).await;
    world.keep_by_name("precos", Wanted::Changes).await;

    assert_eq!(world.partners.maxima.rows("TabelasPrecos"), Rows::new());
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_removes_nothing() {
    let world = loaded().await;
    let before = world.held_all();
    world.partners.omie.configure(|options| {
        options.page_caps.insert("ListarProdutos".to_owned(), 10);
    });
    world.partners.omie.remove(Registry::Produtos, &sold_product(&world)).expect("it is there");
    world.partners.omie.faults().next("ListarProdutos", Fault::Slow(1), 3);
    world.partners.omie.faults().next("ListarProdutos", Fault::Html, 50);

    let failed = world.keep::<Produto>(Wanted::Full).await;

    assert!(failed.is_err(), "{failed:?}");
    assert_eq!(world.held_all(), before);
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_removes_nothing() {
    let world = loaded().await;
    let before = world.held_all();
    for id in world.partners.omie.ids(Registry::Produtos) {
        world.partners.omie.remove(Registry::Produtos, &id).expect("it is there");
    }

    for _ in 0..3 {
        world.rest().await;
        let report = world.keep_by_name("produtos", Wanted::Full).await;
        assert_eq!(report.counters.removed, 0);
    }

    assert_eq!(world.held_all()["Produtos"], before["Produtos"]);
}

#[tokio::test(start_paused = true)]
async fn too_much_at_once_waits_for_an_operators_word() {
    let world = loaded().await;
    let before = world.partners.maxima.rows("Produtos");
    let sold: Vec<String> =
        before.iter().filter(|(_, row)| row["Enviarforcavendas"] == "S").map(|(id, _)| id.clone()).collect();
    for id in sold.iter().take(25) {
        world.partners.omie.remove(Registry::Produtos, id).expect("it is there");
    }
    let report = world.keep_by_name("produtos", Wanted::Full).await;
    assert_eq!((report.braked, report.counters.removed), (Some(25), 0));
    let runs = history::runs(&world.state, "produtos", 1).await.expect("readable");
    assert!(runs[0].1.outcome.as_deref().is_some_and(|told| told.contains("confirme a remoção")), "{runs:?}");
    world.rest().await;

    let record = history::record("produtos", world.clock.now());
    let run = Run { accept_removals: true, ..world.how(record, Wanted::Full, Budget::unlimited()) };
    let report = world.run_as::<Produto>(run).await.expect("it runs");

    assert_eq!((report.braked, report.counters.removed), (None, 25));
    let after = world.partners.maxima.rows("Produtos");
    assert_eq!(changed(&before, &after).len(), 25);
}

#[tokio::test(start_paused = true)]
async fn a_customer_that_lost_its_tag_is_blocked_and_comes_back_with_it() {
    let world = loaded().await;
    let id = world.partners.maxima.rows("Clientes").into_keys().next().expect("a customer");
    let tags = world.partners.omie.record(Registry::Clientes, &id).expect("it is there")["tags"].clone();
    let set = |tags: Value| {
        world.partners.omie.set(Registry::Clientes, &id, "tags", tags).expect("it is there");
    };
    let row = || world.partners.maxima.row("Clientes", &id).expect("a row");
    let sold_to = row();

    set(json!([{ "tag": "Outra" }]));
    world.keep_by_name("clientes", Wanted::Changes).await;
    assert_eq!((&row()["Bloqueio"], &row()["Bloqueiodefinitivo"]), (&json!("S"), &json!("S")));

    set(tags);
    world.rest().await;
    world.keep_by_name("clientes", Wanted::Changes).await;
    assert_eq!(row()["Bloqueiodefinitivo"], sold_to["Bloqueiodefinitivo"]);
    assert_eq!(row()["Bloqueio"], sold_to["Bloqueio"]);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_title_is_cancelled_within_the_hour() {
    let world = loaded().await;
    let open = |row: &Value| row["Status"] == "A";
    let before = world.partners.maxima.rows("PrestacoesTitulos");
    let titles = world.partners.omie.records(Registry::Titulos);
    let is_sent = |title: &&Value| {
        let os = title["cabecTitulo"]["cNumOS"].as_str().unwrap_or_default();
        before.iter().any(|(key, row)| open(row) && key.starts_with(&format!("{os}/")) && !os.is_empty())
    };
    let title = titles.iter().find(is_sent).expect("an open title of an order");
    let id = title["cabecTitulo"]["nCodTitulo"].to_string();
    world.partners.omie.remove(Registry::Titulos, &id).expect("it is there");

    world.keep_by_name("titulos", Wanted::Changes).await;

    let after = world.partners.maxima.rows("PrestacoesTitulos");
    let cancelled = changed(&before, &after);
    assert_eq!(cancelled.len(), 1, "{cancelled:?}");
    assert_eq!(after[&cancelled[0]]["Status"], "C");
}

#[tokio::test(start_paused = true)]
async fn the_prices_of_a_table_that_ends_go_and_come_back_with_it() {
    let world = loaded().await;
    let prices = || {
        let rows = world.partners.maxima.rows("TabelasPrecos").into_iter();
        rows.filter(|(key, _)| key.ends_with("/6001")).collect::<Rows>()
    };
    let before = prices();
    assert!(before.len() > 20, "more than the brake lets pass");
    let set = |active: &str| {
        world
            .partners
            .omie
            .set(Registry::TabelasPreco, "6001", "cAtiva", json!(active))
            .expect("it is there");
    };

    set("N");
    world.keep_by_name("regioes", Wanted::Full).await;
    world.keep_by_name("precos", Wanted::Changes).await;
    assert_eq!(prices(), Rows::new());

    set("S");
    world.rest().await;
    world.keep_by_name("regioes", Wanted::Full).await;
    world.keep_by_name("precos", Wanted::Changes).await;
    assert_eq!(prices(), before);
}
