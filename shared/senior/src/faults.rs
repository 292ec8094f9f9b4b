//! What an answer means (`contracts/senior-x.md` §4), and what its words mean (§9.3, §13).

use partner_http::Fault;

use crate::{
    fold,
    json::{self, Broken, Node},
    scalar,
};

/// Of a body that is no error of the ERP this much is kept.
const KEPT: usize = 2 * 1024;

/// The meaning of an answer. `resource` is what the application needs permission for, where that is known.
pub(crate) fn classify(status: u16, body: &[u8], resource: &str) -> Result<(), Fault> {
    let text = || said(status, body);
    Err(match status {
        200..300 => return success(body),
        300..400 => {
            let text = format!("HTTP {status}: a Senior X redireciona; confira `base_url` e `url_style`");
            Fault::Misconfigured { text }
        }
        401 => Fault::Expired,
        403 if resource.is_empty() => Fault::Unauthorized { text: text() },
        // The token is good: what is missing is one permission, which stops what needs it and nothing else (§4).
        403 => Fault::Misconfigured {
            text: format!("{}; dê ao papel da aplicação a permissão em {resource}", text()),
        },
        404 => Fault::NotFound { text: text() },
        408 | 500.. => Fault::Unavailable,
        429 => Fault::RateLimited,
        400..500 => Fault::Refused { text: text() },
        _ => Fault::Malformed { text: format!("HTTP {status}") },
    })
}

/// A success is one when it is whole and carries no error.
fn success(body: &[u8]) -> Result<(), Fault> {
    match json::parse_bytes(body) {
        Ok(tree) => {
            let has = |name: &str| tree.member(name).and_then(scalar::text).is_some();
            match words(body) {
                Some(text) if has("errorCode") && !has("id") => Err(Fault::Refused { text }),
                _ => Ok(()),
            }
        }
        // A proxy answered; the ERP never saw the request.
        Err(Broken::NotJson) if body.trim_ascii_start().starts_with(b"<") => Err(Fault::Unavailable),
        Err(Broken::NotJson) if !body.trim_ascii().is_empty() && partner_http::is_truncated(body) => {
            Err(Fault::Unclear)
        }
        // Nothing at all, a word such as OK, or more levels than we read: the reader of the answer decides.
        Err(Broken::NotJson | Broken::TooDeep) => Ok(()),
    }
}

/// The words of the error body, or else of whatever came, or else the status.
pub(crate) fn said(status: u16, body: &[u8]) -> String {
    words(body).or_else(|| plain(body)).unwrap_or_else(|| format!("HTTP {status}"))
}

/// What a `genericError` says: its message with the code, or whatever else it has.
pub(crate) fn words(body: &[u8]) -> Option<String> {
    let tree = json::parse_bytes(body).ok()?;
    let text = |name: &str| tree.member(name).and_then(scalar::text);
    match (text("message"), text("errorCode")) {
        (Some(message), Some(code)) => Some(format!("{message} ({code})")),
        (message, code) => message.or_else(|| text("reason")).or(code),
    }
}

/// The text of a body that is no JSON.
fn plain(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(KEPT)]);
    let text = text.trim();
    let is_structure = json::parse_bytes(body)
        .is_ok_and(|tree| matches!(tree.node, Node::Object(_) | Node::List(_) | Node::Null));
    (!text.is_empty() && !is_structure).then(|| text.to_owned())
}

/// Whether the ERP refuses to cancel because the order, or one of its items, waits for integration
/// (`contracts/senior-x.md` §9.3, rule 2), as far as its words tell.
pub fn is_waiting_refusal(fault: &Fault) -> bool {
    let Fault::Refused { text } = fault else { return false };
    let text = fold::spaced(text);
    let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
    if says(&["nao esta aguardando", "nao esta em aguardando", "nao aguarda"]) {
        return false;
    }
    if says(&["aguardando integracao", "awaiting integration", "waiting for integration"]) {
        return true;
    }
    let is_over = says(&["liquidad", "faturad", "suspens"]) || says(&["situacao"]) && is_cancelled(&text);
    let by_situation = says(&["situacao"]) && says(&["nao permit", "impede", "invalida para"]);
    by_situation && !is_over
}

/// Whether a refused release says that the order had been released before. Without reading orders this is what tells
/// success from failure after a lost answer (`contracts/senior-x.md` §13). A cancelled order is not a released one.
pub fn says_released(fault: &Fault) -> bool {
    const OTHERS: &[&str] =
        &["nao esta aguardando", "nao esta em aguardando", "nao aguarda", "already released"];
    let Fault::Refused { text } = fault else { return false };
    let text = fold::spaced(text);
    let is_done = is_already(&text, "liberad") || OTHERS.iter().any(|words| text.contains(words));
    is_done && !text.contains("cancelad")
}

/// Whether a refused cancellation says that the order had been cancelled before, as [`says_released`] does.
pub fn says_cancelled(fault: &Fault) -> bool {
    let Fault::Refused { text } = fault else { return false };
    let text = fold::spaced(text);
    is_cancelled(&text) && !text.contains("integracao")
}

