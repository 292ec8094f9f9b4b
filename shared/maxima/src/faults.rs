//! What an answer means: a table of words, then of statuses. The cloud's wording is not documented
//! (`contracts/maxima.md` §10.9), so the words are those of the SDK, of the dictionary and of the database
//! below; what no row knows is a refusal with its text, and `upsert` asks the cloud for the facts.

use std::sync::atomic::{AtomicU32, Ordering};

use partner_http::Fault;

use crate::envelope::{self, Body};

/// Reads the body before the status: HTTP 200 with an error is a refusal (§3.1).
pub(crate) fn classify(status: u16, body: &[u8]) -> Result<(), Fault> {
    if status == 401 {
        return Err(Fault::Expired);
    }
    let read = envelope::read(body);
    let succeeded = (200..300).contains(&status);
    let text = match &read {
        Body::Envelope { error, .. } => error.clone(),
        // The framework's own words; those of its 404 are about the address, not about a record.
        Body::Other | Body::Broken if !succeeded && status != 404 => envelope::plain_text(body),
        Body::Other | Body::Html | Body::Broken => None,
    };
    match text {
        Some(text) => Err(by_words(status, text)),
        None if succeeded => whole(&read),
        // A refusal cut short: a repeat brings its words.
        None if read == Body::Broken && status == 400 && !body.is_empty() => Err(Fault::Unclear),
        None => Err(by_status(status)),
    }
}

/// Reads the answers to one write. A server that breaks down and says why may be breaking on one of the rows:
/// when a repeat meets the same, it is a refusal with its words, so that the batch is halved and the row stands
/// alone (§3.3). A server that is away is told from it by the look-up that follows a refusal.
#[derive(Debug, Default)]
pub(crate) struct Write {
    broke_down: AtomicU32,
}

impl Write {
    /// Answers that are believed to pass by themselves. Few: each halving of a batch meets them again.
    const PASSING: u32 = 1;

    pub(crate) fn classify(&self, status: u16, body: &[u8]) -> Result<(), Fault> {
        let meaning = classify(status, body);
        match (&meaning, complaint(status, body)) {
            (Err(Fault::Unavailable), Some(text))
                if self.broke_down.fetch_add(1, Ordering::Relaxed) >= Self::PASSING =>
            {
                Err(Fault::Refused { text })
            }
            _ => meaning,
        }
    }
}

/// Why the cloud broke down, in its own words. A gateway (502 to 504) speaks of itself, text that is not JSON is
/// a gateway's too, and words that mean "later" mean it.
fn complaint(status: u16, body: &[u8]) -> Option<String> {
    if status < 500 || (502..=504).contains(&status) {
        return None;
    }
    let text = match envelope::read(body) {
        Body::Envelope { error, .. } => error,
        Body::Other => envelope::plain_text(body),
        Body::Html | Body::Broken => None,
    };
    text.filter(|text| meaning(&fold(text)).is_none())
}

/// A successful status without an error: only an envelope is an answer.
fn whole(body: &Body<'_>) -> Result<(), Fault> {
    match body {
        Body::Envelope { .. } => Ok(()),
        // A proxy answered, the cloud never saw the request.
        Body::Html => Err(Fault::Unavailable),
        // The cloud worked and the answer was cut on its way.
        Body::Broken => Err(Fault::Unclear),
        Body::Other => Err(Fault::Malformed { text: "a resposta não tem success e error".to_owned() }),
    }
}

fn by_status(status: u16) -> Fault {
    match status {
        403 => Fault::Unauthorized { text: "HTTP 403".to_owned() },
        404 => Fault::Misconfigured { text: "HTTP 404: endereço ou versão da API da Máxima".to_owned() },
        413 => Fault::Refused { text: "HTTP 413: lote grande demais".to_owned() },
        429 => Fault::RateLimited,
        408 | 500.. => Fault::Unavailable,
        _ => Fault::Malformed { text: format!("HTTP {status} sem explicação") },
    }
}

fn by_words(status: u16, text: String) -> Fault {
    match meaning(&fold(&text)) {
        Some(Meaning::Reference | Meaning::Data) => Fault::Refused { text },
        Some(Meaning::Exists) => Fault::Duplicate { id: None, text },
        Some(Meaning::Missing) => Fault::NotFound { text },
        Some(Meaning::Token) => Fault::Expired,
        Some(Meaning::Passing) => Fault::Unavailable,
        None => match status {
            403 => Fault::Unauthorized { text },
            408 | 429 | 500.. => by_status(status),
            404 => Fault::NotFound { text },
            _ => Fault::Refused { text },
        },
    }
}

