//! What Máxima has shown to a turn, that turn acts on.

use std::time::Duration;

use e2e::Job;
use engine::{Budget, Harm, Moment};
use sales::orders::Orders;
use serde_json::{Value, json};

use crate::orders::{assert_taken_once, created, includes, place, seen, selling};

/// Calls to the table of a turn that is shown one order; the last of the loop find nothing to strike.
const CALLS: usize = 30;

/// An order that waited is due in the minute in which its seller calls it off: what the turn was told, it may fail to
/// write down, but not forget.
#[tokio::test(start_paused = true)]
async fn an_order_that_was_shown_as_called_off_is_not_sent_whichever_call_to_the_table_fails() {
    for (call, moment) in (1..CALLS).flat_map(|call| [(call, Moment::Before), (call, Moment::After)]) {
        let world = selling().await;
        world.decide(|settings| settings.pedidos.categoria_omie = None).await;
        let id = place(&world, |_| {});
        world.turn(Job::Orders).await;
        world.decide(|settings| settings.pedidos.categoria_omie = Some("1.01.03".to_owned())).await;
        world.clock.sleep(Duration::from_mins(45)).await;
        world.partners.maxima.seller().cancel_order(id).expect("it was not imported");
        let tenant = world.process().await;
        let orders = Orders { tenant: &tenant, state: &world.state, clock: &world.clock };

        world.faults.strike(call, moment, Harm::Fail);
        let imported = Box::pin(orders.import(Budget::unlimited())).await;

        assert_eq!(includes(&world, id), [], "call {call}, {moment:?}: {imported:?}");
        world.faults.spare();
        world.live(30).await;
        assert_eq!(created(&world, id), 0, "call {call}, {moment:?}");
    }
}

/// Calls of a turn that brings one order to its refusal, to table and partners; the last of the loop strike nothing.
const OF_A_REFUSAL: usize = 40;
/// `contracts/maxima.md` §7.4.
const REFUSED: u8 = 5;

/// Whoever told the seller is gone and has not written it down; the seller reads the refusal and corrects the order in
/// the minute in which the refusal is due again. Told once more it would end the corrected order, which Máxima would then
/// show to nobody.
#[tokio::test(start_paused = true)]
async fn an_order_that_was_corrected_is_not_ended_by_the_refusal_of_what_it_was() {
    let mut corrected = 0;
    for (call, moment) in (1..OF_A_REFUSAL).flat_map(|call| [(call, Moment::Before), (call, Moment::After)]) {
        let world = selling().await;
        world.decide(|settings| settings.pedidos.categoria_omie = Some("9.99.99".to_owned())).await;
        let id = place(&world, |_| {});
        world.faults.strike(call, moment, Harm::Crash);
        tokio::select! {
            _ = world.turn(Job::Orders) => {}
            () = world.faults.crashed() => {}
        }
        world.faults.spare();
        world.decide(|settings| settings.pedidos.categoria_omie = Some("1.01.03".to_owned())).await;
        world.clock.sleep(Duration::from_secs(150)).await;
        if seen(&world, id).status != REFUSED {
            continue;
        }
        corrected += 1;
        let correction = |order: &mut Value| order["Observacao"] = json!("corrigido");
        world.partners.maxima.seller().edit_and_resend(id, correction).expect("it was refused");

        world.clock.sleep(Duration::from_mins(1)).await;
        world.turn(Job::Status).await;
        world.live(12).await;

        assert_taken_once(&world, id, &format!("killed {moment:?} call {call}"));
    }
    assert!(corrected > 2, "some are killed after the refusal was told, one is not killed at all");
}
