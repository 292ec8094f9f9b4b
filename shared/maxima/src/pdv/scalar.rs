//! One value of an app's document, whatever way it was written: numbers as text, text as numbers, flags as "S".

use std::fmt;

use jiff::{Timestamp, civil::DateTime, tz};
use rust_decimal::Decimal;
use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// A value that is not a structure.
#[derive(Debug, PartialEq)]
pub(super) enum Scalar {
    /// Null, blank text, or an empty structure.
    Nothing,
    /// Trimmed.
    Text(String),
    /// The digits as sent.
    Number(String),
    Flag(bool),
}

/// Reads one JSON value; nothing when it is a structure that holds something.
pub(super) fn scalar(json: &str) -> Option<Scalar> {
    match json.as_bytes().first()? {
        b'n' => Some(Scalar::Nothing),
        b't' => Some(Scalar::Flag(true)),
        b'f' => Some(Scalar::Flag(false)),
        b'"' => match text(json)?.trim() {
            "" => Some(Scalar::Nothing),
            text => Some(Scalar::Text(text.to_owned())),
        },
        b'[' | b'{' => is_empty_structure(json).then_some(Scalar::Nothing),
        _ => Some(Scalar::Number(json.to_owned())),
    }
}

/// The text that a JSON string stands for. Half a letter, which an app leaves when it cuts an emoji, becomes a
/// replacement mark and does not lose the order.
pub(super) fn text(json: &str) -> Option<String> {
    let whole = serde_json::from_str(json).ok();
    whole.or_else(|| serde_json::Deserializer::from_str(json).deserialize_byte_buf(Lossy).ok())
}

fn is_empty_structure(json: &str) -> bool {
    json.get(1..json.len() - 1).is_some_and(|inside| inside.trim().is_empty())
}

impl Scalar {
    /// A number as its digits: a code is text, even where the app sends a number.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => Some(text),
            Self::Number(digits) => Some(match whole(&digits) {
                // A whole number may be written as 3.0 or 9.001002E8.
                Some(number) => number.to_string(),
                None => digits,
            }),
            Self::Flag(flag) => Some(flag.to_string()),
        }
    }

    /// Nothing, or a decimal; `Err` for anything else.
    pub(super) fn into_decimal(self) -> Result<Option<Decimal>, ()> {
        match self {
            Self::Nothing => Ok(None),
            Self::Text(digits) | Self::Number(digits) => decimal(&digits).map(Some).ok_or(()),
            Self::Flag(_) => Err(()),
        }
    }

    /// Nothing, or a 64-bit integer; `Err` for anything else.
    pub(super) fn into_integer(self) -> Result<Option<i64>, ()> {
        match self {
            Self::Nothing => Ok(None),
            Self::Text(digits) | Self::Number(digits) => {
                let number = whole(&digits).and_then(|number| i64::try_from(number).ok());
                number.map(Some).ok_or(())
            }
            Self::Flag(_) => Err(()),
        }
    }

    /// Nothing, or yes or no; `Err` for anything else, because a flag of an order decides whether it is one.
    pub(super) fn into_flag(self) -> Result<Option<bool>, ()> {
        let word = match self {
            Self::Nothing => return Ok(None),
            Self::Flag(flag) => return Ok(Some(flag)),
            Self::Text(word) | Self::Number(word) => word.to_lowercase(),
        };
        match word.as_str() {
            "s" | "sim" | "true" | "1" => Ok(Some(true)),
            "n" | "nao" | "não" | "false" | "0" => Ok(Some(false)),
            _ => Err(()),
        }
    }

    /// A moment of the seller's wall clock. What is none is nothing, and so is .NET's year 1.
    pub(super) fn into_moment(self) -> Option<DateTime> {
        let Self::Text(text) = self else { return None };
        let local = match text.parse::<DateTime>() {
            Ok(local) => local,
            // With Z it is an instant; the clock is São Paulo's, −03:00 since 2019 (`contracts/maxima.md` §2).
            Err(_) => tz::offset(-3).to_datetime(text.parse::<Timestamp>().ok()?),
        };
        (local.year() > 1).then_some(local)
    }
}

/// A whole number of up to 28 digits: the cloud's ids have up to 20.
fn whole(digits: &str) -> Option<i128> {
    let number = decimal(digits)?;
    if number.fract().is_zero() { number.trunc().to_string().parse().ok() } else { None }
}

