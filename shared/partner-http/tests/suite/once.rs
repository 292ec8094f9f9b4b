//! A request that leaves once or not at all, and a partner that asks for time.

use std::time::Duration;

use partner_http::{Effect, Fault, Lost, Remedy};

use crate::partner::{Tenant, request};

#[tokio::test(start_paused = true)]
async fn what_leaves_once_is_not_repeated_whatever_became_of_it() {
    let answers = [
        (Err(Lost::NotSent), Fault::Unavailable),
        (Err(Lost::Unclear), Fault::Unclear),
        (Ok("<html>"), Fault::Unclear),
        (Ok("busy"), Fault::Busy),
        (Ok("rate"), Fault::RateLimited),
    ];
    for (answer, fault) in answers {
        let tenant = Tenant::answering(move |_, _| answer);

        let out = request("Incluir", Effect::AskFirst, "1");
        let error = tenant.send_once(out, 30).await.expect_err("no good answer");

        assert_eq!((error.fault.clone(), error.attempts, error.wait()), (fault, 1, None), "{answer:?}");
        assert_eq!(tenant.partner.times().len(), 1, "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_would_leave_too_late_does_not_leave() {
    let tenant = Tenant::scripted([Ok("ok")]);
    let slow = || {
        let mut out = request("Incluir", Effect::AskFirst, "1");
        (out.policy.per_minute, out.policy.burst) = (1, 1);
        out
    };
    tenant.send_once(slow(), 30).await.expect("the first");

    let error = tenant.send_once(slow(), 30).await.expect_err("its turn comes after a minute");

    assert_eq!((error.attempts, error.wait()), (0, Some(Duration::from_mins(1))));
    assert_eq!(tenant.partner.seconds(), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_waited_for_when_the_request_left_in_time() {
    let tenant = Tenant::answering_after(Duration::from_secs(45), |_, _| Ok("ok"));

    let body = tenant.send_once(request("Incluir", Effect::AskFirst, "1"), 30).await;

    assert_eq!(body.expect("an answer"), "ok");
}

#[tokio::test(start_paused = true)]
async fn a_partner_that_asks_for_more_time_gets_it() {
    let tenant = Tenant::scripted([Ok("rate after 90"), Ok("html after 7"), Ok("ok")]);

    tenant.send(request("ListarBancos", Effect::Read, "1")).await.expect("an answer");

    assert_eq!(tenant.partner.seconds(), [0, 90, 97]);
}

#[tokio::test(start_paused = true)]
async fn the_whole_lane_waits_and_the_caller_is_told_for_how_long() {
    let tenant = Tenant::scripted([Ok("rate after 90"), Ok("ok")]);
    tenant.until_second(80);

    let error = tenant.send(request("ListarBancos", Effect::Read, "1")).await.expect_err("too late");
    tenant.http.set_deadline(None);
    tenant.send(request("ListarBancos", Effect::Read, "2")).await.expect("an answer");

    assert_eq!(error.remedy(), Remedy::RetryLater { after: Duration::from_secs(90) });
    assert_eq!(tenant.partner.seconds(), [0, 90]);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_made_to_wait_longer_than_an_hour_and_what_is_no_number_asks_for_nothing() {
    for (answer, seconds) in [("rate after 999999999999", 3_600), ("rate after Wed, 21 Oct", 60)] {
        let tenant = Tenant::scripted([Ok(answer), Ok("ok")]);

        tenant.send(request("ListarBancos", Effect::Read, "1")).await.expect("an answer");

        assert_eq!(tenant.partner.seconds(), [0, seconds], "{answer}");
    }
}
