#![doc = include_str!("../README.md")]

mod answer;
mod control;
pub mod dataset;
mod faults;
mod journal;
mod maxima;
mod omie;
mod senior;
mod server;
mod services;
mod sismetro;
mod traffic;

use std::path::PathBuf;
use std::sync::Arc;

use clock::Clock;

pub use answer::AnswerLost;
pub use dataset::{Dataset, Preset, Registry};
pub use faults::{Fault, Faults};
pub use journal::OpenError;
pub use maxima::{
    Critique, CustomerAnswer, CustomerKind, CustomerSeen, DeleteBy, LOGIN, MaximaOptions, MaximaSim,
    NotPossible, OrderKind, OrderSeen, PASSWORD, RuleSet, Seller, UnknownKind, worked_example,
};
pub use omie::{
    APP_KEY, APP_SECRET, Deliveries, Delivery, LogEntry, OmieOptions, OmieSim, OrderKey, Outcome, TopicCase,
    deliver, post_http,
};
pub use senior::{
    ACCESS_KEY, ACCESS_SECRET, CLIENT_ID, CancelMode, ErpCall, ErpOrder, EventForm, LEAKED_TOKEN, Metadata,
    Naming, NotAllowed, OrderSituation, SeniorOptions, SeniorSim, SituationWords, TENANT, Wrapper,
};
pub use server::serve;
pub use services::{
    CallSeen, Customer, Equipment, EquipmentKind, OrderEquipment, Outbox, Posted, Push, Retries, ServiceLine,
    ServiceOptions, ServiceOrder, ServiceSeen, ServiceSimulators, UnknownEquipmentKind, Violation,
    ViolationKind, equipment_register, post_with_headers, push, sample_service_order, signed,
    worked_service_order,
};
pub use sismetro::{
    CALLBACK_KEY, CallbackForm, CallbackShape, Copied, FacadeKey, Names, NoSuchSs, OpenSeen, RefusalForm,
    Repeated, ReplyShape, SismetroOptions, SismetroSim, SsSeen, Standing, Told, UNIT, UNIT_KEY,
};
pub use traffic::{MethodVerdict, Verdict};

use journal::{Entry, Heading, Journal};

/// Both simulators, as one tenant sees them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Simulators {
    /// The source.
    pub omie: OmieSim,
    /// The target.
    pub maxima: MaximaSim,
}

/// What the simulators are opened with.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much the Omie account holds.
    pub preset: Preset,
    /// What the records are made from.
    pub seed: u64,
    /// Whether the company lacks its state registration. A journal's own answer wins.
    pub branch_incomplete: bool,
    /// Whether Máxima already holds what a load would have written from the tiny account.
    pub preloaded: bool,
    /// File that keeps what the simulators were told, for the next process.
    pub journal: Option<PathBuf>,
    /// Time, for both and for the dates of the records.
    pub clock: Clock,
    /// Options of the Omie simulator.
    pub omie: OmieOptions,
    /// Options of the Máxima simulator.
    pub maxima: MaximaOptions,
}

impl Options {
    /// The rest as it is by default, nothing kept.
    pub fn new(preset: Preset, seed: u64, clock: Clock) -> Self {
        let (omie, maxima) = (OmieOptions::default(), MaximaOptions::default());
        Self { preset, seed, branch_incomplete: false, preloaded: false, journal: None, clock, omie, maxima }
    }
}

impl Simulators {
    /// Makes the Omie account's records and does what the journal says was done to them and to Máxima.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let Options { preset, seed, branch_incomplete, preloaded, journal, clock, omie, maxima } = options;
        let ours = Heading::new(preset, seed, clock.now(), branch_incomplete);
        let (journal, heading, entries) = match journal {
            None => (None, ours, Vec::new()),
            Some(path) => {
                let (journal, heading, entries) = Journal::open(&path, ours)?;
                (Some(Arc::new(journal)), heading, entries)
            }
        };
        let mut dataset = Dataset::generate(preset, seed, heading.now);
        if heading.branch_incomplete {
            dataset = dataset.with_incomplete_branch();
        }
        let (edits, writes) = entries.into_iter().partition(Entry::is_of_omie);
        dataset.replay(edits);
        let about = format!("Conjunto {preset}, semente {seed}");
        let omie = OmieSim::with_journal(dataset, clock.clone(), omie, about, journal.clone());
        Ok(Self { omie, maxima: MaximaSim::with_journal(clock, maxima, preloaded, writes, journal) })
    }
}
