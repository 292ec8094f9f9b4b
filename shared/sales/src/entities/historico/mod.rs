//! Historico: past orders, header and items as one row (mapping §4.17), in the position of §7.1.

mod linha;
mod pedido;
mod refs;
mod source;

pub use linha::PedidoHistorico;
pub use refs::HistoricoRefs;

use engine::{Absence, Entity, Key, Mapped, Retirement, Source, State};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::{Cliente, Cobranca, Filial, PlanoPagamento, Produto, Vendedor, change};
use crate::orders::Visto;
use crate::settings::SetupError;
use crate::synced::Sourced;
use crate::tenant::Tenant;
use pedido::CANCELADO;
use source::Pedidos;

/// A past order.
pub struct Historico;

/// An order of Omie and what we know of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PedidoLido {
    /// What Omie says.
    pub pedido: omie::Pedido,
    /// The seller of its client, looked up when the order names none.
    pub vendedor_do_cliente: Option<String>,
    /// Its number in the app, its branch there and its invoice, where they are known.
    pub visto: Visto,
}

/// What is kept of an order: its name in Máxima, and where a whole reading would show it. A stored format: a new
/// member must be optional.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Fato {
    /// The number on the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    numero: Option<i64>,
    /// Day of inclusion in Omie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inclusao: Option<Date>,
}

impl Entity for Historico {
    const NAME: &'static str = "historicos";
    const AFTER: &'static [&'static str] =
        &[Filial::NAME, Cobranca::NAME, PlanoPagamento::NAME, Vendedor::NAME, Cliente::NAME, Produto::NAME];
    type Record = PedidoLido;
    type Row = PedidoHistorico;
    type Refs = HistoricoRefs;

    /// Omie's id and not the number on the screen, which is the key in Máxima: an order without a usable number must
    /// still be one we can name.
    fn key(PedidoLido { pedido, .. }: &PedidoLido) -> Key {
        pedido.cabecalho.codigo_pedido.into()
    }

    fn map(record: PedidoLido, refs: &HistoricoRefs) -> Mapped<PedidoHistorico> {
        let mut reasons = Reasons::default();
        let capa = pedido::header(&record, refs, &mut reasons);
        let itens = pedido::items(&record.pedido, &capa, &mut reasons);
        reasons.verdict(PedidoHistorico { capa, itens })
    }

    fn facts(PedidoLido { pedido, .. }: &PedidoLido) -> Option<Value> {
        let inclusao = pedido.info_cadastro.as_ref().and_then(|info| info.data_inc);
        serde_json::to_value(Fato { numero: pedido::number(pedido), inclusao }).ok()
    }

    /// A whole reading shows the orders included in the window; of an older one it says nothing.
    fn absence(_: &Key, facts: Option<&Value>, refs: &HistoricoRefs) -> Absence {
        let in_the_window = fato(facts).inclusao.is_some_and(|day| refs.first_day() <= day);
        if in_the_window { Absence::Gone } else { Absence::OutOfSight }
    }

    /// An order that was excluded in Omie is a cancelled one.
    fn retirement(_: &Key, facts: Option<&Value>, _: &HistoricoRefs) -> Retirement {
        match fato(facts).numero {
            Some(number) => change(json!({"Numped": number, "Posicao": CANCELADO})),
            None => Retirement::Keep,
        }
    }
}

fn fato(facts: Option<&Value>) -> Fato {
    facts.and_then(|facts| serde_json::from_value(facts.clone()).ok()).unwrap_or_default()
}

impl Sourced for Historico {
    async fn source<'a>(
        tenant: &'a Tenant,
        state: &'a impl State,
        refs: &'a HistoricoRefs,
    ) -> Result<impl Source<PedidoLido> + 'a, SetupError> {
        Ok(Pedidos::new(&tenant.omie, state, refs))
    }
}

#[cfg(test)]
mod tests;