fn meaning(folded: &str) -> Option<Meaning> {
    WORDS.iter().find(|(words, _)| folded.contains(words)).map(|(_, meaning)| *meaning)
}

/// What words mean. A reference comes before a missing key: "dependency not found" is not "not found".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// The record names a key that does not exist.
    Reference,
    /// The record breaks another rule of the database.
    Data,
    /// The key exists already.
    Exists,
    /// The key does not exist.
    Missing,
    /// The token is no longer accepted.
    Token,
    /// The same request may pass later.
    Passing,
}

/// First match wins; the words are lower case, without accents.
const WORDS: &[(&str, Meaning)] = &[
    ("ora-02291", Meaning::Reference),
    ("chave estrangeira", Meaning::Reference),
    ("foreign key", Meaning::Reference),
    ("dependencia", Meaning::Reference),
    ("ora-01400", Meaning::Data),
    ("ora-12899", Meaning::Data),
    ("ora-01438", Meaning::Data),
    ("ora-00001", Meaning::Exists),
    ("unique constraint", Meaning::Exists),
    ("restricao exclusiva", Meaning::Exists),
    ("chave primaria", Meaning::Exists),
    ("ja existe", Meaning::Exists),
    ("ja cadastrad", Meaning::Exists),
    ("already exists", Meaning::Exists),
    ("duplicad", Meaning::Exists),
    ("duplicate", Meaning::Exists),
    ("nao existe", Meaning::Missing),
    ("nao encontrad", Meaning::Missing),
    ("nao localizad", Meaning::Missing),
    ("nao cadastrad", Meaning::Missing),
    ("not found", Meaning::Missing),
    ("does not exist", Meaning::Missing),
    ("token expirad", Meaning::Token),
    ("token invalid", Meaning::Token),
    ("ora-00060", Meaning::Passing),
    ("deadlock", Meaning::Passing),
    ("timeout", Meaning::Passing),
    ("timed out", Meaning::Passing),
    ("tempo limite", Meaning::Passing),
];

