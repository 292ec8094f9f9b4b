//! A partner that punishes failures never gets too many of them in a minute.

use std::time::Duration;

use partner_http::{Effect, Fault, Lost, Outgoing, Remedy};
use tokio::task::JoinSet;

use crate::partner::{Tenant, classify, request};

/// A listing on a lane of Omie's: four failures in any minute.
fn listing(part: usize) -> Outgoing {
    let mut out = request("ListarTabelaItens", Effect::Read, &part.to_string());
    out.policy.redundancy = Some(Duration::from_secs(61));
    (out.policy.concurrency, out.policy.failures_allowed) = (2, 5);
    out.policy.misuse_allowed = Some(4);
    out
}

/// Sends listings `parts` two at a time, as the engine does, and waits for all.
async fn ask(tenant: &Tenant, parts: std::ops::Range<usize>) -> Vec<Result<(), Fault>> {
    let mut calls = JoinSet::new();
    for part in parts {
        let http = tenant.http.clone();
        calls.spawn(async move { http.send(listing(part), classify).await });
    }
    let answers = calls.join_all().await;
    answers.into_iter().map(|answer| answer.map(drop).map_err(|error| error.fault)).collect()
}

fn most_in_a_minute(times: &[Duration]) -> usize {
    let minute = Duration::from_mins(1);
    let count = |start: Duration| times.iter().filter(|&&at| at >= start && at <= start + minute).count();
    times.iter().map(|&start| count(start)).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn listings_without_rows_are_asked_four_a_minute() {
    let tenant = Tenant::answering(|_, _| Ok("empty"));

    for part in 0..12 {
        assert_eq!(tenant.send(listing(part)).await.expect_err("empty").fault, Fault::Empty);
    }

    assert_eq!(tenant.partner.seconds(), [0, 0, 0, 0, 61, 61, 61, 61, 122, 122, 122, 122]);
}

#[tokio::test(start_paused = true)]
async fn thirty_listings_without_rows_never_fail_more_than_four_times_a_minute() {
    let tenant = Tenant::answering_after(Duration::from_millis(300), |_, _| Ok("empty"));

    let answers = ask(&tenant, 0..30).await;

    assert!(answers.iter().all(|answer| *answer == Err(Fault::Empty)), "{answers:?}");
    let times = tenant.partner.times();
    assert_eq!((times.len(), most_in_a_minute(&times)), (30, 4));
    assert!(times.last() < Some(&Duration::from_secs(8 * 62)), "no time is lost: {:?}", times.last());
}

#[tokio::test(start_paused = true)]
async fn two_processes_in_a_row_stay_below_the_tenth_failure() {
    let one = Tenant::answering_after(Duration::from_secs(1), |_, _| Ok("empty"));
    one.until_second(50);
    ask(&one, 0..12).await;
    let other = Tenant::answering_after(Duration::from_secs(1), |_, _| Ok("empty"));
    other.until_second(50);
    ask(&other, 0..12).await;

    assert_eq!(one.partner.times().len() + other.partner.times().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn good_answers_between_the_empty_ones_cost_no_time() {
    let tenant = Tenant::answering_after(Duration::from_secs(1), |_, part| {
        let part: usize = part.parse().expect("a number");
        Ok(if part.is_multiple_of(10) { "empty" } else { "ok" })
    });

    let answers = ask(&tenant, 0..30).await;

    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 3);
    assert!(tenant.partner.times().last() < Some(&Duration::from_secs(30)), "as fast as one at a time");
    ask(&tenant, 30..32).await;
    assert_eq!(tenant.partner.seconds()[31], 62, "the minute was full, and the first failure came after 1 s");
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_the_last_that_may_fail_is_awaited() {
    let tenant =
        Tenant::answering_after(Duration::from_secs(5), |n, _| Ok(if n < 3 { "empty" } else { "ok" }));
    for part in 0..3 {
        tenant.send(listing(part)).await.expect_err("empty");
    }

    let (one, other) = tokio::join!(tenant.send(listing(3)), tenant.send(listing(4)));

    assert!(one.is_ok() && other.is_ok());
    assert_eq!(tenant.partner.seconds(), [0, 5, 10, 15, 20]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_keeps_its_lane_waiting_for_a_minute_at_most() {
    let tenant =
        Tenant::answering_after(Duration::from_secs(5), |n, _| Ok(if n < 3 { "empty" } else { "ok" }));
    for part in 0..3 {
        tenant.send(listing(part)).await.expect_err("empty");
    }
    let (http, gone) = (tenant.http.clone(), listing(3));
    let gone = tokio::spawn(async move { http.send(gone, classify).await });
    tenant.pass(1).await;
    gone.abort();

    tenant.send(listing(4)).await.expect("an answer");

    assert_eq!(tenant.partner.seconds(), [0, 5, 10, 15, 66]);
}

#[tokio::test(start_paused = true)]
async fn what_never_reached_the_partner_is_no_misuse() {
    let tenant = Tenant::answering(|n, _| if n < 6 { Err(Lost::NotSent) } else { Ok("ok") });

    let patient = |part| {
        let mut out = listing(part);
        out.policy.failures_allowed = 1_000;
        out
    };

    let one = tenant.send(patient(1)).await;
    let other = tenant.send(patient(2)).await;

    assert!(one.is_err() && other.is_ok());
    assert_eq!(tenant.partner.times().len(), 7);
    assert!(tenant.partner.times().last() < Some(&Duration::from_secs(30)), "no wait but the repeats' own");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_passes_the_deadline_is_not_begun_and_says_how_long_it_is() {
    let tenant = Tenant::answering(|_, _| Ok("empty"));
    for part in 0..4 {
        tenant.send(listing(part)).await.expect_err("empty");
    }
    tenant.pass(20).await;
    tenant.until_second(60);

    let error = tenant.send(listing(4)).await.expect_err("too late");

    assert_eq!((error.fault.clone(), error.attempts), (Fault::RateLimited, 0));
    assert_eq!(error.remedy(), Remedy::RetryLater { after: Duration::from_secs(41) });
    assert_eq!(tenant.partner.times().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_an_answer_beyond_the_deadline() {
    let tenant =
        Tenant::answering_after(Duration::from_secs(10), |n, _| Ok(if n < 3 { "empty" } else { "ok" }));
    for part in 0..3 {
        tenant.send(listing(part)).await.expect_err("empty");
    }
    tenant.until_second(35);

    let (in_flight, waiting) = tokio::join!(tenant.send(listing(3)), tenant.send(listing(4)));

    assert_eq!(in_flight.expect_err("given up").fault, Fault::Unclear);
    assert_eq!(waiting.expect_err("no room").fault, Fault::Busy);
    assert_eq!(tenant.partner.times().len(), 4);
}
