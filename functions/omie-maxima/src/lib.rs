#![doc = include_str!("../README.md")]

mod branch_gate;
mod initial_load;
mod partners;
mod sync;

pub use branch_gate::branch_gate;
pub use initial_load::{LoadAnswer, LoadCommand, initial_load};
pub use sync::{Release, StepAnswer, StepEvent, sync};
