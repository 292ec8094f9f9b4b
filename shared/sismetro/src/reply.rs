//! Number and link from the reply to an opening, whose members nobody documented (`contracts/sismetro.md` §5.3).

use partner_http::is_truncated;
use serde_json::Value;

use crate::link::{self, End, Print};
use crate::member::{self, Object};
use crate::options::SismetroOptions;

/// An SS that Sismetro opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its number, digits only.
    pub number: String,
    /// Link to its PDF; the reply had none when missing, and its record may have one
    /// ([`Ss::url`](crate::Ss::url)).
    pub link: Option<String>,
    /// The reply is a text that ends with the link, which may have gone on: its record has it whole.
    pub unsure: bool,
    /// The number that the reply names is not that of the link; the link was believed.
    pub mismatch: bool,
}

impl std::fmt::Debug for Opened {
    /// Without the token of the link.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("number", &self.number)
            .field("link", &self.link.as_deref().map(link::masked_link))
            .field("unsure", &self.unsure)
            .field("mismatch", &self.mismatch)
            .finish()
    }
}

/// Objects in which the number and the link may be, below the reply itself.
const INNER: [&str; 4] = ["data", "result", "response", "resultList"];

/// Number and link in `body`, JSON or text. The number of a PDF link counts more than any member; without a number
/// there is nothing, and what the reply means is then not known (§5.4). A reply that was cut on its way gives nothing that
/// may have been cut with it. Whether the reply is a refusal is not asked here.
pub fn extract_opened(body: &[u8], options: &SismetroOptions) -> Option<Opened> {
    let text = unescaped(&String::from_utf8_lossy(body));
    let json = member::json(body);
    let texts = json.as_ref().map(unescaped_strings).unwrap_or_default();
    let whole = |text| link::first_in(text).map(|(print, _)| (print, End::Seen));
    let print = match &json {
        Some(_) => whole(&text).or_else(|| texts.iter().find_map(|text| whole(text))),
        None => link::first_in(&text).filter(|(_, end)| may_end_with_a_link(body, *end)),
    };

    let places = json.as_ref().map(places).unwrap_or_default();
    let stated = first_of(&places, &options.reply_number_keys, member::number);
    match print {
        Some((Print { link, os, .. }, end)) => {
            let mismatch = stated.is_some_and(|stated| stated != os);
            Some(Opened { number: os, link: Some(link.to_owned()), unsure: end == End::Open, mismatch })
        }
        None => Some(Opened {
            number: stated?,
            link: first_of(&places, &options.reply_link_keys, address),
            unsure: false,
            mismatch: false,
        }),
    }
}

/// Whether a link with this end may be read from a reply that is no JSON. What begins as JSON or as a page was cut where a
/// link ends it; a text may end so.
fn may_end_with_a_link(body: &[u8], end: End) -> bool {
    let is_cut = is_truncated(body) || body.trim_ascii_start().starts_with(b"<");
    match end {
        End::Seen => true,
        End::Open => !is_cut,
        End::InNumber => false,
    }
}

/// Whatever stands in for an ampersand or a slash is one.
fn unescaped(text: &str) -> String {
    text.replace("\\/", "/").replace("\\u0026", "&").replace("&amp;", "&")
}

fn unescaped_strings(json: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    member::strings(json, &mut texts);
    texts.into_iter().map(unescaped).collect()
}

