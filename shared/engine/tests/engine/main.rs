//! The engine at work between a small source and a small target, with harm done to it.

mod crash;
mod lane;
mod stops;
mod sweep;
mod world;
