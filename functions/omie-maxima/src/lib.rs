#![doc = include_str!("../README.md")]

mod branch_gate;
mod desk;
mod flows;
mod initial_load;
mod partners;
mod sync;
mod webhook;

pub use branch_gate::branch_gate;
pub use desk::{Answered, DeskAnswer, DeskCommand};
pub use flows::{TurnAnswer, TurnEvent, import_clientes, import_pedidos, reconcile_pedidos, status_pedidos};
pub use initial_load::{LoadAnswer, LoadCommand, initial_load};
pub use sync::{Release, StepAnswer, StepEvent, sync};
pub use webhook::omie_webhook;
