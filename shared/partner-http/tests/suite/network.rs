//! The real transport against a very small server.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use clock::Clock;
use partner_http::{CallError, Effect, Fault, Limits, PartnerHttp, Schedule, Timeouts, Transport, Within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::partner::{classify, request};

/// A client that repeats nothing and holds no more than 1,000 bytes.
fn client(timeouts: Timeouts) -> PartnerHttp {
    let none = Vec::new;
    let schedule = Schedule { unavailable: none(), busy: none(), redundant: none(), rate_limited: none() };
    let limits = Limits { body_bytes: 1_000, schedule, ..Limits::default() };
    let transport = Transport::reqwest(timeouts).expect("a client");
    PartnerHttp::new("omie", transport, Clock::system(), fastrand::Rng::with_seed(7), limits)
}

async fn post(http: &PartnerHttp, port: u16) -> Result<Bytes, CallError> {
    let mut out = request("ListarBancos", Effect::Read, r#"{"pagina":1}"#);
    *out.request.uri_mut() =
        format!("http://127.0.0.1:{port}/geral/bancos/?chave=canary").parse().expect("a URL");
    out.request.headers_mut().insert("authorization", "Bearer canary".parse().expect("a header"));
    http.send(out, classify).await
}

/// Serves one connection: reads the request, writes `answer` and closes, or holds the connection when there
/// is no answer. Gives the port, and the request when it is over.
async fn server(answer: impl Into<Option<String>>) -> (u16, tokio::task::JoinHandle<String>) {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        while !request.ends_with(br#"{"pagina":1}"#) {
            connection.read_buf(&mut request).await.expect("a request");
        }
        match answer {
            // The client may have stopped reading: that is its decision to make.
            Some(answer) => drop(connection.write_all(answer.as_bytes()).await),
            None => drop(connection.read_buf(&mut Vec::new()).await),
        }
        String::from_utf8_lossy(&request).into_owned()
    });
    (port, served)
}

fn ok(length: usize, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn a_request_arrives_as_it_was_made() {
    let (port, served) = server(ok(2, "ok")).await;
    let http = client(Timeouts::default());

    let body = post(&http, port).await.expect("an answer");

    let request = served.await.expect("served").to_lowercase();
    assert_eq!(body, "ok");
    assert!(request.starts_with("post /geral/bancos/?chave=canary http/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: bearer canary\r\n"), "{request}");
    assert_eq!(http.calls(), [("ListarBancos".to_owned(), 1)]);
}

#[tokio::test]
async fn the_wait_that_a_partner_asks_for_is_known_to_the_caller() {
    let answer = "HTTP/1.1 500 Trouble\r\nretry-after: 77\r\ncontent-length: 4\r\n\r\nrate";
    let (port, _served) = server(answer.to_owned()).await;

    let error = post(&client(Timeouts::default()), port).await.expect_err("too many");

    assert_eq!((error.fault.clone(), error.wait()), (Fault::RateLimited, Some(Duration::from_secs(77))));
}

#[tokio::test]
async fn a_request_may_bring_its_own_limit() {
    let (port, _served) = server(None).await;
    let mut out = request("ListarBancos", Effect::Read, r#"{"pagina":1}"#);
    *out.request.uri_mut() = format!("http://127.0.0.1:{port}/").parse().expect("a URL");
    out.request.extensions_mut().insert(Within(Duration::from_millis(50)));

    let http = client(Timeouts::default());
    let error = http.send(out, classify).await.expect_err("silence");

    assert_eq!(error.fault, Fault::Unclear);
    let latencies = http.latencies();
    assert!(matches!(latencies[..], [took] if took >= Duration::from_millis(50)), "{latencies:?}");
    assert!(http.latencies().is_empty(), "a latency is taken once");
}

#[tokio::test]
async fn a_refused_connection_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let http = client(Timeouts::default());

    let error = post(&http, port).await.expect_err("nobody listens");

    assert_eq!(error.fault, Fault::Unavailable);
    assert!(http.calls().is_empty() && http.latencies().is_empty());
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    assert!(cause.to_lowercase().contains("refused"), "{cause}");
    assert!(!format!("{error} {error:?} {cause}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn an_answer_cut_short_is_unclear() {
    let (port, _served) = server(ok(100, "only the beginning")).await;
    let http = client(Timeouts::default());

    let error = post(&http, port).await.expect_err("cut short");

    assert_eq!(error.fault, Fault::Unclear);
    assert_eq!(http.calls().len(), 1);
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_unclear() {
    let (port, _served) = server(String::new()).await;

    let error = post(&client(Timeouts::default()), port).await.expect_err("closed");

    assert_eq!(error.fault, Fault::Unclear);
}

#[tokio::test]
async fn a_silent_partner_is_unclear_after_the_read_timeout() {
    let (port, _served) = server(None).await;
    let timeouts = Timeouts { read: Duration::from_millis(50), ..Timeouts::default() };

    let error = post(&client(timeouts), port).await.expect_err("silence");

    assert_eq!(error.fault, Fault::Unclear);
}

#[tokio::test]
async fn an_answer_above_the_limit_is_not_held() {
    let (port, _served) = server(ok(1_001, &"x".repeat(1_001))).await;

    let error = post(&client(Timeouts::default()), port).await.expect_err("too large");

    assert_eq!(error.fault, Fault::Malformed { text: "a resposta é grande demais".to_owned() });
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (port, _served) = server(Some(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://elsewhere.test/\r\ncontent-length: 0\r\n\r\n"
            .to_owned(),
    ))
    .await;

    let error = post(&client(Timeouts::default()), port).await.expect_err("a redirect");

    assert_eq!(error.status, Some(307));
}
