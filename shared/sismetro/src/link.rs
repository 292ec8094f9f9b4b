//! The link to the PDF of an SS. Its token makes it a capability: whoever has it reads the request
//! (`contracts/sismetro.md` §6).

use crate::host;
use crate::member::digits;

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Print<'a> {
    /// The whole link.
    pub(crate) link: &'a str,
    /// Number of the SS, without leading zeros.
    pub(crate) os: String,
    token: &'a str,
}

/// What is known of the end of a link in a text: where the text ends with it, it may have gone on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Something else follows it.
    Seen,
    /// The link may be cut; the number in it is whole.
    Open,
    /// The number may be cut: it would be that of another SS.
    InNumber,
}

/// Characters of a link that we are willing to keep; the longest seen has 149.
const LONGEST: usize = 1_000;

/// Whether `link` has the documented form: `https`, a host of Sismetro, `/printSS.php`, a number and a token of 16 to
/// 256 letters and digits. Other parameters do no harm.
pub fn valid_link(link: &str) -> bool {
    Print::read(link).is_some_and(|print| (16..=256).contains(&print.token.len()))
}

/// The link without its token, for logs and screens that many see. Of a link of another form only the host is left:
/// nobody knows which part of it opens the door.
pub fn masked_link(link: &str) -> String {
    if let Some(print) = Print::read(link) {
        return format!("…printSS.php?os={}&token=***", print.os);
    }
    host_of(link).map_or_else(|| "***".to_owned(), |host| format!("{host}/***"))
}

/// `text` with `***` in place of the token of every link in it.
pub fn masked_text(text: &str) -> String {
    const NAME: &str = "token=";
    // The same bytes in lower case, so that offsets hold.
    let lower = text.to_ascii_lowercase();
    let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(found) = lower[at..].find(NAME) {
        let start = at + found + NAME.len();
        let rest = &text[start..];
        // Also letters that no token has: a damaged one still opens the door to whoever mends it.
        let is_end = |letter: char| letter.is_whitespace() || "\"'<>&#\\{}[](),;".contains(letter);
        let end = start + rest.find(is_end).unwrap_or(rest.len());
        masked.push_str(&text[at..start]);
        if end > start {
            masked.push_str("***");
        }
        at = end;
    }
    masked.push_str(&text[at..]);
    masked
}

/// The first link to a PDF in `text`, and what is known of its end.
pub(crate) fn first_in(text: &str) -> Option<(Print<'_>, End)> {
    text.match_indices("https://").find_map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|letter| !may_stand_in_a_link(letter)).unwrap_or(rest.len());
        // What ends a sentence does not end a link.
        let link = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}']);
        let print = Print::read(link)?;
        let end = if link.len() < rest.len() { End::Seen } else { print.open_end() };
        Some((print, end))
    })
}

/// Whether `text` is an address that people can follow.
pub(crate) fn is_address(text: &str) -> bool {
    host_of(text).is_some() && text.len() <= LONGEST && text.chars().all(may_stand_in_a_link)
}

/// Scheme and host of an http(s) address with a host that has a domain.
fn host_of(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let has_domain = host.contains('.') && host.split('.').all(label);
    has_domain.then(|| &address[..address.len() - rest.len() + host.len()])
}

fn may_stand_in_a_link(letter: char) -> bool {
    letter.is_ascii_graphic() && !"\"'<>\\^`{|}".contains(letter)
}

impl<'a> Print<'a> {
    fn read(link: &'a str) -> Option<Self> {
        if link.len() > LONGEST || !link.chars().all(may_stand_in_a_link) {
            return None;
        }
        let (host, rest) = link.strip_prefix("https://")?.split_once('/')?;
        if !host::of_sismetro(&host.to_ascii_lowercase()) {
            return None;
        }
        let query = rest.strip_prefix("printSS.php?")?;
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let os = digits(parameter(query, "os")?)?;
        let token = parameter(query, "token")?;
        let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_token.then_some(Self { link, os, token })
    }

    /// What may be cut where the text ends with this link.
    fn open_end(&self) -> End {
        let last = self.link.rsplit(['?', '&']).next().unwrap_or_default();
        let is_number = last.strip_prefix("os=").is_some_and(|os| !os.contains('#'));
        if is_number { End::InNumber } else { End::Open }
    }
}

