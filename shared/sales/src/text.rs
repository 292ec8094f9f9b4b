//! The common transforms of the mapping (`contracts/omie-maxima-mapping.md` §0 and §13 point 15).
//!
//! Each is a pure function from what Omie sent to what Máxima accepts, or to nothing. None of them fails:
//! whether "nothing" is acceptable is the question of the entity that asks.

use jiff::civil::{Date, DateTime, Time};
use rust_decimal::{Decimal, RoundingStrategy};

/// An id as a code: decimal digits without sign or padding. Zero, negative and absent are no code.
pub fn code(id: impl Into<Option<i64>>) -> Option<String> {
    id.into().filter(|id| *id > 0).map(|id| id.to_string())
}

/// "S" for yes; "N" for no and for what was not said.
pub fn sn(claim: impl Into<Option<bool>>) -> &'static str {
    if claim.into() == Some(true) { "S" } else { "N" }
}

/// Clean text of at most `limit` characters: white space (tabs and line breaks too) collapsed and trimmed,
/// other control characters dropped, cut at a character. Empty text is none.
///
/// `limit` is the stricter of the two lengths in `contracts/maxima.md` §5.
pub fn txt<'a>(text: impl Into<Option<&'a str>>, limit: usize) -> Option<String> {
    let text = text.into()?;
    let mut clean = String::with_capacity(text.len().min(limit.saturating_mul(2)));
    let (mut length, mut gap) = (0, false);
    for c in text.chars() {
        if c.is_whitespace() {
            gap = length > 0;
        } else if !c.is_control() {
            let wanted = 1 + usize::from(gap);
            if length + wanted > limit {
                break;
            }
            if gap {
                clean.push(' ');
            }
            clean.push(c);
            length += wanted;
            gap = false;
        }
    }
    (!clean.is_empty()).then_some(clean)
}

/// As [`txt`], but text that is too long loses its mask (everything but letters and digits) before it is cut: a
/// tax number, a registration or a postal code must not lose its last digits to its own punctuation.
pub fn masked<'a>(text: impl Into<Option<&'a str>>, limit: usize) -> Option<String> {
    let text = text.into()?;
    let whole = txt(text, usize::MAX)?;
    if whole.chars().count() <= limit {
        return Some(whole);
    }
    let bare: String = whole.chars().filter(|c| c.is_alphanumeric()).collect();
    txt(bare.as_str(), limit)
}

/// Only the digits 0 to 9; none when there are none.
pub fn digits<'a>(text: impl Into<Option<&'a str>>) -> Option<String> {
    let found: String = text.into()?.chars().filter(char::is_ascii_digit).collect();
    (!found.is_empty()).then_some(found)
}

/// `yyyy-mm-ddThh:mm:ss`, midnight when the hour is not known; none without a day.
pub fn dt(day: Option<Date>, hour: Option<Time>) -> Option<DateTime> {
    Some(day?.to_datetime(hour.unwrap_or(Time::midnight())))
}

/// An exact decimal of at most `places` digits after the point, rounded half up, without trailing zeros.
pub fn dec(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places.min(6), RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// The two halves of a phone number, one after the other; none without a number.
pub fn phone<'a>(
    ddd: impl Into<Option<&'a str>>,
    number: impl Into<Option<&'a str>>,
    limit: usize,
) -> Option<String> {
    let number = txt(number, limit)?;
    txt(format!("{}{number}", txt(ddd, 5).unwrap_or_default()).as_str(), limit)
}

/// A street with its number; none without a street.
pub fn street<'a>(
    street: impl Into<Option<&'a str>>,
    number: impl Into<Option<&'a str>>,
    limit: usize,
) -> Option<String> {
    let street = txt(street, limit)?;
    match txt(number, limit) {
        Some(number) => txt(format!("{street}, {number}").as_str(), limit),
        None => Some(street),
    }
}