/// The reply itself, then the objects inside it; of a list the first.
fn places(json: &Value) -> Vec<&Object> {
    let Some(root) = json.as_object() else { return Vec::new() };
    let inner = INNER.iter().filter_map(|name| match member::member(root, name)? {
        Value::Object(object) => Some(object),
        Value::Array(items) => items.first()?.as_object(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    });
    std::iter::once(root).chain(inner).collect()
}

/// What the first member of these names gives, place by place.
fn first_of(places: &[&Object], names: &[String], read: impl Fn(&Value) -> Option<String>) -> Option<String> {
    let in_place = |place: &&Object| names.iter().find_map(|name| read(member::member(place, name)?));
    places.iter().find_map(in_place)
}

fn address(value: &Value) -> Option<String> {
    let text = unescaped(value.as_str()?.trim());
    link::is_address(&text).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<Opened> {
        extract_opened(body.as_bytes(), &SismetroOptions::default())
    }

    fn parts(body: &str) -> Option<(String, Option<String>, bool)> {
        read(body).map(|opened| (opened.number, opened.link, opened.mismatch))
    }

    const LINK: &str = "https://br.sismetro.com/printSS.php?os=1287593&token=EXAMPLE0TOKEN";

    #[test]
    fn escaped_slashes_and_ampersands_are_read() {
        let bodies = [
            r#"{"x":"https:\/\/br.sismetro.com\/printSS.php?os=1287593&amp;token=EXAMPLE0TOKEN"}"#,
            r#"{"x":"https://br.sismetro.com/printSS.php?os=1287593\u0026token=EXAMPLE0TOKEN"}"#,
            r#"{"x":"\u0068ttps://br.sismetro.com/printSS.php?os=1287593&token=EXAMPLE0TOKEN"}"#,
            r#""{\"ss\":1287593,\"url\":\"https:\\/\\/br.sismetro.com\\/printSS.php?os=1287593&token=EXAMPLE0TOKEN\"}""#,
            "<a href='https://br.sismetro.com/printSS.php?os=1287593&amp;token=EXAMPLE0TOKEN'>PDF</a>",
        ];
        for body in bodies {
            assert_eq!(parts(body), Some(("1287593".to_owned(), Some(LINK.to_owned()), false)), "{body}");
        }
    }

    #[test]
    fn the_link_is_believed_before_the_number_and_the_difference_is_told() {
        let opened = parts(&format!(r#"{{"ss":48213,"link":"{LINK}"}}"#));

        assert_eq!(opened, Some(("1287593".to_owned(), Some(LINK.to_owned()), true)));
    }

    #[test]
    fn a_number_alone_is_an_ss_without_link() {
        for body in [r#"{"valid":true,"ss":1287593}"#, r#"{"data":{"numeroSs":"1287593"},"link":"em breve"}"#]
        {
            assert_eq!(parts(body), Some(("1287593".to_owned(), None, false)), "{body}");
        }
    }

    #[test]
    fn a_link_of_another_form_is_taken_from_its_member() {
        let opened = parts(r#"{"ss":7,"linkPdf":"https://files.sismetro.com/ss/7.pdf"}"#);
        assert_eq!(
            opened,
            Some(("7".to_owned(), Some("https://files.sismetro.com/ss/7.pdf".to_owned()), false))
        );
        for link in ["javascript:alert(1)", "ftp://x", "https://", "https://a b", r"https://a\u000ab"] {
            let opened = parts(&format!(r#"{{"ss":7,"link":"{link}"}}"#));
            assert_eq!(opened, Some(("7".to_owned(), None, false)), "{link}");
        }
    }

    #[test]
    fn the_root_comes_before_what_is_inside_and_names_in_their_order() {
        assert_eq!(read(r#"{"data":{"ss":1},"id":2}"#).map(|opened| opened.number).as_deref(), Some("2"));
        assert_eq!(read(r#"{"id":9,"ss":"x","os":3}"#).map(|opened| opened.number).as_deref(), Some("3"));
    }

    #[test]
    fn without_a_number_there_is_nothing() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "true",
            "1287593",
            "SS 1287593 aberta",
            "<html>1287593</html>",
            r#"{"ss":0}"#,
            r#"{"ss":-1}"#,
            r#"{"ss":1.5}"#,
            r#"{"ss":"abc"}"#,
            r#"{"ss":{"id":1}}"#,
            r#"{"resultList":[]}"#,
            r#"{"valid":true}"#,
            r#"{"ss":12875"#,
        ] {
            assert_eq!(read(body), None, "{body}");
        }
    }

    /// However a reply is cut: the SS and its link as they are, or a link that is asked for again, or nothing at all.
    #[test]
    fn a_reply_that_is_cut_gives_nothing_that_is_cut() {
        let turned = "https://br.sismetro.com/printSS.php?token=EXAMPLE0TOKEN&os=1287593";
        for link in [LINK, turned] {
            for (whole, says_its_end) in [
                (format!(r#"{{"valid":true,"ss":1287593,"link":"{link}"}}"#), true),
                (format!(r#"{{"resultList":[{{"idSs":1287593,"url":"{link}"}}]}}"#), true),
                (format!(r#""{link}""#), true),
                (format!("<a href='{link}'>PDF</a>"), true),
                (format!("SS 1287593 aberta: {link}"), false),
                (format!("SS 1287593 aberta: {link}.\n"), true),
            ] {
                for cut in 0..whole.len() {
                    let Some(opened) = read(&whole[..cut]) else { continue };
                    assert_eq!(opened.number, "1287593", "{}", &whole[..cut]);
                    let is_whole = opened.link.as_deref() == Some(link);
                    assert!(
                        is_whole || (opened.unsure && !whole.starts_with(['{', '"', '<'])),
                        "{}",
                        &whole[..cut]
                    );
                }
                let unsure = read(&whole).is_some_and(|opened| opened.unsure);
                assert_eq!(unsure, !says_its_end && link == LINK, "{whole}");
            }
        }
    }

    /// In such a text the number may be cut, and would be that of another SS.
    #[test]
    fn a_text_that_ends_with_the_number_is_no_answer() {
        let text = "SS aberta: https://br.sismetro.com/printSS.php?token=EXAMPLE0TOKEN&os=1287593";
        assert_eq!(read(text), None);
        assert_eq!(read(&format!("{text}.")).map(|opened| opened.number).as_deref(), Some("1287593"));
    }

    #[test]
    fn what_is_shown_has_no_token() {
        let shown = format!("{:?}", read(LINK).expect("an SS"));
        assert!(shown.contains("1287593") && !shown.contains("EXAMPLE0TOKEN"), "{shown}");
    }
}
