//! What must not be seen, and where the key must not go.

use std::time::Duration;

use partner_http::Fault;
use sismetro::{OpenFailure, SismetroOptions};

use crate::partner::{Answer, KEY, Tenant};

const LEAK: &str = r#"{"valid":false,"message":"a chave canary-0123456789abcdef não vale, veja https://br.sismetro.com/printSS.php?os=1&token=c4narytoken"}"#;

#[tokio::test(start_paused = true)]
async fn neither_the_key_nor_a_token_leaves_in_an_error() {
    for status in [200, 400, 401, 404, 500] {
        let tenant = Tenant::answering(Answer::Http(status, LEAK));
        let opening = tenant.sismetro.open("{}", "", "k").await.expect_err("refused");
        let listing = tenant.sismetro.list(1).await.expect_err("refused");

        let shown = format!("{opening} {opening:?} {listing} {listing:?} {:?}", tenant.sismetro);
        assert!(!shown.contains(KEY) && !shown.contains("c4narytoken"), "{status} {shown}");
    }
    let tenant = Tenant::answering(Answer::Http(400, LEAK));
    let Err(OpenFailure::Refused { text }) = tenant.sismetro.open("{}", "", "k").await else { panic!() };
    assert!(text.contains("a chave *** não vale") && text.contains("token=***"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn the_key_leaves_for_no_other_host() {
    for url in ["https://sismetro.com.evil.example/", "http://get.api.sismetro.com", "nada", ""] {
        let options = SismetroOptions {
            open_url: url.to_owned(),
            read_base_url: url.to_owned(),
            ..SismetroOptions::default()
        };
        let tenant = Tenant::new(options, Duration::ZERO, |_| Answer::Http(200, "{}"));

        let opening = tenant.sismetro.open("{}", "", "k").await.expect_err("not sent");
        let reading = tenant.sismetro.find("1").await.expect_err("not sent");

        assert!(matches!(opening, OpenFailure::Refused { .. }), "{url} {opening:?}");
        assert!(matches!(reading.fault, Fault::Misconfigured { .. }), "{url} {reading:?}");
        assert!(tenant.partner.seen().is_empty(), "{url}");
    }
}
