//! One value of a partner's document, whatever way it was written: numbers as text, text as numbers.

use rust_decimal::Decimal;

use crate::json::{Node, Tree};

/// Text without blanks at its ends, or a number as its digits. Nothing for blank text, flags and structures.
pub(crate) fn text(tree: &Tree<'_>) -> Option<String> {
    match &tree.node {
        Node::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        // A code is text even where it is sent as a number, and 48213.0 is 48213.
        Node::Number => {
            Some(whole(tree.raw).map_or_else(|| tree.raw.to_owned(), |number| number.to_string()))
        }
        Node::Null | Node::Flag(_) | Node::List(_) | Node::Object(_) => None,
    }
}

/// A whole number of 64 bits.
pub(crate) fn integer(tree: &Tree<'_>) -> Option<i64> {
    whole(&text(tree)?).and_then(|number| i64::try_from(number).ok())
}

/// A decimal, digit by digit: 380.00 keeps its cents.
pub(crate) fn decimal(tree: &Tree<'_>) -> Option<Decimal> {
    match &tree.node {
        Node::Number => number(tree.raw),
        Node::Text(text) => number(text.trim()),
        Node::Null | Node::Flag(_) | Node::List(_) | Node::Object(_) => None,
    }
}

fn whole(digits: &str) -> Option<i128> {
    // The plain form first: it may have more digits than a decimal.
    digits.parse().ok().filter(|_| !digits.starts_with('+')).or_else(|| {
        let number = number(digits)?;
        if number.fract().is_zero() { number.trunc().to_string().parse().ok() } else { None }
    })
}

/// A decimal with dot or comma; with a comma for the cents, dots part the thousands.
fn number(digits: &str) -> Option<Decimal> {
    let dotted = if digits.contains(',') { digits.replace('.', "").replace(',', ".") } else { digits.into() };
    // `Decimal` also reads "1_000"; no partner writes that.
    if dotted.contains('_') {
        return None;
    }
    if dotted.contains(['e', 'E']) {
        return Decimal::from_scientific(&dotted).ok();
    }
    dotted.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn a_code_keeps_all_its_digits() {
        for (json, expected) in [
            ("12345678901234567890", Some("12345678901234567890")),
            (r#""00012""#, Some("00012")),
            ("48213.0", Some("48213")),
            ("4.8213e4", Some("48213")),
            ("1e999", Some("1e999")),
            (
                "99999999999999999999999999999999999999999999",
                Some("99999999999999999999999999999999999999999999"),
            ),
            (r#"" A 3 ""#, Some("A 3")),
            (r#"" ""#, None),
            ("true", None),
            ("null", None),
            ("[1]", None),
        ] {
            assert_eq!(text(&parse(json).expect("JSON")).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn a_number_is_read_from_digits_or_from_text() {
        for json in ["7", r#""7""#, "7.0", r#""007""#, "7e0"] {
            assert_eq!(integer(&parse(json).expect("JSON")), Some(7), "{json}");
        }
        for json in ["7.5", "9223372036854775808", r#""sete""#, "1e999", "-1e999", "{}", "true"] {
            assert_eq!(integer(&parse(json).expect("JSON")), None, "{json}");
        }
        for (json, value) in [
            ("380.00", "380.00"),
            (r#""1.234,50""#, "1234.50"),
            ("0.1000000000000000055", "0.1000000000000000055"),
        ] {
            let read = decimal(&parse(json).expect("JSON")).map(|read| read.to_string());
            assert_eq!(read.as_deref(), Some(value), "{json}");
        }
        for json in [r#""1_000""#, "1e999", r#""e""#, r#"",""#] {
            assert_eq!(decimal(&parse(json).expect("JSON")), None, "{json}");
        }
    }
}
