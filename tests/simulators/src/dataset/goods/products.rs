//! Products, made record by record (`contracts/omie.md` §8.14).

use std::sync::Arc;

use fastrand::Rng;
use serde_json::{Value, json};

use super::{family_id, family_name};
use crate::dataset::customers::written;
use crate::dataset::maker::{Maker, nth};
use crate::dataset::{DAY, Marks, Preset, Registry, Traits, World, hundredths, sn};

/// Makes the product of any position.
#[derive(Clone, Debug)]
pub(crate) struct Products {
    pub(crate) world: Arc<World>,
}

/// What other registries say about a product too.
pub(crate) struct Sketch {
    pub(crate) included: i64,
    pub(crate) changed: i64,
    pub(crate) traits: Traits,
    /// Hundredths.
    pub(crate) price: i64,
    pub(crate) cost: i64,
    pub(crate) family: Option<usize>,
    name: [usize; 3],
    index: usize,
    rng: Rng,
}

const OLDER: u64 = 5_366_578_297;
const YOUNGER: u64 = 11_489_600_000;
const STEP: u64 = 23;

/// The identity of a position: ten digits, eleven for the youngest fifth.
pub(crate) fn id_of(preset: Preset, index: usize) -> u64 {
    let start = if index >= preset.products() / 5 * 4 { YOUNGER } else { OLDER };
    start + index as u64 * STEP
}

impl Maker for Products {
    fn len(&self) -> usize {
        self.world.preset.products()
    }

    fn id(&self, index: usize) -> String {
        id_of(self.world.preset, index).to_string()
    }

    fn position(&self, id: &str) -> Option<usize> {
        let right = |index: &usize| *index < self.len() && self.id(*index) == id;
        [YOUNGER, OLDER].into_iter().filter_map(|start| nth(id, start, STEP)).find(right)
    }

    fn marks(&self, index: usize) -> Marks {
        let Sketch { included, changed, traits, .. } = self.sketch(index);
        Marks { included: Some(included), changed: Some(changed), traits, ..Marks::default() }
    }

    fn text(&self, index: usize, whole: bool) -> String {
        let mut record = self.record(index);
        if whole {
            record["obs_internas"] = json!("");
        }
        record.to_string()
    }
}

impl Products {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// Nothing of the catalogue changed in the last three days: the first change a test sees is its own.
    pub(crate) fn sketch(&self, index: usize) -> Sketch {
        let mut rng = self.world.rng(Registry::Produtos, index);
        let included = self.world.now - rng.i64(4 * DAY..1_500 * DAY);
        let changed = (included + rng.i64(0..1_500 * DAY)).min(self.world.now - rng.i64(3 * DAY..90 * DAY));
        let traits = Traits::INACTIVE
            .when(rng.u8(..100) < 4)
            .and(Traits::PDV.when(index % 9 == 2))
            .and(Traits::IMPORTED.when(index % 21 == 5));
        let price = rng.i64(99..25_000);
        let family = (rng.u8(..100) >= 3).then(|| rng.usize(..self.world.preset.families() - 1));
        let name = [rng.usize(..KIND.len()), rng.usize(..MAKE.len()), rng.usize(..SIZE.len())];
        let (changed, cost) = (changed.max(included), price * 6 / 10);
        Sketch { included, changed, traits, price, cost, family, name, index, rng }
    }

