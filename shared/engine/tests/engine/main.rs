//! The engine at work between a small source and a small target, with harm done to it.

mod budget;
mod cost;
mod crash;
mod flow;
mod group;
mod house;
mod lane;
mod parts;
mod release;
mod retire;
mod retire_crash;
mod retire_told;
mod scope;
mod shelf;
mod stalled;
mod stops;
mod sweep;
mod world;
