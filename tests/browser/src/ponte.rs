//! The local runner with its console.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A runner of its own folder; it ends with this.
#[derive(Debug)]
pub struct Ponte {
    child: Child,
    /// Everything is below this address.
    pub gateway: String,
    /// The console.
    pub console: String,
    /// The key that operates it.
    pub operate: String,
    /// The key that only looks.
    pub read: String,
    /// The simulated Omie, or Senior X.
    pub erp: String,
    /// The simulated Máxima, or Sismetro.
    pub other: String,
    _folder: TempDir,
}

impl Ponte {
    /// Starts the runner with these options, built if need be; waits until it says where everything is.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(e2e::runner())
            .args(options)
            .args(["--no-build", "--port", "0", "--data"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the runner starts");
        let mut lines =
            BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let mut told = |labels: &[&str]| {
            let label = |line: String| {
                let found = labels.iter().find_map(|label| line.trim().strip_prefix(label))?;
                Some(found.trim().to_owned())
            };
            lines.by_ref().find_map(label).unwrap_or_else(|| panic!("{labels:?} is not told"))
        };
        let console = told(&["Console"]);
        let (operate, read) = (told(&["operar"]), told(&["só ver"]));
        let gateway = told(&["gateway"]);
        let (erp, other) = (told(&["Omie", "Senior X"]), told(&["Máxima", "Sismetro"]));
        // What nobody reads would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, gateway, console, operate, read, erp, other, _folder: folder }
    }
    /// Asks something of the runner or of a simulated partner: a control of theirs, not a page.
    ///
    /// # Panics
    /// When it is not done.
    pub fn posts(&self, address: &str, body: &str) -> String {
        let whole =
            if address.starts_with('/') { format!("{}{address}", self.gateway) } else { address.to_owned() };
        let host = whole.strip_prefix("http://").expect("a local address");
        let (host, path) = host.split_once('/').expect("a path");
        let mut wire = TcpStream::connect(host).expect("it listens");
        let kind =
            if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        let length = body.len();
        write!(
            wire,
            "POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .expect("it is asked");
        let mut answer = String::new();
        wire.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(status.starts_with(['2', '3']), "{whole}: {answer}");
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }
}

impl Drop for Ponte {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
