//! What is sold: families, products, who supplies them, what they cost and how many there are.

mod prices;
mod products;
mod stock;
mod suppliers;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Registry, Shelf, World, sn};
use prices::Prices;
pub(crate) use products::{Products, id_of};
use stock::Stock;
pub(crate) use stock::{DAMAGED, DEFAULT_LOCATION, OLD_LOCATION};
pub(crate) use suppliers::{OF_MANY, OF_NOBODY};

/// The registries that are small enough to be held.
pub(crate) fn records(world: &Arc<World>) -> BTreeMap<Registry, Vec<Value>> {
    BTreeMap::from([
        (Registry::Familias, families(world)),
        (Registry::LocaisEstoque, stock::locations(world)),
        (Registry::ProdutosFornecedores, suppliers::records(world)),
    ])
}

/// The registries that are made record by record.
pub(crate) fn make(world: &Arc<World>, shelves: &mut BTreeMap<Registry, Shelf>) {
    let products = Products::new(world.clone());
    let tables = shelves[&Registry::TabelasPreco].ids();
    let tables = tables.iter().filter_map(|id| id.parse().ok()).collect();
    let prices = Prices::new(products.clone(), tables);
    shelves.insert(Registry::ItensTabela, Shelf::made(Registry::ItensTabela, prices));
    let stock = Stock::new(products.clone());
    shelves.insert(Registry::PosicoesEstoque, Shelf::made(Registry::PosicoesEstoque, stock));
    shelves.insert(Registry::Produtos, Shelf::made(Registry::Produtos, products));
}

/// The identity of the family at a position: more than 32 bits hold.
pub(crate) fn family_id(nth: usize) -> u64 {
    4_567_770_001 + nth as u64 * 13
}

pub(crate) fn family_name(nth: usize) -> String {
    let name = FAMILIES[nth % FAMILIES.len()];
    match nth / FAMILIES.len() {
        0 => name.to_owned(),
        more => format!("{name} {}", more + 1),
    }
}

/// The last is no longer in use; the third has a name that is too long for a section.
fn families(world: &World) -> Vec<Value> {
    let count = world.preset.families();
    let record = |nth: usize| {
        json!({ "codigo": family_id(nth), "codInt": "", "codFamilia": format!("{:02}", nth + 1),
            "nomeFamilia": family_name(nth), "inativo": sn(nth + 1 == count) })
    };
    (0..count).map(record).collect()
}

const FAMILIES: [&str; 26] = [
    "BEBIDAS",
    "BISCOITOS E BOLACHAS",
    "CAFÉS, CHÁS, ACHOCOLATADOS E OUTRAS BEBIDAS QUENTES",
    "CEREAIS",
    "CONGELADOS",
    "MASSAS",
    "DOCES",
    "ENLATADOS",
    "FRIOS",
    "GRÃOS",
    "HIGIENE",
    "LATICÍNIOS",
    "LIMPEZA",
    "MOLHOS",
    "ÓLEOS E AZEITES",
    "PADARIA",
    "PAPELARIA",
    "PERFUMARIA",
    "PET",
    "SALGADINHOS",
    "SORVETES",
    "SUCOS",
    "TEMPEROS",
    "UTILIDADES",
    "VINHOS",
    "DESCARTÁVEIS",
];
