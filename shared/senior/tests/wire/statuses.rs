//! Every status of the contract (`contracts/senior-x.md` §4), for a read and for a write.

use partner_http::{Fault, Remedy};
use senior::{NoteWriter, SeniorOptions, is_waiting_refusal, says_cancelled, says_released};

use crate::erp::{Mishap, ORDER, answer, connected, connected_with, credentials, options};

const WAITING: &str = include_str!("../fixtures/generic_error_waiting.json");
const WORDS: &str = "Pedido em situação que não permite o cancelamento. (cancelOrdersResponse)";

fn text() -> String {
    WORDS.to_owned()
}

#[tokio::test(start_paused = true)]
async fn every_status_of_a_write_has_its_meaning_and_none_is_repeated_blindly() {
    for (status, fault) in [
        (400, Fault::Refused { text: text() }),
        (404, Fault::NotFound { text: text() }),
        (405, Fault::Refused { text: text() }),
        (409, Fault::Refused { text: text() }),
        (422, Fault::Refused { text: text() }),
        (408, Fault::Unclear),
        (429, Fault::RateLimited),
        (500, Fault::Unclear),
        (502, Fault::Unclear),
        (503, Fault::Unclear),
        (504, Fault::Unclear),
    ] {
        let (senior, erp) = connected();
        erp.next("POST cancelOrders", [answer(status, WAITING)]);

        let error = senior.cancel(ORDER).await.expect_err("a failure");

        assert_eq!((&error.fault, error.status), (&fault, Some(status)), "{status}");
        assert_eq!(error.method, "cancelOrders");
        assert_eq!(erp.seen("POST cancelOrders").len(), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_names_the_resource() {
    let (senior, erp) = connected();
    erp.next("POST cancelOrders", [answer(403, "")]);
    erp.next("POST updateOrderStatusIntegration", [answer(403, WAITING)]);

    let cancel = senior.cancel(ORDER).await.expect_err("forbidden");
    let release = senior.release(ORDER).await.expect_err("forbidden");

    for (error, action) in [(cancel, "cancelOrders"), (release, "updateOrderStatusIntegration")] {
        assert_eq!(error.remedy(), Remedy::FixConfig);
        let resource = format!("res://senior.com.br/erpx_com_ven/pedido/actions/{action}");
        assert!(error.to_string().contains(&resource), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_status_of_a_read_has_its_meaning() {
    for (status, fault, tries) in [
        (400, Fault::Refused { text: text() }, 1),
        (429, Fault::RateLimited, 1),
        (408, Fault::Unavailable, 4),
        (500, Fault::Unavailable, 4),
        (503, Fault::Unavailable, 4),
    ] {
        let (senior, erp) = connected();
        erp.next("GET order", vec![answer(status, WAITING); 4]);

        let error = senior.pedido(ORDER).await.expect_err("a failure");

        assert_eq!((error.fault, error.method.as_str()), (fault, "getOrder"), "{status}");
        assert_eq!(erp.seen("GET order").len(), tries, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_after_half_a_second_two_and_five() {
    let (senior, erp) = connected();
    erp.next("GET order", [answer(500, "<html>"), Mishap::LoseAnswer, Mishap::NotSent]);

    let order = senior.pedido(ORDER).await.expect("the fourth try").expect("an order");

    assert_eq!(order.number, Some(48213));
    let at: Vec<i64> = erp.seen("GET order").iter().map(|seen| seen.at.as_millisecond()).collect();
    // An exchange takes 0.9 s.
    for (pair, pause) in at.windows(2).zip([500, 2_000, 5_000]) {
        let waited = pair[1] - pair[0] - 900;
        assert!((pause..=pause * 5 / 4 + 1).contains(&waited), "{waited} ms instead of {pause}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_second_holds_more_than_five_requests() {
    let (senior, erp) = connected();
    let reads = || async {
        for _ in 0..6 {
            senior.pedido(ORDER).await.expect("an answer");
        }
    };
    tokio::join!(reads(), reads(), reads());

    let at: Vec<i64> = erp.all().iter().map(|seen| seen.at.as_millisecond()).collect();
    assert!(at.windows(6).all(|six| six[5] - six[0] >= 1_000), "{at:?}");
    assert_eq!(erp.most_in_flight(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_lost_write_is_unclear_and_one_that_never_left_is_sent_again() {
    let (senior, erp) = connected();
    erp.next("POST updateOrderStatusIntegration", [Mishap::NotSent, Mishap::LoseAnswer]);

    let error = senior.release(ORDER).await.expect_err("lost");

    assert_eq!((error.fault.clone(), error.remedy()), (Fault::Unclear, Remedy::AskPartner));
    assert_eq!(erp.seen("POST updateOrderStatusIntegration").len(), 2);
    assert_eq!(erp.order()["situation"], 1, "it was done");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_began_is_not_unclear() {
    let (senior, erp) = connected();
    erp.next("POST loginWithKey", vec![Mishap::LoseAnswer; 4]);

    let error = senior.release(ORDER).await.expect_err("no login");

    assert_eq!((error.fault, error.method.as_str()), (Fault::Unavailable, "loginWithKey"));
    assert!(erp.seen("POST updateOrderStatusIntegration").is_empty());

    let by_field = SeniorOptions { note_writer: NoteWriter::OrderField, ..options() };
    let (senior, erp) = connected_with(by_field, credentials());
    erp.next("GET order", vec![Mishap::LoseAnswer; 4]);

    let error = senior.add_observacao(ORDER, "x").await.expect_err("not read");

    assert_eq!((error.fault, erp.seen("PATCH order").len()), (Fault::Unavailable, 0));
}

#[tokio::test(start_paused = true)]
async fn a_page_for_people_is_no_answer() {
    let (senior, erp) = connected();
    erp.next("POST cancelOrders", [answer(200, "<html>manutenção</html>")]);
    erp.next("GET order", vec![answer(200, "<html>manutenção</html>"); 4]);
    erp.next("POST updateOrderStatusIntegration", [answer(302, "")]);

    assert_eq!(senior.cancel(ORDER).await.expect_err("a page").fault, Fault::Unclear);
    assert_eq!(senior.pedido(ORDER).await.expect_err("a page").fault, Fault::Unavailable);
    let redirected = senior.release(ORDER).await.expect_err("a redirect");
    assert!(matches!(redirected.fault, Fault::Misconfigured { .. }), "{redirected}");
}

#[tokio::test(start_paused = true)]
async fn the_words_of_a_refusal_are_read() {
    let (senior, erp) = connected();
    let inside = include_str!("../fixtures/cancel_refused_inside.json");
    erp.next("POST cancelOrders", [answer(400, WAITING), answer(200, inside)]);
    erp.next("POST updateOrderStatusIntegration", [answer(400, r#"{"message":"Pedido já foi liberado"}"#)]);

    for _ in 0..2 {
        let refused = senior.cancel(ORDER).await.expect_err("refused");
        assert!(is_waiting_refusal(&refused.fault) && !says_cancelled(&refused.fault), "{refused}");
    }
    let released = senior.release(ORDER).await.expect_err("refused");
    assert!(says_released(&released.fault) && !is_waiting_refusal(&released.fault), "{released}");
}