/// A number as people and apps write it: with dot or comma, and with dots between the thousands where a comma parts the
/// rest ("1.234,50"); places beyond the 28th are rounded.
pub fn decimal(digits: &str) -> Option<Decimal> {
    // With a comma for the cents, dots can only part the thousands.
    let dotted = if digits.contains(',') { digits.replace('.', "").replace(',', ".") } else { digits.into() };
    // `Decimal` also reads "1_000"; no app writes that.
    if dotted.contains('_') {
        return None;
    }
    if dotted.contains(['e', 'E']) {
        return Decimal::from_scientific(&dotted).ok();
    }
    dotted.parse().ok()
}

/// Takes a string with broken escapes.
struct Lossy;

impl Visitor<'_> for Lossy {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<String, E> {
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Scalar {
        scalar(json).expect("a scalar")
    }

    #[test]
    fn nothing_is_written_in_many_ways() {
        for json in ["null", r#""""#, r#"" \t""#, "[]", "{ }"] {
            assert_eq!(read(json), Scalar::Nothing, "{json}");
        }
        assert_eq!(scalar("[1]"), None);
        assert_eq!(scalar(r#"{"a":null}"#), None);
    }

    #[test]
    fn a_code_keeps_all_its_digits() {
        for (json, text) in [
            ("12345678901234567890", "12345678901234567890"),
            (r#""00012""#, "00012"),
            ("900100200.0", "900100200"),
            ("9.001002E8", "900100200"),
            ("-5", "-5"),
            ("0.5", "0.5"),
            (r#"" A03 ""#, "A03"),
            ("true", "true"),
        ] {
            assert_eq!(read(json).into_text().as_deref(), Some(text), "{json}");
        }
    }

    #[test]
    fn a_decimal_is_read_digit_by_digit_with_dot_or_comma() {
        for (json, value) in [
            ("8.5", "8.5"),
            (r#""8,50""#, "8.50"),
            (r#""1.234,5""#, "1234.5"),
            ("1.5e2", "150"),
            ("0.1000000000000000055", "0.1000000000000000055"),
            ("-3", "-3"),
        ] {
            let expected = Ok(Some(value.parse().expect("a decimal")));
            assert_eq!(read(json).into_decimal(), expected, "{json}");
        }
        for json in ["true", r#""oito""#, r#""1_000""#, "1e400", "123456789012345678901234567890123"] {
            assert_eq!(read(json).into_decimal(), Err(()), "{json}");
        }
    }

    #[test]
    fn an_integer_may_be_text_or_have_empty_decimals() {
        for json in ["7", r#""7""#, "7.0", r#""007""#, "7e0"] {
            assert_eq!(read(json).into_integer(), Ok(Some(7)), "{json}");
        }
        for json in ["7.5", "false", r#""sete""#, "9223372036854775808"] {
            assert_eq!(read(json).into_integer(), Err(()), "{json}");
        }
    }

    #[test]
    fn a_flag_is_yes_or_no_and_never_a_guess() {
        for json in ["true", r#""S""#, r#""s""#, r#""True""#, r#""Sim""#, r#""1""#, "1"] {
            assert_eq!(read(json).into_flag(), Ok(Some(true)), "{json}");
        }
        for json in ["false", r#""N""#, r#""NÃO""#, r#""false""#, "0"] {
            assert_eq!(read(json).into_flag(), Ok(Some(false)), "{json}");
        }
        for json in [r#""talvez""#, "2"] {
            assert_eq!(read(json).into_flag(), Err(()), "{json}");
        }
        assert_eq!(read("null").into_flag(), Ok(None));
    }

    #[test]
    fn a_moment_is_the_wall_clock_of_the_seller() {
        for text in [
            "2025-02-02T09:58:00",
            "2025-02-02T09:58:00-03:00",
            "2025-02-02T09:58:00.0000000-04:00",
            "2025-02-02T12:58:00Z",
            "2025-02-02 09:58:00",
        ] {
            let moment = read(&format!("\"{text}\"")).into_moment().expect("a moment");
            assert_eq!(moment.to_string(), "2025-02-02T09:58:00", "{text}");
        }
        assert_eq!(
            read(r#""2025-02-02""#).into_moment().map(|moment| moment.to_string()).as_deref(),
            Some("2025-02-02T00:00:00")
        );
        for json in [r#""0001-01-01T00:00:00""#, r#""amanhã""#, r#""2025-02-30""#, "20250202", "null"] {
            assert_eq!(read(json).into_moment(), None, "{json}");
        }
    }

    #[test]
    fn half_an_emoji_does_not_lose_the_text() {
        let cut = read(r#""Entregar \ud83d""#).into_text().expect("text");

        assert!(cut.starts_with("Entregar "), "{cut}");
        assert_eq!(read(r#""\ud83d\ude00 ok""#).into_text().as_deref(), Some("😀 ok"));
    }
}
