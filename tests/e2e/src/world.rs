//! A tenant in one process.

use std::cell::Cell;
use std::collections::BTreeMap;

use clock::Clock;
use engine::{Documents as _, Expected, Faults, Memory, RunRecord};
use jiff::Timestamp;
use sales::credentials::Credentials;
use sales::settings::Settings;
use sales::{Tenant, Wires};
use simulators::{Options, Preset, Simulators};

use crate::wire::{Writes, transport};

/// Simulated partners, state and clock of one tenant. What lives in a process (gates, circuits, tokens) is made
/// anew by [`World::process`]; what is here outlives it.
pub struct World {
    /// Time; paused, so that waiting takes none.
    pub clock: Clock,
    /// Omie and Máxima.
    pub partners: Simulators,
    /// The table.
    pub state: Memory,
    /// Strikes store calls and partner exchanges alike, in the order they happen.
    pub faults: Faults,
    /// What Omie was told to write.
    pub writes: Writes,
    /// Whether each process that is made from now on takes its address for its own.
    pub own_address: Cell<bool>,
    processes: Cell<u64>,
}

/// 2026-03-02 12:00 UTC, a Monday.
const START: i64 = 1_772_452_800;

impl World {
    /// A tenant that is set up and has loaded nothing.
    pub async fn new(preset: Preset) -> Self {
        Self::with(|clock| Options::new(preset, 7, clock)).await
    }

    /// A tenant whose simulators are opened with `options`.
    pub async fn with(options: impl FnOnce(Clock) -> Options) -> Self {
        Self::starting(Timestamp::from_second(START).expect("a valid second"), options).await
    }

    /// The same at another time.
    pub async fn starting(now: Timestamp, options: impl FnOnce(Clock) -> Options) -> Self {
        let clock = Clock::paused(now);
        let partners = Simulators::open(options(clock.clone())).expect("nothing to read");
        let faults = Faults::default();
        let state = Memory::with_faults(clock.clone(), faults.clone());
        let (own_address, processes) = (Cell::new(false), Cell::new(0));
        let writes = Writes::default();
        let world = Self { clock, partners, state, faults, writes, own_address, processes };
        settings().save(&world.state, Expected::Absent).await.expect("valid settings");
        world
    }

    /// A new process: its clients have seen nothing yet.
    pub async fn process(&self) -> Tenant {
        let number = self.processes.get() + 1;
        self.processes.set(number);
        let wires = Wires {
            omie: transport(self.partners.omie.clone(), self.faults.clone(), self.writes.clone()),
            maxima: transport(self.partners.maxima.clone(), self.faults.clone(), self.writes.clone()),
        };
        let settings = Settings::load(&self.state).await.expect("valid settings");
        let rng = fastrand::Rng::with_seed(number);
        Tenant::open(settings, credentials(), wires, &self.clock, rng)
            .with_own_address(self.own_address.get())
    }

    /// How many processes there have been.
    pub fn processes(&self) -> u64 {
        self.processes.get()
    }

    /// Lets the minute pass in which Omie takes the same question for a redundant one.
    pub async fn rest(&self) {
        self.clock.sleep(std::time::Duration::from_secs(61)).await;
    }

    /// The run records of a kind, by id.
    pub async fn steps(&self, kind: &str) -> Vec<(String, RunRecord)> {
        let found = self.state.list(kind, "", usize::MAX).await.expect("readable");
        let read = |body| serde_json::from_value(body).expect("a run record");
        found.into_iter().map(|(id, document)| (id, read(document.body))).collect()
    }

    /// Rows that Máxima has accepted so far.
    pub fn rows_written(&self) -> u64 {
        let verdict = self.partners.maxima.verdict();
        verdict.rows.keys().map(|resource| verdict.writes(resource)).sum()
    }
}

fn settings() -> Settings {
    let accounts = ["01", "15", "17"].map(|means| (means.to_owned(), 4_567_001));
    Settings {
        tabela_preco_padrao: Some("6001".to_owned()),
        contas: BTreeMap::from(accounts),
        url_omie: "http://omie.invalid/api/v1/".to_owned(),
        url_intext: "http://maxima.invalid".to_owned(),
        url_intpdv: "http://maxima.invalid".to_owned(),
        ..Settings::default()
    }
}

/// The secret in the address of the webhook, as the worlds of this crate have it.
pub const WEBHOOK_SECRET: &str = "CANARIO-gancho-do-omie";

fn credentials() -> Credentials {
    let text = serde_json::json!({
        "omie": { "app_key": simulators::APP_KEY, "app_secret": simulators::APP_SECRET },
        "maxima": { "login": simulators::LOGIN, "password": simulators::PASSWORD },
        "webhook": WEBHOOK_SECRET,
    });
    Credentials::parse(&text.to_string()).expect("complete credentials")
}
