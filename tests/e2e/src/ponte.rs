//! The local runner that stays, as whoever sits before it meets it: where it says that everything is, and what it
//! answers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use clock::{Clock, Scale};
use serde_json::Value;
use tempfile::TempDir;

/// A runner; it ends with this.
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
    /// The simulated Omie, or Senior X; empty when the partners are real.
    pub erp: String,
    /// The simulated Máxima, or Sismetro; empty when the partners are real.
    pub other: String,
    folder: Option<TempDir>,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its text.
    pub body: String,
}

impl Got {
    /// The first header of that name; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

impl Ponte {
    /// Starts it in a folder of its own.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ponte = Self::start_in(folder.path(), options);
        ponte.folder = Some(folder);
        ponte
    }

    /// Starts it, built if need be, and waits until it has said where everything is.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_in(data: &Path, options: &[&str]) -> Self {
        let mut command = Command::new(crate::runner());
        command.args(options).args(["--no-build", "--port", "0", "--data"]).arg(data);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the runner starts");
        let mut lines =
            BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let mut told = |labels: &[&str]| {
            let label = |line: String| {
                let found = labels.iter().find_map(|label| line.trim().strip_prefix(label))?;
                Some(found.trim().to_owned())
            };
            lines.by_ref().find_map(label).unwrap_or_else(|| panic!("{labels:?} is not told"))
        };
        let (console, operate, read) = (told(&["Console"]), told(&["operar"]), told(&["só ver"]));
        let gateway = told(&["gateway"]);
        let (erp, other) = if options.contains(&"--real") {
            Default::default()
        } else {
            (told(&["Omie", "Senior X"]), told(&["Máxima", "Sismetro"]))
        };
        // What nobody reads would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, gateway, console, operate, read, erp, other, folder: None }
    }

    /// Asks for an address, or for a path of the gateway.
    ///
    /// # Panics
    /// When nobody answers.
    pub fn ask(&self, verb: &str, address: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let whole =
            if address.starts_with('/') { format!("{}{address}", self.gateway) } else { address.to_owned() };
        let there = whole.strip_prefix("http://").expect("a local address");
        let (host, path) = there.split_once('/').expect("a path");
        let mut wire = TcpStream::connect(host).expect("it listens");
        let mut head = format!("{verb} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        write!(wire, "{head}content-length: {}\r\n\r\n{body}", body.len()).expect("it is asked");
        let mut answer = String::new();
        wire.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Got { status: status.expect("a status"), headers, body: body.to_owned() }
    }

    /// A page of the console, with the cookie of a session.
    ///
    /// # Panics
    /// When nobody answers.
    pub fn get(&self, path: &str, cookie: &str) -> Got {
        self.ask("GET", path, &[("cookie", cookie)], "")
    }

    /// Sends a form to the console, as a browser does.
    ///
    /// # Panics
    /// When nobody answers.
    pub fn post(&self, path: &str, cookie: &str, form: &str) -> Got {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.ask("POST", path, &[("cookie", cookie), ("origin", &self.gateway), kind], form)
    }

    /// Tells the runner or a simulated partner something: a control of theirs, not a page. What it answers.
    ///
    /// # Panics
    /// When it is not done.
    pub fn tells(&self, address: &str, headers: &[(&str, &str)], body: &str) -> String {
        let got = self.ask("POST", address, headers, body);
        assert!((200..400).contains(&got.status), "{address}: {got:?}");
        got.body
    }

    /// The tenant's clock.
    ///
    /// # Panics
    /// When it is not told.
    pub fn clock(&self) -> Clock {
        let about: Value = serde_json::from_str(&self.get("/_ponte", "").body).expect("JSON");
        let scale: Scale = about["clock"].as_str().expect("a scale").parse().expect("a scale");
        Clock::scaled(scale)
    }

    /// How often the function's process was started.
    ///
    /// # Panics
    /// When there is no such function.
    pub fn starts(&self, function: &str) -> u64 {
        let usage: Value = serde_json::from_str(&self.get("/_ponte/usage", "").body).expect("JSON");
        usage[function]["cold"].as_u64().expect("a function of the template")
    }
}

impl Drop for Ponte {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