/// The first address of a list separated by commas, semicolons or white space.
pub fn first_email<'a>(list: impl Into<Option<&'a str>>, limit: usize) -> Option<String> {
    let first = list.into()?.split([',', ';', ' ', '\t', '\r', '\n']).find(|part| !part.is_empty())?;
    txt(first, limit)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn a_code_has_no_sign_no_padding_and_is_never_zero() {
        assert_eq!(code(5_366_578_297).as_deref(), Some("5366578297"));
        for nothing in [None, Some(0), Some(-7)] {
            assert_eq!(code(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn what_was_not_said_is_no() {
        assert_eq!([sn(true), sn(false), sn(None)], ["S", "N", "N"]);
    }

    #[test]
    fn text_is_collapsed_trimmed_and_stripped_of_control_characters() {
        assert_eq!(txt("  RUA\t10 \r\n  CASA\u{0}\u{7f} 2\u{a0} ", 40).as_deref(), Some("RUA 10 CASA 2"));
        for nothing in [None, Some(""), Some(" \t\n"), Some("\u{1}")] {
            assert_eq!(txt(nothing, 40), None, "{nothing:?}");
        }
    }

    #[test]
    fn text_is_cut_at_a_character_and_never_ends_in_a_space() {
        assert_eq!(txt("SÃO JOÃO", 3).as_deref(), Some("SÃO"));
        assert_eq!(txt("SÃO JOÃO", 4).as_deref(), Some("SÃO"), "the space alone is not worth a place");
        assert_eq!(txt("SÃO JOÃO", 5).as_deref(), Some("SÃO J"));
        assert_eq!(txt("SÃO", 0), None);
    }

    #[test]
    fn a_number_too_long_for_its_field_loses_the_mask_and_not_its_end() {
        assert_eq!(masked("74000-001", 9).as_deref(), Some("74000-001"), "it fits: as written");
        assert_eq!(masked("74.000-001", 9).as_deref(), Some("74000001"));
        assert_eq!(masked("P-01100424.3/002", 15).as_deref(), Some("P011004243002"));
        assert_eq!(masked(" -.- ", 2), None);
    }

    #[test]
    fn digits_lose_the_mask() {
        assert_eq!(digits("12.345.678/0001-95").as_deref(), Some("12345678000195"));
        assert_eq!(digits("٣ ISENTO"), None, "digits of other scripts are not digits");
    }

    #[test]
    fn a_moment_without_hour_is_midnight_and_without_day_is_nothing() {
        let day = date(2024, 1, 10);
        let moment = dt(Some(day), Some(time(9, 10, 11, 0))).map(|at| at.to_string());

        assert_eq!(moment.as_deref(), Some("2024-01-10T09:10:11"));
        assert_eq!(dt(Some(day), None).map(|at| at.to_string()).as_deref(), Some("2024-01-10T00:00:00"));
        assert_eq!(dt(None, Some(time(1, 2, 3, 0))), None);
    }

    #[test]
    fn decimals_round_half_up_on_both_sides_of_zero() {
        let round = |text: &str, places| dec(text.parse().expect("a decimal"), places).to_string();

        assert_eq!(round("3.505", 2), "3.51");
        assert_eq!(round("2.5", 0), "3");
        assert_eq!(round("-2.5", 0), "-3");
        assert_eq!(round("5000.00", 2), "5000");
        assert_eq!(round("0.12345678", 9), "0.123457", "never more than six places");
    }

    #[test]
    fn a_phone_needs_a_number_but_not_an_area_code() {
        assert_eq!(phone("62", "3000-0000", 18).as_deref(), Some("623000-0000"));
        assert_eq!(phone(None, " 3000-0000", 18).as_deref(), Some("3000-0000"));
        assert_eq!(phone("62", "", 18), None);
    }

    #[test]
    fn the_first_of_several_emails_is_taken() {
        assert_eq!(first_email(" ; a@x.com.br, b@x.com.br", 100).as_deref(), Some("a@x.com.br"));
        assert_eq!(first_email(" , ", 100), None);
    }
}
