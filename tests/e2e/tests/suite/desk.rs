//! What an operator decides about a held order, what the nightly count says of an order on the wrong side, and a silence
//! of the status job that one turn cannot make up for.

use std::time::Duration;

use e2e::{Job, World};
use sales::Tenant;
use sales::desk::{self, Kind, Outcome, Told, Word};
use sales::orders::InErp;
use serde_json::json;
use simulators::{Fault, OmieOptions, Registry};

use crate::orders::{place, seen, selling};

/// The code of an order that Omie has already, for somebody else.
const CODE_IN_USE: u64 = 900_177_777;
const ASSEMBLED: &str = "50";
/// `contracts/maxima.md` §7.4.
const PENDING: u8 = 2;

/// Somebody brings an order into Omie that is none of ours: like `model`, for this customer and under this code, if any.
fn typed_in(world: &World, model: u64, customer: i64, code: &str) -> InErp {
    let omie = &world.partners.omie;
    let mut pedido = omie.order(&model.to_string()).expect("it is there");
    let nth = i64::try_from(omie.count(Registry::Pedidos)).expect("a few");
    let erp = InErp { codigo_pedido: 770_000_000 + nth, numero: 7_700 + nth };
    let header = pedido["cabecalho"].as_object_mut().expect("an order has a header");
    header.insert("codigo_pedido".to_owned(), json!(erp.codigo_pedido));
    header.insert("codigo_pedido_integracao".to_owned(), json!(code));
    header.insert("numero_pedido".to_owned(), json!(erp.numero.to_string()));
    header.insert("codigo_cliente".to_owned(), json!(customer));
    omie.add(Registry::Pedidos, pedido);
    erp
}

async fn adopt(world: &World, tenant: &Tenant, numero: i64) -> Result<Outcome, String> {
    let id = CODE_IN_USE.to_string();
    let erp = desk::adoptable(tenant, &world.state, &world.clock, &id, numero).await?;
    let told = Told::new(Word::Adopt(erp), "Maria", "digitado por engano").expect("complete");
    Ok(desk::tell(&world.state, &world.clock, Kind::Pedidos, &id, &told).await.expect("a store"))
}

/// Omie holds another order under our key: the operator says which one it is, and from then on only that one counts.
#[tokio::test(start_paused = true)]
async fn an_adopted_order_follows_the_one_of_omie_that_the_operator_named_and_no_other() {
    let world = selling().await;
    let model = place(&world, |_| {});
    world.live(4).await;
    typed_in(&world, model, 1, &CODE_IN_USE.to_string());
    let id = place(&world, |order| order["CodigoPedidoNuvem"] = json!(CODE_IN_USE.to_string()));
    world.live(4).await;
    assert_eq!(seen(&world, id).status, PENDING, "held, and the seller is told nothing yet");
    let customer =
        world.writes.of("IncluirPedido")[0]["cabecalho"]["codigo_cliente"].as_i64().expect("an id");
    let erp = typed_in(&world, model, customer, "");
    let tenant = world.process().await;

    let others = typed_in(&world, model, customer + 1, "");
    let nowhere = erp.numero + 1_000;
    for (wrong, why) in [(nowhere, "não tem pedido com o número"), (others.numero, "é do cliente")] {
        let refused = adopt(&world, &tenant, wrong).await.expect_err("it is not there so");
        assert!(refused.contains(why), "{refused}");
    }
    let adopted = adopt(&world, &tenant, erp.numero).await.expect("it is there");
    assert!(matches!(adopted, Outcome::Done(_)), "{adopted}");
    world.live(4).await;
    let taken = seen(&world, id);
    assert_eq!((taken.status, taken.numpederp), (4, Some(erp.numero.to_string())));

    // The other one moves on, and then ours does; nobody tells of either.
    let before = seen(&world, id).critiques.len();
    let omie = &world.partners.omie;
    omie.cancel(CODE_IN_USE.to_string().as_str()).expect("it is there");
    while omie.deliveries().take_next().is_some_and(|delivery| omie.deliveries().ack(&delivery.message_id)) {}
    world.live(6).await;
    assert_eq!(seen(&world, id).critiques.len(), before, "what the other does is nothing to our seller");
    omie.set_stage(u64::try_from(erp.codigo_pedido).expect("positive"), ASSEMBLED).expect("it is there");
    while omie.deliveries().take_next().is_some_and(|delivery| omie.deliveries().ack(&delivery.message_id)) {}
    world.live(6).await;

    assert_eq!(seen(&world, id).position.as_deref(), Some("M"));
}

