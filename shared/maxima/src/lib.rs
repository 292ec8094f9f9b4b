#![doc = include_str!("../README.md")]

mod auth;
mod batch;
mod client;
mod envelope;
mod faults;
mod flat;
mod keys;
mod number;
mod record;
mod remove;
mod resource;
mod resources;
mod rules;
mod upsert;

pub use auth::Credentials;
pub use client::{Hosts, Maxima};
pub use remove::{Deleted, Doomed, Selector};
pub use resource::Resource;
pub use resources::{
    Atividade, Banco, Cidade, Cliente, Cobranca, Filial, PlanoPagamento, Praca, Regiao, Usuari,
};
pub use rules::{Fk, Range, Rule, Violation, check};
pub use upsert::{Hashed, Verb};
