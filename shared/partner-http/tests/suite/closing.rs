//! When a lane is closed, and that only this lane is.

use std::time::Duration;

use partner_http::{Effect, Fault, Outgoing, Remedy};

use crate::partner::{Tenant, listing, request};

/// A listing on a lane that stops after five failures.
fn careful(page: usize) -> Outgoing {
    let mut out = listing(&page.to_string());
    out.policy.failures_allowed = 5;
    out
}

#[tokio::test(start_paused = true)]
async fn a_blocked_lane_sends_nothing_until_the_seconds_and_the_margin_are_over() {
    let tenant = Tenant::scripted([Ok("blocked 100"), Ok("ok")]);

    let first = tenant.send(listing("page 1")).await.expect_err("blocked");
    tenant.pass(40).await;
    let second = tenant.send(listing("page 2")).await.expect_err("still blocked");
    tenant.pass(90).await;
    let third = tenant.send(listing("page 2")).await;

    assert_eq!((first.fault.clone(), first.status), (Fault::Blocked { seconds: 130 }, Some(500)));
    assert_eq!(second.fault, Fault::Blocked { seconds: 90 });
    assert_eq!(second.remedy(), Remedy::RetryLater { after: Duration::from_secs(90) });
    assert_eq!(second.attempts, 0);
    assert!(third.is_ok());
    assert_eq!(tenant.partner.seconds(), [0, 130]);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_lane_leaves_the_other_lanes_alone() {
    let tenant = Tenant::scripted([Ok("blocked 1800"), Ok("ok"), Ok("ok")]);
    tenant.send(listing("page 1")).await.expect_err("blocked");
    let mut other_credential = listing("page 1");
    other_credential.lane.credential = "decaf".to_owned();

    let other_method = tenant.send(request("ListarBancos", Effect::Read, "page 1")).await;
    let other_credential = tenant.send(other_credential).await;

    assert!(other_method.is_ok() && other_credential.is_ok());
    assert_eq!(tenant.partner.seconds(), [0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_its_repeat_does_not_leave_when_the_lane_closes_meanwhile() {
    let tenant = Tenant::scripted([Ok("busy"), Ok("blocked 100")]);

    let (waiting, blocking) = tokio::join!(tenant.send(listing("page 1")), tenant.send(listing("page 2")));

    assert_eq!(blocking.expect_err("blocked").fault, Fault::Blocked { seconds: 130 });
    let waiting = waiting.expect_err("the lane is closed");
    assert_eq!((waiting.fault, waiting.attempts), (Fault::Blocked { seconds: 120 }, 1));
    assert_eq!(tenant.partner.times().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn five_failures_in_a_row_stop_the_lane_for_61_seconds() {
    let tenant = Tenant::answering(|n, _| Ok(if n < 5 { "refused data" } else { "ok" }));
    for page in 0..5 {
        tenant.send(careful(page)).await.expect_err("refused");
    }

    let stopped = tenant.send(careful(6)).await.expect_err("the lane rests");
    tenant.pass(61).await;
    let rested = tenant.send(careful(6)).await;

    assert_eq!((stopped.fault, stopped.attempts), (Fault::Blocked { seconds: 61 }, 0));
    assert!(rested.is_ok());
}

#[tokio::test(start_paused = true)]
async fn empty_pages_do_not_close_the_lane() {
    let tenant = Tenant::answering(|_, _| Ok("empty"));

    for page in 0..50 {
        assert_eq!(tenant.send(careful(page)).await.expect_err("empty").fault, Fault::Empty);
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_answer_gives_the_whole_allowance_back() {
    let tenant = Tenant::answering(|n, _| Ok(if n % 5 == 4 { "ok" } else { "refused data" }));

    for page in 0..50 {
        let answer = tenant.send(careful(page)).await;
        assert_eq!(answer.is_ok(), page % 5 == 4, "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_failure_that_closes_the_lane_is_not_repeated_and_keeps_its_name() {
    let tenant = Tenant::answering(|_, _| Ok("busy"));
    let mut out = careful(1);
    out.policy.failures_allowed = 2;

    let error = tenant.send(out).await.expect_err("busy twice");

    assert_eq!((error.fault.clone(), error.attempts), (Fault::Busy, 2));
    assert_eq!(error.remedy(), Remedy::RetryLater { after: Duration::from_secs(61) });
    assert_eq!(tenant.partner.seconds(), [0, 10]);
}
