//! What an order is in Omie and in the app besides being there: whose it is, of which branch, and what is said of it when
//! a partner says something odd.

use e2e::World;
use engine::Wanted;
use fastrand::Rng;
use sales::desk::{self, Kind, Told, Word};
use serde_json::{Value, json};
use simulators::{Fault, OrderKind, Registry};

use crate::orders::{assert_taken_once, created, includes, place, request, seen, selling, shown};

/// The branch of the tiny account.
const STANDARD: &str = "3456789012";

/// Whether the order says that its customer buys for their own use.
fn consumer(world: &World, id: u64) -> Value {
    request(world, id)["informacoes_adicionais"]["consumidor_final"].clone()
}

/// Mapping §6.3: who pays no ICMS buys for their own use.
#[tokio::test(start_paused = true)]
async fn a_natural_person_is_a_final_consumer_and_a_company_that_pays_icms_is_not() {
    let world = selling().await;
    let mut rng = Rng::with_seed(63);
    let person = world.partners.maxima.seller().place_sample(OrderKind::NaturalPerson, &mut rng);
    let person = person.expect("the account has one");
    let company = place(&world, |_| {});

    world.live(2).await;

    assert_eq!((consumer(&world, person), consumer(&world, company)), (json!("S"), json!("N")));
    assert_taken_once(&world, person, "a person");
    assert_taken_once(&world, company, "a company");
}

/// Mapping §6.1.4: another include is in flight, which may be ours, of a process that has ended: Omie is asked first.
#[tokio::test(start_paused = true)]
async fn an_include_that_meets_another_in_flight_is_asked_about_before_it_is_sent_again() {
    let world = selling().await;
    world.partners.omie.faults().next("IncluirPedido", Fault::Busy, 1);
    let id = place(&world, |_| {});

    world.live(8).await;

    assert_eq!(world.partners.omie.faults().pending(), 0);
    let log = world.partners.omie.log();
    let said: Vec<_> =
        log.iter().filter(|entry| entry.key == id.to_string()).map(|entry| entry.method).take(3).collect();
    assert_eq!(said, ["IncluirPedido", "ConsultarPedido", "IncluirPedido"]);
    assert_taken_once(&world, id, "busy");
}

/// Omie answers an include as it answers a list without rows: nobody knows what that means, and the operator reads it
/// in Omie's words.
#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_understands_is_shown_in_omies_own_words() {
    let text = "Não existem registros para a página [1]";
    let world = selling().await;
    let odd = Fault::Reject { text: format!("ERROR: {text}!"), status: 500 };
    world.partners.omie.faults().next("IncluirPedido", odd, 1);
    let id = place(&world, |_| {});

    world.live(15).await;

    assert_eq!((created(&world, id), includes(&world, id).len()), (0, 1), "held, and not sent again");
    let desk = shown(&world, id).await;
    assert!(desk.contains(text) && desk.contains("retido"), "{desk}");
}

/// What Máxima refuses by a rule is posted once, the result and then the stage: only a person can say how it goes on.
#[tokio::test(start_paused = true)]
async fn a_result_that_maxima_refuses_is_posted_once_and_again_by_a_person_s_word() {
    let world = selling().await;
    let refusal = Fault::Reject { text: "usuário inativo".to_owned(), status: 400 };
    world.partners.maxima.faults().next("PUT StatusPedidos", refusal, 2);
    let id = place(&world, |_| {});
    let posted = || world.partners.maxima.verdict().calls("PUT StatusPedidos");

    world.live(45).await;

    assert_eq!((posted(), created(&world, id)), (2, 1), "each of them once");
    let desk = shown(&world, id).await;
    assert!(desk.contains("a Máxima recusou o retorno: usuário inativo; não será repetido"), "{desk}");
    let report = world.reconcile().await;
    assert!(matches!(&report.unexplained[..], [(order, _)] if *order == id.to_string()), "{report}");
    let retry = Told::new(Word::Retry, "Maria", "usuário reativado").expect("complete");
    let id_text = id.to_string();
    desk::tell(&world.state, &world.clock, Kind::Pedidos, &id_text, &retry).await.expect("a store");
    world.live(2).await;
    assert_taken_once(&world, id, "by a person's word");
}

/// Mapping §6.3 and `contracts/maxima.md` §7.5: an order of another branch keeps it in the app's history, and goes to the
/// one company of Omie's key, of which seller and operator are told.
#[tokio::test(start_paused = true)]
async fn an_order_of_another_branch_keeps_it_and_everybody_is_told() {
    let world = selling().await;
    let standard = place(&world, |_| {});
    world.live(2).await;
    let known = world.partners.maxima.row("HistoricosPedidosCapas", &number(&world, standard));
    assert_eq!(known.expect("its history")["Codfilial"], STANDARD);
    learn_branch(&world, 777).await;

    let other = place(&world, |order| order["Filial"] = json!({ "Codigo": "777" }));
    let unknown = place(&world, |order| order["Filial"] = json!({ "Codigo": "778" }));
    world.live(4).await;

    for (id, named, kept) in [(other, "777", "777"), (unknown, "778", STANDARD)] {
        let order = seen(&world, id);
        let told = format!("o pedido é da filial {named}");
        assert!(order.critiques[0].text.contains(&told), "{order:?}");
        assert!(shown(&world, id).await.contains(&told));
        let history = world.partners.maxima.row("HistoricosPedidosCapas", &number(&world, id));
        assert_eq!(history.expect("its history")["Codfilial"], kept);
    }
}

fn number(world: &World, id: u64) -> String {
    seen(world, id).numpederp.expect("it is in Omie")
}

/// Omie has another branch, which is not the standard one, and Máxima learns of it.
async fn learn_branch(world: &World, codigo: u64) {
    let omie = &world.partners.omie;
    let mut branch = omie.record(Registry::Empresas, STANDARD).expect("the account has one");
    branch["codigo_empresa"] = json!(codigo);
    omie.add(Registry::Empresas, branch);
    world.decide(|settings| settings.filial_padrao = Some(STANDARD.to_owned())).await;
    world.keep_by_name("filiais", Wanted::Full).await;
    assert!(world.partners.maxima.row("Filiais", &codigo.to_string()).is_some());
}