/// The value of the only parameter of this name: two are a contradiction.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut values = query.split('&').filter_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name));
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    #[test]
    fn a_link_has_the_documented_form() {
        let long = "a1".repeat(48);
        for link in [
            format!("https://br.sismetro.com/printSS.php?os=1287593&token={long}"),
            format!("https://br.sismetro.com/printSS.php?token={TOKEN}&os=1287593"),
            format!("https://br.sismetro.com/printSS.php?lang=pt&os=1287593&x=1&token={TOKEN}#p2"),
            format!("https://eu.br.sismetro.com/printSS.php?os=1&token={}", "a".repeat(256)),
        ] {
            assert!(valid_link(&link), "{link}");
        }
        assert_eq!(format!("https://br.sismetro.com/printSS.php?os=1287593&token={long}").len(), 149);
    }

    #[test]
    fn what_only_looks_like_a_link_is_none() {
        for link in [
            format!("http://br.sismetro.com/printSS.php?os=1&token={TOKEN}"),
            format!("https://sismetro.com/printSS.php?os=1&token={TOKEN}"),
            format!("https://br.sismetro.com.evil.example/printSS.php?os=1&token={TOKEN}"),
            format!("https://evil.example/br.sismetro.com/printSS.php?os=1&token={TOKEN}"),
            format!("https://evil.example?x.sismetro.com/printSS.php?os=1&token={TOKEN}"),
            format!("https://evil.example#.sismetro.com/printSS.php?os=1&token={TOKEN}"),
            format!("https://evil.example\\.sismetro.com/printSS.php?os=1&token={TOKEN}"),
            format!("https://user@br.sismetro.com/printSS.php?os=1&token={TOKEN}"),
            format!("https://br.sismetro.com:8443/printSS.php?os=1&token={TOKEN}"),
            format!("https://br.sismetro.com/x/printSS.php?os=1&token={TOKEN}"),
            format!("https://br.sismetro.com/printSS.php?os=1&os=2&token={TOKEN}"),
            format!("https://br.sismetro.com/printSS.php?os=1&token={TOKEN}&token={TOKEN}"),
            format!("https://br.sismetro.com/printSS.php?os=&token={TOKEN}"),
            format!("https://br.sismetro.com/printSS.php?os=0&token={TOKEN}"),
            format!("https://br.sismetro.com/printSS.php?os=12a&token={TOKEN}"),
            format!("https://br.sismetro.com/printSS.php?os=1&token={TOKEN} "),
            format!("https://br.sismetro.com/printSS.php?os=1&token={TOKEN}\n"),
            "https://br.sismetro.com/printSS.php?os=1&token=0123456789abcde".to_owned(),
            "https://br.sismetro.com/printSS.php?os=1&token=0123456789abcde-".to_owned(),
            format!("https://br.sismetro.com/printSS.php?os=1&token={}", "a".repeat(257)),
            "https://br.sismetro.com/printSS.php?os=1".to_owned(),
            String::new(),
        ] {
            assert!(!valid_link(&link), "{link}");
        }
    }

    #[test]
    fn a_link_is_found_in_a_sentence() {
        let text = "ver https://sismetro.com e (https://br.sismetro.com/printSS.php?os=7&token=ABC).";
        let (print, end) = first_in(text).expect("a link");

        assert_eq!(
            (print.link, print.os.as_str(), end),
            ("https://br.sismetro.com/printSS.php?os=7&token=ABC", "7", End::Seen)
        );
    }

    #[test]
    fn where_a_text_ends_with_a_link_it_may_go_on() {
        for (query, wanted) in [
            ("os=7&token=ABC", End::Open),
            ("token=ABC&os=7", End::InNumber),
            ("token=ABC&os=7#p2", End::Open),
            ("token=ABC&os=7&x=1", End::Open),
            ("token=ABC&os=7\n", End::Seen),
            ("token=ABC&os=7.", End::Seen),
        ] {
            let text = format!("ver https://br.sismetro.com/printSS.php?{query}");
            assert_eq!(first_in(&text).map(|(_, end)| end), Some(wanted), "{query}");
        }
    }

    #[test]
    fn a_token_is_not_shown() {
        let link = format!("https://br.sismetro.com/printSS.php?token={TOKEN}&os=12");
        assert_eq!(masked_link(&link), "…printSS.php?os=12&token=***");
        assert_eq!(masked_link("https://x.example/canary?Token=canary"), "https://x.example/***");
        for other in ["https://canary@x.example?canary", "https://canary", "canary", ""] {
            assert_eq!(masked_link(other), "***");
        }
        assert_eq!(
            masked_text(&format!(
                "já aberta: {link}, ou TOKEN=ção token= fim token=z token=a\u{0}b\u{1F600}c"
            )),
            "já aberta: https://br.sismetro.com/printSS.php?token=***&os=12, ou TOKEN=*** token= fim token=*** token=***"
        );
    }
}
