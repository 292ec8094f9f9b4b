//! Prices that wait for their product. Each is in quarantine with that reason, for the operator, and what Omie said of it
//! is its fact in the ledger: when the product has come it is sent from there, and Omie is asked nothing.
//!
//! The reason names nothing that it [needs](engine::Why::needs): that would have every price read again, a thousand
//! calls for one product.

use engine::{Entity as _, Key, Quarantined, State, StateError};
use jiff::civil::{Date, Time};
use omie::{Info, ItemTabela};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::accepted::Standing;
use super::super::reasons::Reasons;
use super::super::{Preco, fact};
use super::{PrecoRefs, parts_of};

/// Why such a price is kept out. Stored, and what they are found by: another text finds none of those before it until
/// the next whole reading.
const ESPERA: &str = "produto ainda não está na Máxima: o preço está guardado e é enviado assim que o produto chegar; \
                      se o produto não for chegar, retire-o da tabela de preço no Omie";

/// Notes that the price waits for this product.
pub(super) fn note(reasons: &mut Reasons, product: i64) {
    reasons.note("nCodProd", &product.to_string(), ESPERA);
}

/// What the map reads of an item, but for its key. A stored format: a new member must be optional.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Guardado {
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal")]
    valor: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tem_desconto: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal")]
    desconto_maximo: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dia: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hora: Option<Time>,
}

/// What is kept of an item that waits.
pub(super) fn kept(item: &ItemTabela) -> Option<Value> {
    let info = item.item_info.as_ref();
    let kept = Guardado {
        valor: item.valor_tabela,
        tem_desconto: item.tem_desconto,
        desconto_maximo: item.desc_maximo,
        dia: info.and_then(|info| info.data_alt),
        hora: info.and_then(|info| info.hora_alt),
    };
    serde_json::to_value(kept).ok()
}

/// The item that was kept under this key.
fn item(key: &Key, kept: &Guardado) -> Option<ItemTabela> {
    let (product, table) = ids(key)?;
    Some(ItemTabela {
        cod_tab_preco: Some(table),
        cod_prod: product,
        valor_tabela: kept.valor,
        tem_desconto: kept.tem_desconto,
        desc_maximo: kept.desconto_maximo,
        item_info: Some(Info { data_alt: kept.dia, hora_alt: kept.hora, ..Info::default() }),
        ..ItemTabela::default()
    })
}

/// Product and table.
fn ids(key: &Key) -> Option<(i64, i64)> {
    let (product, table) = parts_of(key)?;
    Some((product.parse().ok()?, table.parse().ok()?))
}

/// The prices of tables in force that have waited and whose product has been decided on since.
pub(super) async fn over(state: &impl State, refs: &PrecoRefs) -> Result<Vec<ItemTabela>, StateError> {
    let held = state.in_quarantine(Preco::NAME, usize::MAX).await?;
    let waits = |held: &Quarantined| held.why.iter().any(|why| why.rule == ESPERA);
    let is_over = |key: &Key| {
        ids(key).is_some_and(|(product, table)| {
            refs.tabelas.contains_key(&table) && refs.produtos.standing(product) != Standing::Awaited
        })
    };
    let waiting = held.into_iter().filter(|(_, held)| waits(held)).map(|(key, _)| key);
    let keys: Vec<Key> = waiting.filter(is_over).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = state.known(Preco::NAME, &keys).await?;
    let mut items = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(told) = known.remove(&key).and_then(|entry| entry.facts) else { continue };
        let (key, kept) = fact::<Guardado>(Preco::NAME, (key, told))?;
        items.extend(item(&key, &kept));
    }
    Ok(items)
}
