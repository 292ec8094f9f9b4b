//! What changed in Omie arrives with the next run, at the cost of what changed.

use e2e::{Ended, World};
use engine::{Entity, Quarantine as _, Wanted};
use sales::catalog::catalog;
use sales::entities::Cliente;
use serde_json::{Value, json};
use simulators::{Preset, Registry};

async fn loaded() -> World {
    let world = World::new(Preset::Small).await;
    assert_eq!(world.load().await, Ended::Finished);
    // Nobody runs a job within the minute; and the window of a job that knows only days is a day.
    world.clock.sleep(std::time::Duration::from_hours(1)).await;
    world
}

/// How often Omie was asked by `method`.
fn asked(world: &World, method: &str) -> usize {
    world.partners.omie.calls(method).len()
}

/// A price that is in Máxima: its table, its product, and what it is.
fn some_price(world: &World) -> (String, String, Value) {
    let rows = world.partners.maxima.rows("TabelasPrecos");
    let (key, row) = rows.into_iter().find(|(key, _)| key.ends_with("/6001")).expect("a price in table 6001");
    let (product, table) = key.split_once('/').expect("two parts");
    (table.to_owned(), product.to_owned(), row["Pvenda"].clone())
}

#[tokio::test(start_paused = true)]
async fn a_changed_price_is_one_write_in_one_table() {
    let world = loaded().await;
    let (table, product, _) = some_price(&world);
    let (before, written) = (world.partners.maxima.rows("TabelasPrecos"), world.rows_written());
    let id = format!("{table}/{product}");
    world.partners.omie.set(Registry::ItensTabela, &id, "nValorTabela", json!(77.77)).expect("it is there");

    let report = world.keep_by_name("precos", Wanted::Changes).await;

    assert_eq!((report.counters.updated, world.rows_written()), (1, written + 1));
    let after = world.partners.maxima.rows("TabelasPrecos");
    let changed: Vec<_> = after.iter().filter(|(key, row)| before.get(*key) != Some(row)).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].0, &format!("{product}/{table}"));
    assert_eq!(changed[0].1["Pvenda"], json!(77.77));
}

/// Check 5: the same item in two tables is two rows with two prices.
#[tokio::test(start_paused = true)]
async fn one_product_in_two_tables_has_two_prices() {
    let world = loaded().await;
    let rows = world.partners.maxima.rows("TabelasPrecos");
    let items = world.partners.omie.records(Registry::ItensTabela);

    let mut tables_of = std::collections::BTreeMap::<String, Vec<(String, Value)>>::new();
    for (key, row) in rows {
        let (product, table) = key.split_once('/').expect("two parts");
        tables_of.entry(product.to_owned()).or_default().push((table.to_owned(), row["Pvenda"].clone()));
    }
    let (product, prices) =
        tables_of.into_iter().find(|(_, prices)| prices.len() > 1).expect("such a product");

    for (table, price) in &prices {
        let is_it = |item: &&Value| {
            let is = |member: &str, id: &str| item[member].as_i64() == id.parse().ok();
            is("nCodProd", &product) && is("nCodTabPreco", table)
        };
        let item = items.iter().find(is_it).expect("the item");
        assert_eq!(item["nValorTabela"].as_f64(), price.as_f64(), "{product} in {table}");
    }
    assert_ne!(prices[0].1, prices[1].1, "the dataset prices each table differently");
}

#[tokio::test(start_paused = true)]
async fn a_blocked_customer_is_one_call_and_one_write() {
    let world = loaded().await;
    let id = world.partners.maxima.rows("Clientes").into_keys().next().expect("a customer");
    let customers = Registry::Clientes;
    world.partners.omie.set(customers, &id, "bloquear_faturamento", json!("S")).expect("it is there");
    let (calls, written) = (asked(&world, "ListarClientes"), world.rows_written());

    world.keep_by_name("clientes", Wanted::Changes).await;

    assert_eq!(asked(&world, "ListarClientes"), calls + 1);
    assert_eq!(world.rows_written(), written + 1);
    assert_eq!(world.partners.maxima.row("Clientes", &id).expect("it is there")["Bloqueio"], "S");
}

