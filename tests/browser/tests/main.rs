//! What an operator does, in a real browser.

#[path = "suite/daily.rs"]
mod daily;
#[path = "suite/guide.rs"]
mod guide;
#[path = "suite/services.rs"]
mod services;
#[path = "suite/setup.rs"]
mod setup;
