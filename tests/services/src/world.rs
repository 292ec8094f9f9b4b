//! A tenant in one process.

use std::sync::{Mutex, PoisonError};

use clock::Clock;
use engine::{Faults, FlowState, Memory};
use senior::SeniorOptions;
use serde_json::json;
use service_orders::{Credentials, Orders, Settings, Tenant, Wires};
use simulators::{
    ACCESS_KEY, ACCESS_SECRET, CALLBACK_KEY, CLIENT_ID, LEAKED_TOKEN, Outbox, ServiceOptions,
    ServiceSimulators, TENANT, UNIT, UNIT_KEY,
};

use crate::judge::Acknowledged;
use crate::watched::Watched;
use crate::wire::{Line, transport};

/// The id of the first order that is placed.
pub const ORDER: &str = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";
/// The number of the first SS.
pub const SS: u64 = 1_287_001;
/// What the ERP shows us at the door.
pub const WEBHOOK: &str = "CANARY-webhook-secret-current-0001";
/// What it has shown until the last rotation.
pub const WEBHOOK_PREVIOUS: &str = "CANARY-webhook-secret-previous-001";
/// What Sismetro has shown until the last rotation.
pub const CALLBACK_PREVIOUS: &str = "CANARY-callback-key-previous-0001";
/// The key of Sismetro's signatures.
pub const HMAC_KEY: &str = "CANARY-hmac-key-0001";
/// The secret segment of Sismetro's address.
pub const PATH_SECRET: &str = "CANARYpathsecret0001";

/// Every secret there is, ours and those that partners put into bodies and headers.
pub fn canaries() -> Vec<String> {
    [
        WEBHOOK,
        WEBHOOK_PREVIOUS,
        CALLBACK_KEY,
        CALLBACK_PREVIOUS,
        HMAC_KEY,
        PATH_SECRET,
        ACCESS_KEY,
        ACCESS_SECRET,
        CLIENT_ID,
        UNIT_KEY,
        LEAKED_TOKEN,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Partners, store and clock of one tenant, and its present process. What lives in a process (tokens, gates) is made
/// anew by [`World::restart`].
pub struct World<S = Watched<Memory>> {
    /// Time; paused, unless the state is a real table.
    pub clock: Clock,
    /// Senior X and Sismetro.
    pub partners: ServiceSimulators,
    /// The table.
    pub state: S,
    /// What the operator decided.
    pub settings: Settings,
    /// The secret.
    pub credentials: Credentials,
    pub(crate) line: Line,
    pub(crate) acknowledged: Mutex<Acknowledged>,
    /// Pushes at a door.
    pub(crate) at_the_door: Mutex<Vec<(Outbox, String)>>,
    tenant: Tenant,
    processes: u64,
}

impl World {
    /// A tenant as it is by default.
    pub fn new() -> Self {
        Self::with(|_| {}, |_| {})
    }

    /// One whose operator has decided otherwise.
    pub fn decided(settings: impl FnOnce(&mut Settings)) -> Self {
        Self::with(|_| {}, settings)
    }

    /// One whose partners are otherwise, too.
    pub fn with(options: impl FnOnce(&mut ServiceOptions), settings: impl FnOnce(&mut Settings)) -> Self {
        // A Sunday, nine in the morning in São Paulo.
        let clock = Clock::paused("2026-11-22T12:00:00Z".parse().expect("an instant"));
        let faults = Faults::default();
        let memory = Memory::with_faults(clock.clone(), faults.clone());
        Self::over(Watched::new(memory, canaries()), clock, faults, options, settings)
    }

    /// The partner and store calls, to be struck.
    pub fn faults(&self) -> &Faults {
        &self.line.faults
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: FlowState> World<S> {
    /// One with its state in `state`, whose calls `faults` strikes if it knows them.
    pub fn over(
        state: S,
        clock: Clock,
        faults: Faults,
        options: impl FnOnce(&mut ServiceOptions),
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut given = ServiceOptions::new(clock.clone());
        options(&mut given);
        let partners = ServiceSimulators::open(given);
        partners.senior.hub().register(crate::outside::SENIOR, &[("x-webhook-secret", WEBHOOK)]);
        partners.sismetro.callbacks().register(crate::outside::SISMETRO, &[]);
        let mut settings = settings();
        change(&mut settings);
        let line = Line::new(faults);
        let credentials = credentials();
        let tenant = open(&settings, &credentials, &partners, &line, &clock, 1);
        let (acknowledged, at_the_door) = (Mutex::default(), Mutex::default());
        let processes = 1;
        Self {
            clock,
            partners,
            state,
            settings,
            credentials,
            line,
            acknowledged,
            at_the_door,
            tenant,
            processes,
        }
    }

    /// A new process: what only memory knew is gone. What was at a door then is pushed again, as nobody has answered.
    pub fn restart(&mut self) {
        for (outbox, id) in self.at_the_door.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            outbox.put_back(&id);
        }
        self.processes += 1;
        self.tenant = self.process(self.processes);
    }

    /// Another process beside the present one.
    pub fn process(&self, number: u64) -> Tenant {
        open(&self.settings, &self.credentials, &self.partners, &self.line, &self.clock, number)
    }

    /// The orders, as the present process has them.
    pub fn orders(&self) -> Orders<'_, S> {
        Orders::new(&self.tenant, &self.state, &self.clock)
    }

    /// Method and address of every request that left us.
    pub fn asked(&self) -> Vec<String> {
        self.line.asked()
    }

    /// Whether both partners are out of reach.
    pub fn cut_off(&self, is_cut: bool) {
        self.line.cut(is_cut);
    }
}

fn open(
    settings: &Settings,
    credentials: &Credentials,
    partners: &ServiceSimulators,
    line: &Line,
    clock: &Clock,
    number: u64,
) -> Tenant {
    let wires = Wires {
        senior: transport(partners.senior.clone(), line.clone()),
        sismetro: transport(partners.sismetro.clone(), line.clone()),
    };
    Tenant::open(settings.clone(), credentials, wires, clock, fastrand::Rng::with_seed(number))
}

fn settings() -> Settings {
    Settings {
        default_branch_active: true,
        default_account: Some("principal".to_owned()),
        senior: SeniorOptions { tenant_name: TENANT.to_owned(), ..SeniorOptions::default() },
        ..Settings::default()
    }
}

fn credentials() -> Credentials {
    let text = json!({
        "senior": { "access_key": ACCESS_KEY, "secret": ACCESS_SECRET, "client_id": CLIENT_ID },
        "sismetro": { "principal": { "unit": UNIT, "key": UNIT_KEY } },
        "inbound": {
            "senior": [WEBHOOK, WEBHOOK_PREVIOUS],
            "sismetro": [CALLBACK_KEY, CALLBACK_PREVIOUS],
            "hmac": [HMAC_KEY],
            "path_secret": PATH_SECRET,
        },
    });
    Credentials::parse(&text.to_string()).expect("complete credentials")
}
