#![doc = include_str!("../README.md")]

mod account;
mod callback;
mod client;
mod envelope;
mod host;
mod knobs;
mod link;
mod member;
mod moment;
mod open;
mod options;
mod patrimonio;
mod plain;
mod read;
mod reply;
mod situation;
mod solicitacao;
mod ss;
mod verdict;

pub use account::Account;
pub use callback::{CallbackPath, Outcome, SsCallback, Unreadable, parse_callbacks};
pub use client::{Sismetro, limits};
pub use knobs::BadKnob;
pub use link::{masked_link, masked_text, valid_link};
pub use open::OpenFailure;
pub use options::{CallbackAliases, OpenBodyMode, SismetroOptions, StatusMap};
pub use patrimonio::Patrimonio;
pub use plain::folded;
pub use read::Page;
pub use reply::{Opened, extract_opened};
pub use situation::{Situation, situation};
pub use solicitacao::{Cliente, Equipamento, Mapped, Servico, Solicitacao, composed};
pub use ss::Ss;
