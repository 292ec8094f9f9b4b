//! The dry run: everything is read, mapped, judged and compared, and Máxima is not touched.

use e2e::{Ended, World};
use engine::{Shadow, Wanted};
use sales::catalog::catalog;
use sales::preview::{Outlook, outlook};
use serde_json::json;
use simulators::{Preset, Registry};

async fn rehearsed(world: &World) -> String {
    let (ended, name) = world.rehearse().await;
    assert_eq!(ended, Ended::Finished);
    name
}

async fn of(world: &World, rehearsal: &str, entity: &str) -> Outlook {
    let shadow = Shadow::new(&world.state, &world.state, rehearsal);
    outlook(&shadow, entity).await.expect("readable")
}

/// What Máxima has been asked to write.
fn writes(world: &World) -> u64 {
    let verdict = world.partners.maxima.verdict();
    let is_write =
        |method: &&String| ["POST ", "PUT ", "DELETE "].iter().any(|verb| method.starts_with(verb));
    verdict.methods.keys().filter(is_write).map(|method| verdict.calls(method)).sum()
}

#[tokio::test(start_paused = true)]
async fn before_the_first_load_it_foretells_what_the_load_does_and_writes_nothing() {
    let world = World::new(Preset::Small).await;

    let rehearsal = rehearsed(&world).await;

    assert_eq!(writes(&world), 0, "not one write");
    assert!(!sales::load::has_loaded(&world.state).await.expect("readable"), "nothing has been loaded");
    let entities: Vec<&str> = catalog().iter().flat_map(|job| job.entities).copied().collect();
    let mut foretold_rows = std::collections::BTreeMap::new();
    for entity in &entities {
        foretold_rows.insert(*entity, of(&world, &rehearsal, entity).await.creates);
    }
    world.rest().await;
    assert_eq!(world.load().await, Ended::Finished);
    for entity in entities {
        let entries = engine::Ledger::scan(&world.state, entity, None, 10_000).await.expect("readable");
        let in_use = entries.into_iter().filter(|(_, entry)| entry.is_in_use());
        let created: Vec<_> = in_use.map(|(key, _)| key).collect();
        assert!(!created.is_empty(), "{entity}");
        assert_eq!(foretold_rows[entity], created, "{entity}");
        let foretold = of(&world, &rehearsal, entity).await;
        let held = engine::Quarantine::in_quarantine(&world.state, entity, 10_000).await.expect("readable");
        let rejected: Vec<_> = held.iter().map(|(key, _)| key).collect();
        assert_eq!(foretold.rejects.iter().map(|(key, _)| key).collect::<Vec<_>>(), rejected, "{entity}");
        // Against what is there now, the rehearsal would change nothing any more.
        assert_eq!(
            (foretold.creates, foretold.updates, foretold.removes),
            (vec![], vec![], vec![]),
            "{entity}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_load_it_lists_exactly_what_is_different() {
    let world = World::new(Preset::Small).await;
    world.load().await;
    let omie = &world.partners.omie;
    let products = world.partners.maxima.rows("Produtos");
    let mut sold = products.iter().filter(|(_, row)| row["Enviarforcavendas"] == "S").map(|(id, _)| id);
    let (renamed, removed) = (sold.next().expect("a product"), sold.next().expect("another"));
    omie.set(Registry::Produtos, renamed, "descricao", json!("OUTRO NOME")).expect("it is there");
    omie.remove(Registry::Produtos, removed).expect("it is there");
    let customer = world.partners.maxima.rows("Clientes").into_keys().next().expect("a customer");
    omie.set(Registry::Clientes, &customer, "razao_social", json!("")).expect("it is there");
    let (before, held) = (writes(&world), world.held_all());
    world.rest().await;

    let rehearsal = rehearsed(&world).await;

    let produtos = of(&world, &rehearsal, "produtos").await;
    let keys = |keys: &[engine::Key]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!((keys(&produtos.creates), keys(&produtos.updates)), (vec![], vec![renamed.clone()]));
    assert_eq!(keys(&produtos.removes), [removed.as_str()]);
    let clientes = of(&world, &rehearsal, "clientes").await;
    assert!(clientes.rejects.iter().any(|(key, _)| key.as_str() == customer), "it cannot be mapped any more");
    assert_eq!((writes(&world), world.held_all()), (before, held));
}

#[tokio::test(start_paused = true)]
async fn one_job_can_be_rehearsed_alone() {
    let world = World::new(Preset::Small).await;
    world.load().await;
    let before = writes(&world);
    let id = world.partners.maxima.rows("Produtos").into_keys().next().expect("a product");
    world.partners.omie.set(Registry::Produtos, &id, "descricao", json!("OUTRO NOME")).expect("it is there");
    world.rest().await;

    let rehearsal = world.rehearse_job("produtos").await;

    assert_eq!(of(&world, &rehearsal, "produtos").await.updates, [engine::Key::from(id.as_str())]);
    assert_eq!(writes(&world), before);
}

#[tokio::test(start_paused = true)]
async fn it_leaves_the_next_run_as_it_was() {
    let world = World::new(Preset::Small).await;
    world.load().await;
    let id = world.partners.maxima.rows("Clientes").into_keys().next().expect("a customer");
    world.partners.omie.set(Registry::Clientes, &id, "nome_fantasia", json!("NOVO")).expect("it is there");
    world.rest().await;
    rehearsed(&world).await;
    world.rest().await;

    let report = world.keep_by_name("clientes", Wanted::Changes).await;

    assert_eq!(report.counters.updated, 1);
    assert_eq!(world.partners.maxima.row("Clientes", &id).expect("a row")["Fantasia"], "NOVO");
}
