//! Decimals on the wire: JSON numbers written digit by digit, never through a binary float.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::Error};
use serde_json::value::RawValue;

/// Writes the digits as a JSON number, without trailing zeros: equal amounts are equal texts, whatever
/// scale the source wrote them with.
pub(crate) fn exact<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let value = value.normalize();
    match u64::try_from(value.mantissa()) {
        Ok(units) => raw(digits(units, value.scale(), &mut [0; LONGEST]), serializer),
        Err(_) => raw(&value.to_string(), serializer),
    }
}

fn raw<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::from_str::<&RawValue>(digits).map_err(S::Error::custom)?.serialize(serializer)
}

/// A zero, a point and the 28 places that a decimal has at most.
const LONGEST: usize = 30;

/// The digits of `units` with a point before the last `scale` of them, written into `place` from its end. Nearly
/// every amount is one of these, and there are millions: this takes half the time of the general way.
fn digits(mut units: u64, scale: u32, place: &mut [u8; LONGEST]) -> &str {
    let (mut at, mut written) = (LONGEST, 0);
    while units > 0 || written <= scale {
        if written == scale && scale > 0 {
            at -= 1;
            place[at] = b'.';
        }
        at -= 1;
        place[at] = b"0123456789"[(units % 10) as usize];
        units /= 10;
        written += 1;
    }
    str::from_utf8(&place[at..]).expect("digits are text")
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
    fn digits_are_those_of_the_decimal() {
        let mut rng = fastrand::Rng::with_seed(7);
        for scale in (0..=28).flat_map(|scale| [scale; 200]) {
            let units = rng.i64(..) >> rng.u32(..64);
            let value = Decimal::from_i128_with_scale(units.into(), scale);
            let text = value.normalize().to_string();
            assert_eq!(written(&value.to_string(), None), format!(r#"{{"valor":{text},"limite":null}}"#));
        }
        assert_eq!(
            written("-0.0", Some("0.0000000000000000000000000001")),
            "{\"valor\":0,\"limite\":0.0000000000000000000000000001}"
        );
    }

    #[test]
    fn equal_amounts_are_equal_texts() {
        assert_eq!(written("10.50", None), written("10.5", None));
        assert_eq!(written("0.00", None), r#"{"valor":0,"limite":null}"#);
    }
}
