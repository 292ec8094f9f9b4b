//! What Omie's failures mean (`contracts/omie.md §4`): a table of patterns, read from the top.
//!
//! The body is looked at before the HTTP status, and the text before the code, because one code covers many
//! situations (`Client-102` is a duplicate and any other validation). What no row knows is held, never
//! repeated: [`Fault::Refused`]. The exceptions are what SOAP itself defines: a `Server` fault is the
//! receiver's trouble, and its outcome is not known.

use partner_http::Fault;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::formats;

/// Seconds of a block whose text does not say them (`contracts/omie.md §3.1`).
const BLOCK_SECONDS: u64 = 1800;
/// No block is believed to last longer than a day.
const LONGEST_BLOCK_SECONDS: u64 = 86_400;

/// What the answer means, before anyone decodes it.
pub fn classify(status: u16, body: &[u8]) -> Result<(), Fault> {
    match Answer::read(body) {
        Answer::Fault { code, text } => Err(meaning(status, &code, &text)),
        Answer::Json => by_status(status, ""),
        Answer::Html(text) => by_status(status, &text).and(Err(Fault::Unavailable)),
        // It was served, and the rest of it was lost on the way.
        Answer::Cut => by_status(status, "").and(Err(Fault::Unclear)),
        Answer::Words(text) => Err(in_words(status, &text)),
    }
}

/// A fault row of the contract: it applies when its code is the fault's and all its fragments are in the
/// folded text.
struct Row {
    code: Option<&'static str>,
    text: &'static [&'static str],
    means: Means,
}

/// [`Fault`] without what is taken from the text.
#[derive(Clone, Copy)]
enum Means {
    Empty,
    Redundant,
    Busy,
    RateLimited,
    Blocked,
    Unclear,
    Unauthorized,
    NotFound,
    Duplicate,
    Refused,
    Misconfigured,
    Malformed,
}

const fn code(code: &'static str, means: Means) -> Row {
    Row { code: Some(code), text: &[], means }
}

const fn text(text: &'static [&'static str], means: Means) -> Row {
    Row { code: None, text, means }
}

/// Fragments are lower case and without accents, as [`fold`] leaves a text. Rows with a text come first.
const ROWS: &[Row] = &[
    text(&["bloqueada por consumo indevido"], Means::Blocked),
    text(&["too many requests"], Means::RateLimited),
    text(&["consumo redundante"], Means::Redundant),
    text(&["ja existe uma requisicao desse metodo"], Means::Busy),
    text(&["requisicao ja foi processada ou esta sendo processada"], Means::Unclear),
    text(&["nao existem registros para a pagina"], Means::Empty),
    // An empty price table, as other users of the API have met it (contracts/omie.md §8.16).
    text(&["nenhum registro", "encontrado"], Means::Empty),
    text(&["nenhum item", "encontrado"], Means::Empty),
    text(&["ja cadastrado para o"], Means::Duplicate),
    text(&["ja cadastrada para o"], Means::Duplicate),
    // Under 102 it is the access key of an invoice, not ours.
    Row { code: Some("client-102"), text: &["chave de acesso"], means: Means::Refused },
    text(&["chave de acesso"], Means::Unauthorized),
    text(&["nao faz parte da estrutura do tipo complexo"], Means::Malformed),
    // A method that the service no longer has, in the words of PHP's SOAP server.
    text(&["is not a valid method for this service"], Means::Malformed),
    text(&["procedure", "not present"], Means::Malformed),
    text(&["invalid json object"], Means::Malformed),
    text(&["json request with syntaxerror"], Means::Malformed),
    text(&["o preenchimento da tag", "obrigatorio"], Means::Refused),
    Row { code: Some("client-105"), text: &["nao cadastrad"], means: Means::NotFound },
    code("misuse_api_process", Means::Blocked),
    code("client-5113", Means::Empty),
    code("client-6", Means::Redundant),
    code("client-1880", Means::Busy),
    code("client-8020", Means::Busy),
    code("client-1100", Means::Unclear),
    code("client-103", Means::NotFound),
    code("client-1070", Means::Misconfigured),
    code("client-5001", Means::Malformed),
    code("client-101", Means::Refused),
    code("client-102", Means::Refused),
    code("client-104", Means::Refused),
    code("client-105", Means::Refused),
    code("client-1020", Means::Refused),
    code("server", Means::Unclear),
];

fn meaning(status: u16, code: &str, text: &str) -> Fault {
    let folded = fold(text);
    match known(&fold(code), &folded) {
        Some(means) => fault(means, text, &folded),
        None => status_alone(status, text).unwrap_or_else(|| Fault::Refused { text: readable(text) }),
    }
}

/// A body that is neither JSON nor HTML: a fault in words, or something that is no answer.
fn in_words(status: u16, text: &str) -> Fault {
    let folded = fold(text);
    match known("", &folded) {
        Some(means) => fault(means, text, &folded),
        None => by_status(status, text).err().unwrap_or(Fault::Unclear),
    }
}

fn known(code: &str, folded: &str) -> Option<Means> {
    // `SOAP-ENV:Client-102`, and sometimes without the prefix.
    let code = code.rsplit(':').next().unwrap_or_default().trim();
    ROWS.iter()
        .find(|row| {
            row.code.is_none_or(|expected| expected == code)
                && row.text.iter().all(|fragment| folded.contains(fragment))
        })
        .map(|row| row.means)
}

