#![doc = include_str!("../README.md")]

mod aws;
mod config;
mod edge;
mod failure;
mod metrics;
mod secrets;
mod serve;
mod telemetry;

pub use aws::sdk;
pub use config::{Config, ConfigError, Console, Problem};
pub use edge::{Edge, Invocation};
pub use failure::Failure;
pub use lambda_runtime::Error;
pub use metrics::{Measure, Unit};
pub use serve::serve;
