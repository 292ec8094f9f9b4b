#![doc = include_str!("../README.md")]

mod budget;
pub mod conformance;
mod cursor;
mod deliver;
mod entity;
mod faults;
mod fetch;
mod fingerprint;
mod hold;
mod key;
mod memory;
mod page;
mod plan;
mod ports;
mod report;
mod run;
mod stop;
mod sync;

pub use budget::Budget;
pub use entity::{Delivery, Entity, Mapped, Source, SourcePage, Target, Why, WriteError};
pub use faults::{Faults, Harm, Moment, Struck};
pub use fingerprint::Fingerprint;
pub use key::Key;
pub use memory::Memory;
pub use ports::{
    Asked, Document, Documents, Entry, Expected, Lease, LeaseError, Leases, Ledger, Noted, Quarantine,
    Quarantined, State, StateError,
};
pub use report::{Cause, Report, SyncError};
pub use run::{Counters, ERRORS_KEPT, RunError, RunRecord, RunRef, RunState};
pub use sync::{CallCount, Job, sync};
