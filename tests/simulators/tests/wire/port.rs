//! Behind a port.

use clock::Clock;
use serde_json::json;
use simulators::{APP_KEY, APP_SECRET, Fault, Options, Preset, Simulators, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One request, one connection: everything that arrives before it ends.
pub(crate) async fn exchange(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("it takes the request");
    let mut answer = Vec::new();
    // A cut connection may be an error here: what arrived before it is what counts.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

pub(crate) fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: omie\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn the_same_account_answers_behind_a_port() {
    let both = Simulators::open(Options::new(Preset::Small, 1, Clock::system())).expect("nothing to fail");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let server = tokio::spawn(serve(listener, both.omie.router()));
    let call = |page: u32| {
        json!({ "call": "ListarVendedores", "app_key": APP_KEY, "app_secret": APP_SECRET, "param": [{ "pagina": page, "filtrar_por_data_de": "01/01/2000" }] })
            .to_string()
    };

    let answer = exchange(port, &post("/api/v1/geral/vendedores/", &call(1))).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"total_de_registros\":4"), "{answer}");
    let page = exchange(port, "GET / HTTP/1.1\r\nhost: omie\r\nconnection: close\r\n\r\n").await;
    assert!(page.contains("Simulador da Omie"), "{page}");

    both.omie.faults().next("ListarVendedores", Fault::LostAnswer, 1);
    let lost = exchange(port, &post("/api/v1/geral/vendedores/", &call(2))).await;

    assert!(
        !lost.contains("total_de_registros") && !lost.ends_with("0\r\n\r\n"),
        "no whole answer: {lost:?}"
    );
    assert_eq!(both.omie.verdict().calls("ListarVendedores"), 2, "the call itself was made");
    server.abort();
}
