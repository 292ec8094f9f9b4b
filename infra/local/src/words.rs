//! Numbers and durations as a Brazilian reads them.

use std::time::Duration;

/// `1234567` → `1.234.567`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
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
    fn a_duration_has_the_precision_its_size_deserves() {
        let texts = [12_400, 185_000, 3_720_000].map(|ms| duration(Duration::from_millis(ms)));

        assert_eq!(texts, ["12,4 s", "3min05s", "1h02min"]);
    }
}
