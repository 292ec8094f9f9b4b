//! The environment of a Lambda, read in one place. What an operator may change is not here: it is data
//! (`sales::Settings`).

mod console;

pub use console::Console;

use std::fmt;
use std::time::Duration;

use clock::{Clock, Scale};

/// Everything a Lambda reads from its environment; the template sets each variable.
#[derive(Clone, Debug)]
pub struct Config {
    /// `PONTE_TENANT`: the customer this stack serves; names logs and functions.
    pub tenant: String,
    /// `PONTE_TABLE`: the stack's DynamoDB table.
    pub table: String,
    /// `PONTE_SECRET`: id or ARN of the integration's secret. `None` for functions that call no partner, which
    /// is why they may not read it.
    pub secret: Option<String>,
    /// `PONTE_LOG`: a tracing filter, default `info`.
    pub log: String,
    /// `PONTE_RESERVE_SECONDS`: what a run keeps of its time to save and answer, default 10 s.
    pub reserve: Duration,
    /// `PONTE_SCHEDULER_ROLE`: the role in which a schedule starts a function. `None` for functions that make no
    /// schedules.
    pub scheduler_role: Option<String>,
    /// `PONTE_DEAD_LETTERS`: ARN of the queue for events that could not be delivered.
    pub dead_letters: Option<String>,
    /// `PONTE_ADDRESS`: `shared`, the default, when functions that run at the same time may leave from one address (a
    /// NAT, Lambda's own pool, one machine), so that they share what Omie takes from an address; `own` when none does.
    pub has_own_address: bool,
    /// What only the console's Lambda is given.
    pub console: Console,
    /// `PONTE_CLOCK`: virtual time of the local runner (`clock::Scale`); absent in AWS.
    pub clock: Clock,
}

/// One variable that cannot be used as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable.
    pub variable: &'static str,
    /// What is wrong with it.
    pub complaint: String,
}

/// All that is wrong with the environment, so that it is mended in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(Vec<Problem>);

impl ConfigError {
    /// The variables to mend.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("configuration is incomplete:")?;
        for Problem { variable, complaint } in &self.0 {
            write!(f, "\n  {variable:<22} {complaint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads from any look-up; an empty value counts as absent.
    pub fn read(look_up: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader { look_up, problems: Vec::new() };
        let tenant = reader.required("PONTE_TENANT");
        let table = reader.required("PONTE_TABLE");
        let secret = reader.optional("PONTE_SECRET");
        let scheduler_role = reader.optional("PONTE_SCHEDULER_ROLE");
        let dead_letters = reader.optional("PONTE_DEAD_LETTERS");
        let console = Console::read(|variable| reader.optional(variable));
        let log = reader.optional("PONTE_LOG").unwrap_or_else(|| "info".to_owned());
        let reserve = reader.parsed("PONTE_RESERVE_SECONDS", "a number of seconds", |text| {
            text.parse().ok().map(Duration::from_secs)
        });
        let has_own_address = reader.parsed("PONTE_ADDRESS", "shared or own", |text| match text {
            "shared" => Some(false),
            "own" => Some(true),
            _ => None,
        });
        let scale =
            reader.parsed("PONTE_CLOCK", "<virtual ms>:<real ms>:<speed>", |text| text.parse::<Scale>().ok());
        if !reader.problems.is_empty() {
            return Err(ConfigError(reader.problems));
        }
        Ok(Self {
            tenant,
            table,
            secret,
            log,
            scheduler_role,
            dead_letters,
            console,
            reserve: reserve.unwrap_or(Duration::from_secs(10)),
            has_own_address: has_own_address.unwrap_or(false),
            clock: scale.map_or_else(Clock::system, Clock::scaled),
        })
    }
}

struct Reader<F> {
    look_up: F,
    problems: Vec<Problem>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn optional(&self, variable: &str) -> Option<String> {
        (self.look_up)(variable).filter(|value| !value.is_empty())
    }

    fn required(&mut self, variable: &'static str) -> String {
        self.optional(variable).unwrap_or_else(|| {
            self.problems.push(Problem { variable, complaint: "missing".to_owned() });
            String::new()
        })
    }

    fn parsed<T>(
        &mut self,
        variable: &'static str,
        wanted: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.optional(variable)?;
        let value = parse(&text);
        if value.is_none() {
            self.problems.push(Problem { variable, complaint: format!("{text:?} is not {wanted}") });
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let refused = read(&[("PONTE_TABLE", ""), ("PONTE_RESERVE_SECONDS", "ten"), ("PONTE_CLOCK", "fast")])
            .expect_err("three variables are wrong and one is missing");

        assert_eq!(
            refused.to_string(),
            "configuration is incomplete:\n  \
             PONTE_TENANT           missing\n  \
             PONTE_TABLE            missing\n  \
             PONTE_RESERVE_SECONDS  \"ten\" is not a number of seconds\n  \
             PONTE_CLOCK            \"fast\" is not <virtual ms>:<real ms>:<speed>"
        );
    }

    #[test]
    fn what_is_optional_has_a_default() {
        let config =
            read(&[("PONTE_TENANT", "demo"), ("PONTE_TABLE", "ponte-demo")]).expect("nothing is wrong");

        assert_eq!(config.secret, None);
        assert_eq!(config.log, "info");
        assert_eq!(config.reserve, Duration::from_secs(10));
        assert!(!config.has_own_address);
    }

    #[test]
    fn an_address_is_shared_unless_the_deployment_says_that_it_is_not() {
        let read = |address| {
            read(&[("PONTE_TENANT", "demo"), ("PONTE_TABLE", "ponte-demo"), ("PONTE_ADDRESS", address)])
        };
        let own = |address| read(address).map(|config| config.has_own_address);

        assert_eq!((own("shared"), own("own")), (Ok(false), Ok(true)));
        let refused = own("mine").expect_err("neither");
        assert!(
            refused.to_string().ends_with("PONTE_ADDRESS          \"mine\" is not shared or own"),
            "{refused}"
        );
    }
}
