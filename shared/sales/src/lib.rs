#![doc = include_str!("../README.md")]

pub mod branch;
pub mod catalog;
pub mod credentials;
pub mod entities;
pub mod load;
pub mod praca;
pub mod settings;
mod source;
mod synced;
mod target;
mod tenant;
pub mod text;

pub use synced::{FromOmie, Run, RunFailure, Synced, sync};
pub use tenant::{Tenant, Wires};
