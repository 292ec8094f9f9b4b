//! What the console needs of the world besides the table: schedules, secrets, the load's machine, the partners.
//!
//! Two implementations: `aws` in the Lambda, [`memory`] for tests and for looking at pages.

pub(crate) mod aws;
pub mod memory;

use std::fmt;

use clock::Clock;
use engine::FlowState;
use jiff::Timestamp;
use sales::desk::Kind;
use sales::orders::InErp;
use sales::setup::{List, Listed};
use schedules::{Frequency, Schedule};
use serde_json::Value;

use crate::access::Keys;

/// The world of one tenant's console.
pub trait World {
    /// The tenant's table.
    type State: FlowState;
    /// Its schedules.
    type Jobs: Jobs;
    /// Its credentials.
    type Vault: Vault;
    /// Its initial load.
    type Machine: Machine;
    /// Its partners.
    type Partners: Partners;

    /// The table.
    fn state(&self) -> &Self::State;
    /// The tenant's time.
    fn clock(&self) -> &Clock;
    /// The time of the person at the browser: an hour's session is an hour of theirs, also where the tenant's time goes
    /// faster.
    fn peoples_clock(&self) -> &Clock {
        self.clock()
    }
    /// The schedules.
    fn jobs(&self) -> &Self::Jobs;
    /// The credentials.
    fn vault(&self) -> &Self::Vault;
    /// The load's machine.
    fn machine(&self) -> &Self::Machine;
    /// The partners.
    fn partners(&self) -> &Self::Partners;
    /// What stands where, in what way.
    fn place(&self) -> &Place;
    /// The access keys; the error is for the operator.
    fn keys(&self) -> impl Future<Output = Result<Keys, PortError>>;
}

/// What a page says of the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The tenant's name.
    pub tenant: String,
    /// The address of the HTTP API, without a slash at its end; empty where nobody knows it.
    pub address: String,
    /// Omie ↔ Máxima is installed.
    pub has_omie_maxima: bool,
    /// Senior X ↔ Sismetro is installed.
    pub has_senior_sismetro: bool,
    /// Shown on every page: "este console fala com os parceiros de verdade", say.
    pub banner: Option<String>,
}

impl Place {
    /// Whether the real partners cannot reach the address: this is a pilot, and the address is this computer's own.
    /// Simulated partners are on this computer too.
    pub fn is_out_of_reach(&self) -> bool {
        let host = self.address.split_once("://").map_or("", |(_, host)| host);
        let is_own = ["127.", "localhost", "[::1]"].iter().any(|own| host.starts_with(own));
        self.banner.is_some() && (is_own || !self.address.starts_with("https://"))
    }
}

/// Something was not done. The text is for the operator, in Portuguese, and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PortError(pub String);

impl PortError {
    /// With this text.
    pub fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }
}

/// The schedules of the installation. Names are without `ponte-<tenant>-`: `sync-clientes`.
pub trait Jobs {
    /// All of them, in name order; those that fire once are among them.
    fn schedules(&self) -> impl Future<Output = Result<Vec<Schedule>, PortError>>;

    /// Fires it as chosen from now on.
    fn change(&self, name: &str, frequency: Frequency) -> impl Future<Output = Result<(), PortError>>;

    /// Fires it no more: until the moment given, by itself, or until it is resumed.
    fn pause(
        &self,
        name: &str,
        reason: &str,
        until: Option<Timestamp>,
    ) -> impl Future<Output = Result<(), PortError>>;

    /// Fires it again.
    fn resume(&self, name: &str) -> impl Future<Output = Result<(), PortError>>;

    /// Starts a function, named by its binary, with this event; within a minute or so.
    fn start(&self, binary: &str, input: &Value) -> impl Future<Output = Result<(), PortError>>;

    /// Says on the bus that there is work of this kind, so that its worker does not wait for its turn.
    fn announce(&self, kind: &str) -> impl Future<Output = Result<(), PortError>>;

