//! Decimals on the wire: JSON numbers written digit by digit, never through a binary float.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::Error};
use serde_json::value::RawValue;

/// Writes the digits as a JSON number, without trailing zeros: equal amounts are equal texts, whatever
/// scale the source wrote them with.
pub(crate) fn exact<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(value.normalize().to_string()).map_err(S::Error::custom)?.serialize(serializer)
}

/// As [`exact`]; nothing is null.
#[expect(clippy::ref_option, reason = "the signature is serde's")]
pub(crate) fn exact_or_null<S: Serializer>(
    value: &Option<Decimal>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => exact(value, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        #[serde(serialize_with = "exact")]
        valor: Decimal,
        #[serde(serialize_with = "exact_or_null")]
        limite: Option<Decimal>,
    }

    fn written(valor: &str, limite: Option<&str>) -> String {
        let decimal = |text: &str| text.parse().expect("a decimal");
        serde_json::to_string(&Row { valor: decimal(valor), limite: limite.map(decimal) }).expect("a row")
    }

    #[test]
    fn digits_survive_beyond_a_binary_float() {
        assert_eq!(
            written("9999999999999999.99", Some("0.1")),
            r#"{"valor":9999999999999999.99,"limite":0.1}"#
        );
    }

    #[test]
    fn equal_amounts_are_equal_texts() {
        assert_eq!(written("10.50", None), written("10.5", None));
        assert_eq!(written("0.00", None), r#"{"valor":0,"limite":null}"#);
    }
}
