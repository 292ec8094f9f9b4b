//! No wait passes the deadline.

use std::time::Duration;

use clock::until;
use jiff::Timestamp;
use partner_http::{CallError, Effect, Fault, Lost, Remedy};

use crate::partner::{Tenant, listing, request};

/// The whole seconds the error says to wait.
fn seconds_left(error: &CallError) -> u64 {
    match error.remedy() {
        Remedy::RetryLater { after } => after.as_secs(),
        other => panic!("{other:?} is no wait"),
    }
}

fn second(tenant: &Tenant) -> u64 {
    until(Timestamp::UNIX_EPOCH, tenant.clock.now()).as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_the_window_that_passes_the_deadline_is_not_begun() {
    let tenant = Tenant::answering(|_, _| Ok("ok"));
    tenant.send(listing("page 1")).await.expect("an answer");
    tenant.pass(21).await;
    tenant.until_second(60);

    let error = tenant.send(listing("page 1")).await.expect_err("too late");

    assert_eq!((error.fault.clone(), error.attempts), (Fault::Redundant, 0));
    assert_eq!(seconds_left(&error), 40);
    assert_eq!(second(&tenant), 21);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ends_before_the_deadline_is_waited() {
    let tenant = Tenant::answering(|_, _| Ok("ok"));
    tenant.send(listing("page 1")).await.expect("an answer");
    tenant.until_second(62);

    tenant.send(listing("page 1")).await.expect("an answer");

    assert_eq!(tenant.partner.seconds(), [0, 61]);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_that_passes_the_deadline_ends_with_the_fault_it_would_heal() {
    let tenant = Tenant::scripted([Ok("busy")]);
    tenant.until_second(9);

    let error = tenant.send(listing("page 1")).await.expect_err("too late");

    assert_eq!((error.fault.clone(), error.status, error.attempts), (Fault::Busy, Some(500), 1));
    assert_eq!(seconds_left(&error), 10);
    assert_eq!(second(&tenant), 0);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_the_rate_that_passes_the_deadline_is_not_begun() {
    let tenant = Tenant::answering(|_, _| Ok("ok"));
    let slow = || {
        let mut out = request("ListarBancos", Effect::Read, "1");
        (out.policy.per_minute, out.policy.burst) = (1, 1);
        out
    };
    tenant.until_second(30);
    tenant.send(slow()).await.expect("an answer");

    let error = tenant.send(slow()).await.expect_err("too late");

    assert_eq!((error.fault.clone(), seconds_left(&error)), (Fault::RateLimited, 60));
    assert_eq!(second(&tenant), 0);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_place_in_the_lane_ends_at_the_deadline() {
    let tenant = Tenant::answering_after(Duration::from_secs(50), |_, _| Ok("ok"));
    let one_at_a_time = |page| {
        let mut out = request("ListarBancos", Effect::Read, page);
        out.policy.concurrency = 1;
        out
    };
    tenant.until_second(20);

    let (_, error) = tokio::join!(tenant.send(one_at_a_time("1")), tenant.send(one_at_a_time("2")));

    assert_eq!(error.expect_err("no place").fault, Fault::Busy);
    assert_eq!(second(&tenant), 20);
    assert_eq!(tenant.partner.times().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_listing_in_flight_is_given_up_at_the_deadline_and_may_be_asked_for_after_the_window() {
    let tenant = Tenant::answering_after(Duration::from_secs(50), |_, _| Ok("ok"));
    tenant.until_second(20);

    let error = tenant.send(listing("page 1")).await.expect_err("given up");

    assert_eq!((error.fault.clone(), error.attempts), (Fault::Unclear, 1));
    assert_eq!((seconds_left(&error), second(&tenant)), (61, 20));
}

#[tokio::test(start_paused = true)]
async fn a_write_in_flight_at_the_deadline_is_asked_about() {
    let tenant = Tenant::answering_after(Duration::from_secs(50), |_, _| Ok("ok"));
    tenant.until_second(20);

    let error = tenant.send(request("IncluirPedido", Effect::AskFirst, "1")).await.expect_err("given up");

    assert_eq!(error.remedy(), Remedy::AskPartner);
}

#[tokio::test(start_paused = true)]
async fn after_the_deadline_nothing_leaves() {
    let tenant = Tenant::answering(|_, _| Err(Lost::Unclear));
    tenant.until_second(0);

    let error = tenant.send(listing("page 1")).await.expect_err("too late");

    assert_eq!((error.attempts, seconds_left(&error)), (0, 0));
    assert!(tenant.partner.times().is_empty());
}
