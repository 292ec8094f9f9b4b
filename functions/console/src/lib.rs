#![doc = include_str!("../README.md")]

pub mod access;
pub mod alarms;
mod app;
pub mod assets;
pub mod audit;
pub mod jobs;
mod lambda;
pub mod pages;
pub mod ports;
pub mod routes;
mod trouble;
pub mod view;
mod visit;
pub mod web;

pub use app::App;
pub use lambda::{Answering, console};
pub use trouble::Trouble;
pub use visit::{Done, Going, Page, Visit};
