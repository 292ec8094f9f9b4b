//! Checks 12 and 16 for orders, customers and their fate: a day of it keeps Omie's limits and gives no secret away.

use std::time::Duration;

use e2e::{Job, World};
use fastrand::Rng;
use simulators::{CustomerKind, Fault, OrderKind, Preset};

use crate::limits::assert_no_limit_was_passed;
use crate::orders::{place, seen, selling};
use crate::secrets::{SECRETS, echo, logged};

/// A quarter of an hour, by which the day is told.
const QUARTER: u64 = 15;
/// Minutes in which sellers sell.
const WORKING_DAY: u64 = 8 * 60;

/// What happens in a quarter of an hour: sellers order and register, and somebody at Omie moves what is there.
fn something_happens(world: &World, quarter: u64, rng: &mut Rng) {
    let (omie, seller) = (&world.partners.omie, world.partners.maxima.seller());
    for _ in 0..rng.u8(1..4) {
        let kinds = OrderKind::ALL;
        // A tenant whose accounts lack none of the samples' rows takes every kind of them.
        seller.place_sample(kinds[rng.usize(..kinds.len())], rng).expect("what it needs was loaded");
    }
    if quarter.is_multiple_of(4) {
        let kinds = CustomerKind::ALL;
        let customer = seller.sample_customer(kinds[rng.usize(..kinds.len())], rng);
        seller.register_customer(customer.expect("what it needs was loaded"));
    }
    for id in omie.orders_created().into_keys() {
        // One that was excluded or cancelled cannot be moved any more; that is no matter here.
        let _ = match rng.u8(..24) {
            0..3 => omie.set_stage(&id, "20").is_ok(),
            3..5 => omie.set_stage(&id, "50").is_ok(),
            5 => omie.set_stage(&id, "30").is_ok(),
            6 => omie.invoice(&id).is_ok(),
            7 => omie.cancel(&id).is_ok(),
            _ => false,
        };
    }
}

/// Check 12: a working day of orders of every kind, of new customers and of changes at Omie.
#[tokio::test(start_paused = true)]
async fn a_day_of_orders_passes_no_limit_and_ends_with_every_order_explained() {
    let world =
        World::selling(Preset::Small, |settings| settings.pedidos.conta_bonificacao = Some(5_366_579_915))
            .await;
    let mut rng = Rng::with_seed(12);

    for quarter in 0..WORKING_DAY / QUARTER {
        something_happens(&world, quarter, &mut rng);
        world.live(QUARTER).await;
    }
    world.live(30).await;

    assert_no_limit_was_passed(&world);
    let verdict = world.partners.omie.verdict();
    for kind in ["repeated", "unknown_member", "missing_member", "bad_member"] {
        assert_eq!(verdict.total(kind), 0, "{kind}: {verdict:?}");
    }
    assert!(verdict.calls("IncluirPedido") > 40, "a busy day: {verdict:?}");
    assert_eq!(world.partners.maxima.violations(), Vec::<String>::new());
    assert!(world.partners.omie.orders_created().values().all(|copies| *copies == 1));
    let report = world.reconcile().await;
    assert!(report.is_complete && report.unexplained.is_empty() && report.behind == 0, "{report}");
    assert_eq!(report.on_their_way, 0, "{report}");
    assert!(report.in_erp > 40 && report.rejected > 0 && report.cancelled > 0, "{report}");
}

/// Check 12: a block of one method stops that method, in every process, and no other.
#[tokio::test(start_paused = true)]
async fn a_block_of_the_stages_stops_neither_orders_nor_anything_twice() {
    let world = selling().await;
    let first = place(&world, |_| {});
    world.live(3).await;
    world.partners.omie.faults().next("ListarEtapasPedido", Fault::Blocked425, 1);
    world.partners.omie.set_stage(&first.to_string(), "20").expect("it is there");

    world.live(3).await;
    let asked = world.partners.omie.calls("ListarEtapasPedido");
    let during = place(&world, |_| {});
    world.live(20).await;

    assert_eq!(world.partners.omie.calls("ListarEtapasPedido"), asked, "nothing was asked inside the block");
    assert_eq!(seen(&world, during).status, 4, "orders go on");
    world.live(20).await;
    assert_eq!(seen(&world, first).position.as_deref(), Some("L"), "and then the stage arrives");
    assert_no_limit_was_passed(&world);
}

/// Check 12: a block of the include itself: the orders of half an hour wait, none is refused and none is lost.
#[tokio::test(start_paused = true)]
async fn a_block_of_the_include_is_waited_out_and_no_seller_hears_of_it() {
    let world = selling().await;
    world.partners.omie.faults().next("IncluirPedido", Fault::Blocked425, 1);
    let ids: Vec<u64> = (0..4).map(|_| place(&world, |_| {})).collect();
    world.live(20).await;
    for id in &ids {
        assert!(seen(&world, *id).critiques.is_empty(), "limits are no business of the seller");
    }

    world.live(90).await;

    for id in ids {
        assert_eq!(seen(&world, id).status, 4, "{:?}", seen(&world, id));
    }
    assert_no_limit_was_passed(&world);
}

/// Check 16: partners that repeat what they were sent, secrets and all, and notices that carry the key.
#[tokio::test(start_paused = true)]
async fn orders_customers_and_notices_give_no_secret_away() {
    let (log, _guard) = logged();
    let world = selling().await;
    for method in ["IncluirPedido", "IncluirCliente", "ListarEtapasPedido", "ConsultarPedido"] {
        world.partners.omie.faults().next(method, echo(), 1);
    }
    for method in
        ["GET StatusPedidos", "PUT StatusPedidos", "PUT HistoricosPedidosCapas", "PUT StatusClientes"]
    {
        world.partners.maxima.faults().next(method, echo(), 1);
    }
    let refused = place(&world, |_| {});
    let (seller, mut rng) = (world.partners.maxima.seller(), Rng::with_seed(16));
    let customer = seller.sample_customer(CustomerKind::Company, &mut rng).expect("it was loaded");
    let newcomer = seller.register_customer(customer);
    world.live(30).await;
    let taken = place(&world, |_| {});
    world.partners.omie.faults().next("IncluirPedido", Fault::LostAnswer, 1);
    world.live(30).await;
    world.partners.omie.invoice(&taken.to_string()).expect("it is there");
    world.live(5).await;
    world.turn(Job::Status).await;
    world.clock.sleep(Duration::from_mins(2)).await;

    let report = world.reconcile().await;
    let read_by_sellers =
        format!("{:?} {:?}", world.partners.maxima.orders(), world.partners.maxima.customers());
    let told = format!("{report:?} {:?} {read_by_sellers}", world.state);
    assert!(seen(&world, refused).critiques[0].text.contains("recusado para"), "the partner's text is told");
    assert!(!world.partners.maxima.customer(newcomer).expect("it is there").answers.is_empty());
    assert!(world.partners.omie.faults().pending() + world.partners.maxima.faults().pending() <= 1);
    assert_eq!(seen(&world, taken).position.as_deref(), Some("F"));
    let logged = log.text();
    for secret in SECRETS {
        assert!(!told.contains(secret), "told: {secret}");
        assert!(!logged.contains(secret), "logged: {secret}");
    }
}
