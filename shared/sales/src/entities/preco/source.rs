//! Where prices come from: the listings of the tables in force, or what the products say of themselves.

use std::time::Duration;

use engine::{Entity as _, Entry, Key, Ledger, Question, Scope, Source, SourcePage};
use omie::{Call as _, ItemTabela, ListarTabelaItens, Omie};
use partner_http::CallError;
use rust_decimal::Decimal;

use super::super::windows::changed_days;
use super::super::{Mercadoria, Preco, Produto, each};
use super::refs::PrecoRefs;
use crate::praca::PADRAO;
use crate::settings::SetupError;
use crate::source::{self, A_DAY, EVER};

/// The prices of one reading.
pub(super) struct Precos<'a> {
    omie: &'a Omie,
    refs: &'a PrecoRefs,
    /// The products with their own prices, when these are the prices.
    of_products: Option<Vec<(i64, Decimal)>>,
}

impl<'a> Precos<'a> {
    /// Reads the listings of Omie; without price tables, what the products have left in the ledger.
    pub(super) async fn open(
        omie: &'a Omie,
        ledger: &impl Ledger,
        refs: &'a PrecoRefs,
    ) -> Result<Self, SetupError> {
        let of_products = if refs.sem_tabelas { Some(own_prices(ledger).await?) } else { None };
        Ok(Self { omie, refs, of_products })
    }
}

impl Source<ItemTabela> for Precos<'_> {
    fn lane(&self) -> String {
        match self.of_products {
            Some(_) => format!("ponte/{}", Preco::NAME),
            None => format!("{}/{}", self.omie.credential_id(), ListarTabelaItens::METHOD),
        }
    }

    fn overlap(&self) -> Option<Duration> {
        self.of_products.is_none().then_some(A_DAY)
    }

    fn parts(&self, _: Scope) -> Vec<String> {
        match self.of_products {
            Some(_) => vec![PADRAO.to_owned()],
            None => self.refs.tabelas.keys().map(i64::to_string).collect(),
        }
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<ItemTabela>, CallError> {
        if let Some(prices) = &self.of_products {
            return Ok(own_page(prices, question.page));
        }
        // A table that is not in force any more: the reading began when it was.
        let table = question.part.parse().ok().filter(|table| self.refs.tabelas.contains_key(table));
        let Some(table) = table else { return Ok(SourcePage::default()) };
        source::page(self.omie, &listing(question.scope, table), question.page).await
    }
}

/// The question for the prices of one table. Some of Omie's listings show only the last weeks without dates, so a
/// whole reading gives them too.
fn listing(scope: Scope, table: i64) -> ListarTabelaItens {
    let all = ListarTabelaItens::of(table);
    match changed_days(scope) {
        None => ListarTabelaItens { dt_inc_de: Some(EVER.0), dt_inc_ate: Some(EVER.1), ..all },
        Some((from, to)) => ListarTabelaItens { dt_alt_de: Some(from), dt_alt_ate: Some(to), ..all },
    }
}

/// Product and `valor_unitario` of every product that has one.
async fn own_prices(ledger: &impl Ledger) -> Result<Vec<(i64, Decimal)>, SetupError> {
    let mut prices = Vec::new();
    let price = |key: Key, entry: Entry| {
        let product: Mercadoria = serde_json::from_value(entry.facts?).ok()?;
        Some((key.as_str().parse().ok()?, product.valor_unitario?))
    };
    each(ledger, Produto::NAME, |key, entry| prices.extend(price(key, entry))).await?;
    Ok(prices)
}

/// One page of them, as items of the table "0".
fn own_page(prices: &[(i64, Decimal)], number: u32) -> SourcePage<ItemTabela> {
    let item = |(product, price): &(i64, Decimal)| ItemTabela {
        cod_tab_preco: PADRAO.parse().ok(),
        cod_prod: *product,
        valor_tabela: Some(*price),
        ..ItemTabela::default()
    };
    source::paged(prices, number, item)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::super::testing::{a_morning, memory};
    use super::*;

    fn asked(scope: Scope) -> Value {
        serde_json::to_value(listing(scope, 6001)).expect("a request")
    }

    #[test]
    fn each_table_is_asked_by_its_code_whole_or_by_the_days_of_the_change() {
        assert_eq!(
            asked(Scope::Full),
            json!({
                "nPagina": 1, "nRegPorPagina": 100, "nCodTabPreco": 6001,
                "dDtIncDe": "01/01/2000", "dDtIncAte": "31/12/2099",
            })
        );
        assert_eq!(
            asked(a_morning()),
            json!({
                "nPagina": 1, "nRegPorPagina": 100, "nCodTabPreco": 6001,
                "dDtAltDe": "01/02/2025", "dDtAltAte": "02/02/2025",
            })
        );
    }

    #[tokio::test]
    async fn without_tables_each_product_has_its_own_price_in_the_stand_in() {
        let state = memory();
        let entry = |price: Value| Entry {
            facts: Some(json!({"ativo": true, "valor_unitario": price})),
            ..Entry::default()
        };
        let entries: Vec<(Key, Entry)> =
            (1..=1_500).map(|id| (Key::from(id), entry("8.90".into()))).collect();
        state.record(Produto::NAME, &entries).await.expect("stored");
        state.record(Produto::NAME, &[(Key::from(9_999), entry(Value::Null))]).await.expect("stored");

        let prices = own_prices(&state).await.expect("read");
        let (first, second) = (own_page(&prices, 1), own_page(&prices, 2));

        assert_eq!((first.total_pages, first.total_records), (2, 1_500));
        assert_eq!((first.records.len(), second.records.len()), (1_000, 500));
        assert_eq!(Preco::key(&first.records[0]), "1/0".into());
        assert_eq!(first.records[0].valor_tabela.map(|price| price.to_string()).as_deref(), Some("8.90"));
    }
}
