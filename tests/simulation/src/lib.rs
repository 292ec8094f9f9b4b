#![doc = include_str!("../README.md")]

mod chaos;
mod check;
pub mod enumerate;
mod harm;
mod kept;
mod logs;
mod run;
mod schedule;
mod secrets;
mod table;
mod template;
mod trace;
mod wire;
mod world;

pub use chaos::{Crossing, Weather};
pub use harm::{Harm, Place, Side};
pub use kept::kept;
pub use logs::listen;
pub use run::{Outcome, sabotaged, seed};
pub use table::Sabotage;
