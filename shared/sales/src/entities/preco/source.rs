//! Where prices come from: the listings of the tables in force and what has waited for its product, or what the products
//! say of themselves.

use std::time::Duration;

use engine::{Entity as _, Key, Ledger, Question, Scope, Source, SourcePage, State, Why};
use omie::{Call as _, ItemTabela, ListarTabelaItens, Omie};
use partner_http::{CallError, Fault};
use rust_decimal::Decimal;

use super::super::windows::changed_days;
use super::super::{Mercadoria, Preco};
use super::espera;
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
    /// Prices whose product has come since they were read.
    waited: Vec<ItemTabela>,
}

/// The part of a reading of changes that no table lists: what has waited. It comes first, because what a table lists
/// in the same reading is news.
const WAITED: &str = "espera";

impl<'a> Precos<'a> {
    /// Reads the listings of Omie; without price tables, what the products have left in the ledger.
    pub(super) async fn open(
        omie: &'a Omie,
        state: &impl State,
        refs: &'a PrecoRefs,
    ) -> Result<Self, SetupError> {
        if refs.sem_tabelas {
            let of_products = Some(own_prices(state).await?);
            return Ok(Self { omie, refs, of_products, waited: Vec::new() });
        }
        let waited = espera::over(state, refs).await?;
        Ok(Self { omie, refs, of_products: None, waited })
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

    fn parts(&self, scope: Scope) -> Vec<String> {
        if self.of_products.is_some() {
            return vec![PADRAO.to_owned()];
        }
        let tables = self.refs.tabelas.keys().map(i64::to_string);
        let has_waited = scope != Scope::Full && !self.waited.is_empty();
        has_waited.then(|| WAITED.to_owned()).into_iter().chain(tables).collect()
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<ItemTabela>, CallError> {
        if let Some(prices) = &self.of_products {
            return Ok(own_page(prices, question.page));
        }
        if question.part == WAITED {
            return Ok(source::paged(&self.waited, question.page, ItemTabela::clone));
        }
        // A table that is not in force any more: the reading began when it was.
        let table = question.part.parse().ok().filter(|table| self.refs.tabelas.contains_key(table));
        let Some(table) = table else { return Ok(SourcePage::default()) };
        match source::page(self.omie, &listing(question.scope, table), question.page).await {
            Err(CallError { fault: Fault::NotFound { .. }, .. }) => Ok(vanished(table)),
            page => page,
        }
    }
}

/// The page of a table that was deleted in Omie and that [`Regiao`](super::super::Regiao) has not let go of yet: a row of
/// which not even the key can be read, so that the other tables are read and nothing goes on the word of this reading.
fn vanished(table: i64) -> SourcePage<ItemTabela> {
    let why = "a tabela de preço não existe mais no Omie: os preços dela saem quando a região for retirada";
    let unreadable = vec![(Key::from(""), Why::new("nCodTabPreco", table.to_string(), why))];
    SourcePage { total_pages: 1, total_records: 1, unreadable, ..SourcePage::default() }
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

/// Product and `valor_unitario` of every product that Máxima holds as one in use and that has one.
async fn own_prices(ledger: &impl Ledger) -> Result<Vec<(i64, Decimal)>, SetupError> {
    let products = Mercadoria::all(ledger).await?;
    let price =
        |(key, product): (Key, Mercadoria)| Some((key.as_str().parse().ok()?, product.valor_unitario?));
    Ok(products.into_iter().filter_map(price).collect())
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
    use engine::{Entry, Fingerprint, Memory};
    use serde_json::{Value, json};

    use super::super::super::Produto;
    use super::super::super::testing::{a_morning, memory};
    use super::*;

    /// A product as it is in the ledger.
    fn product(price: Option<&str>) -> Entry {
        let facts = Some(json!({"ativo": true, "valor_unitario": price}));
        Entry { fingerprint: Some(Fingerprint::of(&1)), facts, ..Entry::default() }
    }

    async fn own(state: &Memory, entries: &[(Key, Entry)]) -> Vec<(i64, Decimal)> {
        state.record(Produto::NAME, entries).await.expect("stored");
        own_prices(state).await.expect("read")
    }

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
        let mut entries: Vec<(Key, Entry)> =
            (1..=1_500).map(|id| (Key::from(id), product(Some("8.90")))).collect();
        entries.push((9_999.into(), product(None)));

        let prices = own(&memory(), &entries).await;
        let (first, second) = (own_page(&prices, 1), own_page(&prices, 2));

        assert_eq!((first.total_pages, first.total_records), (2, 1_500));
        assert_eq!((first.records.len(), second.records.len()), (1_000, 500));
        assert_eq!(Preco::key(&first.records[0]), "1/0".into());
        assert_eq!(first.records[0].valor_tabela.map(|price| price.to_string()).as_deref(), Some("8.90"));
    }

    #[tokio::test]
    async fn only_products_in_use_have_a_price_of_their_own() {
        let in_use = product(Some("8.90"));
        let never_accepted = Entry { fingerprint: None, ..in_use.clone() };
        let let_go = Entry { removed: Some(jiff::Timestamp::UNIX_EPOCH), ..in_use.clone() };

        let prices =
            own(&memory(), &[(1.into(), never_accepted), (2.into(), in_use), (3.into(), let_go)]).await;

        assert_eq!(prices.iter().map(|(product, _)| *product).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_table_that_was_deleted_hides_no_other_and_proves_nothing() {
        let page = vanished(6001);

        assert_eq!((page.total_pages, page.total_records, page.unreadable.len()), (1, 1, 1));
        let (key, why) = &page.unreadable[0];
        assert!(key.is_empty(), "a reading with a nameless row lets nothing go");
        assert_eq!((why.field.as_str(), why.value.as_str()), ("nCodTabPreco", "6001"));
    }
}
