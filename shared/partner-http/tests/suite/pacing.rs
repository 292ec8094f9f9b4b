//! How often, how many at once, and how soon again.

use std::time::Duration;

use partner_http::{Effect, LanePolicy, Lost, PartnerHttp};
use tokio::task::JoinSet;

use crate::partner::{Tenant, classify, listing, open_policy, request};

/// The policy of an Omie listing.
fn omie() -> LanePolicy {
    LanePolicy {
        per_minute: 225,
        burst: 5,
        concurrency: 4,
        redundancy: Some(Duration::from_secs(61)),
        failures_allowed: 5,
        misuse_allowed: Some(4),
    }
}

/// Sends `count` different requests at once and waits for all.
async fn flood(http: &PartnerHttp, policy: &LanePolicy, count: usize) {
    let mut calls = JoinSet::new();
    for page in 0..count {
        let http = http.clone();
        let mut out = request("ListarClientes", Effect::Read, &page.to_string());
        out.policy = policy.clone();
        calls.spawn(async move { http.send(out, classify).await });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
}

fn most_in_a_minute(times: &[Duration]) -> usize {
    let minute = Duration::from_mins(1);
    let count = |start: Duration| times.iter().filter(|&&at| at >= start && at < start + minute).count();
    times.iter().map(|&start| count(start)).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn two_thousand_calls_never_make_more_than_235_in_a_minute_and_waste_no_time() {
    let tenant = Tenant::answering_after(Duration::from_millis(300), |_, _| Ok("ok"));

    flood(&tenant.http, &omie(), 2_000).await;

    let times = tenant.partner.times();
    assert_eq!(times.len(), 2_000);
    let most = most_in_a_minute(&times);
    assert!((225..=235).contains(&most), "{most}");
    // At 225 a minute 2,000 calls last 533 s; more would be time lost between them.
    assert!(times.last() < Some(&Duration::from_secs(536)), "{:?}", times.last());
}

#[tokio::test(start_paused = true)]
async fn a_smaller_share_holds_for_calls_that_wait_already_and_a_larger_one_too() {
    let tenant = Tenant::answering(|_, _| Ok("ok"));
    let change = async {
        tenant.pass(60).await;
        tenant.http.set_total_per_minute(30);
        tenant.pass(60).await;
        tenant.http.set_total_per_minute(800);
    };

    let policy = omie();
    tokio::join!(flood(&tenant.http, &policy, 500), change);

    let seconds = tenant.partner.seconds();
    let in_minute = |minute| seconds.iter().filter(|&&at| at / 60 == minute).count();
    assert!((225..=235).contains(&in_minute(0)), "{}", in_minute(0));
    assert!((29..=32).contains(&in_minute(1)), "{}", in_minute(1));
    assert!((220..=235).contains(&in_minute(2)), "{}", in_minute(2));
}

#[tokio::test(start_paused = true)]
async fn never_more_are_in_flight_than_the_lane_allows() {
    let tenant = Tenant::answering_after(Duration::from_secs(5), |_, _| Ok("ok"));
    let policy = LanePolicy { concurrency: 2, ..open_policy() };

    flood(&tenant.http, &policy, 20).await;

    assert_eq!(tenant.partner.most_in_flight(), 2);
    assert_eq!(
        tenant.partner.seconds(),
        [0, 0, 5, 5, 10, 10, 15, 15, 20, 20, 25, 25, 30, 30, 35, 35, 40, 40, 45, 45]
    );
}

#[tokio::test(start_paused = true)]
async fn a_repeat_of_a_query_waits_until_its_window_is_over() {
    let tenant = Tenant::answering(|_, _| Ok("ok"));

    tenant.send(listing("page 1")).await.expect("an answer");
    tenant.pass(10).await;
    tenant.send(listing("page 1")).await.expect("an answer");

    assert_eq!(tenant.partner.seconds(), [0, 61]);
}

#[tokio::test(start_paused = true)]
async fn the_window_starts_when_the_answer_came_because_the_query_may_have_arrived_late() {
    let tenant = Tenant::answering_after(Duration::from_secs(20), |_, _| Ok("ok"));

    tenant.send(listing("page 1")).await.expect("an answer");
    tenant.send(listing("page 1")).await.expect("an answer");

    assert_eq!(tenant.partner.seconds(), [0, 81]);
}

#[tokio::test(start_paused = true)]
async fn a_query_that_waits_for_its_window_keeps_no_other_out() {
    let tenant = Tenant::answering(|_, _| Ok("ok"));
    let one_at_a_time = |page| {
        let mut out = listing(page);
        out.policy.concurrency = 1;
        out
    };
    tenant.send(one_at_a_time("page 1")).await.expect("an answer");

    let (again, next) =
        tokio::join!(tenant.send(one_at_a_time("page 1")), tenant.send(one_at_a_time("page 2")));

    assert!(again.is_ok() && next.is_ok());
    assert_eq!(tenant.partner.seconds(), [0, 0, 61]);
}

#[tokio::test(start_paused = true)]
async fn two_callers_with_one_query_send_it_a_window_apart() {
    let tenant = Tenant::answering(|_, _| Ok("ok"));

    let (one, other) = tokio::join!(tenant.send(listing("page 1")), tenant.send(listing("page 1")));

    assert!(one.is_ok() && other.is_ok());
    assert_eq!(tenant.partner.seconds(), [0, 61]);
}

#[tokio::test(start_paused = true)]
async fn requests_that_reached_the_partner_are_counted_once_each() {
    let tenant = Tenant::scripted([Ok("ok"), Ok("busy"), Err(Lost::NotSent), Err(Lost::Unclear), Ok("ok")]);
    tenant.send(request("ListarBancos", Effect::Read, "1")).await.expect("an answer");
    tenant.send(request("ListarClientes", Effect::Read, "1")).await.expect("an answer");

    let calls = tenant.http.calls();

    assert_eq!(calls, [("ListarBancos".to_owned(), 1), ("ListarClientes".to_owned(), 3)]);
    assert!(tenant.http.calls().is_empty(), "a count is taken once");
}
