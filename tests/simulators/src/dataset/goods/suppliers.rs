//! Who supplies what (`contracts/omie.md` §8.17): one record per supplier.

use std::sync::Arc;

use serde_json::{Value, json};

use super::products::{Products, id_of};
use crate::dataset::World;
use crate::dataset::customers::{Customers, suppliers};
use crate::dataset::maker::made;

/// Position of a product that several suppliers have.
pub(crate) const OF_MANY: usize = 3;
/// Position of a product that no supplier has.
pub(crate) const OF_NOBODY: usize = 7;

/// The suppliers, the last of them without products, behind a record that names no supplier.
pub(crate) fn records(world: &Arc<World>) -> Vec<Value> {
    let (customers, products) = (Customers::new(world.clone()), Products::new(world.clone()));
    let suppliers: Vec<usize> = suppliers(world.preset).collect();
    let mut held = vec![Vec::new(); suppliers.len()];
    for product in 0..world.preset.products() {
        for nth in owners(product, suppliers.len() - 1) {
            held[nth].push(listed(&products, product, nth));
        }
    }
    let nobody = json!({ "nCodForn": 0, "cCodIntForn": "", "cCpfCnpj": "", "cRazaoSocial": "",
        "cNomeFantasia": "", "produtos": [listed(&products, 0, 0), { "nCodProd": 0, "cCodigo": "" }] });
    let supplier = |(index, held): (&usize, Vec<Value>)| {
        let record = made(&customers, *index);
        json!({ "nCodForn": record["codigo_cliente_omie"], "cCodIntForn": "", "cCpfCnpj": record["cnpj_cpf"],
            "cRazaoSocial": record["razao_social"], "cNomeFantasia": record["nome_fantasia"],
            "produtos": held })
    };
    std::iter::once(nobody).chain(suppliers.iter().zip(held).map(supplier)).collect()
}

fn owners(product: usize, suppliers: usize) -> Vec<usize> {
    let first = product % suppliers;
    match product {
        _ if product % 50 == OF_NOBODY => Vec::new(),
        _ if product % 17 == OF_MANY => vec![(first + 1) % suppliers, first],
        _ => vec![first],
    }
}

fn listed(products: &Products, product: usize, supplier: usize) -> Value {
    let sketch = products.sketch(product);
    json!({ "nCodProd": id_of(products.world.preset, product), "cCodIntProd": "",
        "cCodigo": format!("F{supplier}-{}", sketch.code()), "cDescricao": sketch.description() })
}
