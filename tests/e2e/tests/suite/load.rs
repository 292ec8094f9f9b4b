//! Check 1: the initial load, and the same load again.

use std::collections::BTreeSet;

use e2e::{Ended, World};
use engine::{Entity as _, Quarantine as _};
use sales::entities::Cliente;
use serde_json::Value;
use simulators::{Fault, Preset, Registry};

#[tokio::test(start_paused = true)]
async fn every_record_is_in_maxima_or_in_quarantine() {
    let world = World::new(Preset::Small).await;

    assert_eq!(world.load().await, Ended::Finished);

    assert_eq!(world.differences().await, Vec::<String>::new());
}

/// A check that kept out sound records would pass every comparison with a model that accepts the quarantine.
#[tokio::test(start_paused = true)]
async fn a_customer_in_quarantine_is_awkward_or_lacks_what_the_reason_names() {
    let world = World::new(Preset::Small).await;
    world.load().await;

    let held = world.state.in_quarantine(Cliente::NAME, 1_000).await.expect("readable");

    let awkward = world.partners.omie.awkward();
    let awkward: BTreeSet<&str> = awkward.values().map(|(_, id)| id.as_str()).collect();
    let customers = world.partners.omie.records(Registry::Clientes);
    let ordinary: Vec<_> = held.iter().filter(|(key, _)| !awkward.contains(key.as_str())).collect();
    assert!(ordinary.len() < held.len(), "the dataset holds customers that cannot be sent");
    for (key, held) in ordinary {
        let id: i64 = key.as_str().parse().expect("a customer's key is its number");
        let is_named = |customer: &&Value| customer["codigo_cliente_omie"].as_i64() == Some(id);
        let customer = customers.iter().find(is_named).expect("it is in Omie");
        let named = customer.pointer(&format!("/{}", held.why[0].field.replace('.', "/")));
        assert!(named.is_none_or(|value| value == "" || value == 0), "{key}: {held:?} of {customer}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_unreadable_field_keeps_one_record_out() {
    let world = World::new(Preset::Small).await;
    let customers = world.partners.omie.records(Registry::Clientes);
    let id = customers[60]["codigo_cliente_omie"].to_string();
    let edited =
        world.partners.omie.set(Registry::Clientes, &id, "valor_limite_credito", "a combinar".into());
    edited.expect("the customer is there");

    assert_eq!(world.load().await, Ended::Finished);

    let why = world.state.in_quarantine(Cliente::NAME, 1_000).await.expect("readable");
    let (_, held) = why.iter().find(|(key, _)| key.as_str() == id).expect("it is in quarantine");
    assert_eq!(held.why[0].field, "valor_limite_credito");
    assert_eq!(world.partners.maxima.row("Clientes", &id), None);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_stores_nothing_stops_what_depends_on_it_and_says_why() {
    let world = World::new(Preset::Small).await;
    let refusal = Fault::Reject { text: "vendedor recusado por teste".to_owned(), status: 400 };
    world.partners.maxima.faults().next("POST Usuaris", refusal, 50);

    let Ended::Failed { step, cause } = world.load().await else { panic!("the load went on") };

    assert_eq!(step, "sync-vendedores");
    assert!(cause.contains("vendedor recusado por teste"), "{cause}");
    assert_eq!(world.partners.maxima.count("Clientes"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_load_writes_nothing() {
    let world = World::new(Preset::Small).await;
    world.load().await;
    let written = world.rows_written();

    assert_eq!(world.load().await, Ended::Finished);

    assert_eq!(world.rows_written(), written);
    assert_eq!(world.differences().await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_change_in_omie_is_one_write() {
    let world = World::new(Preset::Small).await;
    world.load().await;
    let (written, banks) = (world.rows_written(), Registry::Bancos);
    world
        .partners
        .omie
        .set(banks, "001", "nome", "BANCO DO BRASIL SA".into())
        .expect("the dataset has bank 001");

    world.load().await;

    assert_eq!(world.rows_written(), written + 1);
    assert_eq!(world.differences().await, Vec::<String>::new());
}
