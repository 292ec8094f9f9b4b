//! Check 15: customers that sellers register.

use std::time::Duration;

use e2e::{Job, World};
use fastrand::Rng;
use sales::desk::{self, Kind, Told, Word};
use serde_json::{Value, json};
use simulators::{CustomerKind, CustomerSeen, Fault, Registry};

use crate::orders::{created, place, seen, selling, shown};

/// A company of the tiny account, and its document there.
const KNOWN: &str = "5366578425";
const DOCUMENT: &str = "98765432000198";
/// `contracts/maxima.md` §8.
const CREATED: u8 = 4;
const REFUSED: u8 = 14;

/// A seller registers somebody of a kind, as `change` has them.
fn register(world: &World, kind: CustomerKind, change: impl FnOnce(&mut Value)) -> u64 {
    let seller = world.partners.maxima.seller();
    let seed = 40 + world.partners.maxima.customers().len() as u64;
    let mut customer = seller.sample_customer(kind, &mut Rng::with_seed(seed)).expect("it was loaded");
    change(&mut customer);
    seller.register_customer(customer)
}

fn answered(world: &World, id: u64) -> CustomerSeen {
    world.partners.maxima.customer(id).expect("it was registered")
}

fn told(customer: &CustomerSeen) -> Vec<(u8, &str)> {
    customer.answers.iter().map(|answer| (answer.status, answer.text.as_str())).collect()
}

/// How many records of Omie are customers of ours or suppliers, all together.
fn records(world: &World) -> u64 {
    world.partners.omie.count(Registry::Clientes)
}

/// Check 15: the document is in Omie already, with or without its dots.
#[tokio::test(start_paused = true)]
async fn a_customer_whose_document_is_in_omie_is_linked_and_not_refused() {
    for document in [DOCUMENT, "98.765.432/0001-98"] {
        let world = selling().await;
        let before = records(&world);
        let id = register(&world, CustomerKind::Company, |customer| customer["CNPJ"] = json!(document));

        world.live(11).await;

        let customer = answered(&world, id);
        assert_eq!((customer.status, customer.codigo.as_str()), (CREATED, KNOWN), "{customer:?}");
        let text = format!("Cliente já existia, vinculado ao código {KNOWN}");
        assert_eq!(told(&customer), [(CREATED, text.as_str())]);
        assert_eq!(records(&world), before, "nobody was included");
        assert!(world.writes.of("IncluirCliente").is_empty(), "nobody was even sent");
        let record = world.partners.omie.record(Registry::Clientes, KNOWN).expect("it is there");
        assert_eq!(record["codigo_cliente_integracao"], json!(id.to_string()), "the link");
        assert_eq!(record["razao_social"], "MERCADO BOA COMPRA LTDA", "Omie's own name stays");
        assert_eq!(world.partners.maxima.violations(), Vec::<String>::new());
    }
}

/// Check 15: an order of that customer goes to the record that was there.
#[tokio::test(start_paused = true)]
async fn an_order_for_a_linked_customer_is_one_of_the_record_that_was_there() {
    let world = selling().await;
    let customer = register(&world, CustomerKind::Company, |customer| customer["CNPJ"] = json!(DOCUMENT));
    let order = place(&world, |order| {
        order["Cliente"] = json!({ "Codigo": "", "CodigoClienteNuvem": customer, "CNPJ": DOCUMENT });
    });

    world.live(11).await;

    let in_omie = world.partners.omie.order(&order.to_string());
    let in_omie = in_omie.unwrap_or_else(|| panic!("{:?}", seen(&world, order)));
    assert_eq!(in_omie["cabecalho"]["codigo_cliente"].to_string(), KNOWN);
    assert_eq!(seen(&world, order).status, 4);
}

/// Mapping §6.2: the new customer goes on first, and the order does not wait for the customers' own turn.
#[tokio::test(start_paused = true)]
async fn an_order_brings_the_new_customer_that_it_waits_for() {
    let world = selling().await;
    world.partners.omie.faults().next("IncluirCliente", Fault::LostRequest, 1);
    let customer = register(&world, CustomerKind::Company, |_| {});
    world.turn(Job::Customers).await;
    assert_eq!(answered(&world, customer).answers.len(), 0, "nobody knows whether it was included");
    let order =
        place(&world, |order| order["Cliente"] = json!({ "Codigo": "", "CodigoClienteNuvem": customer }));

    for _ in 0..4 {
        world.clock.sleep(Duration::from_mins(1)).await;
        world.turn(Job::Orders).await;
    }

    assert_eq!(answered(&world, customer).status, CREATED, "by the order's turn");
    assert_eq!((created(&world, order), seen(&world, order).status), (1, 4));
    assert_eq!(world.writes.of("IncluirCliente").len(), 2);
}

