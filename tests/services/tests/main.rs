//! The requirements of the service orders, one test each, and everything that may go wrong on the way
//! (`contracts/service-order-flow.md`). One test binary, modules by theme.

#[path = "suite/billing.rs"]
mod billing;
#[path = "suite/callbacks.rs"]
mod callbacks;
#[path = "suite/crash.rs"]
mod crash;
#[path = "suite/doors.rs"]
mod doors;
#[path = "suite/doubt.rs"]
mod doubt;
#[path = "suite/events.rs"]
mod events;
#[path = "suite/kills.rs"]
mod kills;
#[path = "suite/mutations.rs"]
mod mutations;
#[path = "suite/note.rs"]
mod note;
#[path = "suite/parallel.rs"]
mod parallel;
#[path = "suite/secrets.rs"]
mod secrets;