/// An incremental cycle makes pages-of-change calls per listing, and one where there are none: the one that says so.
#[tokio::test(start_paused = true)]
async fn a_cycle_without_changes_asks_once_per_listing() {
    let world = loaded().await;
    let tables =
        world.partners.maxima.rows("Regioes").into_values().filter(|row| row["Status"] == "A").count();

    for (job, method, listings) in [
        ("clientes", "ListarClientes", 1),
        ("produtos", "ListarProdutos", 1),
        ("vendedores", "ListarVendedores", 1),
        ("precos", "ListarTabelaItens", tables),
        ("titulos", "PesquisarLancamentos", 1),
        ("titulos", "PesquisarExcluidos", 1),
        // Inclusion and change are two questions (mapping §13.9).
        ("historicos", "ListarPedidos", 2),
    ] {
        world.rest().await;
        let before = asked(&world, method);

        let report = world.keep_by_name(job, Wanted::Changes).await;

        assert_eq!(asked(&world, method) - before, listings, "{job}: {method}");
        assert_eq!(report.counters.stored(), report.counters.unchanged, "{job}: {report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_on_the_way_is_in_the_window_of_the_next_run() {
    let world = loaded().await;
    let id = world.partners.maxima.rows("Clientes").into_keys().next().expect("a customer");
    world
        .partners
        .omie
        .set(Registry::Clientes, &id, "nome_fantasia", json!("NOVO NOME"))
        .expect("it is there");
    let broken = simulators::Fault::Html;
    world.partners.omie.faults().next("ListarClientes", broken, 50);
    let failed = world.keep::<sales::Cadastros>(Wanted::Changes).await;
    assert!(failed.is_err(), "{failed:?}");
    world.partners.omie.faults().clear();
    world.clock.sleep(std::time::Duration::from_hours(3)).await;

    world.keep_by_name("clientes", Wanted::Changes).await;

    assert_eq!(world.partners.maxima.row("Clientes", &id).expect("it is there")["Fantasia"], "NOVO NOME");
}

#[tokio::test(start_paused = true)]
async fn a_changed_setting_is_brought_to_every_record() {
    let world = loaded().await;
    let mut settings = sales::settings::Settings::load(&world.state).await.expect("settings");
    settings.bonificacao = !settings.bonificacao;
    settings.save(&world.state, engine::Expected::Any).await.expect("saved");

    let report = world.keep_by_name("clientes", Wanted::Changes).await;

    assert!(report.counters.updated > 50, "{report:?}");
    let wanted = if settings.bonificacao { "S" } else { "N" };
    let rows = world.partners.maxima.rows("Clientes");
    assert!(rows.values().all(|row| row["Condvenda5"] == wanted));
}

/// Check 14.
#[tokio::test(start_paused = true)]
async fn a_customer_gets_the_praca_of_its_tag() {
    let world = loaded().await;
    let omie = &world.partners.omie;
    let (_, table) = omie.awkward()["tabela_atacado"].clone();
    let is_tagged = |customer: &Value, tag: &str| {
        customer["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|one| one["tag"].as_str().is_some_and(|one| one.trim().eq_ignore_ascii_case(tag)))
    };
    let praca = |id: &str| world.partners.maxima.row("Clientes", id).map(|row| row["Codpraca"].clone());
    let mut tagged = 0;
    let mut general = 0;
    for customer in omie.records(Registry::Clientes) {
        let Some(praca) = praca(&customer["codigo_cliente_omie"].to_string()) else { continue };
        if is_tagged(&customer, "ATACADO") {
            tagged += 1;
            assert_eq!(praca, json!(table), "{customer}");
        } else {
            general += 1;
            assert_ne!(praca, json!(table), "{customer}");
        }
    }
    assert!(tagged > 0 && general > 0, "the dataset has both");
}

/// Every price names the tax figure: without it nothing could be sold.
#[tokio::test(start_paused = true)]
async fn a_tax_figure_that_somebody_deleted_comes_back() {
    let world = loaded().await;
    let maxima = world.process().await.maxima;
    maxima.delete_records::<maxima::Tributo, _>(&[json!({ "CodSt": "1" })]).await.expect("deleted");
    assert_eq!(world.partners.maxima.count("Tributos"), 0);

    world.keep_by_name("tributos", Wanted::Changes).await;

    assert_eq!(world.partners.maxima.count("Tributos"), 1);
}

/// A customer whose seller is not in Máxima waits for it, and goes when the seller has come.
#[tokio::test(start_paused = true)]
async fn a_record_that_waits_for_another_is_tried_when_that_one_has_come() {
    let world = World::new(Preset::Small).await;
    let omie = &world.partners.omie;
    let seller = omie.records(Registry::Vendedores)[0].clone();
    let code = seller["codigo"].to_string();
    omie.remove(Registry::Vendedores, &code).expect("it is there");
    assert_eq!(world.load().await, Ended::Finished);
    let waiting = world.quarantined::<Cliente>().await;
    world.clock.sleep(std::time::Duration::from_hours(2)).await;
    omie.add(Registry::Vendedores, seller);
    world.keep_by_name("vendedores", Wanted::Full).await;
    world.rest().await;

    world.keep_by_name("clientes", Wanted::Changes).await;

    let left = world.quarantined::<Cliente>().await;
    assert!(left.len() < waiting.len(), "{} of {} are left", left.len(), waiting.len());
    assert!(left.is_subset(&waiting));
    let held = world.state.in_quarantine(Cliente::NAME, 1_000).await.expect("readable");
    assert!(held.iter().all(|(_, held)| held.why.iter().all(|why| why.value != code)), "{held:?}");
}

#[tokio::test(start_paused = true)]
async fn no_limit_is_passed_by_a_day_of_runs() {
    let world = loaded().await;

    for _ in 0..4 {
        for job in catalog() {
            world.keep_by_name(job.name, Wanted::Changes).await;
        }
        world.clock.sleep(std::time::Duration::from_hours(6)).await;
    }

    crate::limits::assert_no_limit_was_passed(&world);
}
