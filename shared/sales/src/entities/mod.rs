//! Every entity of the Omie → Máxima catalogue, one file each: which record becomes which row, in the "Right"
//! column of the mapping §4. An entity is a form; what is common to all is in the engine.

mod atividade;
mod banco;
mod cidade;
mod cliente;
mod cobranca;
mod filial;
mod plano_pagamento;
mod praca;
mod reasons;
mod regiao;
mod vendedor;

pub use atividade::{Atividade, AtividadeRefs};
pub use banco::Banco;
pub use cidade::{Cidade, Municipio, Municipios};
pub use cliente::{Cliente, ClienteRefs};
pub use cobranca::{Cobranca, CobrancaRefs};
pub use filial::{Filial, FilialRefs};
pub use plano_pagamento::{PlanoPagamento, PlanoPagamentoRefs};
pub use praca::{Praca, PracaRefs};
pub use regiao::{Regiao, RegiaoRefs};
pub use vendedor::{Vendedor, VendedorRefs};

use engine::{Key, Ledger, State, StateError};
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use crate::settings::{Settings, SetupError};

/// The code of the plan and of the payment means that exist only for bonus orders (`contracts/maxima.md` §9.6).
const BNF: &str = "BNF";
/// Their description.
const BONIFICACAO: &str = "BONIFICACAO";

/// What the map of an entity needs besides the record: read once, before the run.
pub trait Refs: Sized + Send + Sync {
    /// Reads settings and the facts that other entities left in the ledger. `today` is the day in São Paulo
    /// ([`day_in_sao_paulo`](crate::praca::day_in_sao_paulo)). Settings that cannot work are refused here, once,
    /// instead of keeping out every record.
    fn load(
        state: &impl State,
        settings: &Settings,
        today: Date,
    ) -> impl Future<Output = Result<Self, SetupError>> + Send;
}

impl Refs for () {
    async fn load(_: &impl State, _: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(())
    }
}

/// The facts of every record of `entity`.
pub(crate) async fn facts<T: DeserializeOwned>(
    ledger: &impl Ledger,
    entity: &str,
) -> Result<Vec<(Key, T)>, StateError> {
    let read = |(key, fact): (Key, serde_json::Value)| match serde_json::from_value(fact) {
        Ok(fact) => Ok((key, fact)),
        Err(source) => {
            Err(StateError::Malformed { what: format!("fact {entity}/{key}"), source: source.into() })
        }
    };
    ledger.all_facts(entity).await?.into_iter().map(read).collect()
}

#[cfg(test)]
pub(crate) mod testing;
