#![doc = include_str!("../README.md")]

mod auth;
mod calls;
mod client;
pub mod event;
mod faults;
mod fold;
mod json;
mod knobs;
mod masking;
mod note;
mod options;
mod order;
mod scalar;
mod session;
mod situation;
mod urls;

pub use auth::SeniorCredentials;
pub use calls::Listed;
pub use client::{Senior, limits, timeouts};
pub use event::{Cliente, Equipamento, ServiceOrderEvent, Servico, Unreadable};
pub use faults::{is_waiting_refusal, says_cancelled, says_released};
pub use knobs::BadKnob;
pub use masking::{Masked, masked};
pub use note::note_lines;
pub use options::{NoteWriter, OrderFieldVerb, OrderRead, Paths, RequireEquipment, SeniorOptions, UrlStyle};
pub use order::{Item, Pedido, valid_order_id};
pub use situation::Situacao;
