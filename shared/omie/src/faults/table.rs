//! `table.txt`: more than 150 faults in their classes, and what a write makes of them.

use std::collections::BTreeSet;

use super::*;

const TABLE: &str = include_str!("table.txt");

/// A line of the table.
struct Line<'a> {
    at: usize,
    origin: &'a str,
    status: u16,
    code: &'a str,
    read: &'a str,
    write: &'a str,
    text: &'a str,
}

fn lines() -> Vec<Line<'static>> {
    let rows = TABLE.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    rows.map(|(at, line)| {
        let columns: Vec<&str> = line.splitn(6, '|').map(str::trim).collect();
        let [origin, status, code, read, write, text] = columns[..] else {
            panic!("line {}: six columns, found {line}", at + 1)
        };
        let status = status.parse().unwrap_or_else(|_| panic!("line {}: no status", at + 1));
        Line { at: at + 1, origin, status, code, read, write, text }
    })
    .collect()
}

impl Line<'_> {
    fn body(&self) -> String {
        let object = match self.code {
            "raw" => return self.text.to_owned(),
            "-" => serde_json::json!({ "faultstring": self.text }),
            "status" => serde_json::json!({ "codigo_status": "1", "descricao_status": self.text }),
            code => serde_json::json!({ "faultstring": self.text, "faultcode": code }),
        };
        object.to_string()
    }

    /// What the client makes of the answer to a write that asks first.
    fn written(&self) -> String {
        let Err(fault) = classify_write(self.status, self.body().as_bytes()) else { return "ok".to_owned() };
        let mut error = CallError::new("omie", "IncluirPedido", fault);
        error.status = Some(self.status);
        let error = settled(error);
        if unknown_words(&error).is_some() { "held".to_owned() } else { name(&error.fault) }
    }

    fn wrong(&self) -> Vec<String> {
        let read = classify(self.status, self.body().as_bytes())
            .map_or_else(|fault| name(&fault), |()| "ok".to_owned());
        let written = self.written();
        [("read", self.read, read), ("write", self.write, written)]
            .into_iter()
            .filter(|(_, wanted, got)| wanted != got)
            .map(|(kind, wanted, got)| {
                let Self { at, status, code, text, .. } = self;
                format!("line {at}: a {kind} is {got}, not {wanted}: {status} {code} {text}")
            })
            .collect()
    }
}

fn name(fault: &Fault) -> String {
    match fault {
        Fault::Empty => "Empty".to_owned(),
        Fault::Redundant => "Redundant".to_owned(),
        Fault::Busy => "Busy".to_owned(),
        Fault::RateLimited => "RateLimited".to_owned(),
        Fault::Blocked { seconds } => format!("Blocked:{seconds}"),
        Fault::Expired => "Expired".to_owned(),
        Fault::Unavailable => "Unavailable".to_owned(),
        Fault::Unclear => "Unclear".to_owned(),
        Fault::Unauthorized { .. } => "Unauthorized".to_owned(),
        Fault::NotFound { .. } => "NotFound".to_owned(),
        Fault::Duplicate { id: Some(id), .. } => format!("Duplicate:{id}"),
        Fault::Duplicate { id: None, .. } => "Duplicate".to_owned(),
        Fault::Refused { .. } => "Refused".to_owned(),
        Fault::Misconfigured { .. } => "Misconfigured".to_owned(),
        Fault::Malformed { .. } => "Malformed".to_owned(),
    }
}

#[test]
fn every_fault_of_the_table_is_in_its_class() {
    let wrong: Vec<String> = lines().iter().flat_map(Line::wrong).collect();

    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_table_has_more_than_150_different_texts() {
    let lines = lines();
    let texts: BTreeSet<&str> = lines.iter().map(|line| line.text).collect();
    let answers: BTreeSet<_> = lines.iter().map(|line| (line.status, line.code, line.text)).collect();

    assert!(texts.len() >= 150, "{}", texts.len());
    assert_eq!(answers.len(), lines.len(), "a row stands there twice");
    assert!(lines.iter().all(|line| matches!(line.origin, "contract" | "code" | "assumed")));
}

/// A refusal tells the seller, and a record that is not there lets a write be sent again: neither may come from
/// words that nobody knows.
#[test]
fn no_unknown_fault_lets_a_write_go_on() {
    for code in ["", "SOAP-ENV:Client-9999", "SOAP-ENV:Client-500", "SOAP-ENV:Client"] {
        for status in [200, 400, 404, 500, 502, 503] {
            let body = serde_json::json!({ "faultstring": "ERROR: palavras novas", "faultcode": code });
            let fault = classify_write(status, body.to_string().as_bytes()).unwrap_err();
            let mut error = CallError::new("omie", "IncluirPedido", fault);
            error.status = Some(status);
            let error = settled(error);

            assert_eq!(error.fault, Fault::Unclear, "{status} {code}");
            assert_eq!(unknown_words(&error).as_deref(), Some("ERROR: palavras novas"));
        }
    }
}
