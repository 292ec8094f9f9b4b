#![doc = include_str!("../README.md")]

mod chaos;
mod check;
mod content;
mod delivered;
pub mod enumerate;
mod harm;
mod instead;
mod kept;
mod late;
mod logs;
mod mistake;
mod partners;
mod plans;
mod run;
mod sabotage;
mod schedule;
mod secrets;
mod seller;
pub mod services;
mod table;
mod template;
mod timeline;
mod trace;
mod waits;
mod wire;
mod world;
mod writes;

pub use chaos::{Crossing, Weather};
pub use harm::{Harm, Place, Side};
pub use kept::kept;
pub use logs::listen;
pub use run::{sabotaged, seed};
pub use sabotage::Sabotage;
pub use timeline::Outcome;