/// Lower case without the accents of Portuguese.
fn fold(text: &str) -> String {
    let plain = |letter| match letter {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    text.to_lowercase().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, text: &str) -> Fault {
        let body = serde_json::json!({"success": null, "error": text}).to_string();
        classify(status, body.as_bytes()).expect_err("an error")
    }

    #[test]
    fn each_row_of_words_has_its_meaning() {
        for (text, meaning) in [
            ("ORA-02291: restrição de integridade violada - chave mãe não localizada", Meaning::Reference),
            ("Violação de chave estrangeira", Meaning::Reference),
            ("conflicted with the FOREIGN KEY constraint", Meaning::Reference),
            ("Dependência Cidades com código 7 não encontrada", Meaning::Reference),
            ("ORA-01400: cannot insert NULL into (CODIBGE)", Meaning::Data),
            ("ORA-12899: value too large for column", Meaning::Data),
            ("ORA-01438: value larger than specified precision", Meaning::Data),
            ("ORA-00001: PK_MXSCIDADE", Meaning::Exists),
            ("UNIQUE CONSTRAINT (PK) violated", Meaning::Exists),
            ("restrição exclusiva (PK) violada", Meaning::Exists),
            ("Violação de chave primária", Meaning::Exists),
            ("Registro já existe", Meaning::Exists),
            ("Código já cadastrado", Meaning::Exists),
            ("record already exists", Meaning::Exists),
            ("Chave duplicada", Meaning::Exists),
            ("Duplicate key", Meaning::Exists),
            ("O registro não existe", Meaning::Missing),
            ("Registro não encontrado", Meaning::Missing),
            ("Chave não localizada", Meaning::Missing),
            ("Cidade não cadastrada", Meaning::Missing),
            ("record not found", Meaning::Missing),
            ("key does not exist", Meaning::Missing),
            ("Token expirado", Meaning::Token),
            ("Token inválido", Meaning::Token),
            ("ORA-00060", Meaning::Passing),
            ("Transaction was deadlocked", Meaning::Passing),
            ("Timeout expired", Meaning::Passing),
            ("The operation has timed out", Meaning::Passing),
            ("Tempo limite esgotado", Meaning::Passing),
        ] {
            for status in [200, 400, 500] {
                let text = text.to_owned();
                let expected = match meaning {
                    Meaning::Reference | Meaning::Data => Fault::Refused { text: text.clone() },
                    Meaning::Exists => Fault::Duplicate { id: None, text: text.clone() },
                    Meaning::Missing => Fault::NotFound { text: text.clone() },
                    Meaning::Token => Fault::Expired,
                    Meaning::Passing => Fault::Unavailable,
                };
                assert_eq!(said(status, &text), expected, "{status} {text}");
            }
        }
    }

    #[test]
    fn no_row_of_words_is_shadowed_by_an_earlier_one() {
        for (at, (words, _)) in WORDS.iter().enumerate() {
            let first = WORDS.iter().position(|(earlier, _)| words.contains(earlier));
            assert_eq!(first, Some(at), "{words}");
        }
    }

    #[test]
    fn unknown_words_are_a_refusal_with_their_text() {
        for status in [200, 400, 422] {
            assert_eq!(said(status, "UF inválida"), Fault::Refused { text: "UF inválida".to_owned() });
        }
    }

    #[test]
    fn unknown_words_of_a_broken_server_are_not_about_the_data() {
        assert_eq!(said(500, "Ocorreu um erro"), Fault::Unavailable);
    }

    /// What a write makes of the same answer, again and again.
    fn insisted(status: u16, body: &str) -> Vec<Fault> {
        let write = Write::default();
        (0..3).map(|_| write.classify(status, body.as_bytes()).expect_err("an error")).collect()
    }

    #[test]
    fn a_write_that_breaks_the_server_again_is_refused_with_the_servers_words() {
        for body in [r#"{"success":null,"error":"Ocorreu um erro"}"#, r#"{"message":"Ocorreu um erro"}"#] {
            let refused = Fault::Refused { text: "Ocorreu um erro".to_owned() };
            assert_eq!(insisted(500, body), [Fault::Unavailable, refused.clone(), refused], "{body}");
        }
    }

    #[test]
    fn a_server_that_is_away_or_says_later_refuses_no_write() {
        for (status, body) in [
            (500, ""),
            (500, "<html>Server Error</html>"),
            (500, "Internal Server Error"),
            (500, r#"{"success":null,"error":null}"#),
            (500, r#"{"success":null,"error":"Timeout expired"}"#),
            (502, r#"{"message":"Bad gateway"}"#),
            (503, r#"{"message":"Service Unavailable"}"#),
            (504, r#"{"message":"Endpoint request failed"}"#),
        ] {
            assert_eq!(insisted(status, body), vec![Fault::Unavailable; 3], "{status} {body}");
        }
    }

    #[test]
    fn a_framework_error_without_envelope_speaks() {
        for body in [r#"{"message":"UF invalida"}"#, r#""UF invalida""#, "UF invalida"] {
            let refused = Fault::Refused { text: "UF invalida".to_owned() };
            assert_eq!(classify(400, body.as_bytes()), Err(refused), "{body}");
        }
    }

    #[test]
    fn a_whole_envelope_is_a_success() {
        for body in [r#"{"success":"ok","error":null}"#, r#"{"success":[],"error":""}"#] {
            assert_eq!(classify(200, body.as_bytes()), Ok(()));
        }
    }

    #[test]
    fn each_status_without_words_has_its_meaning() {
        let malformed = |text: &str| Fault::Malformed { text: text.to_owned() };
        let silent = br#"{"success":null,"error":null}"#.as_slice();
        for (status, body, fault) in [
            (200, b"{\"success\":[{".as_slice(), Fault::Unclear),
            (200, b"", Fault::Unclear),
            (200, b"<html>manutencao</html>", Fault::Unavailable),
            (200, b"[1]", malformed("a resposta não tem success e error")),
            (400, silent, malformed("HTTP 400 sem explicação")),
            (400, b"{\"error\":\"UF", Fault::Unclear),
            (400, b"", malformed("HTTP 400 sem explicação")),
            (401, b"", Fault::Expired),
            (403, b"", Fault::Unauthorized { text: "HTTP 403".to_owned() }),
            (404, b"<html>", by_status(404)),
            (404, b"{\"title\":\"Not Found\"}", by_status(404)),
            (408, b"", Fault::Unavailable),
            (413, b"", by_status(413)),
            (429, b"", Fault::RateLimited),
            (500, silent, Fault::Unavailable),
            (502, b"<html>Bad gateway</html>", Fault::Unavailable),
        ] {
            assert_eq!(classify(status, body), Err(fault), "{status}");
        }
    }

    #[test]
    fn a_wrong_address_is_not_a_missing_record() {
        assert!(matches!(by_status(404), Fault::Misconfigured { .. }));
        assert!(matches!(said(404, "nenhum registro"), Fault::NotFound { .. }));
    }
}
