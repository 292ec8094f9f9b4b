//! Sismetro's times: zone-less, with a space or a `T`, with or without seconds (`contracts/sismetro.md` §7.3).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The instant that `text` names, in `zone` where it names none. What is no time, `0000-00-00 00:00:00` for one, is
/// nothing.
pub(crate) fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let with_zone = text.parse::<Timestamp>().ok();
    with_zone.or_else(|| zone.to_ambiguous_timestamp(text.parse::<DateTime>().ok()?).compatible().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let zone = TimeZone::get("America/Sao_Paulo").expect("the bundled database");
        instant(text, &zone).map(|at| at.to_string())
    }

    #[test]
    fn a_time_without_zone_is_of_sao_paulo() {
        for text in ["2026-11-20 14:03:22", "2026-11-20T14:03:22", " 2026-11-20 14:03:22.0 "] {
            assert_eq!(read(text).as_deref(), Some("2026-11-20T17:03:22Z"), "{text}");
        }
        assert_eq!(read("2026-11-20 14:03").as_deref(), Some("2026-11-20T17:03:00Z"));
        assert_eq!(read("2018-12-01 12:00").as_deref(), Some("2018-12-01T14:00:00Z"), "summer time then");
    }

    #[test]
    fn a_time_with_zone_is_what_it_says() {
        assert_eq!(read("2026-11-24T16:40:00-03:00").as_deref(), Some("2026-11-24T19:40:00Z"));
        assert_eq!(read("2026-11-24T16:40:00Z").as_deref(), Some("2026-11-24T16:40:00Z"));
    }

    #[test]
    fn what_is_no_time_is_nothing() {
        for text in ["", "0000-00-00 00:00:00", "20/11/2026", "ontem", "2026-13-01 10:00", "2026-11-20 25:00"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
