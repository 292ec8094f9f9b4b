//! The expressions of EventBridge Scheduler: `rate(…)` and `cron(…)` in their time zone.
//!
//! Pure: [`Recurrence::after`] says when a schedule fires next, for a console that shows it and a runner that waits
//! for it.

use std::time::Duration;

use clock::later;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// An expression the runner cannot fire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("o agendamento {expression:?} não é suportado: {what}")]
pub struct Unsupported {
    /// The expression.
    pub expression: String,
    /// What is wrong with it.
    pub what: String,
}

/// When a schedule fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recurrence {
    /// `rate(6 hours)`: every so often since it was started.
    Rate(Duration),
    /// `cron(0 2 * * ? *)`: whenever the calendar of the zone matches.
    Cron(Box<Cron>),
    /// `at(2026-03-01T10:00:00)`: once.
    At(Timestamp),
}

/// The six fields of a cron expression and the zone they are read in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: Field,
    hours: Field,
    days: Option<Field>,
    months: Field,
    weekdays: Option<Field>,
    years: Field,
    zone: TimeZone,
}

/// The numbers a field accepts, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field(Vec<i16>);

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// A combination that never comes, 30 February say, is given up after this many days.
const HORIZON_DAYS: i32 = 366 * 5;

/// A local time that its zone skips is a moment later by the gap, and no gap within a day is longer.
const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(3);

impl Recurrence {
    /// Reads an expression.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, Unsupported> {
        let refuse = |what: String| Unsupported { expression: expression.to_owned(), what };
        let (kind, inside) = expression
            .strip_suffix(')')
            .and_then(|text| text.split_once('('))
            .ok_or_else(|| refuse("use rate(…) ou cron(…)".to_owned()))?;
        match kind {
            "rate" => rate(inside).map(Self::Rate).map_err(refuse),
            "cron" => cron(inside, zone).map(|cron| Self::Cron(Box::new(cron))).map_err(refuse),
            "at" => at(inside, zone).map(Self::At).map_err(refuse),
            other => Err(refuse(format!("{other}(…) não; use rate(…), cron(…) ou at(…)"))),
        }
    }

    /// The first moment after `instant` at which it fires; nothing when it never does again.
    pub fn after(&self, instant: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Rate(every) => Some(later(instant, *every)),
            Self::Cron(cron) => cron.after(instant),
            Self::At(moment) => Some(*moment).filter(|moment| *moment > instant),
        }
    }
}

fn at(inside: &str, zone: &str) -> Result<Timestamp, String> {
    let local: DateTime = inside.parse().map_err(|_| format!("{inside:?} não é uma data com hora"))?;
    let zone = TimeZone::get(zone).map_err(|_| format!("o fuso {zone:?} não existe"))?;
    let moment = local.to_zoned(zone).map_err(|_| format!("{inside:?} não existe nesse fuso"))?;
    Ok(moment.timestamp())
}

fn rate(inside: &str) -> Result<Duration, String> {
    let (number, unit) = inside.split_once(' ').ok_or("falta a unidade")?;
    let number: u64 = number.parse().map_err(|_| format!("{number:?} não é um número"))?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        other => return Err(format!("{other:?} não é uma unidade")),
    };
    if number == 0 {
        return Err("o intervalo é zero".to_owned());
    }
    Ok(Duration::from_secs(number * seconds))
}

fn cron(inside: &str, zone: &str) -> Result<Cron, String> {
    let columns: Vec<_> = inside.split_whitespace().collect();
    let [minute, hour, day, month, weekday, year] = columns[..] else {
        return Err(format!("cron tem 6 campos, aqui há {}", columns.len()));
    };
    if (day == "?") == (weekday == "?") {
        return Err("use ? no dia do mês ou no dia da semana, e só em um".to_owned());
    }
    let either = |text: &str, names: &[&str], range| {
        (text != "?").then(|| Field::parse(text, names, range)).transpose()
    };
    Ok(Cron {
        minutes: Field::parse(minute, &[], (0, 59))?,
        hours: Field::parse(hour, &[], (0, 23))?,
        days: either(day, &[], (1, 31))?,
        months: Field::parse(month, &MONTHS, (1, 12))?,
        weekdays: either(weekday, &WEEKDAYS, (1, 7))?,
        years: Field::parse(year, &[], (1970, 2199))?,
        zone: TimeZone::get(zone).map_err(|_| format!("o fuso {zone:?} não existe"))?,
    })
}

