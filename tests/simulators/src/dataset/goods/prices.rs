//! Prices, made record by record (`contracts/omie.md` §8.16): each table but the empty one has every product.

use std::ops::Range;

use super::super::account::EMPTY_TABLE;
use super::products::{Products, id_of};
use crate::dataset::customers::written;
use crate::dataset::maker::Maker;
use crate::dataset::{DAY, Marks, Registry};

/// Makes the price of any position; the tables follow each other.
#[derive(Clone, Debug)]
pub(crate) struct Prices {
    products: Products,
    tables: Vec<u64>,
}

impl Maker for Prices {
    fn len(&self) -> usize {
        self.tables.len() * self.products.len()
    }

    fn id(&self, index: usize) -> String {
        let (table, product) = self.parts(index);
        format!("{}/{}", self.tables[table], self.products.id(product))
    }

    fn position(&self, id: &str) -> Option<usize> {
        let (table, product) = id.split_once('/')?;
        let table = table.parse::<u64>().ok()?;
        let table = self.tables.iter().position(|held| *held == table)?;
        Some(table * self.products.len() + self.products.position(product)?)
    }

    fn marks(&self, index: usize) -> Marks {
        let (included, changed, _) = self.stamps(index);
        let group = self.tables[self.parts(index).0];
        Marks { included: Some(included), changed: Some(changed), group, ..Marks::default() }
    }

    /// Written by hand: a million of these are made one after the other.
    fn text(&self, index: usize, whole: bool) -> String {
        let (table, product) = self.parts(index);
        let sketch = self.products.sketch(product);
        let (included, changed, mut rng) = self.stamps(index);
        let ((d_inc, h_inc), (d_alt, h_alt)) = (written(included), written(changed));
        let of = if whole { format!("\"nCodTabPreco\":{},", self.tables[table]) } else { String::new() };
        let price = (sketch.price * factor(table) + 50) / 100;
        let discount = match rng.u8(..10) {
            0 => String::new(),
            1..4 => "\"cTemDesconto\":\"N\",\"nDescMaximo\":0,\"nDescSugerido\":0,".to_owned(),
            ceiling => {
                format!("\"cTemDesconto\":\"S\",\"nDescMaximo\":{ceiling}.5,\"nDescSugerido\":0,")
            }
        };
        format!(
            "{{{of}\"nCodProd\":{id},\"cCodIntProd\":\"\",\"cCodigoProduto\":\"{code}\",\
             \"cDescricaoProduto\":\"{description}\",\"cNCM\":\"{ncm}\",\"cEAN\":\"{ean}\",\
             \"nCodFamilia\":{family},\"nValorOriginal\":{original},\"nValorCalculado\":{price},\
             \"nValorTabela\":{price},\"nPercDesconto\":0,\"nPercAcrescimo\":0,{discount}\
             \"cManual\":\"N\",\"cArredPreco\":\"N\",\"itemInfo\":{{\"dIncItem\":\"{d_inc}\",\
             \"hIncItem\":\"{h_inc}\",\"dAltItem\":\"{d_alt}\",\"hAltItem\":\"{h_alt}\",\
             \"cImpAPIItem\":\"N\"}}}}",
            id = id_of(self.products.world.preset, product),
            code = sketch.code(),
            description = sketch.description(),
            ncm = sketch.ncm(),
            ean = sketch.ean(),
            family = sketch.family.map_or(0, super::family_id),
            original = amount(sketch.price),
            price = amount(price),
        )
    }

    fn group(&self, group: u64) -> Range<usize> {
        let each = self.products.len();
        self.tables.iter().position(|table| *table == group).map_or(0..0, |nth| nth * each..(nth + 1) * each)
    }
}

impl Prices {
    pub(crate) fn new(products: Products, mut tables: Vec<u64>) -> Self {
        tables.retain(|table| *table != EMPTY_TABLE);
        Self { products, tables }
    }

    /// Which table and which product.
    fn parts(&self, index: usize) -> (usize, usize) {
        (index / self.products.len(), index % self.products.len())
    }

    fn stamps(&self, index: usize) -> (i64, i64, fastrand::Rng) {
        let world = &self.products.world;
        let mut rng = world.rng(Registry::ItensTabela, index);
        let included = world.now - rng.i64(4 * DAY..700 * DAY);
        let latest = world.now - rng.i64(3 * DAY..200 * DAY);
        let changed = (included + rng.i64(0..400 * DAY)).min(latest).max(included);
        (included, changed, rng)
    }
}

/// What a table makes of a price, in hundredths: no two neighbours alike.
fn factor(table: usize) -> i64 {
    const FACTORS: [i64; 7] = [100, 90, 97, 80, 85, 110, 103];
    FACTORS[table % FACTORS.len()]
}

fn amount(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
