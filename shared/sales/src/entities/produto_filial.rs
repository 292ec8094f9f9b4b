//! ProdutoFilial: each product in the branch that sells (mapping §4.13). Its records are the products that Máxima has
//! accepted, as [`Produto`](super::Produto) left them in the ledger.

use engine::{Absence, Entity, Key, Ledger, Mapped, Retirement, Source, State, StateError};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Filial, Mercadoria, Produto, Refs, change};
use crate::settings::{Settings, SetupError};
use crate::source::Local;
use crate::synced::Sourced;
use crate::tenant::Tenant;
use crate::text::sn;

/// A product in a branch.
pub struct ProdutoFilial;

/// Forbids the sale.
const PROIBIDA: &str = "PV";

/// The branch that sells.
#[derive(Clone, Debug, Serialize)]
pub struct ProdutoFilialRefs {
    filial: String,
}

impl Refs for ProdutoFilialRefs {
    async fn load(state: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(Self { filial: Filial::padrao(state, settings).await? })
    }
}

/// A product that Máxima has, and the branch it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NaFilial {
    codprod: String,
    codfilial: String,
    mercadoria: Mercadoria,
}

impl Entity for ProdutoFilial {
    const NAME: &'static str = "produtos-filiais";
    const AFTER: &'static [&'static str] = &[Filial::NAME, Produto::NAME];
    type Record = NaFilial;
    type Row = maxima::ProdutoFilial;
    type Refs = ProdutoFilialRefs;

    fn key(record: &NaFilial) -> Key {
        format!("{}/{}", record.codprod, record.codfilial).into()
    }

    fn map(record: NaFilial, _: &ProdutoFilialRefs) -> Mapped<maxima::ProdutoFilial> {
        let NaFilial { codprod, codfilial, mercadoria } = record;
        Mapped::Row(maxima::ProdutoFilial {
            codprod,
            codfilial,
            enviarforcavendas: sn(mercadoria.is_for_sale()),
            proibidavenda: (!mercadoria.ativo).then_some(PROIBIDA),
            ..maxima::ProdutoFilial::default()
        })
    }

    /// The records are our own ledger: a product that is not there was let go by its own sweep, under its own brake,
    /// and another branch is an operator's choice. Neither needs a second look.
    fn absence(_: &Key, _: Option<&Value>, _: &ProdutoFilialRefs) -> Absence {
        Absence::Ended
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &ProdutoFilialRefs) -> Retirement {
        let Some((codprod, codfilial)) = key.as_str().split_once('/') else { return Retirement::Keep };
        change(json!({
            "Codprod": codprod,
            "Codfilial": codfilial,
            "Proibidavenda": PROIBIDA,
            "Enviarforcavendas": sn(false),
        }))
    }
}

impl Sourced for ProdutoFilial {
    async fn source<'a>(
        _tenant: &'a Tenant,
        state: &'a impl State,
        refs: &'a ProdutoFilialRefs,
    ) -> Result<impl Source<NaFilial> + 'a, SetupError> {
        Ok(Local::new(Self::NAME, Self::records(state, refs).await?))
    }
}

impl ProdutoFilial {
    /// The records: every product that Máxima holds as one in use, in the branch that sells.
    async fn records(ledger: &impl Ledger, refs: &ProdutoFilialRefs) -> Result<Vec<NaFilial>, StateError> {
        let products = Mercadoria::all(ledger).await?;
        let codfilial = || refs.filial.clone();
        let there = products.into_iter().map(|(key, mercadoria)| NaFilial {
            codprod: key.to_string(),
            codfilial: codfilial(),
            mercadoria,
        });
        Ok(there.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accept, changed, learn, let_go, memory, record, row};
    use super::*;

    fn refs() -> ProdutoFilialRefs {
        ProdutoFilialRefs { filial: "3456789012".into() }
    }

    fn product(codigo: i64, members: &str) -> omie::Produto {
        record(&format!(r#"{{"codigo_produto":{codigo}{members}}}"#))
    }

    async fn rows(products: &[omie::Produto]) -> Vec<maxima::ProdutoFilial> {
        let state = memory();
        accept::<Produto>(&state, products).await;
        let records = ProdutoFilial::records(&state, &refs()).await.expect("read");
        records.into_iter().map(|record| row(ProdutoFilial::map(record, &refs()))).collect()
    }

    #[tokio::test]
    async fn a_product_is_sold_in_the_default_branch() {
        let state = memory();
        accept::<Produto>(&state, &[product(5_366_578_297, "")]).await;

        let records = ProdutoFilial::records(&state, &refs()).await.expect("read");

        assert_eq!(ProdutoFilial::key(&records[0]), "5366578297/3456789012".into());
        assert_eq!(
            row(ProdutoFilial::map(records[0].clone(), &refs())),
            maxima::ProdutoFilial {
                codprod: "5366578297".into(),
                codfilial: "3456789012".into(),
                enviarforcavendas: "S",
                multiplo: 1,
                proibidavenda: None,
            }
        );
    }

    #[tokio::test]
    async fn an_inactive_product_may_not_be_sold_and_a_blocked_one_is_not_shown() {
        let rows = rows(&[
            product(1, r#","inativo":"S""#),
            product(2, r#","bloqueado":"S""#),
            product(3, r#","inativo":"N","bloqueado":"N""#),
        ])
        .await;

        let marks: Vec<_> = rows.iter().map(|row| (row.enviarforcavendas, row.proibidavenda)).collect();
        assert_eq!(marks, [("N", Some("PV")), ("N", None), ("S", None)]);
        assert!(rows.iter().all(|row| maxima::check(row).is_empty()));
    }

    #[tokio::test]
    async fn only_products_that_maxima_holds_are_named() {
        let state = memory();
        learn::<Produto>(&state, &[product(1, "")]).await;
        accept::<Produto>(&state, &[product(2, "")]).await;
        let_go::<Produto>(&state, "3").await;

        let records = ProdutoFilial::records(&state, &refs()).await.expect("read");

        assert_eq!(records.iter().map(ProdutoFilial::key).collect::<Vec<_>>(), ["2/3456789012".into()]);
    }

    #[test]
    fn a_product_that_was_let_go_may_not_be_sold_in_its_branch() {
        let key = "5366578297/3456789012".into();

        assert_eq!(ProdutoFilial::absence(&key, None, &refs()), Absence::Ended);
        assert_eq!(
            changed(ProdutoFilial::retirement(&key, None, &refs())),
            json!({
                "Codprod": "5366578297",
                "Codfilial": "3456789012",
                "Proibidavenda": "PV",
                "Enviarforcavendas": "N",
            })
        );
    }
}
