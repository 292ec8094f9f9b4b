//! Looking at one SS and at lists, at the pace of the contract.

use std::time::Duration;

use partner_http::{Fault, Lost, Remedy};
use sismetro::{SismetroOptions, Situation};

use crate::partner::{Answer, KEY, Tenant};

/// A fixture of an answer to a read.
macro_rules! answer {
    ($name:literal) => {
        Answer::Http(200, include_str!(concat!("../fixtures/read/", $name, ".json")))
    };
}

#[tokio::test(start_paused = true)]
async fn an_ss_is_found_by_its_number() {
    let tenant = Tenant::answering(answer!("found"));

    let ss = tenant.sismetro.find(" 1287593 ").await.expect("an answer").expect("an SS");

    assert_eq!((ss.number.as_str(), ss.status.as_deref()), ("1287593", Some("ABERTA")));
    assert_eq!(ss.opened_at.map(|at| at.to_string()).as_deref(), Some("2026-11-20T17:03:22Z"));
    assert_eq!((ss.equipment_id.as_deref(), ss.closed_at), (Some("88121"), None));
    assert!(ss.mentions("48213") && ss.requested_by("Metalúrgica Rio Verde Ltda"));
    assert_eq!(tenant.sismetro.outcome(&ss), Situation::InExecution);

    let seen = &tenant.partner.seen()[0];
    assert_eq!(seen.line, "GET https://get.api.sismetro.com/SS/findBySs?ss=1287593");
    assert_eq!(seen.within, Some(Duration::from_secs(20)));
    for header in ["unit: 417".to_owned(), format!("key: {KEY}"), "cache-control: no-cache".to_owned()] {
        assert!(seen.headers.contains(&header), "{header}: {:?}", seen.headers);
    }
}

