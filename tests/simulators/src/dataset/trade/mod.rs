//! What was sold and what is owed: orders, titles and the titles that were deleted.

mod order_text;
mod orders;
mod title_text;
mod titles;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::customers::written;
use super::{DAY, Registry, Shelf, World};
pub(crate) use orders::Orders;
pub(crate) use titles::Titles;

/// A product of the past: orders name it, the registry does not have it.
pub(crate) const REMOVED_PRODUCT: u64 = 5_366_000_123;

/// The registry that is small enough to be held.
pub(crate) fn records(world: &Arc<World>) -> BTreeMap<Registry, Vec<Value>> {
    BTreeMap::from([(Registry::TitulosExcluidos, deleted(world))])
}

/// The registries that are made record by record.
pub(crate) fn make(world: &Arc<World>, shelves: &mut BTreeMap<Registry, Shelf>) {
    let (titles, orders) = (Titles::new(world.clone()), Orders::new(world.clone()));
    shelves.insert(Registry::Titulos, Shelf::made(Registry::Titulos, titles));
    shelves.insert(Registry::Pedidos, Shelf::made(Registry::Pedidos, orders));
}

/// Titles deleted between half a year and three days ago (`contracts/omie.md` §8.31).
fn deleted(world: &World) -> Vec<Value> {
    let record = |nth: usize| {
        let mut rng = world.rng(Registry::TitulosExcluidos, nth);
        let (day, hour) = written(world.now - rng.i64(3 * DAY..180 * DAY));
        json!({ "nCodTitulo": 4_366_610_001_u64 + nth as u64 * 41, "dDataExc": day, "cHoraExc": hour,
            "cUsuarioExc": "P000111", "cAcao": "E" })
    };
    (0..world.preset.deleted_titles()).map(record).collect()
}
