#![doc = include_str!("../README.md")]

mod aws;
mod config;
mod edge;
mod failure;
mod secrets;
mod serve;
mod telemetry;

pub use config::{Config, ConfigError, Problem};
pub use edge::{Edge, Invocation};
pub use failure::Failure;
pub use lambda_runtime::Error;
pub use serve::serve;