#[tokio::test(start_paused = true)]
async fn an_ss_that_is_not_there_is_none_in_all_its_forms() {
    for answer in [
        answer!("not-found"),
        Answer::Http(404, include_str!("../fixtures/read/not-found.json")),
        Answer::Http(404, ""),
        Answer::Http(200, r#"{"valid":"false"}"#),
        Answer::Http(200, r#"{"valid":true,"resultList":[]}"#),
        Answer::Http(200, r#"{"valid":true,"resultList":null}"#),
    ] {
        assert_eq!(Tenant::answering(answer).sismetro.find("1").await, Ok(None), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_number_is_not_asked_for() {
    let tenant = Tenant::answering(answer!("found"));

    for ss in ["", "abc", "1&unit=2", "0", "-1", "1287593/../x"] {
        assert_eq!(tenant.sismetro.find(ss).await, Ok(None), "{ss}");
    }
    assert!(tenant.partner.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_record_of_another_ss_is_no_answer() {
    for body in [
        r#"{"valid":true,"resultList":[{"idSs":2,"status":"CONCLUÍDA"}]}"#,
        r#"{"valid":true,"resultList":[{"status":"CONCLUÍDA"}]}"#,
    ] {
        let error = Tenant::answering(Answer::Http(200, body)).sismetro.find("1").await.expect_err("another");
        assert!(matches!(error.fault, Fault::Malformed { .. }), "{error:?}");
        assert_eq!(error.method, "SS/findBySs");
    }
    let among = r#"{"valid":true,"resultList":[{"idSs":2},{"idSs":"01"}]}"#;
    let ss = Tenant::answering(Answer::Http(200, among)).sismetro.find("1").await.expect("an answer");
    assert_eq!(ss.map(|ss| ss.number).as_deref(), Some("1"));
}

#[tokio::test(start_paused = true)]
async fn a_page_is_asked_for_with_two_digits_and_tells_the_end() {
    let tenant = Tenant::answering(answer!("page"));

    let page = tenant.sismetro.list(1).await.expect("a page");
    tenant.sismetro.list(107).await.expect("a page");

    let numbers: Vec<_> = page.items.iter().map(|ss| ss.number.as_str()).collect();
    assert_eq!(numbers, ["1287593", "1287594"]);
    assert_eq!((page.number, page.total_pages, page.unreadable), (1, Some(12), 1));
    assert_eq!(tenant.sismetro.outcome(&page.items[1]), Situation::Cancelled);
    let lines: Vec<_> = tenant.partner.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "GET https://get.api.sismetro.com/SS/listAll?page=01",
            "GET https://get.api.sismetro.com/SS/listAll?page=107"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn past_the_end_there_are_no_items_and_a_refused_first_page_is_no_empty_list() {
    for answer in [answer!("not-found"), Answer::Http(404, "")] {
        let page = Tenant::answering(answer).sismetro.list(13).await.expect("an empty page");
        assert!(page.items.is_empty() && page.refused, "{answer:?}");
        assert!(!page.is_missing(None) && !page.is_missing(Some(12)), "it is past the last one");
        assert!(page.is_missing(Some(13)) && page.is_missing(Some(20)), "something must be there");
        Tenant::answering(answer).sismetro.list(1).await.expect_err("not an empty list");
    }
    let empty = Tenant::answering(Answer::Http(200, r#"{"valid":true,"resultList":[],"totalPages":0}"#));
    let page = empty.sismetro.list(1).await.expect("a page");
    assert!(page.items.is_empty() && !page.refused && !page.is_missing(None));
    let short = Tenant::answering(Answer::Http(200, r#"{"valid":true,"resultList":[],"totalPages":3}"#));
    assert!(short.sismetro.list(3).await.expect("a page").is_missing(None), "by its own word");
    assert!(
        !short.sismetro.list(4).await.expect("a page").is_missing(Some(9)),
        "the list has become shorter"
    );
}

#[tokio::test(start_paused = true)]
async fn equipment_is_listed_under_a_path_that_can_be_changed() {
    let options =
        SismetroOptions { equipment_path: "Ativos/listar".to_owned(), ..SismetroOptions::default() };
    let tenant = Tenant::new(options, Duration::ZERO, |_| answer!("equipment"));

    let page = tenant.sismetro.equipment(2).await.expect("a page");

    assert_eq!((page.items[0].id.as_str(), page.items[0].marca.as_deref()), ("88121", Some("Toledo")));
    assert_eq!(tenant.partner.seen()[0].line, "GET https://get.api.sismetro.com/Ativos/listar?page=02");
}

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_four_times() {
    for answer in [
        Answer::Http(429, ""),
        Answer::Http(500, ""),
        Answer::Http(200, "<html>"),
        Answer::Http(200, r#"{"valid":true,"resultList":["#),
        Answer::Lost(Lost::Unclear),
        Answer::Lost(Lost::NotSent),
    ] {
        let tenant = Tenant::answering(answer);
        let error = tenant.sismetro.find("1").await.expect_err("never");

        let times = tenant.partner.times();
        assert_eq!((times.len(), error.attempts), (4, 4), "{answer:?}");
        // One every 6.7 s, or the waits of the contract and up to a quarter more.
        let waits: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(waits[0] > 6.6 && waits[1] > 8.7 && waits[2] > 12.9, "{answer:?} {waits:?}");
        assert!(waits.iter().all(|wait| *wait <= 16.3), "{answer:?} {waits:?}");
        assert!(matches!(error.remedy(), Remedy::RetryLater { .. }), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_asked_for_is_kept_by_all_reads() {
    let tenant = Tenant::scripted([Answer::Wait(429, "40"), answer!("page"), answer!("page")]);

    let (found, listed) = tokio::join!(tenant.sismetro.find("1287593"), tenant.sismetro.list(1));

    assert!(found.is_ok_and(|ss| ss.is_some()) && listed.is_ok());
    let times = tenant.partner.times();
    assert!(times[1] > 39.9 && times.len() == 3, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn nine_reads_leave_in_a_minute_one_at_a_time() {
    let takes = Duration::from_secs(1);
    let tenant = Tenant::new(SismetroOptions::default(), takes, |_| answer!("found"));

    let find = || tenant.sismetro.find("1287593");
    let more = async { tokio::join!(find(), find(), find(), find(), find()) };
    let _ = tokio::join!(find(), find(), find(), find(), find(), more);

    let times = tenant.partner.times();
    assert_eq!(tenant.partner.most_in_flight(), 1);
    assert_eq!(times.iter().filter(|at| **at < 60.0).count(), 9, "{times:?}");
    assert_eq!(tenant.http.calls(), [("read".to_owned(), 10)]);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_by_itself_is_not_repeated() {
    for (status, remedy) in
        [(401, Remedy::FixConfig), (403, Remedy::FixConfig), (400, Remedy::FixData), (302, Remedy::FixConfig)]
    {
        let tenant = Tenant::answering(Answer::Http(status, ""));
        let error = tenant.sismetro.list(1).await.expect_err("refused");
        assert_eq!((error.remedy(), tenant.partner.seen().len()), (remedy, 1), "{status}");
    }
}
