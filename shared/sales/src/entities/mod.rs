//! Every entity of the Omie → Máxima catalogue, one file each: which record becomes which row, in the "Right"
//! column of the mapping §4. An entity is a form; what is common to all is in the engine.

mod accepted;
mod atividade;
mod banco;
mod cadastro;
mod cidade;
mod cliente;
mod cobranca;
mod departamento;
mod estoque;
mod filial;
mod fornecedor;
mod historico;
mod plano_pagamento;
mod praca;
mod preco;
mod produto;
mod produto_filial;
mod produto_fornecedor;
mod reasons;
mod regiao;
mod secao;
mod titulo;
mod transportadora;
mod tributo;
mod unsaved;
mod vendedor;
mod vendedores;
mod windows;

pub use atividade::{Atividade, AtividadeRefs};
pub use banco::Banco;
pub use cidade::{Cidade, Municipio, Municipios};
pub use cliente::{Cliente, ClienteRefs};
pub use cobranca::{Cobranca, CobrancaRefs};
pub use departamento::{Departamento, Familia};
pub use estoque::{Estoque, EstoqueDaFilial, EstoqueRefs};
pub use filial::{Filial, FilialRefs};
pub use fornecedor::{Fornecedor, FornecedorRefs};
pub use historico::{Historico, HistoricoRefs, PedidoHistorico, PedidoLido};
pub use plano_pagamento::{PlanoPagamento, PlanoPagamentoRefs};
pub use praca::{Praca, PracaRefs};
pub use preco::{Preco, PrecoRefs, TabelaAtiva};
pub use produto::{Mercadoria, Produto, ProdutoRefs};
pub use produto_filial::{NaFilial, ProdutoFilial, ProdutoFilialRefs};
pub use produto_fornecedor::{Fornecimento, ProdutoFornecedor};
pub use regiao::{Regiao, RegiaoRefs};
pub use secao::Secao;
pub use titulo::{Numero, Titulo, TituloNumerado, TituloRefs};
pub use transportadora::{Transportadora, TransportadoraRefs};
pub use tributo::{Tributo, TributoPadrao, TributoRefs};
pub use vendedor::{Vendedor, VendedorRefs};

use engine::{Entry, Key, Ledger, Retirement, Scope, State, StateError};
use jiff::civil::{Date, Time};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::settings::{Settings, SetupError};
use crate::source::local;

/// The code of the plan and of the payment means that exist only for bonus orders (`contracts/maxima.md` §9.6).
const BNF: &str = "BNF";
/// Their description.
const BONIFICACAO: &str = "BONIFICACAO";

/// What the map of an entity needs besides the record: read once, before the run.
///
/// As JSON it is the mark of a run ([`Ask::mark`](engine::Ask)): when it is another one than last time, everything is
/// read. So it is written in a stable order, and what changes every day without changing a row is left out.
pub trait Refs: Serialize + Sized + Send + Sync {
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

impl<A: Refs, B: Refs> Refs for (A, B) {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        Ok((A::load(state, settings, today).await?, B::load(state, settings, today).await?))
    }
}

/// The facts of every record of `entity`.
pub(crate) async fn facts<T: DeserializeOwned>(
    ledger: &impl Ledger,
    entity: &str,
) -> Result<Vec<(Key, T)>, StateError> {
    ledger.all_facts(entity).await?.into_iter().map(|told| fact(entity, told)).collect()
}

/// One fact, as it was told.
fn fact<T: DeserializeOwned>(entity: &str, (key, told): (Key, Value)) -> Result<(Key, T), StateError> {
    match serde_json::from_value(told) {
        Ok(fact) => Ok((key, fact)),
        Err(source) => {
            Err(StateError::Malformed { what: format!("fact {entity}/{key}"), source: source.into() })
        }
    }
}

/// Entries read at a time.
const SCAN: usize = 1_000;

/// Gives every entry of `entity` to `take`, in key order, a thousand read at a time.
pub(crate) async fn each(
    ledger: &impl Ledger,
    entity: &str,
    mut take: impl FnMut(Key, Entry) + Send,
) -> Result<(), StateError> {
    let mut last = None;
    loop {
        let entries = ledger.scan(entity, last.as_ref(), SCAN).await?;
        let is_last = entries.len() < SCAN;
        last = entries.last().map(|(key, _)| key.clone());
        for (key, entry) in entries {
            take(key, entry);
        }
        if is_last {
            return Ok(());
        }
    }
}

/// The entries of every record of `entity` whose row the target holds as one in use, in key order.
pub(crate) async fn in_use(ledger: &impl Ledger, entity: &str) -> Result<Vec<(Key, Entry)>, StateError> {
    let mut found = Vec::new();
    let take = |key, entry: Entry| {
        if entry.is_in_use() {
            found.push((key, entry));
        }
    };
    each(ledger, entity, take).await?;
    Ok(found)
}

/// The keys as ids of Omie; none when there is none, which would be a question for everything, or when one of them is
/// no id, which would be missing in the answer.
pub(crate) fn ids(keys: &[Key]) -> Option<Vec<i64>> {
    let ids: Option<Vec<i64>> = keys.iter().map(|key| key.as_str().parse().ok()).collect();
    ids.filter(|ids| !ids.is_empty())
}

/// The times of day between which a reading of changes is meant, on its first and its last day. Omie stamps and
/// filters whole seconds, so cutting them off loses nothing.
pub(crate) fn times(scope: Scope) -> (Option<Time>, Option<Time>) {
    match scope {
        Scope::Full => (None, None),
        Scope::Changed(window) => {
            let (from, to) = local(window);
            (Some(from.time()), Some(to.time()))
        }
    }
}

/// Marks a row as no longer used: `members` are those of its key and of the mark.
pub(crate) fn change(members: Value) -> Retirement {
    match members {
        Value::Object(members) => Retirement::Change(members),
        _ => Retirement::Keep,
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod wire;
