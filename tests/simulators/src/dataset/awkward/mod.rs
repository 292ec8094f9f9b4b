//! The awkward records: each is an ordinary record with one thing odd about it, and a name that says what.

mod customers;
mod goods;
mod orders;
mod titles;

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value};

use super::{Registry, Shelf, World};

/// One oddity: its name and what it does to an ordinary record.
type Oddity = (&'static str, fn(&mut Value, &World));

/// Oddities spread evenly over positions of a registry.
struct Group {
    registry: Registry,
    positions: Range<usize>,
    /// Takes the chance gaps out, so that only the named oddity is odd; it is given a customer without oddity.
    ordinary: fn(&mut Value, &World, u64),
    oddities: &'static [Oddity],
}

/// Where an awkward record is.
pub(crate) type Named = BTreeMap<&'static str, (Registry, String)>;

/// Puts every awkward record in its place and names it.
pub(crate) fn place(world: &World, shelves: &mut BTreeMap<Registry, Shelf>, named: &mut Named) {
    for group in customers::groups(world) {
        put(world, 0, shelves, named, &group);
    }
    let customer = named.get("cliente_atacado").and_then(|(_, id)| id.parse().ok()).unwrap_or_default();
    for group in goods::groups(world).into_iter().chain([titles::group(world), orders::group(world)]) {
        put(world, customer, shelves, named, &group);
    }
    for (name, registry, record) in goods::orphans() {
        if let Some(shelf) = shelves.get_mut(&registry) {
            named.insert(name, (registry, shelf.add(&record)));
        }
    }
    let at = |registry: Registry, index: usize| (registry, shelves[&registry].id_at(index));
    named.extend(goods::found(world, &at));
    named.insert("titulo_antigo", at(Registry::Titulos, 0));
    named.insert("titulo_excluido", at(Registry::TitulosExcluidos, 0));
    named.insert("pedido_antigo", at(Registry::Pedidos, 0));
}

fn put(
    world: &World,
    customer: u64,
    shelves: &mut BTreeMap<Registry, Shelf>,
    named: &mut Named,
    group: &Group,
) {
    let Some(shelf) = shelves.get_mut(&group.registry) else { return };
    let stride = group.positions.len() / group.oddities.len();
    for (nth, (name, twist)) in group.oddities.iter().enumerate() {
        let index = group.positions.start + nth * stride + stride / 2;
        let mut record = shelf.record(index);
        (group.ordinary)(&mut record, world, customer);
        twist(&mut record, world);
        named.insert(name, (group.registry, shelf.id_at(index)));
        shelf.replace(index, &record);
    }
}

/// Takes members away.
fn take(record: &mut Value, fields: &[&str]) {
    let members: Option<&mut Map<String, Value>> = record.as_object_mut();
    if let Some(members) = members {
        members.retain(|name, _| !fields.contains(&name.as_str()));
    }
}
