//! Stock locations and positions (`contracts/omie.md` §8.18, §8.19).

use std::ops::Range;

use serde_json::{Value, json};

use super::products::{Products, id_of};
use crate::dataset::maker::Maker;
use crate::dataset::{Marks, Registry, Traits, World, hundredths};

/// The location that holds every product.
pub(crate) const DEFAULT_LOCATION: u64 = 4_401;
/// A location that sells nothing, and is empty.
pub(crate) const DAMAGED: u64 = 11_489_514_402;
/// A location no longer in use.
pub(crate) const OLD_LOCATION: u64 = 11_489_514_403;

/// Makes the position of any product at the default location.
#[derive(Clone, Debug)]
pub(crate) struct Stock {
    products: Products,
}

/// What is where, in hundredths of a unit.
struct Figures {
    balance: i64,
    reserved: i64,
    pending: i64,
    cost: i64,
}

impl Maker for Stock {
    fn len(&self) -> usize {
        self.products.len()
    }

    fn id(&self, index: usize) -> String {
        format!("{DEFAULT_LOCATION}/{}", self.products.id(index))
    }

    fn position(&self, id: &str) -> Option<usize> {
        let (location, product) = id.split_once('/')?;
        (location == DEFAULT_LOCATION.to_string()).then(|| self.products.position(product))?
    }

    fn marks(&self, index: usize) -> Marks {
        let figures = self.figures(index);
        let moved = figures.balance != 0 || figures.cost != 0;
        Marks { group: DEFAULT_LOCATION, traits: Traits::MOVED.when(moved), ..Marks::default() }
    }

    fn text(&self, index: usize, _whole: bool) -> String {
        let sketch = self.products.sketch(index);
        let Figures { balance, reserved, pending, cost } = self.figures(index);
        let record = json!({
            "nCodProd": id_of(self.products.world.preset, index), "cCodInt": "", "cCodigo": sketch.code(),
            "cDescricao": sketch.description(), "nPrecoUnitario": hundredths(sketch.price),
            "nSaldo": hundredths(balance), "nCMC": hundredths(cost), "nPendente": hundredths(pending),
            "estoque_minimo": 10, "codigo_local_estoque": DEFAULT_LOCATION,
            "reservado": hundredths(reserved), "fisico": hundredths(balance)
        });
        record.to_string()
    }

    fn group(&self, group: u64) -> Range<usize> {
        if group == DEFAULT_LOCATION { 0..self.len() } else { 0..0 }
    }
}

impl Stock {
    pub(crate) fn new(products: Products) -> Self {
        Self { products }
    }

    /// One product in ten never moved.
    fn figures(&self, index: usize) -> Figures {
        let mut rng = self.products.world.rng(Registry::PosicoesEstoque, index);
        if rng.u8(..10) == 0 {
            return Figures { balance: 0, reserved: 0, pending: 0, cost: 0 };
        }
        let whole = rng.i64(0..800) * 100;
        let balance = whole + if rng.u8(..20) == 0 { 75 } else { 0 };
        let reserved = if rng.u8(..4) == 0 { balance / 1_000 * 100 } else { 0 };
        let pending = reserved + if rng.u8(..4) == 0 { 1_200 } else { 0 };
        Figures { balance, reserved, pending, cost: self.products.sketch(index).cost }
    }
}

/// The default one sells; the others do not.
pub(crate) fn locations(world: &World) -> Vec<Value> {
    let location = |id: u64,
                    code: &str,
                    name: &str,
                    default: &str,
                    inactive: &str,
                    sells: &str,
                    days: i64| {
        json!({ "codigo_local_estoque": id, "codigo": code, "descricao": name, "tipo": "1", "padrao": default,
            "inativo": inactive, "dispVenda": sells, "dispRemessa": "S", "dispOrdemProducao": "N",
            "dispConsumoOP": "N", "codigo_cliente": 0, "dInc": world.date(-days), "hInc": "08:00:00",
            "uInc": "P000111", "dAlt": world.date(-days), "hAlt": "08:00:00", "uAlt": "P000111" })
    };
    vec![
        location(DEFAULT_LOCATION, "PADRAO", "Local Padrão", "S", "N", "S", 1_400),
        location(DAMAGED, "AVARIAS", "Avarias", "N", "N", "N", 900),
        location(OLD_LOCATION, "ANTIGO", "Depósito antigo", "N", "S", "S", 1_300),
    ]
}
