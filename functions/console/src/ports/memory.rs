//! A world in memory: for tests, and for looking at the pages without an installation.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clock::Clock;
use engine::{FlowState, Memory};
use jiff::Timestamp;
use sales::catalog;
use sales::desk::Kind;
use sales::orders::InErp;
use sales::setup::{List, Listed};
use schedules::{Frequency, Schedule};
use serde_json::{Value, json};

use super::{Delivered, Integration, Jobs, Machine, Partners, Place, PortError, Vault, World, merged};
use crate::access::Keys;
use crate::jobs;

/// The world in memory, over any table. What its ports were asked is kept, for tests to look at.
#[derive(Debug)]
pub struct House<S = Memory> {
    /// The table.
    pub state: S,
    /// The time.
    pub clock: Clock,
    /// The text of the console's secret.
    pub keys: String,
    /// What stands where.
    pub place: Place,
    /// The schedules.
    pub jobs: MemoryJobs,
    /// The credentials.
    pub vault: MemoryVault,
    /// The load's machine.
    pub machine: MemoryMachine,
    /// The partners.
    pub partners: MemoryPartners,
}

/// The key that operates a [`House`].
pub const OPERATE: &str = "chave-de-operador-demo";
/// The key that only looks at it.
pub const READ: &str = "chave-de-leitura-demo";

impl House {
    /// A tenant with both integrations, every job scheduled as it is deployed, and an empty table.
    pub fn new(clock: Clock) -> Self {
        Self::over(Memory::new(clock.clone()), clock)
    }
}

impl<S> House<S> {
    /// The same over this table.
    pub fn over(state: S, clock: Clock) -> Self {
        Self {
            state,
            clock,
            keys: json!({ "operate": OPERATE, "read": READ }).to_string(),
            place: Place {
                tenant: "demo".to_owned(),
                address: "https://demo.example".to_owned(),
                has_omie_maxima: true,
                has_senior_sismetro: true,
                banner: None,
            },
            jobs: MemoryJobs::deployed(),
            vault: MemoryVault::default(),
            machine: MemoryMachine::default(),
            partners: MemoryPartners::default(),
        }
    }
}

impl<S: FlowState> World for House<S> {
    type State = S;
    type Jobs = MemoryJobs;
    type Vault = MemoryVault;
    type Machine = MemoryMachine;
    type Partners = MemoryPartners;

    fn state(&self) -> &S {
        &self.state
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn jobs(&self) -> &MemoryJobs {
        &self.jobs
    }

    fn vault(&self) -> &MemoryVault {
        &self.vault
    }

    fn machine(&self) -> &MemoryMachine {
        &self.machine
    }

    fn partners(&self) -> &MemoryPartners {
        &self.partners
    }

    fn place(&self) -> &Place {
        &self.place
    }

    async fn keys(&self) -> Result<Keys, PortError> {
        Keys::parse(&self.keys).map_err(PortError::new)
    }
}

/// Schedules in memory.
#[derive(Debug, Default)]
pub struct MemoryJobs {
    schedules: Mutex<BTreeMap<String, Schedule>>,
    started: Mutex<Vec<(String, Value)>>,
    /// When set, nothing works, and this is why.
    pub broken: Mutex<Option<String>>,
}

impl MemoryJobs {
    /// Every job as it is deployed.
    pub fn deployed() -> Self {
        let schedules = jobs::all().into_iter().flat_map(|job| job.schedules).map(|(name, expression)| {
            let zone = catalog::TIME_ZONE.to_owned();
            (name.clone(), Schedule { name, expression, zone, is_on: true, starts: None, note: None })
        });
        Self { schedules: Mutex::new(schedules.collect()), ..Self::default() }
    }

    /// What was started, with its event.
    pub fn started(&self) -> Vec<(String, Value)> {
        held(&self.started).clone()
    }

    fn works(&self) -> Result<(), PortError> {
        held(&self.broken).clone().map_or(Ok(()), |why| Err(PortError(why)))
    }

    fn with(&self, name: &str, change: impl FnOnce(&mut Schedule)) -> Result<(), PortError> {
        self.works()?;
        let mut schedules = held(&self.schedules);
        let found = schedules.get_mut(name);
        let found =
            found.ok_or_else(|| PortError(format!("o agendamento {name} não existe nesta instalação")))?;
        change(found);
        Ok(())
    }
}

impl Jobs for MemoryJobs {
    async fn schedules(&self) -> Result<Vec<Schedule>, PortError> {
        self.works()?;
        Ok(held(&self.schedules).values().cloned().collect())
    }

    async fn change(&self, name: &str, frequency: Frequency) -> Result<(), PortError> {
        let expression = frequency.expression(catalog::TIME_ZONE).map_err(PortError::new)?;
        self.with(name, |schedule| schedule.expression = expression)
    }

