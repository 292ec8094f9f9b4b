//! What an operator does, in a real browser.

#[path = "suite/daily.rs"]
mod daily;
#[path = "suite/services.rs"]
mod services;
#[path = "suite/setup.rs"]
mod setup;
