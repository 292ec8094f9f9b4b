//! Preco: the price of each product in each price table that is in force (mapping §4.15). One listing per table;
//! without any price table the products' own prices are those of the region "0".
//!
//! A price may be older than its product in Máxima, and Omie lists it by its own changes only. So one that comes too
//! early is kept ([`espera`]) and delivered from there once the product has come.

mod espera;
mod refs;
mod source;

pub use refs::{PrecoRefs, TabelaAtiva};

use engine::{Absence, Entity, Key, Mapped, Retirement, Source, State};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::accepted::Standing;
use super::reasons::Reasons;
use super::{Produto, Regiao, Tributo};
use crate::settings::SetupError;
use crate::synced::Sourced;
use crate::tenant::Tenant;
use crate::text::{dec, dt};
use source::Precos;

/// A price.
pub struct Preco;

impl Entity for Preco {
    const NAME: &'static str = "precos";
    const AFTER: &'static [&'static str] = &[Regiao::NAME, Tributo::NAME, Produto::NAME];
    type Record = omie::ItemTabela;
    type Row = maxima::TabelaPreco;
    type Refs = PrecoRefs;

    /// As Máxima names it, product and table: one product has one price in each table.
    fn key(item: &omie::ItemTabela) -> Key {
        item.cod_tab_preco
            .map_or_else(|| Key::from(""), |table| Key::from(format!("{}/{table}", item.cod_prod)))
    }

    fn map(item: omie::ItemTabela, refs: &PrecoRefs) -> Mapped<maxima::TabelaPreco> {
        let standing = refs.produtos.standing(item.cod_prod);
        if standing == Standing::LeftOut {
            return Mapped::Skip("o produto não é enviado à Máxima");
        }
        if has_no_price(&item) {
            // Without a price the product is not for sale here: the price it had must not stay.
            return Mapped::Gone("preço zero na tabela do Omie: não é enviado");
        }
        let mut reasons = Reasons::default();
        if standing == Standing::Awaited {
            espera::note(&mut reasons, item.cod_prod);
        }
        let table = item.cod_tab_preco.unwrap_or_default();
        let price = dec(reasons.amount("nValorTabela", item.valor_tabela, MEND), 6);
        if price.is_sign_negative() {
            reasons.note(
                "nValorTabela",
                &price.to_string(),
                "preço negativo: corrija na tabela de preço no Omie",
            );
        }
        let row = maxima::TabelaPreco {
            codprod: reasons.code("nCodProd", item.cod_prod),
            numregiao: table.to_string(),
            pvenda: price,
            pvenda1: price,
            ptabela: price,
            perdescmax: dec(greatest_discount(&item, refs.tabelas.get(&table)), 2),
            codst: refs.tributo.clone(),
            dtultaltpvenda: item.item_info.and_then(|info| dt(info.data_alt, info.hora_alt)),
        };
        reasons.verdict(row)
    }

    /// Nothing, but of a price that waits for its product: what it takes to send it later.
    fn facts_with(item: &omie::ItemTabela, refs: &PrecoRefs) -> Option<Value> {
        let waits = refs.produtos.standing(item.cod_prod) == Standing::Awaited && !has_no_price(item);
        waits.then(|| espera::kept(item)).flatten()
    }

    /// The prices of a table that is not in force any more go at once, and come back with it (§13.12); so do those
    /// of the stand-in once there is a table.
    fn absence(key: &Key, _: Option<&Value>, refs: &PrecoRefs) -> Absence {
        let table = parts_of(key).and_then(|(_, table)| table.parse::<i64>().ok());
        if table.is_some_and(|table| refs.is_over(table)) { Absence::Ended } else { Absence::Gone }
    }

    /// Prices are deleted, by an object of their key members (`contracts/maxima.md` §3.5).
    fn retirement(key: &Key, _: Option<&Value>, _: &PrecoRefs) -> Retirement {
        let Some((product, table)) = parts_of(key) else { return Retirement::Keep };
        let members = [("Codprod", product), ("Numregiao", table)];
        let members = members.map(|(name, value)| (name.to_owned(), Value::from(value)));
        Retirement::Delete(Map::from_iter(members))
    }
}

fn has_no_price(item: &omie::ItemTabela) -> bool {
    item.valor_tabela.is_some_and(|price| price.is_zero())
}

const MEND: &str = "preencha o preço na tabela de preço no Omie";

fn parts_of(key: &Key) -> Option<(&str, &str)> {
    key.as_str().split_once('/')
}

/// What a seller may take off, per cent: of the item, and of the table where the item does not say (§13.13).
fn greatest_discount(item: &omie::ItemTabela, table: Option<&TabelaAtiva>) -> Decimal {
    let of_table = || table.and_then(|table| table.desconto_maximo);
    let discount = match item.tem_desconto {
        Some(true) => item.desc_maximo.or_else(of_table),
        Some(false) => None,
        None => of_table(),
    };
    discount.unwrap_or_default()
}

impl Sourced for Preco {
    async fn source<'a>(
        tenant: &'a Tenant,
        state: &'a impl State,
        refs: &'a PrecoRefs,
    ) -> Result<impl Source<omie::ItemTabela> + 'a, SetupError> {
        Precos::open(&tenant.omie, state, refs).await
    }
}

#[cfg(test)]
mod tests;
