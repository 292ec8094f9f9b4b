#![doc = include_str!("../README.md")]

mod bodies;
pub mod branches;
mod breaker;
mod bucket;
pub mod commands;
mod content;
mod credentials;
pub mod delivery;
pub mod equipment;
mod flow;
pub mod inbound;
pub mod machine;
pub mod notice;
pub mod poll;
mod record;
pub mod records;
pub mod settings;
pub mod show;
mod state;
mod steps;
mod tenant;
pub mod watch;

pub use content::{Content, Equipment, Payload};
pub use credentials::{AccountKeys, Credentials, Inbound as InboundSecrets, Incomplete, SeniorKeys};
pub use flow::{KIND, Orders, Worked};
pub use record::{Call, Opening, Order, Outcome, REMEMBERED, Said, Ss, What};
pub use settings::{CancelStrategy, Problem, Settings, SetupError};
pub use state::{Alarm, Reason, Skip, State};
pub use tenant::{Tenant, Wires};