    async fn pause(&self, name: &str, reason: &str, until: Option<Timestamp>) -> Result<(), PortError> {
        self.with(name, |schedule| {
            (schedule.note, schedule.starts, schedule.is_on) =
                (Some(reason.to_owned()), until, until.is_some());
        })
    }

    async fn resume(&self, name: &str) -> Result<(), PortError> {
        self.with(name, |schedule| (schedule.note, schedule.starts, schedule.is_on) = (None, None, true))
    }

    async fn start(&self, binary: &str, input: &Value) -> Result<(), PortError> {
        self.works()?;
        held(&self.started).push((binary.to_owned(), input.clone()));
        Ok(())
    }

    async fn announce(&self, kind: &str) -> Result<(), PortError> {
        self.start(kind, &Value::Null).await
    }

    async fn cancel(&self, binary: &str) -> Result<bool, PortError> {
        self.works()?;
        let mut started = held(&self.started);
        let before = started.len();
        started.retain(|(known, _)| known != binary);
        Ok(started.len() < before)
    }
}

/// Secrets in memory.
#[derive(Default)]
pub struct MemoryVault(Mutex<BTreeMap<Integration, Value>>);

impl fmt::Debug for MemoryVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryVault(***)")
    }
}

impl Vault for MemoryVault {
    async fn read(&self, of: Integration) -> Result<Value, PortError> {
        Ok(held(&self.0).get(&of).cloned().unwrap_or_else(|| json!({})))
    }

    async fn merge(&self, of: Integration, members: &Value) -> Result<(), PortError> {
        merged(held(&self.0).entry(of).or_insert_with(|| json!({})), members);
        Ok(())
    }
}

/// A machine that only remembers what it was asked: `load`, `dry`, `cancel`.
#[derive(Debug, Default)]
pub struct MemoryMachine(Mutex<Vec<&'static str>>);

impl MemoryMachine {
    /// What it was asked.
    pub fn asked(&self) -> Vec<&'static str> {
        held(&self.0).clone()
    }
}

impl Machine for MemoryMachine {
    async fn start(&self, dry: bool) -> Result<(), PortError> {
        held(&self.0).push(if dry { "dry" } else { "load" });
        Ok(())
    }

    async fn take_back(&self) -> Result<bool, PortError> {
        held(&self.0).push("cancel");
        Ok(false)
    }
}

/// Partners that accept everything, unless told otherwise.
#[derive(Debug, Default)]
pub struct MemoryPartners {
    /// When set, every question fails with this.
    pub refusal: Mutex<Option<String>>,
    /// What our own doors answer; when not set, that they are not ready.
    pub doors: Mutex<Option<Delivered>>,
    delivered: Mutex<Vec<Posted>>,
    /// Omie's lists by [`List::id`]; what is not there is empty.
    pub lists: Mutex<BTreeMap<&'static str, Listed>>,
}

/// Address, headers and body of something that was posted.
pub type Posted = (String, Vec<(String, String)>, String);

impl MemoryPartners {
    /// What was delivered to our own doors.
    pub fn delivered(&self) -> Vec<Posted> {
        held(&self.delivered).clone()
    }

    fn willing(&self) -> Result<(), PortError> {
        held(&self.refusal).clone().map_or(Ok(()), |why| Err(PortError(why)))
    }
}

impl Partners for MemoryPartners {
    async fn check_maxima(&self, _login: &str, _password: &str) -> Result<(), PortError> {
        self.willing()
    }

    async fn check_omie(&self, _app_key: &str, _app_secret: &str) -> Result<(), PortError> {
        self.willing()
    }

    async fn refresh(&self, list: List) -> Result<Listed, PortError> {
        let known = held(&self.lists).get(list.id()).cloned().unwrap_or_default();
        // As the library does it: what there was stays, with the reason.
        Ok(Listed { error: self.willing().err().map(|why| why.to_string()), ..known })
    }

    async fn check_senior(
        &self,
        _settings: &service_orders::Settings,
        _credentials: &service_orders::Credentials,
    ) -> Result<(), PortError> {
        self.willing()
    }

    async fn check_sismetro(
        &self,
        _settings: &service_orders::Settings,
        _credentials: &service_orders::Credentials,
        _account: &str,
    ) -> Result<(), PortError> {
        self.willing()
    }

    async fn deliver(
        &self,
        address: &str,
        headers: &[(&'static str, String)],
        body: &str,
    ) -> Result<Delivered, PortError> {
        self.willing()?;
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        held(&self.delivered).push((address.to_owned(), headers, body.to_owned()));
        Ok(held(&self.doors).clone().unwrap_or(Delivered { status: 503, body: Value::Null }))
    }

    async fn adoptable(&self, _id: &str, numero: i64) -> Result<InErp, PortError> {
        self.willing()?;
        Ok(InErp { codigo_pedido: 5_366_600_000 + numero, numero })
    }

    async fn carry_on(&self, _kind: Kind, _id: &str) -> Result<(), PortError> {
        self.willing()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
