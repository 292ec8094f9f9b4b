#![doc = include_str!("../README.md")]

mod chrome;
mod person;
mod ponte;

pub use chrome::Chrome;
pub use person::Person;
pub use ponte::Ponte;
