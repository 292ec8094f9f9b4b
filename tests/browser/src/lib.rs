#![doc = include_str!("../README.md")]

mod chrome;
mod person;

pub use chrome::Chrome;
pub use e2e::Ponte;
pub use person::Person;