/// Whether the ERP's words name the order, or its situation, as cancelled.
fn is_cancelled(text: &str) -> bool {
    is_already(text, "cancelad") || text.contains("already cancel") || text.contains("situacao cancelad")
}

/// "já cancelado", "já foi cancelado", but not "já faturado não pode ser cancelado".
fn is_already(text: &str, done: &str) -> bool {
    let verbs = ["", "foi ", "esta ", "se encontra ", "estava ", "havia sido "];
    verbs.iter().any(|verb| text.contains(&format!("ja {verb}{done}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERROR: &[u8] = r#"{"message":"Não pode","errorCode":"cancelOrdersResponse","reason":"BAD_REQUEST","domain":"erpx_com_ven","service":"pedido"}"#.as_bytes();

    #[test]
    fn every_status_has_its_meaning() {
        let text = || "Não pode (cancelOrdersResponse)".to_owned();
        for (status, meaning) in [
            (400, Fault::Refused { text: text() }),
            (401, Fault::Expired),
            (403, Fault::Unauthorized { text: text() }),
            (404, Fault::NotFound { text: text() }),
            (405, Fault::Refused { text: text() }),
            (408, Fault::Unavailable),
            (409, Fault::Refused { text: text() }),
            (422, Fault::Refused { text: text() }),
            (429, Fault::RateLimited),
            (500, Fault::Unavailable),
            (502, Fault::Unavailable),
            (503, Fault::Unavailable),
            (504, Fault::Unavailable),
            (200, Fault::Refused { text: text() }),
        ] {
            assert_eq!(classify(status, ERROR, ""), Err(meaning), "{status}");
        }
        assert!(
            matches!(classify(302, b"", ""), Err(Fault::Misconfigured { text }) if text.contains("base_url"))
        );
        let missing = classify(403, ERROR, "res://senior.com.br/x");
        assert!(
            matches!(missing, Err(Fault::Misconfigured { text }) if text.contains("permissão em res://"))
        );
    }

    #[test]
    fn a_success_is_one_when_it_is_whole() {
        for (status, body, meaning) in [
            (200, br#"{"id":"1"}"#.as_slice(), Ok(())),
            (201, b"{}", Ok(())),
            (204, b"", Ok(())),
            (207, b"[]", Ok(())),
            (200, b"", Ok(())),
            (200, b"OK", Ok(())),
            (200, b"{\"id\":", Err(Fault::Unclear)),
            (200, b" <!DOCTYPE html>", Err(Fault::Unavailable)),
        ] {
            assert_eq!(classify(status, body, ""), meaning, "{status} {}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn what_is_no_error_of_the_erp_is_kept_to_two_kibibytes() {
        let page = "<h1>é</h1>".repeat(1_000);

        assert!(said(502, page.as_bytes()).len() <= KEPT + 3);
        assert_eq!(said(400, b""), "HTTP 400");
        assert_eq!(said(400, b"{}"), "HTTP 400");
        assert_eq!(said(400, br#"{"message":null,"reason":"BAD_REQUEST"}"#), "BAD_REQUEST");
        assert_eq!(said(400, b"nope"), "nope");
    }

    fn refused(text: &str) -> Fault {
        Fault::Refused { text: text.to_owned() }
    }

    #[test]
    fn a_refusal_because_of_waiting_is_told_from_others() {
        for text in [
            "Pedido em situação que não permite o cancelamento. (cancelOrdersResponse)",
            "O pedido está em \"Aguardando Integração\"",
            "Item 2 na situação AGUARDANDO_INTEGRACAO não pode ser cancelado",
        ] {
            assert!(is_waiting_refusal(&refused(text)), "{text}");
        }
        for text in [
            "Pedido já cancelado",
            "Pedido liquidado: situação não permite o cancelamento",
            "Pedido não está aguardando integração",
            "Pedido em situação Cancelado não permite o cancelamento.",
            "ids é obrigatório",
        ] {
            assert!(!is_waiting_refusal(&refused(text)), "{text}");
        }
        assert!(!is_waiting_refusal(&Fault::Unavailable));
    }

    #[test]
    fn a_refusal_of_what_is_done_is_told_from_others() {
        for text in [
            "Pedido já foi liberado",
            "Order already released",
            "Pedido em situação 1 não aguarda integração.",
        ] {
            assert!(says_released(&refused(text)) && !says_cancelled(&refused(text)), "{text}");
        }
        for text in [
            "Pedido já cancelado.",
            "O pedido já se encontra cancelado",
            "order already cancelled",
            "Pedido em situação Cancelado não permite o cancelamento.",
        ] {
            assert!(says_cancelled(&refused(text)) && !says_released(&refused(text)), "{text}");
        }
        for text in [
            "Pedido já faturado não pode ser cancelado",
            "Pedido em situação que não permite o cancelamento",
            "Pedido em situação Cancelado não aguarda integração.",
        ] {
            assert!(!says_released(&refused(text)) && !says_cancelled(&refused(text)), "{text}");
        }
    }
}
