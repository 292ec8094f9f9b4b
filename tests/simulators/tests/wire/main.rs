//! The simulators as a process that may be killed, and behind a port.

mod journal;
mod killed;
mod port;
mod services;
mod webhook;
mod worked;
