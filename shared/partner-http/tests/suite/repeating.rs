//! What is sent again, what is not, and what the end says.

use std::time::Duration;

use partner_http::{Effect, Fault, Lost, Remedy};

use crate::partner::{Tenant, listing, request};

#[tokio::test(start_paused = true)]
async fn a_read_that_was_not_sent_is_repeated_after_two_four_and_eight_seconds() {
    let tenant = Tenant::answering(|_, _| Err(Lost::NotSent));

    let error = tenant.send(listing("page 1")).await.expect_err("never sent");

    let times = tenant.partner.times();
    let waits: Vec<f64> = times.windows(2).map(|pair| pair[1].abs_diff(pair[0]).as_secs_f64()).collect();
    assert_eq!(waits.len(), 3);
    for (wait, least) in waits.iter().zip([2.0, 4.0, 8.0]) {
        assert!((least..=least * 1.26).contains(wait), "{waits:?}");
    }
    assert_eq!((error.fault.clone(), error.attempts, error.status), (Fault::Unavailable, 4, None));
    assert!(error.elapsed >= Duration::from_secs(14));
}

#[tokio::test(start_paused = true)]
async fn a_listing_whose_answer_was_lost_is_repeated_only_after_the_window() {
    for lost in [Err(Lost::Unclear), Ok("unclear"), Ok("<html>")] {
        let tenant = Tenant::scripted([lost, Ok("ok")]);

        tenant.send(listing("page 1")).await.expect("an answer");

        assert_eq!(tenant.partner.seconds(), [0, 61], "{lost:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_redundancy_rule_a_lost_read_is_repeated_soon() {
    let tenant = Tenant::scripted([Err(Lost::Unclear), Ok("<html>"), Ok("ok")]);

    tenant.send(request("ListarBancos", Effect::Read, "1")).await.expect("an answer");

    assert!(tenant.partner.times()[2] < Duration::from_secs(8));
}

#[tokio::test(start_paused = true)]
async fn a_redundant_query_waits_61_seconds_once() {
    let tenant = Tenant::answering(|_, _| Ok("redundant"));

    let error = tenant.send(listing("page 1")).await.expect_err("redundant twice");

    assert_eq!(tenant.partner.seconds(), [0, 61]);
    assert_eq!(error.fault, Fault::Redundant);
}

#[tokio::test(start_paused = true)]
async fn a_busy_partner_is_asked_again_after_ten_seconds_and_then_61() {
    let tenant = Tenant::scripted([Ok("busy"), Ok("busy"), Ok("ok")]);

    tenant.send(listing("page 1")).await.expect("an answer");

    assert_eq!(tenant.partner.seconds(), [0, 10, 71]);
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_make_the_whole_lane_wait_a_minute() {
    let tenant = Tenant::scripted([Ok("rate"), Ok("ok"), Ok("ok")]);

    let second = async {
        tenant.pass(1).await;
        tenant.send(listing("page 2")).await
    };
    let (first, second) = tokio::join!(tenant.send(listing("page 1")), second);

    assert!(first.is_ok() && second.is_ok());
    assert_eq!(tenant.partner.seconds(), [0, 60, 60]);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_done_is_never_sent_again_when_it_asks_first() {
    for answer in [Err(Lost::Unclear), Ok("unclear"), Ok("<html>")] {
        let tenant = Tenant::answering(move |_, _| answer);

        let error = tenant.send(request("IncluirPedido", Effect::AskFirst, "1")).await.expect_err("unclear");

        assert_eq!(tenant.partner.times().len(), 1, "{answer:?}");
        assert_eq!((error.fault.clone(), error.remedy()), (Fault::Unclear, Remedy::AskPartner));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_certainly_not_done_is_sent_again_even_when_it_asks_first() {
    let tenant = Tenant::scripted([Err(Lost::NotSent), Ok("rate"), Ok("ok")]);

    tenant.send(request("IncluirPedido", Effect::AskFirst, "1")).await.expect("an answer");

    assert_eq!(tenant.partner.times().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_asks_first_and_meets_another_in_flight_is_not_sent_again_and_the_next_waits() {
    let tenant = Tenant::scripted([Ok("busy"), Ok("ok")]);

    let first = tenant.send(request("IncluirPedido", Effect::AskFirst, "1")).await;
    tenant.send(request("IncluirPedido", Effect::AskFirst, "2")).await.expect("an answer");

    let error = first.expect_err("busy");
    assert_eq!((error.fault, error.status, error.attempts), (Fault::Busy, Some(500), 1));
    assert_eq!(tenant.partner.seconds(), [0, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_repeatable_write_is_repeated_after_a_lost_answer() {
    let tenant = Tenant::scripted([Err(Lost::Unclear), Ok("ok")]);

    tenant.send(request("Clientes", Effect::Repeatable, "1")).await.expect("an answer");

    assert_eq!(tenant.partner.times().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_read_lost_to_the_end_is_a_matter_of_time() {
    let tenant = Tenant::answering(|_, _| Err(Lost::Unclear));

    let error = tenant.send(request("ListarBancos", Effect::Read, "1")).await.expect_err("lost");

    assert_eq!(error.fault, Fault::Unclear);
    assert_eq!(error.remedy(), Remedy::RetryLater { after: Duration::from_secs(61) });
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_and_an_expired_token_come_back_at_once() {
    for (answer, fault) in [("empty", Fault::Empty), ("expired", Fault::Expired)] {
        let tenant = Tenant::answering(move |_, _| Ok(answer));

        let error = tenant.send(listing("page 1")).await.expect_err("a fault");

        assert_eq!((error.fault, error.status, error.attempts), (fault, Some(500), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_refused_for_its_token_is_sent_again_by_its_owner_without_a_wait() {
    let tenant = Tenant::scripted([Ok("expired"), Ok("ok")]);

    tenant.send(listing("page 1")).await.expect_err("expired");
    tenant.send(listing("page 1")).await.expect("an answer");

    assert_eq!(tenant.partner.seconds(), [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_too_large_is_not_asked_for_again() {
    let tenant = Tenant::answering(|_, _| Err(Lost::TooLarge));

    let error = tenant.send(listing("page 1")).await.expect_err("too large");

    assert_eq!((error.remedy(), error.attempts), (Remedy::Bug, 1));
}
