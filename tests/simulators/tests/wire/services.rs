//! Senior and Sismetro as a process: two ports, an event and a callback that arrive.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use simulators::{UNIT, UNIT_KEY};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::port::{exchange, post};

/// Ends the process when the test does.
struct Started {
    process: Child,
    senior: u16,
    sismetro: u16,
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn started(ours: u16) -> Started {
    let (hub, callbacks) = (format!("http://127.0.0.1:{ours}/hub"), format!("http://127.0.0.1:{ours}/cb"));
    let mut process = Command::new(env!("CARGO_BIN_EXE_simulators"))
        .args(["--services", "--senior-port", "0", "--sismetro-port", "0"])
        .args(["--hub-url", &hub, "--hub-header", "x-webhook-secret=segredo=="])
        .args(["--callback-url", &callbacks, "--callback-key", "nossa", "--callback-secret", "assinatura"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    let output = process.stdout.take().expect("it is piped");
    BufReader::new(output).read_line(&mut line).expect("it says where it listens");
    let ports: Vec<u16> =
        line.split_whitespace().filter_map(|word| word.rsplit(':').next()?.parse().ok()).collect();
    let [senior, sismetro] = ports[..] else { panic!("two ports: {line}") };
    Started { process, senior, sismetro }
}

/// The next request that arrives, answered with a 200.
async fn next(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.expect("somebody calls");
    let mut request = Vec::new();
    loop {
        stream.read_buf(&mut request).await.expect("a request");
        let text = String::from_utf8_lossy(&request).into_owned();
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: Option<usize> = length.and_then(|length| length.parse().ok());
        let head = text.find("\r\n\r\n").map(|end| end + 4);
        if let (Some(length), Some(head)) = (length, head)
            && request.len() >= head + length
        {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            stream.write_all(answer).await.expect("it takes the answer");
            return text;
        }
    }
}

#[tokio::test]
async fn an_event_and_a_callback_arrive_with_their_headers() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let both = started(listener.local_addr().expect("an address").port());

    let close = post("/_sim/order", "{\"close\":true}");
    let (placed, event) = tokio::join!(exchange(both.senior, &close), next(&listener));
    assert!(placed.contains("5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10"), "{placed}");
    assert!(
        event.starts_with("POST /hub HTTP/1.1") && event.contains("x-webhook-secret: segredo=="),
        "{event}"
    );

    let body = event.split_once("\r\n\r\n").expect("a body").1;
    let open = post("/serviceOrder/open", body)
        .replace("host: ", &format!("unit: {UNIT}\r\nkey: {UNIT_KEY}\r\nhost: "));
    let opened = exchange(both.sismetro, &open).await;
    assert!(opened.contains("printSS.php?os=1287001"), "{opened}");

    let conclude = post("/_sim/ss/1287001/conclude", "{}");
    let (_, callback) = tokio::join!(exchange(both.sismetro, &conclude), next(&listener));
    assert!(callback.starts_with("POST /cb/service-order HTTP/1.1"), "{callback}");
    assert!(callback.contains("key: nossa") && callback.contains("x-signature: sha256="), "{callback}");
}

#[tokio::test]
async fn both_ports_have_their_page() {
    let both = started(9);
    let page = "GET / HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n";

    assert!(exchange(both.senior, page).await.contains("Simulador do Senior X"));
    assert!(exchange(both.sismetro, page).await.contains("Simulador da Sismetro"));
}
