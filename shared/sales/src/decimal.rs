//! Decimals in what we store: their digits, as text. Used as `#[serde(default, with = "crate::decimal")]`.

use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// The digits, without trailing zeros: equal amounts are equal texts.
#[expect(clippy::ref_option, reason = "the signature is serde's")]
pub(crate) fn serialize<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(&value.normalize()),
        None => serializer.serialize_none(),
    }
}

/// The amount, or none.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
    let digits = Option::<String>::deserialize(from)?;
    digits.map(|digits| digits.parse().map_err(|_| D::Error::custom("not a decimal"))).transpose()
}

/// The same for an amount that is always there. Used as `#[serde(with = "crate::decimal::whole")]`.
pub(crate) mod whole {
    use rust_decimal::Decimal;
    use serde::de::Error;
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&value.normalize())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
        super::deserialize(from)?.ok_or_else(|| D::Error::custom("not a decimal"))
    }
}

/// The same for an amount that a person has typed, with dot or comma. Used as `#[serde(with = "crate::decimal::typed")]`.
pub(crate) mod typed {
    use rust_decimal::Decimal;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer};

    pub(crate) use super::whole::serialize;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(from)?;
        super::parse(&text).ok_or_else(|| D::Error::custom("not a decimal"))
    }
}

/// An amount as a person types it: `1234.5`, `1.234,50`.
pub(crate) fn parse(typed: &str) -> Option<Decimal> {
    maxima::decimal(typed.trim())
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Fact(#[serde(with = "super")] Option<Decimal>);

    #[test]
    fn an_amount_survives_being_stored_digit_by_digit() {
        for (stored, amount) in [(json!("10.5"), Some("10.50")), (json!(null), None)] {
            let fact = Fact(amount.map(|digits| digits.parse().expect("a decimal")));

            assert_eq!(serde_json::to_value(&fact).expect("JSON"), stored);
            assert_eq!(serde_json::from_value::<Fact>(stored).expect("a fact"), fact);
        }
        assert!(serde_json::from_value::<Fact>(json!("dez")).is_err());
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Typed(#[serde(with = "super::typed")] Decimal);

    #[test]
    fn a_typed_amount_has_dot_or_comma_and_never_a_hundredfold() {
        let stored = |text: &str| {
            let typed = serde_json::from_value::<Typed>(json!(text)).ok();
            typed.map(|typed| serde_json::to_value(&typed).expect("JSON"))
        };

        for text in ["2.50", "2,50", " 2,5 "] {
            assert_eq!(stored(text), Some(json!("2.5")), "{text}");
        }
        assert_eq!(stored("1.234,50"), Some(json!("1234.5")));
        for text in ["", "dez", "2,5,0", "1,2.3.4x"] {
            assert_eq!(stored(text), None, "{text}");
        }
    }
}
