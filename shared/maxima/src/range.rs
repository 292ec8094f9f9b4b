//! The numbers a member may have, written as the contract prints them.

use rust_decimal::Decimal;

/// Numbers from `min` to `max`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Smallest number allowed.
    pub min: Decimal,
    /// Largest number allowed.
    pub max: Decimal,
}

impl Range {
    /// From zero to the number written in `max`, e.g. `"999.99"`.
    ///
    /// # Panics
    ///
    /// When `max` is not digits with at most one dot or has more than 28 digits: at compile time, where the
    /// rules are written.
    pub const fn up_to(max: &'static str) -> Self {
        Self { min: Decimal::ZERO, max: bound(max) }
    }

    /// From the smallest number above zero that has the places of `max`: `"9.99"` is 0.01 to 9.99.
    ///
    /// # Panics
    ///
    /// As [`up_to`](Self::up_to).
    pub const fn above_zero(max: &'static str) -> Self {
        let max = bound(max);
        Self { min: Decimal::from_parts(1, 0, 0, false, max.scale()), max }
    }

    /// To the number written in `max`, on both sides of zero.
    ///
    /// # Panics
    ///
    /// As [`up_to`](Self::up_to).
    pub const fn within(max: &'static str) -> Self {
        let Parts { lo, mid, hi, scale } = parts(max);
        Self { min: Decimal::from_parts(lo, mid, hi, true, scale), max: bound(max) }
    }
}

/// A number, as `Decimal` is made of.
struct Parts {
    lo: u32,
    mid: u32,
    hi: u32,
    scale: u32,
}

const fn bound(text: &'static str) -> Decimal {
    let Parts { lo, mid, hi, scale } = parts(text);
    Decimal::from_parts(lo, mid, hi, false, scale)
}

const fn parts(text: &'static str) -> Parts {
    let (digits, mut at, mut number, mut scale) = (text.as_bytes(), 0, 0_u128, None);
    assert!(digits.len() <= 29, "a bound has at most 28 digits");
    while at < digits.len() {
        match (digits[at], scale) {
            (b'.', None) => scale = Some(0),
            (digit @ b'0'..=b'9', places) => {
                number = number * 10 + (digit - b'0') as u128;
                if let Some(places) = places {
                    scale = Some(places + 1);
                }
            }
            _ => panic!("a bound is digits with at most one dot"),
        }
        at += 1;
    }
    let scale = match scale {
        Some(places) => places,
        None => 0,
    };
    #[expect(clippy::cast_possible_truncation, reason = "the three thirds of the number")]
    let (lo, mid, hi) = (number as u32, (number >> 32) as u32, (number >> 64) as u32);
    Parts { lo, mid, hi, scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(range: Range) -> (String, String) {
        (range.min.to_string(), range.max.to_string())
    }

    fn texts(min: &str, max: &str) -> (String, String) {
        (min.to_owned(), max.to_owned())
    }

    #[test]
    fn a_bound_keeps_its_places() {
        assert_eq!(ends(Range::up_to("9999999999.99")), texts("0", "9999999999.99"));
        assert_eq!(ends(Range::up_to("9223372036854775807")), texts("0", "9223372036854775807"));
        assert_eq!(
            ends(Range::within("99999999999999.99999999")),
            texts("-99999999999999.99999999", "99999999999999.99999999")
        );
    }

    #[test]
    fn above_zero_begins_at_the_smallest_number_that_is_not_rounded_away() {
        assert_eq!(ends(Range::above_zero("999999.999999")), texts("0.000001", "999999.999999"));
        assert_eq!(ends(Range::above_zero("99")), texts("1", "99"));
    }
}
