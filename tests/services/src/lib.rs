#![doc = include_str!("../README.md")]

mod judge;
mod logs;
pub mod mutants;
mod outside;
mod steps;
mod table;
mod watched;
mod wire;
mod world;

pub use logs::{Logs, logged};
pub use outside::OPERATOR;
pub use table::local_table;
pub use watched::Watched;
pub use world::{CALLBACK_PREVIOUS, HMAC_KEY, ORDER, PATH_SECRET, SS, World, canaries};
pub use world::{WEBHOOK, WEBHOOK_PREVIOUS};
