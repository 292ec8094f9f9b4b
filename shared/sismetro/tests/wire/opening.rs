//! Every row of `contracts/sismetro.md` §5.4, every reply of §5.3, and that an opening leaves once.

use std::time::Duration;

use partner_http::Lost;
use sismetro::{OpenFailure, Opened, SismetroOptions, extract_opened};

use crate::partner::{Answer, KEY, Tenant};

/// A fixture of a reply.
macro_rules! reply {
    ($name:literal) => {
        include_str!(concat!("../fixtures/reply/", $name))
    };
}

const NUMBER: &str = "1287593";
const LINK: &str = "https://br.sismetro.com/printSS.php?os=1287593&token=EXAMPLE0TOKEN";

async fn open(tenant: &Tenant) -> Result<Opened, OpenFailure> {
    tenant.sismetro.open(r#"{"pedido":1}"#, "application/json", "so-demo-1-1").await
}

/// What one answer makes of an opening; it was asked for once.
async fn meaning(answer: Answer) -> Result<Opened, OpenFailure> {
    let tenant = Tenant::answering(answer);
    let opened = open(&tenant).await;
    assert_eq!(tenant.partner.seen().len(), 1, "{answer:?}");
    opened
}

fn opened(link: Option<&str>) -> Opened {
    Opened { number: NUMBER.to_owned(), link: link.map(str::to_owned), unsure: false, mismatch: false }
}

#[tokio::test(start_paused = true)]
async fn every_reply_of_the_contract_opens() {
    let turned = "https://br.sismetro.com/printSS.php?token=EXAMPLE0TOKEN&os=1287593";
    for (body, link) in [
        (reply!("valid-ss-link.json"), Some(LINK)),
        (reply!("success-data.json"), Some(LINK)),
        (reply!("result-list.json"), Some(turned)),
        (reply!("text.txt"), Some(LINK)),
        (reply!("number-only.json"), None),
    ] {
        for status in [200, 201, 409] {
            assert_eq!(meaning(Answer::Http(status, body)).await, Ok(opened(link)), "{status} {body}");
        }
    }
    assert_eq!(meaning(Answer::Http(409, reply!("already-opened.json"))).await, Ok(opened(None)));
    let mismatch = meaning(Answer::Http(200, reply!("mismatch.json"))).await.expect("the link's number");
    assert_eq!((mismatch.number.as_str(), mismatch.mismatch), (NUMBER, true));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_the_business_carries_its_words() {
    for body in [
        reply!("refused-valid.json"),
        reply!("refused-success.json"),
        reply!("refused-error.json"),
        reply!("refused-erro.json"),
    ] {
        for status in [200, 400, 422] {
            let Err(OpenFailure::Refused { text }) = meaning(Answer::Http(status, body)).await else {
                panic!("{status} {body}");
            };
            assert!(text.ends_with("Solicitante não cadastrado"), "{text}");
        }
    }
    assert!(matches!(
        meaning(Answer::Http(200, reply!("already-opened.json"))).await,
        Err(OpenFailure::Refused { .. })
    ));
    assert!(matches!(meaning(Answer::Http(404, "<html>")).await, Err(OpenFailure::Refused { .. })));
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_are_told_apart() {
    for status in [401, 403] {
        let failure = meaning(Answer::Http(status, "")).await.expect_err("refused");
        assert_eq!(failure, OpenFailure::Unauthorized { text: format!("HTTP {status}") });
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_certainly_not_processed_may_be_tried_again() {
    let after = |failure: Result<Opened, OpenFailure>| match failure {
        Err(OpenFailure::NotProcessed { after, .. }) => after,
        other => panic!("{other:?}"),
    };
    assert_eq!(after(meaning(Answer::Http(429, reply!("valid-ss-link.json"))).await), None);
    assert_eq!(after(meaning(Answer::Wait(429, "77")).await), Some(Duration::from_secs(77)));
    assert_eq!(after(meaning(Answer::Wait(429, "logo")).await), None);
    assert_eq!(after(meaning(Answer::Lost(Lost::NotSent)).await), None);
}

#[tokio::test(start_paused = true)]
async fn whatever_may_have_opened_an_ss_is_ambiguous() {
    for answer in [
        Answer::Lost(Lost::Unclear),
        Answer::Lost(Lost::TooLarge),
        Answer::Http(500, ""),
        Answer::Http(502, "<html>"),
        Answer::Http(503, reply!("valid-ss-link.json")),
        Answer::Wait(503, "5"),
        Answer::Http(504, ""),
        Answer::Http(408, ""),
        Answer::Http(303, ""),
        Answer::Http(200, ""),
        Answer::Http(204, ""),
        Answer::Http(200, reply!("no-number.json")),
        Answer::Http(200, reply!("page.html")),
        Answer::Http(200, r#"{"valid":true,"ss":12875"#),
        Answer::Http(409, reply!("refused-valid.json")),
        Answer::Http(409, ""),
    ] {
        let failure = meaning(answer).await.expect_err("no number");
        assert!(matches!(failure, OpenFailure::Ambiguous { .. }), "{answer:?} {failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_ambiguous_reply_names_its_members_and_none_of_its_values() {
    let failure = meaning(Answer::Http(200, reply!("no-number.json"))).await.expect_err("no number");

    let shown = failure.to_string();
    assert!(
        shown.contains("protocolo") && !shown.contains("ABC-1") && !shown.contains("recebido"),
        "{shown}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_body_arrives_byte_for_byte_with_the_headers_of_the_account() {
    let tenant = Tenant::answering(Answer::Http(200, reply!("text.txt")));
    let body = "{ \"raw\" : \"açúcar\\u00e7\" ,\n \"n\":1.10 }\r\n";

    tenant.sismetro.open(body, "application/json;charset=ISO-8859-1", "so-demo-o1-1").await.expect("an SS");

    let seen = &tenant.partner.seen()[0];
    assert_eq!(seen.line, "POST https://integracaog7.api.sismetro.com/serviceOrder/open");
    assert_eq!(seen.body, body.as_bytes());
    for header in [
        "unit: 417".to_owned(),
        format!("key: {KEY}"),
        "accept: application/json".to_owned(),
        "content-type: application/json;charset=ISO-8859-1".to_owned(),
        "x-idempotency-key: so-demo-o1-1".to_owned(),
    ] {
        assert!(seen.headers.contains(&header), "{header}: {:?}", seen.headers);
    }
    assert_eq!(seen.within, Some(Duration::from_mins(1)));
}

#[tokio::test(start_paused = true)]
async fn a_content_type_that_is_none_is_that_of_json() {
    let tenant = Tenant::answering(Answer::Http(200, reply!("text.txt")));

    for content_type in ["", "a\r\nx: y"] {
        tenant.sismetro.open("{}", content_type, "a\nb").await.expect("an SS");
    }

    for seen in tenant.partner.seen() {
        assert!(seen.headers.contains(&"content-type: application/json; charset=utf-8".to_owned()));
        assert!(!seen.headers.iter().any(|header| header.starts_with("x-")), "{:?}", seen.headers);
    }
}

#[tokio::test(start_paused = true)]
async fn at_most_two_are_in_flight_and_one_leaves_every_two_seconds() {
    let takes = Duration::from_secs(5);
    let tenant = Tenant::new(SismetroOptions::default(), takes, |_| Answer::Http(200, reply!("text.txt")));

    let answers = tokio::join!(open(&tenant), open(&tenant), open(&tenant), open(&tenant));

    assert!(answers.0.is_ok() && answers.1.is_ok() && answers.2.is_ok() && answers.3.is_ok());
    assert_eq!(tenant.partner.times(), [0.0, 2.0, 5.0, 7.0]);
    assert_eq!(tenant.partner.most_in_flight(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_opening_whose_turn_comes_too_late_does_not_leave() {
    let tenant = Tenant::scripted([Answer::Wait(429, "300"), Answer::Http(200, reply!("text.txt"))]);
    open(&tenant).await.expect_err("too many");

    let failure = open(&tenant).await.expect_err("the lane is quiet");
    assert!(
        matches!(failure, OpenFailure::NotProcessed { after: Some(after), .. } if after == Duration::from_mins(5)),
        "{failure:?}"
    );

    tenant.clock.sleep(Duration::from_mins(5)).await;
    open(&tenant).await.expect("an SS");
    assert_eq!(tenant.partner.times(), [0.0, 300.0]);
}

#[tokio::test(start_paused = true)]
async fn a_request_given_up_at_the_deadline_is_ambiguous_and_one_that_never_left_is_not() {
    let takes = Duration::from_secs(20);
    let tenant = Tenant::new(SismetroOptions::default(), takes, |_| Answer::Http(200, reply!("text.txt")));
    tenant.http.set_deadline(Some(clock::later(tenant.clock.now(), Duration::from_secs(10))));

    let given_up = open(&tenant).await.expect_err("given up");
    let never_left = open(&tenant).await.expect_err("no time left");

    assert!(matches!(given_up, OpenFailure::Ambiguous { .. }), "{given_up:?}");
    assert!(matches!(never_left, OpenFailure::NotProcessed { .. }), "{never_left:?}");
    assert_eq!(tenant.partner.seen().len(), 1);
}

#[test]
fn the_keys_of_the_reply_are_configuration() {
    let options = SismetroOptions {
        reply_number_keys: vec!["protocolo".to_owned()],
        reply_link_keys: vec!["documento".to_owned()],
        ..SismetroOptions::default()
    };
    let body =
        br#"{"ss":1,"protocolo":"7","documento":"https://br.sismetro.com/d/7","url":"https://x.example"}"#;

    let opened = extract_opened(body, &options).expect("an SS");

    assert_eq!((opened.number.as_str(), opened.link.as_deref()), ("7", Some("https://br.sismetro.com/d/7")));
}