    /// Takes back what was planned to go on with a function's work; what runs at this moment runs to its end. Says
    /// whether anything was planned.
    fn cancel(&self, binary: &str) -> impl Future<Output = Result<bool, PortError>>;
}

/// An integration with credentials of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Integration {
    /// Omie ↔ Máxima: [`sales::credentials::Credentials`].
    OmieMaxima,
    /// Senior X ↔ Sismetro: [`service_orders::Credentials`].
    SeniorSismetro,
}

/// The secrets of the integrations. Nothing that is read here is ever shown; a page may say that it is there.
pub trait Vault {
    /// The JSON of an integration's secret; an empty object while nobody has filled it in.
    fn read(&self, of: Integration) -> impl Future<Output = Result<Value, PortError>>;

    /// Puts `members` into the secret, over what is there, member by member and to any depth; what it does not name
    /// stays.
    fn merge(&self, of: Integration, members: &Value) -> impl Future<Output = Result<(), PortError>>;
}

/// The state machine of the initial load.
pub trait Machine {
    /// Starts it: a load or a dry run. Starting again continues what is not finished.
    fn start(&self, dry: bool) -> impl Future<Output = Result<(), PortError>>;

    /// Takes back a start that has not begun; says whether there was one. What runs is stopped by
    /// [`sales::load::cancel`].
    fn take_back(&self) -> impl Future<Output = Result<bool, PortError>>;
}

/// What only a partner can say. Every error is the partner's text for the operator.
pub trait Partners {
    /// Signs in to Máxima with these credentials, which need not be stored.
    fn check_maxima(&self, login: &str, password: &str) -> impl Future<Output = Result<(), PortError>>;

    /// Asks Omie something small with these keys, which need not be stored.
    fn check_omie(&self, app_key: &str, app_secret: &str) -> impl Future<Output = Result<(), PortError>>;

    /// Fetches a list of Omie's for the wizard, with the stored keys; when Omie does not give it, the list says why.
    fn refresh(&self, list: List) -> impl Future<Output = Result<Listed, PortError>>;

    /// Signs in to Senior X as these settings and credentials say, which need not be stored.
    fn check_senior(
        &self,
        settings: &service_orders::Settings,
        credentials: &service_orders::Credentials,
    ) -> impl Future<Output = Result<(), PortError>>;

    /// Asks Sismetro something small with this account of the credentials, which need not be stored.
    fn check_sismetro(
        &self,
        settings: &service_orders::Settings,
        credentials: &service_orders::Credentials,
        account: &str,
    ) -> impl Future<Output = Result<(), PortError>>;

    /// Posts `body` to one of our own doors, as a partner would. The error: nothing answered there.
    fn deliver(
        &self,
        address: &str,
        headers: &[(&'static str, String)],
        body: &str,
    ) -> impl Future<Output = Result<Delivered, PortError>>;

    /// The order of Omie with this number, if the order with this cloud code may adopt it as far as Omie knows.
    fn adoptable(&self, id: &str, numero: i64) -> impl Future<Output = Result<InErp, PortError>>;

    /// Does at once what follows from an operator's word; where it cannot, the record's next turn does.
    fn carry_on(&self, kind: Kind, id: &str) -> impl Future<Output = Result<(), PortError>>;
}

/// What one of our doors answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// HTTP status.
    pub status: u16,
    /// Its JSON; null when it is none.
    pub body: Value,
}

/// Puts the members of `news` over those of `base`, to any depth.
pub(crate) fn merged(base: &mut Value, news: &Value) {
    match (base, news) {
        (Value::Object(base), Value::Object(news)) => {
            for (name, value) in news {
                merged(base.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (base, news) => *base = news.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_named_stays() {
        let mut secret = json!({"omie": {"app_key": "a", "app_secret": "b"}, "webhook": "w"});

        merged(&mut secret, &json!({"omie": {"app_secret": "c"}, "maxima": {"login": "l"}}));

        let expected =
            json!({"omie": {"app_key": "a", "app_secret": "c"}, "maxima": {"login": "l"}, "webhook": "w"});
        assert_eq!(secret, expected);
    }
}
