//! Numbers of critiques: `yyyyMMddHHmmssSS`, 16 digits (`contracts/maxima.md` §7.3).

use jiff::{SignedDuration, civil::DateTime};

const HUNDREDTH: SignedDuration = SignedDuration::from_millis(10);

/// The number of a critique made `at`, larger than the `last` one of the same order: numbers must grow and are
/// never used twice (§7.3). Of two in one hundredth, or when the clock went back, the later one gets the first
/// free hundredth after the last.
pub fn numcritica(at: DateTime, last: Option<i64>) -> i64 {
    let number = digits(at);
    match last {
        Some(last) if last >= number => after(last),
        _ => number,
    }
}

/// The hundredth after `last`; simply the next number when `last` is no moment.
fn after(last: i64) -> i64 {
    let next = moment(last).and_then(|moment| moment.checked_add(HUNDREDTH).ok()).map(digits);
    next.filter(|next| *next > last).unwrap_or_else(|| last.saturating_add(1))
}

fn digits(at: DateTime) -> i64 {
    let date = (i64::from(at.year()) * 100 + i64::from(at.month())) * 100 + i64::from(at.day());
    let time = (i64::from(at.hour()) * 100 + i64::from(at.minute())) * 100 + i64::from(at.second());
    (date * 1_000_000 + time) * 100 + i64::from(at.subsec_nanosecond()) / 10_000_000
}

fn moment(number: i64) -> Option<DateTime> {
    let part = |at: i64, size: i64| number / at % size;
    let small = |at: i64| i8::try_from(part(at, 100)).ok();
    DateTime::new(
        i16::try_from(number / 1_000_000_000_000).ok()?,
        small(10_000_000_000)?,
        small(100_000_000)?,
        small(1_000_000)?,
        small(10_000)?,
        small(100)?,
        i32::try_from(part(1, 100) * 10_000_000).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_number_is_its_moment_in_sixteen_digits() {
        assert_eq!(numcritica(at("2025-02-02T10:00:05.12"), None), 2_025_020_210_000_512);
        assert_eq!(numcritica(at("2025-02-02T10:00:05.129999"), Some(7)), 2_025_020_210_000_512);
        assert_eq!(numcritica(at("2025-12-31T23:59:59"), None), 2_025_123_123_595_900);
    }

    #[test]
    fn a_number_is_larger_than_the_last_one_and_still_a_moment() {
        let now = at("2025-12-31T23:59:59.99");
        let last = numcritica(now, None);

        assert_eq!(numcritica(now, Some(last)), 2_026_010_100_000_000);
        assert_eq!(numcritica(at("2025-01-01T00:00:00"), Some(last)), 2_026_010_100_000_000);
    }

    #[test]
    fn numbers_grow_whatever_the_clock_does() {
        let mut rng = fastrand::Rng::with_seed(7);
        let start = at("2025-02-02T10:00:05.12");
        let mut last = None;
        for _ in 0..5_000 {
            let now = start.saturating_add(SignedDuration::from_millis(rng.i64(-90_000..90_000)));
            let number = numcritica(now, last);
            assert!(last.is_none_or(|last| number > last), "{number} after {last:?}");
            assert_eq!(moment(number).map(digits), Some(number));
            last = Some(number);
        }
    }

    #[test]
    fn a_last_number_that_is_no_moment_is_still_exceeded() {
        for last in [2_025_020_210_009_999, 9_999_999_999_999_999, i64::MAX - 1] {
            assert!(numcritica(at("2025-02-02T10:00:05"), Some(last)) > last, "{last}");
        }
        assert_eq!(numcritica(at("2025-02-02T10:00:05"), Some(-1)), 2_025_020_210_000_500);
    }
}
