#![doc = include_str!("../README.md")]

pub mod branch;
mod cadastros;
pub mod catalog;
pub mod chores;
pub mod credentials;
pub mod customers;
mod decimal;
pub mod desk;
pub mod entities;
pub mod flows;
pub mod history;
pub mod load;
pub mod orders;
mod patience;
pub mod praca;
pub mod preview;
pub mod quarantine;
pub mod reconcile;
mod refusals;
mod ripe;
pub mod settings;
mod source;
pub mod status;
mod synced;
mod target;
mod tenant;
pub mod text;
pub mod turn;
mod waiting;
pub mod webhook;

pub use cadastros::Cadastros;
pub use refusals::{Refusal, Refusals};
pub use source::{A_DAY, MINUTES};
pub use synced::{FromOmie, Run, RunFailure, Sourced, Synced, sync};
pub use target::{Cloud, CloudRow, Planned};
pub use tenant::{Tenant, Wires};
