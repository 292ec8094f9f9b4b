//! The binary, killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use simulators::{LOGIN, PASSWORD};

use crate::port::{exchange, post};

/// The process and Máxima's port.
fn started(journal: &Path) -> (Child, u16) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_simulators"))
        .args(["--preset", "small", "--omie-port", "0", "--maxima-port", "0", "--journal"])
        .arg(journal)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    let output = process.stdout.take().expect("it is piped");
    BufReader::new(output).read_line(&mut line).expect("it says where it listens");
    let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    (process, port)
}

#[tokio::test]
async fn a_killed_process_loses_nothing_it_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("simulators.jsonl");
    let (mut process, port) = started(&journal);
    let login = json!({ "login": LOGIN, "password": PASSWORD }).to_string();
    let answer = exchange(port, &post("/api/v3/Login", &login)).await;
    let token =
        answer.split("token_De_Acesso\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
    let row = json!([{ "Codbanco": "001", "Nome": "BCO DO BRASIL S.A." }]).to_string();
    let write =
        post("/api/v3/Banco", &row).replace("host: ", &format!("authorization: Bearer {token}\r\nhost: "));
    assert!(exchange(port, &write).await.starts_with("HTTP/1.1 200"));

    process.kill().expect("it is killed");
    process.wait().expect("it ends");
    let (mut again, port) = started(&journal);
    let rows =
        exchange(port, "GET /_sim/rows/Banco HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n").await;
    again.kill().expect("it is killed");
    again.wait().expect("it ends");

    assert!(rows.contains("BCO DO BRASIL S.A."), "{rows}");
}

#[tokio::test]
async fn a_busy_port_is_one_sentence() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();

    let output = Command::new(env!("CARGO_BIN_EXE_simulators"))
        .args(["--omie-port", &port])
        .output()
        .expect("it runs");

    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        told.trim(),
        format!("simulators: a porta {port} já está em uso: escolha outra com --omie-port")
    );
    assert!(!output.status.success());
}