/// Check 15: before, between and after sound ones stand one with a wrong document, one that Omie refuses, one that is
/// no customer at all and one whose answer is lost.
#[tokio::test(start_paused = true)]
async fn bad_customers_in_the_middle_stop_none_of_the_others() {
    let world = selling().await;
    let refusal = Fault::Reject { text: "ERROR: O bairro está na lista negra !".to_owned(), status: 500 };
    let faults = world.partners.omie.faults();
    // In the order of their coming: the sound one, the refused one, the one whose answer is lost.
    faults.next("IncluirCliente", Fault::Slow(1), 1);
    faults.next("IncluirCliente", refusal, 1);
    faults.next("IncluirCliente", Fault::LostAnswer, 1);
    let first = register(&world, CustomerKind::Company, |_| {});
    let bad_document = register(&world, CustomerKind::BadDocument, |_| {});
    let refused = register(&world, CustomerKind::Company, |_| {});
    let unreadable = world.partners.maxima.seller().register_customer(json!({ "Nome": [], "CNPJ": {} }));
    let unanswered = register(&world, CustomerKind::Person, |_| {});
    let known = register(&world, CustomerKind::Company, |customer| customer["CNPJ"] = json!(DOCUMENT));
    let last = register(&world, CustomerKind::Person, |_| {});

    world.live(21).await;

    assert_eq!(world.partners.omie.faults().pending(), 0);
    for id in [first, unanswered, known, last] {
        let customer = answered(&world, id);
        assert_eq!(customer.status, CREATED, "{customer:?}");
        assert!(world.partners.omie.record(Registry::Clientes, &customer.codigo).is_some(), "{customer:?}");
        assert!(world.partners.maxima.row("Clientes", &customer.codigo).is_some(), "{customer:?}");
    }
    for (id, said) in [(bad_document, "CNPJ"), (refused, "lista negra"), (unreadable, "")] {
        let customer = answered(&world, id);
        assert_eq!((customer.status, customer.codigo.as_str()), (REFUSED, ""), "{customer:?}");
        let [(REFUSED, text)] = told(&customer)[..] else { panic!("told once: {customer:?}") };
        assert!(!text.is_empty() && text.contains(said), "{customer:?}");
    }
    assert_eq!(world.partners.maxima.violations(), Vec::<String>::new());
}

/// An order whose new customer waits for a person waits too, and says so: the night explains it, and it goes on by
/// itself once the customer is there.
#[tokio::test(start_paused = true)]
async fn an_order_whose_customer_is_held_is_held_with_the_reason_and_goes_on_by_itself() {
    let world = selling().await;
    // To an include that says nothing: nobody knows what it means.
    let odd = "Não existem registros para a página [1]";
    let fault = Fault::Reject { text: format!("ERROR: {odd}!"), status: 500 };
    world.partners.omie.faults().next("IncluirCliente", fault, 1);
    let customer = register(&world, CustomerKind::Company, |_| {});
    let order =
        place(&world, |order| order["Cliente"] = json!({ "Codigo": "", "CodigoClienteNuvem": customer }));
    world.live(65).await;

    let report = world.reconcile().await;
    assert_eq!((report.held, report.on_their_way, report.unexplained.len()), (1, 0, 0), "{report}");
    let desk = shown(&world, order).await;
    assert!(desk.contains("o cadastro do cliente novo espera uma decisão"), "{desk}");
    assert!(desk.contains(odd), "with the customer's own reason: {desk}");
    let retry = Told::new(Word::Retry, "Maria", "é o que o Omie diz às vezes").expect("complete");
    let id = customer.to_string();
    desk::tell(&world.state, &world.clock, Kind::Clientes, &id, &retry).await.expect("a store");
    world.live(30).await;

    assert_eq!(answered(&world, customer).status, CREATED);
    assert_eq!(seen(&world, order).status, 4, "{:?}", seen(&world, order));
}