/// The seller was told no, and the order is in Omie after all.
#[tokio::test(start_paused = true)]
async fn an_order_that_was_refused_and_is_in_omie_is_unexplained() {
    let world = selling().await;
    let model = place(&world, |_| {});
    world.live(4).await;
    let refusal = Fault::Reject {
        text: "ERROR: Categoria [9.99.99] não cadastrada na base de dados !".to_owned(),
        status: 500,
    };
    world.partners.omie.faults().next("IncluirPedido", refusal, 1);
    let id = place(&world, |_| {});
    world.live(4).await;
    assert_eq!(seen(&world, id).status, 5);
    assert_eq!(world.reconcile().await.unexplained, []);
    typed_in(&world, model, 1, &id.to_string());
    world.rest().await;

    let report = world.reconcile().await;

    let [(order, why)] = &report.unexplained[..] else { panic!("{report}") };
    assert_eq!(*order, id.to_string());
    assert!(why.contains("está no Omie com o id"), "{why}");
}

/// It was not there when it was asked for, was held for words that nobody knows, and is there after all.
#[tokio::test(start_paused = true)]
async fn an_order_that_is_held_and_is_in_omie_is_unexplained() {
    let world = selling().await;
    let model = place(&world, |_| {});
    world.live(4).await;
    let refusal =
        Fault::Reject { text: "ERROR: Não existem registros para a página [1]!".to_owned(), status: 500 };
    world.partners.omie.faults().next("IncluirPedido", refusal, 1);
    let id = place(&world, |_| {});
    world.live(6).await;
    let report = world.reconcile().await;
    assert_eq!((report.held, report.unexplained.len()), (1, 0), "{report}");
    typed_in(&world, model, 1, &id.to_string());
    world.rest().await;

    let report = world.reconcile().await;

    let [(order, why)] = &report.unexplained[..] else { panic!("{report}") };
    assert_eq!(*order, id.to_string());
    assert!(why.contains("está retido e está no Omie com o id"), "{why}");
}

/// More stages than one slice holds have changed while nobody asked, and the time of a turn ends in the middle.
#[tokio::test(start_paused = true)]
async fn what_changed_in_a_long_silence_is_read_slice_by_slice() {
    let world = selling().await;
    let ids: Vec<u64> = (0..12).map(|_| place(&world, |_| {})).collect();
    world.live(8).await;
    let omie = &world.partners.omie;
    for stage in ["20", ASSEMBLED] {
        for id in &ids {
            omie.set_stage(id.to_string().as_str(), stage).expect("it is there");
            world.clock.sleep(Duration::from_mins(10)).await;
        }
    }
    while omie.deliveries().take_next().is_some_and(|delivery| omie.deliveries().ack(&delivery.message_id)) {}
    omie.configure(|options: &mut OmieOptions| {
        // One row a page, and so slowly that a turn ends before the window does.
        options.page_caps.insert("ListarEtapasPedido".to_owned(), 1);
        options.latency = Duration::from_secs(2);
    });

    let mut turns = 0;
    while ids.iter().any(|id| seen(&world, *id).position.as_deref() != Some("M")) {
        turns += 1;
        assert!(turns < 20, "the turns never come to an end: {:?}", seen(&world, ids[11]));
        assert!(world.turn(Job::Status).await);
        world.rest().await;
    }

    assert!(turns > 1, "one turn had time for everything");
}
