#![doc = include_str!("../README.md")]

mod client;
mod failure;
mod frequency;
mod recurrence;

pub use client::{Once, Schedule, Schedules};
pub use failure::ScheduleError;
pub use frequency::{Frequency, Unfit};
pub use recurrence::{Cron, Recurrence, Unsupported};
