//! Where price tables come from: Omie's list, and a question for each when the list says that there are none.

use engine::{Key, Question, Source, SourcePage};
use omie::{Call as _, ListarTabelaItens, ListarTabelasPreco, Omie, TabelaPreco};
use partner_http::{CallError, Fault};

use super::RegiaoRefs;
use crate::source::{self, EVER};

/// Tables asked for by code in one run. Each one that is gone is a fault of Omie's, and our own stop is five of them in
/// a row (`contracts/omie.md` §3.1.5); what is left is asked by the next run.
const ASKED: usize = 4;

/// The price tables of one reading.
pub(super) struct Tabelas<'a> {
    omie: &'a Omie,
    refs: &'a RegiaoRefs,
}

impl<'a> Tabelas<'a> {
    /// Reads what `omie` lists.
    pub(super) fn new(omie: &'a Omie, refs: &'a RegiaoRefs) -> Self {
        Self { omie, refs }
    }

    /// Those of the tables we know that Omie says it does not have. An empty list proves nothing (mapping §3), and as
    /// soon as one of them is there the list is not to be believed at all.
    async fn deleted(&self) -> Result<Vec<Key>, CallError> {
        let mut deleted = Vec::new();
        for table in self.refs.em_uso.iter().take(ASKED) {
            let question = ListarTabelaItens { reg_por_pagina: 1, ..ListarTabelaItens::of(*table) };
            match self.omie.list(&question, 1).await {
                Err(CallError { fault: Fault::NotFound { .. }, .. }) => deleted.push(Key::from(*table)),
                Ok(_) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(deleted)
    }
}

impl Source<TabelaPreco> for Tabelas<'_> {
    fn lane(&self) -> String {
        format!("{}/{}", self.omie.credential_id(), ListarTabelasPreco::METHOD)
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<TabelaPreco>, CallError> {
        let page = source::page(self.omie, &listing(), question.page).await?;
        let says_none = question.page == 1 && page.total_records == 0 && source::is_bare(&page);
        let gone = if says_none { self.deleted().await? } else { Vec::new() };
        Ok(SourcePage { gone, ..page })
    }
}

/// The question for all tables: the list is read whole on each run (mapping §13.12).
fn listing() -> ListarTabelasPreco {
    ListarTabelasPreco { dt_inc_de: Some(EVER.0), dt_inc_ate: Some(EVER.1), ..ListarTabelasPreco::default() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use engine::Scope;
    use serde_json::{Value, json};

    use super::super::super::testing::TODAY;
    use super::super::super::wire::Wire;
    use super::*;

    fn refs(em_uso: &[i64]) -> RegiaoRefs {
        RegiaoRefs { em_uso: em_uso.to_vec(), ..RegiaoRefs::of("3456789012", TODAY) }
    }

    async fn gone(omie: &Arc<Wire>, em_uso: &[i64]) -> Result<Vec<Key>, CallError> {
        let question = Question { scope: Scope::Full, part: String::new(), page: 1 };
        let (omie, refs) = (omie.omie(), refs(em_uso));
        Tabelas::new(&omie, &refs).page(&question).await.map(|page| page.gone)
    }

    fn none() -> (u16, Value) {
        let text = "ERROR: Não existem registros para a página [1]!";
        (500, json!({"faultcode": "SOAP-ENV:Client-5113", "faultstring": text}))
    }

    fn unknown() -> (u16, Value) {
        let text = "ERROR: Tabela de Preço não cadastrado para o Código [1] !";
        (500, json!({"faultcode": "SOAP-ENV:Client-105", "faultstring": text}))
    }

    #[test]
    fn price_tables_of_any_age_are_asked_for() {
        let asked = serde_json::to_value(listing()).expect("a request");

        assert_eq!((&asked["dDtIncDe"], &asked["dDtIncAte"]), (&"01/01/2000".into(), &"31/12/2099".into()));
        assert!(asked.get("dDtAltDe").is_none(), "a table that was never changed is asked for too");
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_list_is_believed_for_each_table_that_omie_does_not_know_by_its_code() {
        let omie = Wire::new(|method, _| if method == "ListarTabelasPreco" { none() } else { unknown() });

        assert_eq!(gone(&omie, &[6001, 6002]).await.expect("read"), ["6001".into(), "6002".into()]);
        assert_eq!(omie.asked()[1].1["nCodTabPreco"], 6001);
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_list_is_not_believed_when_one_of_its_tables_is_there() {
        let omie = Wire::new(|_, _| none());

        assert_eq!(gone(&omie, &[6001, 6002]).await.expect("read"), []);
        assert_eq!(omie.story(), ["ListarTabelasPreco", "ListarTabelaItens"]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_run_uses_up_the_failures_that_are_allowed() {
        let omie = Wire::new(|method, _| if method == "ListarTabelasPreco" { none() } else { unknown() });
        let tables: Vec<i64> = (1..=9).collect();

        assert_eq!(gone(&omie, &tables).await.expect("read").len(), ASKED);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_more_is_asked_when_there_was_no_table_before() {
        let omie = Wire::new(|_, _| none());

        assert_eq!(gone(&omie, &[]).await.expect("read"), []);
        assert_eq!(omie.story(), ["ListarTabelasPreco"]);
    }
}