impl Field {
    fn parse(text: &str, names: &[&str], range: (i16, i16)) -> Result<Self, String> {
        let mut numbers = Vec::new();
        for part in text.split(',') {
            let (span, step) = match part.split_once('/') {
                Some((span, step)) => (span, step.parse().ok().filter(|step| *step > 0)),
                None => (part, Some(1)),
            };
            let step: usize = step.ok_or_else(|| format!("o passo de {part:?} não é um número"))?;
            let (first, last) = match span.split_once('-') {
                _ if span == "*" => range,
                Some((first, last)) => (number(first, names, range)?, number(last, names, range)?),
                // `5/15` means from 5 to the end by 15.
                None if part.contains('/') => (number(span, names, range)?, range.1),
                None => {
                    let only = number(span, names, range)?;
                    (only, only)
                }
            };
            numbers.extend((first..=last).step_by(step));
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(Self(numbers))
    }

    fn accepts(&self, number: impl Into<i16>) -> bool {
        self.0.contains(&number.into())
    }
}

/// A number or a name; `L`, `W` and `#` are not supported and end up here.
fn number(text: &str, names: &[&str], (first, last): (i16, i16)) -> Result<i16, String> {
    let place = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let by_name = place.and_then(|at| i16::try_from(at).ok()).map(|at| at + first);
    let number = by_name.or_else(|| text.parse().ok()).ok_or_else(|| format!("{text:?} não é suportado"))?;
    if (first..=last).contains(&number) {
        Ok(number)
    } else {
        Err(format!("{number} não está entre {first} e {last}"))
    }
}

impl Cron {
    fn after(&self, instant: Timestamp) -> Option<Timestamp> {
        let here = instant.to_zoned(self.zone.clone()).datetime();
        let from = here.saturating_sub(LONGEST_GAP);
        let days = (0..HORIZON_DAYS).map_while(|ahead| here.date().checked_add(ahead.days()).ok());
        days.filter(|day| self.matches(*day)).find_map(|day| self.on(day, from).find(|fire| *fire > instant))
    }

    fn matches(&self, day: Date) -> bool {
        self.years.accepts(day.year())
            && self.months.accepts(day.month())
            && self.days.as_ref().is_none_or(|days| days.accepts(day.day()))
            && self.weekdays.as_ref().is_none_or(|weekdays| weekdays.accepts(from_sunday(day.weekday())))
    }

    /// The moments of one day whose local time is `from` or later, in order. A time the zone skips fires when the gap
    /// ends, like in AWS.
    fn on(&self, day: Date, from: DateTime) -> impl Iterator<Item = Timestamp> + '_ {
        let times =
            self.hours.0.iter().flat_map(|hour| self.minutes.0.iter().map(move |minute| (*hour, *minute)));
        let local = times.filter_map(move |(hour, minute)| {
            Some(day.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0))
        });
        let due = local.filter(move |local| *local >= from);
        due.filter_map(|local| Some(local.to_zoned(self.zone.clone()).ok()?.timestamp()))
    }
}

