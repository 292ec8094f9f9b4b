#![doc = include_str!("../README.md")]

mod load;
mod model;
mod orders;
mod ponte;
mod runner;
mod wire;
mod world;

pub use load::Ended;
pub use orders::Job;
pub use ponte::{Got, Ponte};
pub use runner::runner;
pub use wire::Writes;
pub use world::{WEBHOOK_SECRET, World};
