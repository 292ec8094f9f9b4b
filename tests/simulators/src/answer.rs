//! Answers, and the answer that never arrives.

use std::fmt;
use std::fmt::Write as _;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde_json::Value;

/// The call was carried out and its answer is lost: nothing arrives and the connection is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerLost;

impl fmt::Display for AnswerLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer was lost on the way")
    }
}

impl std::error::Error for AnswerLost {}

pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    answer(status, "application/json; charset=utf-8", body.into())
}

pub(crate) fn html(status: u16, body: String) -> Response<Bytes> {
    answer(status, "text/html; charset=utf-8", body.into())
}

fn answer(status: u16, content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    answer
}

/// What a web server answers in front of an application in trouble.
pub(crate) fn trouble() -> Response<Bytes> {
    html(
        503,
        "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>".to_owned(),
    )
}

/// The same answer with half of its body.
pub(crate) fn half(mut whole: Response<Bytes>) -> Response<Bytes> {
    let body = whole.body_mut();
    *body = body.slice(..body.len() / 2);
    whole
}

/// A page that lists what a simulator holds and has seen.
pub(crate) fn page(title: &str, preset: &str, verdict: &crate::Verdict) -> Response<Bytes> {
    let mut rows = String::new();
    for (name, count) in &verdict.rows {
        let name = escaped(name);
        let _ = write!(rows, "<tr><td><a href=\"/_sim/rows/{name}\">{name}</a></td><td>{count}</td></tr>");
    }
    let mut calls = String::new();
    for (name, seen) in &verdict.methods {
        let faults: Vec<String> = seen.faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let _ = write!(
            calls,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=f>{}</td></tr>",
            escaped(name),
            seen.calls,
            seen.rows,
            seen.most_per_minute,
            seen.most_in_flight,
            escaped(&faults.join(", "))
        );
    }
    html(
        200,
        format!(
            "<!doctype html><html lang=pt-BR><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>\
             <h1>{title}</h1><p>{preset}</p><h2>O que há aqui</h2><table><tr><th>Cadastro<th>Registros</tr>{rows}\
             </table><h2>Chamadas</h2><table><tr><th>Método<th>Chamadas<th>Linhas<th>Máx. por minuto<th>Máx. \
             simultâneas<th>Recusas</tr>{calls}</table>",
            title = escaped(title),
            preset = escaped(preset),
        ),
    )
}

const STYLE: &str = "body{font:15px system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}\
    table{border-collapse:collapse}td,th{padding:.3em 1em .3em 0;border-bottom:1px solid #ddd;text-align:left}\
    td:not(:first-child):not(.f){text-align:right;font-variant-numeric:tabular-nums}";

/// Text that is safe inside an HTML element or a quoted attribute.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// The control interface's own refusal.
pub(crate) fn sentence(status: u16, text: &str) -> Response<Bytes> {
    json(status, serde_json::json!({ "erro": text }).to_string())
}

pub(crate) fn value(value: &Value) -> Response<Bytes> {
    json(200, value.to_string())
}
