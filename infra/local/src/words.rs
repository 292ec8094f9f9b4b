//! Numbers, amounts, times and durations as a Brazilian reads them.

use std::str::FromStr as _;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::Value;

/// `1234567` → `1.234.567`.
pub(crate) fn number(number: u64) -> String {
    grouped(&number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// `1234.5` → `1.234,50`.
pub(crate) fn money(amount: Decimal) -> String {
    let text = format!("{:.2}", amount.abs());
    let (reais, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let sign = if amount.is_sign_negative() { "-" } else { "" };
    format!("{sign}{},{cents}", grouped(reais))
}

/// An amount as partners write it: a number, or a text with a point or a comma.
pub(crate) fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_str().map_or_else(|| value.to_string(), |text| text.replace(',', "."));
    Decimal::from_str(&text).ok()
}

/// `02:40`, in the tenant's zone.
pub(crate) fn hour(moment: Timestamp) -> String {
    let zone = TimeZone::get(sales::catalog::TIME_ZONE).unwrap_or(TimeZone::UTC);
    moment.to_zoned(zone).strftime("%H:%M").to_string()
}

/// `1h02min`, `3min05s`, `12,4 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3_600, seconds / 60) {
        (0, 0) => format!("{:.1} s", duration.as_secs_f64()).replace('.', ","),
        (0, minutes) => format!("{minutes}min{:02}s", seconds % 60),
        (hours, minutes) => format!("{hours}h{:02}min", minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_a_point() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1.000", "1.234.567"]);
    }

    #[test]
    fn an_amount_has_cents_and_is_the_same_however_it_is_written() {
        let amounts =
            [(99, 1), (123_450, 2), (-1_000_000, 0), (5, 2)].map(|(n, scale)| Decimal::new(n, scale));
        assert_eq!(amounts.map(money), ["9,90", "1.234,50", "-1.000.000,00", "0,05"]);

        for written in [serde_json::json!(9.9), "9,90".into(), "9.9".into()] {
            assert_eq!(decimal(&written), Some(Decimal::new(99, 1)), "{written}");
        }
    }

    #[test]
    fn a_duration_has_the_precision_its_size_deserves() {
        let texts = [12_400, 185_000, 3_720_000].map(|ms| duration(Duration::from_millis(ms)));

        assert_eq!(texts, ["12,4 s", "3min05s", "1h02min"]);
    }
}
