//! What Omie and Máxima say instead of what they meant to say. Partners quote secrets.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::harm::Harm;
use crate::wire::Exchanged;

/// What an answer that nobody can read is known by.
pub(crate) const UNREADABLE: &str = "ilegivel";
/// What a success with a refusal inside is known by.
pub(crate) const REFUSED_INSIDE: &str = "\"codigo_status\":\"9\"";

pub(crate) fn instead(
    harm: Harm,
    said: &Exchanged,
    answer: Option<&Response<Bytes>>,
    secret: &str,
) -> Option<Response<Bytes>> {
    match harm {
        // Nobody knows these words.
        Harm::Words => {
            let text = format!("ERROR: Situação inesperada no conector {secret} (XK-77)");
            Some(fault(&text, "SOAP-ENV:Client-9977"))
        }
        Harm::Misconfigured => {
            let text = format!("ERROR: O local de estoque informado não pode ser usado ({secret})!");
            Some(fault(&text, "SOAP-ENV:Client-1070"))
        }
        Harm::Malformed => {
            let text = format!("ERROR: Tag [{secret}] não faz parte da estrutura do tipo complexo [x]!");
            Some(fault(&text, "SOAP-ENV:Client-5001"))
        }
        Harm::RejectInside => {
            let text = format!("O cadastro não pode ser usado ({secret})!");
            Some(answered(200, &json!({ "codigo_status": "9", "descricao_status": text }).to_string()))
        }
        Harm::ErrorAfter => Some(answered(502, "<html><body><h1>502 Bad Gateway</h1></body></html>")),
        Harm::Garbled => garbled(answer?),
        Harm::AlreadyThere => already_there(said, answer?),
        _ => None,
    }
}

fn fault(text: &str, code: &str) -> Response<Bytes> {
    answered(500, &json!({ "faultstring": text, "faultcode": code }).to_string())
}

fn answered(status: u16, body: &str) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::copy_from_slice(body.as_bytes()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    answer
}

/// The answer with every member of another kind than it should be.
fn garbled(answer: &Response<Bytes>) -> Option<Response<Bytes>> {
    let Value::Object(mut members) = serde_json::from_slice(answer.body()).ok()? else { return None };
    if answer.status() != StatusCode::OK {
        return None;
    }
    for (name, value) in &mut members {
        let is_status = name.ends_with("status");
        *value = match value.take() {
            value @ (Value::Null | Value::Bool(_)) => value,
            value if is_status => value,
            Value::Array(_) | Value::Object(_) => UNREADABLE.into(),
            Value::String(_) | Value::Number(_) => json!({ UNREADABLE: true }),
        };
    }
    Some(answered(200, &Value::Object(members).to_string()))
}

/// As a partner whose own repeat meets what it has just done.
fn already_there(said: &Exchanged, answer: &Response<Bytes>) -> Option<Response<Bytes>> {
    let what = if said.name == "IncluirPedido" { "Pedido" } else { "Cliente" };
    let text = format!("ERROR: {what} já cadastrado para o Código de Integração [{}] !", said.key);
    (answer.status() == StatusCode::OK).then(|| fault(&text, "SOAP-ENV:Client-102"))
}
