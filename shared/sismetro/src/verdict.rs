//! What an answer means: `contracts/sismetro.md` §5.4 for an opening, §7 for reads.

use partner_http::{Fault, is_truncated};

use crate::envelope::{Envelope, refusal, shape, words};
use crate::options::SismetroOptions;
use crate::reply::extract_opened;

/// An answer to an opening. [`Fault::Malformed`] and [`Fault::Unclear`] are ambiguous: the SS may exist.
pub(crate) fn opening(status: u16, body: &[u8], options: &SismetroOptions) -> Result<(), Fault> {
    match status {
        200..=299 => match refusal(body) {
            Some(text) => Err(Fault::Refused { text }),
            None => opened(status, body, options),
        },
        401 | 403 => Err(Fault::Unauthorized { text: told(status, body) }),
        404 => Err(Fault::Misconfigured { text: told(status, body) }),
        // Opened already, by ourselves: whether its words refuse does not matter when it names the SS.
        409 => opened(status, body, options),
        429 => Err(Fault::RateLimited),
        // The server gave up waiting for a request that it may hold.
        408 => Err(Fault::Unclear),
        400..=499 => Err(Fault::Refused { text: told(status, body) }),
        // A redirect is not followed and proves nothing, and behind a 5xx the work may be done.
        _ => Err(Fault::Unclear),
    }
}

fn opened(status: u16, body: &[u8], options: &SismetroOptions) -> Result<(), Fault> {
    if extract_opened(body, options).is_some() {
        return Ok(());
    }
    Err(Fault::Malformed { text: format!("HTTP {status} sem o número da SS: veio {}", shape(body)) })
}

/// An answer of the read API.
pub(crate) fn reading(status: u16, body: &[u8]) -> Result<(), Fault> {
    match status {
        200..=299 if Envelope::read(body).is_some() => Ok(()),
        200..=299 if is_truncated(body) => Err(Fault::Unclear),
        200..=299 if body.trim_ascii_start().starts_with(b"<") => Err(Fault::Unavailable),
        200..=299 => Err(Fault::Malformed { text: format!("a resposta é {}", shape(body)) }),
        401 | 403 => Err(Fault::Unauthorized { text: told(status, body) }),
        // The read API may say "not found" this way too; a page of a web server speaks of the address.
        404 if body.is_empty() || Envelope::read(body).is_some() => {
            Err(Fault::NotFound { text: told(status, body) })
        }
        300..=399 | 404 => Err(Fault::Misconfigured { text: told(status, body) }),
        429 => Err(Fault::RateLimited),
        408 | 500.. => Err(Fault::Unavailable),
        _ => Err(Fault::Refused { text: told(status, body) }),
    }
}

/// An answer with the first page of a list, which may be empty, but not because it was refused with words.
pub(crate) fn first_page(status: u16, body: &[u8]) -> Result<(), Fault> {
    reading(status, body)?;
    match Envelope::read(body) {
        Some(Envelope { valid: false, message: Some(text), .. }) => Err(Fault::Refused { text }),
        _ => Ok(()),
    }
}

fn told(status: u16, body: &[u8]) -> String {
    match words(body) {
        Some(words) => format!("HTTP {status}: {words}"),
        None => format!("HTTP {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://br.sismetro.com/printSS.php?os=1287593&token=EXAMPLE0TOKEN";

    fn kind(status: u16, body: &str) -> &'static str {
        let verdict = opening(status, body.as_bytes(), &SismetroOptions::default());
        verdict.err().map_or("opened", |fault| fault.kind())
    }

    #[test]
    fn every_row_of_the_table_of_openings() {
        let opened = format!(r#"{{"valid":true,"ss":1287593,"link":"{LINK}"}}"#);
        for (status, body, means) in [
            (200, opened.as_str(), "opened"),
            (201, &opened, "opened"),
            (200, r#"{"ss":1287593}"#, "opened"),
            (200, r#"{"valid":false,"message":"x"}"#, "refused"),
            (200, r#"{"valid":false,"ss":1287593}"#, "refused"),
            (200, r#"{"success":false}"#, "refused"),
            (200, r#"{"error":"x"}"#, "refused"),
            (200, r#"{"erro":"x"}"#, "refused"),
            (400, "{}", "refused"),
            (422, "{}", "refused"),
            (405, "", "refused"),
            (413, "", "refused"),
            (401, "", "unauthorized"),
            (403, "", "unauthorized"),
            (404, "<html>", "misconfigured"),
            (409, &opened, "opened"),
            (409, r#"{"valid":false,"message":"já aberta","ss":1287593}"#, "opened"),
            (409, r#"{"valid":false,"message":"já aberta"}"#, "malformed"),
            (409, "", "malformed"),
            (429, "", "rate_limited"),
            (429, &opened, "rate_limited"),
            (500, "", "unclear"),
            (502, "<html>", "unclear"),
            (503, &opened, "unclear"),
            (504, "", "unclear"),
            (408, "", "unclear"),
            (302, "", "unclear"),
            (303, &opened, "unclear"),
            (200, "", "malformed"),
            (204, "", "malformed"),
            (200, "{}", "malformed"),
            (200, r#"{"valid":true}"#, "malformed"),
            (200, "<html>ok</html>", "malformed"),
            (200, r#"{"valid":true,"ss":12875"#, "malformed"),
        ] {
            assert_eq!(kind(status, body), means, "{status} {body}");
        }
    }

    #[test]
    fn every_answer_to_a_read() {
        for (status, body, means) in [
            (200, r#"{"valid":true,"resultList":[]}"#, None),
            (200, r#"{"valid":false}"#, None),
            (200, r#"{"valid":true,"resultList":["#, Some("unclear")),
            (200, "", Some("unclear")),
            (200, "<html>", Some("unavailable")),
            (200, "[]", Some("malformed")),
            (302, "", Some("misconfigured")),
            (400, "", Some("refused")),
            (401, "", Some("unauthorized")),
            (403, "", Some("unauthorized")),
            (404, r#"{"valid":false}"#, Some("not_found")),
            (404, "", Some("not_found")),
            (404, "<html>", Some("misconfigured")),
            (408, "", Some("unavailable")),
            (429, "", Some("rate_limited")),
            (500, "", Some("unavailable")),
            (503, "<html>", Some("unavailable")),
        ] {
            let verdict = reading(status, body.as_bytes());
            assert_eq!(verdict.err().map(|fault| fault.kind()), means, "{status} {body}");
        }
    }
}
