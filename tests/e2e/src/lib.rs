#![doc = include_str!("../README.md")]

mod load;
mod model;
mod wire;
mod world;

pub use load::Ended;
pub use world::World;
