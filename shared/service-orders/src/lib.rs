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
mod logins;
pub mod machine;
pub mod notice;
pub mod poll;
mod record;
pub mod records;
pub mod settings;
pub mod show;
mod spoken;
mod state;
mod steps;
mod tally;
mod tenant;
pub mod watch;

pub use breaker::resting;
pub use content::{Content, Equipment, Heard, Payload};
pub use credentials::{AccountKeys, Credentials, Inbound as InboundSecrets, Incomplete, SeniorKeys};
pub use flow::{KIND, Orders, Worked};
pub use logins::{check_senior, check_sismetro};
pub use record::{Call, KEPT_DAYS, Opening, Order, Outcome, Said, Scan, Ss, What};
pub use settings::{CancelStrategy, Problem, Settings, SetupError};
pub use state::{Alarm, Reason, Skip, State};
pub use tally::Met;
pub use tenant::{Tenant, Wires};
