#![doc = include_str!("../README.md")]

pub mod branch;
mod cadastros;
pub mod catalog;
pub mod credentials;
mod decimal;
pub mod entities;
pub mod history;
pub mod load;
pub mod praca;
pub mod preview;
pub mod quarantine;
mod ripe;
pub mod settings;
mod source;
mod synced;
mod target;
mod tenant;
pub mod text;

pub use cadastros::Cadastros;
pub use source::{A_DAY, MINUTES};
pub use synced::{FromOmie, Run, RunFailure, Sourced, Synced, sync};
pub use target::{Cloud, CloudRow, Planned};
pub use tenant::{Tenant, Wires};
