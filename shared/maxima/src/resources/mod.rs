//! The catalogue rows, one file per resource of `contracts/maxima.md` §5. `Hash` is not a member of the
//! rows: the client writes it. Members that no source of ours feeds are not sent.

mod atividade;
mod banco;
mod cidade;
mod cliente;
mod cobranca;
mod filial;
mod plano_pagamento;
mod praca;
mod regiao;
mod usuari;

pub use atividade::Atividade;
pub use banco::Banco;
pub use cidade::Cidade;
pub use cliente::Cliente;
pub use cobranca::Cobranca;
pub use filial::Filial;
pub use plano_pagamento::PlanoPagamento;
pub use praca::Praca;
pub use regiao::Regiao;
pub use usuari::Usuari;

/// The two answers of most flags.
const SN: &[&str] = &["S", "N"];
/// Active or inactive.
const AI: &[&str] = &["A", "I"];

#[cfg(test)]
mod tests;
