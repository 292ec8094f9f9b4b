#![doc = include_str!("../README.md")]

mod ask;
mod budget;
pub mod conformance;
mod cursor;
mod deliver;
mod entity;
mod faults;
mod fetch;
mod fingerprint;
pub mod flow;
mod history;
mod hold;
mod intake;
mod key;
mod lanes;
mod leave;
mod memory;
mod page;
mod plan;
mod ports;
mod release;
mod report;
mod retire;
mod run;
mod seen;
mod shadow;
mod stop;
mod sweep;
mod sync;
mod watermark;

pub use ask::{Ask, Wanted};
pub use budget::Budget;
pub use entity::{
    Absence, Delivery, Entity, Mapped, Question, Retirement, Retiring, Scope, Source, SourcePage, Target,
    Why, Window, WriteError,
};
pub use faults::{Faults, Harm, Moment, Struck};
pub use fingerprint::Fingerprint;
pub use history::{History, Step};
pub use intake::{Both, Intake, Only};
pub use key::Key;
pub use lanes::while_counting;
pub use memory::Memory;
pub use ports::{
    Absent, Asked, Case, Cases, Document, Documents, Entry, Expected, Filing, FlowState, Lease, LeaseError,
    Leases, Ledger, Mark, Noted, Quarantine, Quarantined, State, StateError,
};
pub use release::{CauseGroup, causes, release};
pub use report::{Cause, Report, SyncError};
pub use run::{Counters, ERRORS_KEPT, Resumed, RunError, RunRecord, RunRef, RunState, Tally};
pub use shadow::{Change, Shadow};
pub use sync::{CallCount, Job, LanesHeld, sync};
pub use watermark::{Watermark, watermark};