fn fault(means: Means, text: &str, folded: &str) -> Fault {
    let text = readable(text);
    match means {
        Means::Empty => Fault::Empty,
        Means::Redundant => Fault::Redundant,
        Means::Busy => Fault::Busy,
        Means::RateLimited => Fault::RateLimited,
        Means::Blocked => blocked(folded),
        Means::Unclear => Fault::Unclear,
        Means::Unauthorized => Fault::Unauthorized { text },
        Means::NotFound => Fault::NotFound { text },
        Means::Duplicate => Fault::Duplicate { id: id_in(folded), text },
        Means::Refused => Fault::Refused { text },
        Means::Misconfigured => Fault::Misconfigured { text },
        Means::Malformed => Fault::Malformed { text },
    }
}

/// Statuses that Omie itself gives a meaning to.
fn status_alone(status: u16, text: &str) -> Option<Fault> {
    match status {
        425 => Some(blocked(&fold(text))),
        429 => Some(Fault::RateLimited),
        401 | 403 => Some(Fault::Unauthorized { text: format!("HTTP {status}") }),
        _ => None,
    }
}

/// What is left when the body says nothing we know.
fn by_status(status: u16, text: &str) -> Result<(), Fault> {
    if let Some(fault) = status_alone(status, text) {
        return Err(fault);
    }
    match status {
        200..=299 => Ok(()),
        // The gateway passed the request on and gave up waiting.
        504 => Err(Fault::Unclear),
        408 | 500..=599 => Err(Fault::Unavailable),
        _ => Err(Fault::Malformed { text: format!("HTTP {status}, which no call of ours should get") }),
    }
}

fn blocked(folded: &str) -> Fault {
    let seconds = seconds_in(folded).unwrap_or(BLOCK_SECONDS).min(LONGEST_BLOCK_SECONDS);
    Fault::Blocked { seconds }
}

/// `em\s+(\d+)\s+segundo`
fn seconds_in(folded: &str) -> Option<u64> {
    let words: Vec<&str> = folded.split_whitespace().collect();
    words
        .windows(3)
        .find(|words| words[0].ends_with("em") && words[2].starts_with("segundo"))
        .and_then(|words| words[1].parse().ok())
}

/// `(?:id|ncod)\s*\[\s*(\d+)\s*\]`
fn id_in(folded: &str) -> Option<i64> {
    folded.match_indices('[').find_map(|(at, _)| {
        let before = folded[..at].trim_end();
        let (inside, _) = folded[at + 1..].split_once(']')?;
        let is_named = before.ends_with("id") || before.ends_with("ncod");
        if is_named { inside.trim().parse().ok() } else { None }
    })
}

/// The shape of an answer, as far as its meaning depends on it.
enum Answer {
    Fault {
        code: String,
        text: String,
    },
    Json,
    Html(String),
    /// Begins like a JSON object and does not end like one.
    Cut,
    Words(String),
}

/// The members that make an answer a failure: a fault, or the status of a write.
#[derive(Default, Deserialize)]
struct Outcome {
    #[serde(default, deserialize_with = "formats::text")]
    faultcode: Option<String>,
    #[serde(default, deserialize_with = "formats::text")]
    faultstring: Option<String>,
    #[serde(default, deserialize_with = "formats::text")]
    codigo_status: Option<String>,
    #[serde(default, deserialize_with = "formats::text")]
    descricao_status: Option<String>,
    #[serde(rename = "cCodStatus", default, deserialize_with = "formats::text")]
    cod_status: Option<String>,
    #[serde(rename = "cDesStatus", default, deserialize_with = "formats::text")]
    des_status: Option<String>,
}

impl Answer {
    fn read(body: &[u8]) -> Self {
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'<') => Self::Html(start_of(body)),
            Some(b'{') => serde_json::from_slice::<Outcome>(body).map_or(Self::Cut, Self::from),
            // A sentence may come in quotes; any other document is an answer, though none of ours.
            Some(b'"') => Self::Words(start_of(body)),
            _ if serde_json::from_slice::<IgnoredAny>(body).is_ok() => Self::Json,
            _ => Self::Words(start_of(body)),
        }
    }
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        if outcome.faultcode.is_some() || outcome.faultstring.is_some() {
            let code = outcome.faultcode.unwrap_or_default();
            return Self::Fault { text: outcome.faultstring.unwrap_or_else(|| code.clone()), code };
        }
        // A write answers its own status, with HTTP 200 whatever it is.
        let failed =
            [(outcome.codigo_status, outcome.descricao_status), (outcome.cod_status, outcome.des_status)]
                .into_iter()
                .find_map(|(status, text)| {
                    status.filter(|status| !is_zero(status)).map(|status| (status, text))
                });
        match failed {
            Some((status, text)) => {
                Self::Fault { text: text.unwrap_or_else(|| format!("status {status}")), code: String::new() }
            }
            None => Self::Json,
        }
    }
}

fn is_zero(status: &str) -> bool {
    status.trim().bytes().all(|byte| byte == b'0')
}

/// Enough of a body to recognise a fault in words.
fn start_of(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(4096)]).into_owned()
}

/// Lower case, without accents, white space collapsed.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).filter_map(plain));
    }
    folded
}

/// The letter under a Portuguese accent; nothing for an accent that stands alone.
fn plain(letter: char) -> Option<char> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}

/// The partner's words on one line. They are cut by partner-http, after it has taken secrets out.
fn readable(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
