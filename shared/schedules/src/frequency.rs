//! What an operator may choose.

use jiff::civil::{Time, Weekday};

/// How often a job runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// Every so many minutes, counted from the change.
    Every(u32),
    /// Every day at this time of the schedule's zone; seconds are not kept.
    Daily(Time),
    /// Every week on this day.
    Weekly(Weekday, Time),
    /// Any expression that [`Recurrence`](crate::Recurrence) reads.
    Expression(String),
}

/// What was chosen cannot be a schedule; says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfit(String);

/// A month: nothing here waits longer.
const LONGEST: u32 = 31 * 24 * 60;

impl Frequency {
    /// Every `minutes`, from one minute to a month.
    pub fn every_minutes(minutes: u32) -> Result<Self, Unfit> {
        if (1..=LONGEST).contains(&minutes) {
            return Ok(Self::Every(minutes));
        }
        Err(Unfit(format!("{minutes} minutos não é um intervalo: escolha de 1 a {LONGEST} minutos")))
    }

    /// As EventBridge Scheduler writes it. An expression is checked here, because the service would take one that
    /// never fires.
    pub fn expression(&self, zone: &str) -> Result<String, Unfit> {
        let expression = match self {
            Self::Every(minutes) => rate(*minutes),
            Self::Daily(time) => format!("cron({} {} * * ? *)", time.minute(), time.hour()),
            Self::Weekly(day, time) => {
                format!("cron({} {} ? * {} *)", time.minute(), time.hour(), name(*day))
            }
            Self::Expression(text) => text.trim().to_owned(),
        };
        match crate::Recurrence::parse(&expression, zone) {
            Ok(_) => Ok(expression),
            Err(refused) => Err(Unfit(refused.to_string())),
        }
    }
}

/// In the largest unit that fits: that is how people read it.
fn rate(minutes: u32) -> String {
    let (number, unit) = match minutes {
        minutes if minutes % 1_440 == 0 => (minutes / 1_440, "day"),
        minutes if minutes % 60 == 0 => (minutes / 60, "hour"),
        minutes => (minutes, "minute"),
    };
    format!("rate({number} {unit}{})", if number == 1 { "" } else { "s" })
}

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Sunday => "SUN",
        Weekday::Monday => "MON",
        Weekday::Tuesday => "TUE",
        Weekday::Wednesday => "WED",
        Weekday::Thursday => "THU",
        Weekday::Friday => "FRI",
        Weekday::Saturday => "SAT",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    const ZONE: &str = "America/Sao_Paulo";

    #[test]
    fn each_choice_has_its_expression() {
        let cases = [
            (Frequency::Every(1), "rate(1 minute)"),
            (Frequency::Every(15), "rate(15 minutes)"),
            (Frequency::Every(60), "rate(1 hour)"),
            (Frequency::Every(23 * 60), "rate(23 hours)"),
            (Frequency::Every(2_880), "rate(2 days)"),
            (Frequency::Daily(time(2, 5, 0, 0)), "cron(5 2 * * ? *)"),
            (Frequency::Weekly(Weekday::Sunday, time(23, 0, 0, 0)), "cron(0 23 ? * SUN *)"),
            (Frequency::Expression(" rate(6 hours) ".to_owned()), "rate(6 hours)"),
        ];
        for (choice, expression) in cases {
            assert_eq!(choice.expression(ZONE).as_deref(), Ok(expression));
        }
    }

    #[test]
    fn what_cannot_be_a_schedule_is_refused_with_the_reason() {
        for minutes in [0, LONGEST + 1] {
            assert!(Frequency::every_minutes(minutes).is_err());
        }
        let refused = Frequency::Expression("cron(0 25 * * ? *)".to_owned()).expression(ZONE);
        assert!(refused.is_err_and(|why| why.to_string().contains("25")));
    }
}
