//! Where past orders come from: two passes by date and time, because the method wants one of its flags (§13.9).

use std::time::Duration;

use engine::{Ledger, Question, Scope, Source, SourcePage, State, StateError};
use omie::{Call as _, ListarPedidos, Omie};
use partner_http::CallError;

use super::super::times;
use super::super::unsaved::unsaved;
use super::super::vendedores::Vendedores;
use super::super::windows::{part_of, window_of};
use super::pedido::named_seller;
use super::{HistoricoRefs, PedidoLido};
use crate::orders::Visto;
use crate::source::{self, MINUTES, days};

/// The orders of one reading.
pub(super) struct Pedidos<'a, S> {
    omie: &'a Omie,
    state: &'a S,
    refs: &'a HistoricoRefs,
}

/// The two passes of a window; the days of inclusion of a whole reading are the part's name.
const INCLUSAO: &str = "inclusao";
const ALTERACAO: &str = "alteracao";

impl<'a, S> Pedidos<'a, S> {
    pub(super) fn new(omie: &'a Omie, state: &'a S, refs: &'a HistoricoRefs) -> Self {
        Self { omie, state, refs }
    }
}

impl<S: State> Source<PedidoLido> for Pedidos<'_, S> {
    fn lane(&self) -> String {
        format!("{}/{}", self.omie.credential_id(), ListarPedidos::METHOD)
    }

    fn overlap(&self) -> Option<Duration> {
        Some(MINUTES)
    }

    fn parts(&self, scope: Scope) -> Vec<String> {
        parts(scope, self.refs)
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<PedidoLido>, CallError> {
        let page = source::page(self.omie, &listing(question), question.page).await?;
        known(self.state, page).await.map_err(|error| unsaved("historicos", &error))
    }
}

fn parts(scope: Scope, refs: &HistoricoRefs) -> Vec<String> {
    match scope {
        Scope::Full => vec![part_of(refs.first_day(), refs.today)],
        Scope::Changed(_) => vec![INCLUSAO.to_owned(), ALTERACAO.to_owned()],
    }
}

fn listing(question: &Question) -> ListarPedidos {
    let Question { scope, part, .. } = question;
    let (first, last) = match scope {
        Scope::Full => window_of(part),
        Scope::Changed(_) => days(*scope),
    };
    let (from, to) = times(*scope);
    let is_change = part == ALTERACAO;
    ListarPedidos {
        filtrar_por_data_de: Some(first),
        filtrar_por_data_ate: Some(last),
        filtrar_por_hora_de: from,
        filtrar_por_hora_ate: to,
        filtrar_apenas_inclusao: (!is_change).then_some(true),
        filtrar_apenas_alteracao: is_change.then_some(true),
        ..ListarPedidos::default()
    }
}

/// The orders of a page with what else is known of them and, where they name none, their sellers.
async fn known(
    ledger: &impl Ledger,
    page: SourcePage<omie::Pedido>,
) -> Result<SourcePage<PedidoLido>, StateError> {
    let nobodys = page.records.iter().filter(|pedido| named_seller(pedido).is_none());
    let sellers =
        Vendedores::of(ledger, nobodys.filter_map(|pedido| pedido.cabecalho.codigo_cliente)).await?;
    let seen = Visto::of(ledger, page.records.iter().map(|pedido| pedido.cabecalho.codigo_pedido)).await?;
    let with_seller = |pedido: omie::Pedido| {
        let vendedor_do_cliente = sellers.seller_of(pedido.cabecalho.codigo_cliente).map(str::to_owned);
        let visto = seen.get(&pedido.cabecalho.codigo_pedido).cloned().unwrap_or_default();
        PedidoLido { pedido, vendedor_do_cliente, visto }
    };
    Ok(SourcePage {
        total_pages: page.total_pages,
        total_records: page.total_records,
        records: page.records.into_iter().map(with_seller).collect(),
        unreadable: page.unreadable,
        gone: page.gone,
    })
}

#[cfg(test)]
mod tests {
    use engine::Why;
    use serde_json::{Value, json};

    use super::super::super::Cliente;
    use super::super::super::testing::{a_morning, learn, memory, record};
    use super::super::tests::refs;
    use super::*;

    fn asked(scope: Scope, part: &str) -> Value {
        let question = Question { scope, part: part.to_owned(), page: 1 };
        serde_json::to_value(listing(&question)).expect("a request")
    }

    #[test]
    fn a_whole_reading_shows_the_orders_included_in_the_window() {
        let parts = parts(Scope::Full, &refs());

        assert_eq!(parts, ["2024-12-04..2025-02-02"]);
        assert_eq!(
            asked(Scope::Full, &parts[0]),
            json!({
                "pagina": 1, "registros_por_pagina": 50,
                "filtrar_por_data_de": "04/12/2024", "filtrar_por_data_ate": "02/02/2025",
                "filtrar_apenas_inclusao": "S",
            })
        );
    }

    #[test]
    fn a_reading_of_changes_passes_twice_with_one_flag_each_and_the_time() {
        let parts = parts(a_morning(), &refs());
        let passes = [asked(a_morning(), &parts[0]), asked(a_morning(), &parts[1])];

        assert_eq!(parts, ["inclusao", "alteracao"]);
        for pass in &passes {
            assert_eq!(pass["filtrar_por_data_de"], json!("01/02/2025"));
            assert_eq!(pass["filtrar_por_hora_de"], json!("23:55:00"));
            assert_eq!(pass["filtrar_por_data_ate"], json!("02/02/2025"));
            assert_eq!(pass["filtrar_por_hora_ate"], json!("09:30:15"));
        }
        let flags = |pass: &Value| {
            ["filtrar_apenas_inclusao", "filtrar_apenas_alteracao"].map(|flag| pass.get(flag).is_some())
        };
        assert_eq!([flags(&passes[0]), flags(&passes[1])], [[true, false], [false, true]]);
    }

    #[tokio::test]
    async fn an_order_comes_with_its_clients_seller_and_with_what_else_is_known_of_it() {
        let state = memory();
        let client = record(r#"{"codigo_cliente_omie":7,"recomendacoes":{"codigo_vendedor":55}}"#);
        learn::<Cliente>(&state, &[client]).await;
        let seen = Visto { rca: Some(416), nota: Some(12_345), ..Visto::default() };
        Visto::remember(&state, [(1, seen.clone())]).await.expect("remembered");
        let nobodys = record(r#"{"cabecalho":{"codigo_pedido":1,"numero_pedido":"10","codigo_cliente":7}}"#);
        let why = || Why::new("det", "", "não é uma lista");
        let page = SourcePage {
            total_pages: 2,
            total_records: 60,
            records: vec![nobodys],
            unreadable: vec![("5366599001".into(), why())],
            ..SourcePage::default()
        };

        let page = known(&state, page).await.expect("known");

        assert_eq!(page.records[0].visto, seen);
        assert_eq!((page.total_pages, page.total_records), (2, 60));
        assert_eq!(page.records[0].vendedor_do_cliente.as_deref(), Some("55"));
        assert_eq!(page.unreadable, [("5366599001".into(), why())]);
    }
}
