//! Lambda: each function is its real built binary behind a real Runtime API.
//!
//! ```text
//! Pool ── one Slot per function ── idle warm Instances ── Instance = Runtime API server + process
//!                                                            │
//!        invoke: a warm instance if one is idle, a cold one otherwise; then back to idle,
//!        or killed when it timed out, died or used more memory than the template gives it
//! ```
//!
//! The process sees what AWS would give it and nothing of this machine's environment.

mod answer;
mod instance;
mod pool;
mod usage;

pub use answer::Answer;
pub use pool::{Launch, Pool, UnknownFunction};
pub use usage::Usage;
