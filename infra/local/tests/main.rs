//! The runner's parts against real processes and real ports.

mod command;
mod events;
mod firing;
mod gateway;
mod lambda;
mod schedules;
