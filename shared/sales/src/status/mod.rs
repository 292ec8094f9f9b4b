//! What becomes of orders in Omie, back to the seller (mapping §7).

mod look;
mod poll;
mod sighting;

pub use look::{Chores, Starter};
pub use poll::{Looked, OVERLAP, turn};
pub(crate) use sighting::position_of;
pub use sighting::{Reading, read};
