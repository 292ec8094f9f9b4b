#![doc = include_str!("../README.md")]

pub mod asl;
pub mod bound;
pub mod cargo_build;
pub mod changes;
pub mod cli;
pub mod dynamodb;
pub mod firing;
pub mod folder;
pub mod gateway;
pub mod http_api;
pub mod lambda;
pub mod machines;
pub mod outcome;
pub mod progress;
pub mod rehearsal;
pub mod report;
pub mod scheduler;
pub mod secrets;
pub mod session;
pub mod stack;
pub mod template;
pub mod tenant;
pub mod virtual_time;
mod words;