    fn record(&self, index: usize) -> Value {
        let mut sketch = self.sketch(index);
        let [description, code, ncm, ean] =
            [sketch.description(), sketch.code(), sketch.ncm().to_owned(), sketch.ean()];
        let ((d_inc, h_inc), (d_alt, h_alt)) = (written(sketch.included), written(sketch.changed));
        let rng = &mut sketch.rng;
        let unit = UNITS[rng.usize(..UNITS.len())];
        // One in five was never weighed.
        let weight = if rng.u8(..5) == 0 { 0 } else { rng.i64(5..2_500) };
        let side = |rng: &mut Rng| hundredths(rng.i64(0..60) * 50);
        json!({
            "codigo_produto": id_of(self.world.preset, index), "codigo_produto_integracao": "",
            "codigo": code, "descricao": description, "descr_detalhada": "", "unidade": unit,
            "ncm": ncm, "ean": ean, "valor_unitario": hundredths(sketch.price),
            "codigo_familia": sketch.family.map_or(0, family_id), "codInt_familia": "",
            "descricao_familia": sketch.family.map(family_name).unwrap_or_default(),
            "tipoItem": if rng.u8(..20) == 0 { "04" } else { "00" },
            "peso_liq": hundredths(weight), "peso_bruto": hundredths(weight * 105 / 100),
            "altura": side(rng), "largura": side(rng), "profundidade": side(rng),
            "marca": MAKE[sketch.name[1]], "modelo": "", "inativo": sn(sketch.traits.has(Traits::INACTIVE)),
            "bloqueado": sn(rng.u8(..100) == 0), "bloquear_exclusao": "N",
            "importado_api": sn(sketch.traits.has(Traits::IMPORTED)),
            // Deprecated and wrong on purpose: it must never be used as stock.
            "quantidade_estoque": 999_999, "estoque_minimo": 0,
            "recomendacoes_fiscais": { "origem_mercadoria": "0", "id_cest": "", "cupom_fiscal": "N",
                "market_place": "N", "indicador_escala": "", "cnpj_fabricante": "" },
            "info": { "dInc": d_inc, "hInc": h_inc, "uInc": "P000111", "dAlt": d_alt, "hAlt": h_alt,
                "uAlt": "P000111", "cImpAPI": "N" }
        })
    }
}

impl Sketch {
    /// No character of it needs escaping in JSON.
    pub(crate) fn description(&self) -> String {
        let [kind, make, size] = self.name;
        format!("{} {} {}", KIND[kind], MAKE[make], SIZE[size])
    }

    pub(crate) fn code(&self) -> String {
        format!("REF-{:05}", self.index + 1)
    }

    pub(crate) fn ncm(&self) -> &'static str {
        NCM[self.name[0] % NCM.len()]
    }

    /// EAN-13 with its check digit.
    pub(crate) fn ean(&self) -> String {
        let body = format!("789{:09}", self.index as u64 * 101 + 17);
        let digits = body.bytes().map(|byte| u32::from(byte - b'0'));
        let sum: u32 =
            digits.enumerate().map(|(place, digit)| digit * if place % 2 == 0 { 1 } else { 3 }).sum();
        format!("{body}{}", (10 - sum % 10) % 10)
    }
}

const UNITS: [&str; 8] = ["UN", "UN", "UN", "CX", "FD", "KG", "PCT", "CAIXA"];
const NCM: [&str; 6] = ["2202.10.00", "1905.31.00", "0901.21.00", "1902.19.00", "3402.20.00", "2106.90.10"];
const KIND: [&str; 24] = [
    "REFRIGERANTE",
    "BISCOITO RECHEADO",
    "CAFÉ TORRADO",
    "MACARRÃO ESPAGUETE",
    "DETERGENTE",
    "SUCO EM PÓ",
    "ARROZ TIPO 1",
    "FEIJÃO CARIOCA",
    "AÇÚCAR CRISTAL",
    "ÓLEO DE SOJA",
    "LEITE INTEGRAL",
    "SABÃO EM PÓ",
    "PAPEL HIGIÊNICO",
    "MOLHO DE TOMATE",
    "CERVEJA PILSEN",
    "ÁGUA MINERAL",
    "SALGADINHO",
    "CHOCOLATE AO LEITE",
    "IOGURTE",
    "MARGARINA",
    "FARINHA DE TRIGO",
    "AMACIANTE",
    "SHAMPOO",
    "RAÇÃO PARA CÃES",
];
const MAKE: [&str; 16] = [
    "DO VALE",
    "SERRANA",
    "ESTRELA",
    "BOM SABOR",
    "DONA IRENE",
    "CERRADO",
    "ARAGUAIA",
    "SANTA RITA",
    "PRIMOR",
    "NATIVA",
    "CAMPEÃ",
    "DELÍCIA",
    "TRADIÇÃO",
    "PIONEIRA",
    "IDEAL",
    "REAL",
];
const SIZE: [&str; 12] = [
    "2L",
    "350ML",
    "500G",
    "1KG",
    "5KG",
    "200G",
    "C/12",
    "C/24",
    "600ML",
    "900ML",
    "400G",
    "TAMANHO FAMÍLIA",
];
