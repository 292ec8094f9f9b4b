//! ProdutoFornecedor: which supplier sells which products (mapping §4.8). Nothing of it is sent: it is kept here, for
//! [`Produto`](super::Produto) to choose a supplier from.

use engine::{Delivery, Entity, Key, Ledger, Mapped, Retiring, StateError, Why};
use maxima::Maxima;
use partner_http::CallError;
use serde::{Deserialize, Serialize};

use crate::synced::FromOmie;
use crate::target::{CloudRow, Planned};
use crate::text::code;

/// The products of one supplier.
pub struct ProdutoFornecedor;

/// Products that fit into one entry of the ledger with room to spare: 12 bytes each, of 400 kB.
const MOST: usize = 20_000;

/// What is kept of a supplier, as row and as fact. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fornecimento {
    /// `nCodProd` of what it sells, rising.
    pub produtos: Vec<i64>,
}

impl Entity for ProdutoFornecedor {
    const NAME: &'static str = "produtos-fornecedores";
    const AFTER: &'static [&'static str] = &[];
    type Record = omie::ProdutoFornecedor;
    type Row = Fornecimento;
    type Refs = ();

    fn key(record: &omie::ProdutoFornecedor) -> Key {
        record.cod_forn.into()
    }

    fn map(record: omie::ProdutoFornecedor, (): &()) -> Mapped<Fornecimento> {
        if code(record.cod_forn).is_none() {
            return Mapped::Skip("produtos sem fornecedor");
        }
        let kept = Fornecimento::of(&record);
        let count = kept.produtos.len();
        if count > MOST {
            let rule = format!(
                "um fornecedor pode ter até {MOST} produtos: divida-os entre fornecedores no Omie; até lá, \
                 os produtos dele ficam com outro fornecedor ou sem nenhum"
            );
            return Mapped::Reject(vec![Why::new("produtos", count.to_string(), rule)]);
        }
        Mapped::Row(kept)
    }

    fn facts(record: &omie::ProdutoFornecedor) -> Option<serde_json::Value> {
        code(record.cod_forn)?;
        let kept = Fornecimento::of(record);
        (kept.produtos.len() <= MOST).then(|| serde_json::to_value(kept).ok())?
    }

    // No retirement: there is nothing in Máxima. The facts of a supplier that is gone are forgotten.
}

/// Each reading is whole and replaces what was known of each supplier: Omie offers no window
/// (`contracts/omie.md` §7).
impl FromOmie for ProdutoFornecedor {
    type Listing = omie::ListarProdutoFornecedor;
}

impl ProdutoFornecedor {
    /// What each supplier sells.
    pub(super) async fn known(ledger: &impl Ledger) -> Result<Vec<(Key, Fornecimento)>, StateError> {
        super::facts(ledger, Self::NAME).await
    }
}

impl Fornecimento {
    /// Omie may write 0 for a product; it is none.
    fn of(record: &omie::ProdutoFornecedor) -> Self {
        let mut produtos: Vec<i64> =
            record.produtos.iter().filter_map(|produto| produto.cod_prod).filter(|id| *id > 0).collect();
        produtos.sort_unstable();
        produtos.dedup();
        Self { produtos }
    }
}

/// Kept here only: Máxima is asked and told nothing.
impl CloudRow for Fornecimento {
    async fn check(_: &Maxima, rows: &[Self], _: &Planned) -> Result<Vec<Vec<Why>>, CallError> {
        Ok(vec![Vec::new(); rows.len()])
    }

    async fn write(_: &Maxima, _: &[Delivery<'_, Self>]) -> Result<(), CallError> {
        Ok(())
    }

    async fn retire(_: &Maxima, _: &[Retiring<'_>]) -> Result<(), CallError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{learn, memory, reasons, record, row};
    use super::*;

    fn of_supplier(cod_forn: i64, produtos: &[i64]) -> omie::ProdutoFornecedor {
        let produtos: Vec<_> = produtos.iter().map(|id| json!({"nCodProd": id})).collect();
        record(&json!({"nCodForn": cod_forn, "produtos": produtos}).to_string())
    }

    #[test]
    fn products_are_kept_sorted_once_each_and_without_zeros() {
        let cola = of_supplier(5_366_570_001, &[5_366_578_298, 0, 5_366_578_297, 5_366_578_298]);

        assert_eq!(ProdutoFornecedor::key(&cola), "5366570001".into());
        let fact = json!({"produtos": [5_366_578_297_i64, 5_366_578_298_i64]});
        assert_eq!(ProdutoFornecedor::facts(&cola), Some(fact));
        let kept = row(ProdutoFornecedor::map(cola, &()));
        assert_eq!(kept.produtos, [5_366_578_297, 5_366_578_298]);
    }

    #[test]
    fn products_of_no_supplier_are_skipped() {
        let nobodys = of_supplier(0, &[1]);

        assert_eq!(ProdutoFornecedor::facts(&nobodys), None);
        assert!(matches!(ProdutoFornecedor::map(nobodys, &()), Mapped::Skip(_)));
    }

    #[test]
    fn a_supplier_of_more_than_an_entry_can_hold_is_rejected_with_what_to_do() {
        let all: Vec<i64> = (1..=20_001).collect();

        assert!(ProdutoFornecedor::facts(&of_supplier(1, &all[1..])).is_some());
        let too_many = of_supplier(1, &all);
        assert_eq!(ProdutoFornecedor::facts(&too_many), None);
        let why = reasons(ProdutoFornecedor::map(too_many, &()));
        assert_eq!((why[0].field.as_str(), why[0].value.as_str()), ("produtos", "20001"));
        assert!(why[0].rule.contains("até 20000 produtos: divida-os"), "{}", why[0].rule);
    }

    #[tokio::test]
    async fn what_is_kept_can_be_looked_up() {
        let state = memory();
        learn::<ProdutoFornecedor>(&state, &[of_supplier(7, &[2, 1]), of_supplier(9, &[])]).await;

        let known = ProdutoFornecedor::known(&state).await.expect("read");

        let produtos = |produtos: &[i64]| Fornecimento { produtos: produtos.to_vec() };
        assert_eq!(known, [("7".into(), produtos(&[1, 2])), ("9".into(), produtos(&[]))]);
    }
}