fn from_sunday(day: Weekday) -> i16 {
    day.to_sunday_one_offset().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, after: &str) -> Option<String> {
        let recurrence = Recurrence::parse(expression, "America/Sao_Paulo").expect(expression);
        let after = after.parse().expect("an instant");
        recurrence.after(after).map(|fire| fire.to_string())
    }

    #[test]
    fn a_rate_counts_from_the_last_time() {
        assert_eq!(next("rate(6 hours)", "2026-03-01T10:00:00Z").as_deref(), Some("2026-03-01T16:00:00Z"));
        assert_eq!(next("rate(1 minute)", "2026-03-01T10:00:00Z").as_deref(), Some("2026-03-01T10:01:00Z"));
    }

    /// Summer time began in São Paulo at midnight of 4 November 2018: 00:30 was 01:30.
    #[test]
    fn a_time_that_the_zone_skips_fires_when_the_gap_ends() {
        let daily = "cron(30 0 * * ? *)";

        assert_eq!(next(daily, "2018-11-04T03:05:00Z").as_deref(), Some("2018-11-04T03:30:00Z"));
        assert_eq!(next(daily, "2018-11-04T03:30:00Z").as_deref(), Some("2018-11-05T02:30:00Z"));
    }

    #[test]
    fn hours_out_of_order_fire_in_order() {
        assert_eq!(
            next("cron(0 20,8 * * ? *)", "2026-03-01T04:00:00Z").as_deref(),
            Some("2026-03-01T11:00:00Z")
        );
    }

    #[test]
    fn a_daily_time_is_read_in_its_zone() {
        let daily = "cron(0 2 * * ? *)";

        assert_eq!(next(daily, "2026-03-01T04:59:59Z").as_deref(), Some("2026-03-01T05:00:00Z"));
        assert_eq!(next(daily, "2026-03-01T05:00:00Z").as_deref(), Some("2026-03-02T05:00:00Z"));
    }

    #[test]
    fn lists_ranges_steps_and_names_choose_the_moments() {
        let cases = [
            ("cron(5 * * * ? *)", "2026-03-01T10:05:00Z", "2026-03-01T11:05:00Z"),
            ("cron(0/15 * * * ? *)", "2026-03-01T10:31:00Z", "2026-03-01T10:45:00Z"),
            ("cron(25 2 ? * SUN *)", "2026-03-02T00:00:00Z", "2026-03-08T05:25:00Z"),
            ("cron(0 8-10,20 ? * MON-FRI *)", "2026-03-06T13:00:00Z", "2026-03-06T23:00:00Z"),
            ("cron(0 0 1 JAN ? *)", "2026-03-01T00:00:00Z", "2027-01-01T03:00:00Z"),
            ("cron(30 9 29 2 ? *)", "2026-03-01T00:00:00Z", "2028-02-29T12:30:00Z"),
        ];
        for (expression, after, fires) in cases {
            assert_eq!(next(expression, after).as_deref(), Some(fires), "{expression}");
        }
    }

    #[test]
    fn a_moment_fires_once() {
        let moment = "at(2026-03-01T07:00:00)";

        assert_eq!(next(moment, "2026-03-01T09:59:59Z").as_deref(), Some("2026-03-01T10:00:00Z"));
        assert_eq!(next(moment, "2026-03-01T10:00:00Z"), None);
    }

    #[test]
    fn a_day_that_never_comes_never_fires() {
        assert_eq!(next("cron(0 0 30 2 ? *)", "2026-03-01T00:00:00Z"), None);
        assert_eq!(next("cron(0 0 1 1 ? 2020)", "2026-03-01T00:00:00Z"), None);
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        let cases = [
            ("at(amanhã)", "amanhã"),
            ("rate(0 minutes)", "zero"),
            ("rate(5 weeks)", "weeks"),
            ("cron(0 25 * * ? *)", "25"),
            ("cron(0 2 L * ? *)", "\"L\""),
            ("cron(0 2 ? * 2#1 *)", "\"2#1\""),
            ("cron(0 2 * * * *)", "?"),
            ("cron(0 2 * * ?)", "6 campos"),
            ("every day", "rate(…) ou cron(…)"),
        ];
        for (expression, named) in cases {
            let refused = Recurrence::parse(expression, "UTC").expect_err(expression);
            assert!(refused.what.contains(named), "{refused}");
        }
        assert!(Recurrence::parse("cron(0 2 * * ? *)", "America/Nowhere").is_err());
    }
}
