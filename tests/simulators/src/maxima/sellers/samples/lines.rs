//! The items of a sample order.

use fastrand::Rng;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::{OrderKind, Row, amount, number, row, rows, text};
use crate::maxima::sellers::NotPossible;
use crate::maxima::tables::Tables;

/// The items, and what they come to.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) items: Vec<Value>,
    /// At sale prices.
    pub(super) total: Decimal,
    /// At list prices.
    pub(super) listed: Decimal,
}

/// One more than Omie takes (mapping §6.1).
const TOO_MANY: usize = 200;

/// Items of products that have a price in a region.
pub(super) fn lines(
    kind: OrderKind,
    tables: &Tables,
    region: &str,
    rng: &mut Rng,
) -> Result<Lines, NotPossible> {
    let wanted = match kind {
        OrderKind::Empty => return Ok(Lines::default()),
        OrderKind::BonusItem => rng.usize(2..4),
        _ => rng.usize(1..4),
    };
    let of_region = format!("/{region}");
    let prices = rows(tables, "TabelasPrecos", wanted, rng, |key, _| key.ends_with(&of_region));
    if prices.is_empty() {
        return Err(NotPossible(format!("a tabela {region} não tem preços: faça a carga antes")));
    }
    let count =
        if kind == OrderKind::TooLong { TOO_MANY } else { prices.len().max(usize::from(wanted > 1) * 2) };
    let mut lines = Lines::default();
    for (nth, price) in prices.iter().cycle().take(count).enumerate() {
        let product = text(price, "Codprod");
        let product = row(tables, "Produtos", rng, |key, _| key == product)?;
        let bonus = kind == OrderKind::BonusItem && nth + 1 == count;
        lines.add(kind, &product, amount(price, "Pvenda"), bonus, rng);
    }
    lines.total = cents(lines.total);
    lines.listed = cents(lines.listed);
    Ok(lines)
}

impl Lines {
    fn add(&mut self, kind: OrderKind, product: &Row, list: Decimal, bonus: bool, rng: &mut Rng) {
        let quantity = match rng.u8(..8) {
            0 => Decimal::new(rng.i64(1..10) * 25, 1),
            _ => Decimal::from(rng.u8(1..25)),
        };
        let off = match kind {
            OrderKind::Discount | OrderKind::DiscountOnTop => Decimal::from([2, 5, 10][rng.usize(..3)]),
            OrderKind::WrongTotal => Decimal::from(5),
            _ => Decimal::from([0, 0, 5][rng.usize(..3)]),
        };
        let lowered = cents(list * (Decimal::ONE_HUNDRED - off) / Decimal::ONE_HUNDRED);
        let (sale, percent) = match kind {
            OrderKind::DiscountOnTop => (list, off),
            _ if list.is_zero() => (lowered, Decimal::ZERO),
            _ => (lowered, four((list - lowered) / list * Decimal::ONE_HUNDRED)),
        };
        let charged = match kind {
            OrderKind::DiscountOnTop => sale * (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED,
            _ => sale,
        };
        self.total += quantity * charged;
        self.listed += quantity * list;
        self.items.push(json!({
            "Codigo": text(product, "Codprod"), "Descricao": text(product, "Descricao"),
            "Sequencia": self.items.len() + 1, "Quantidade": number(quantity), "PrecoVenda": number(sale),
            "PrecoTabela": number(list), "PrecoBase": number(list), "PrecoOriginal": number(list),
            "PercDesconto": number(percent), "PercDescontoInformado": 0, "PrecoVendaInformado": number(sale),
            "PrecoTabelaInformado": number(list), "Unidade": text(product, "Unidade"),
            "CodigoBarras": text(product, "Codauxiliar"), "ItemBonificado": bonus,
            "EmbalagemSelecionada": null, "FilialRetira": null, "PoliticasComerciais": [],
            "Tributacao": { "ValorIpi": 0, "ValorSt": 0.0 }
        }));
    }
}

pub(super) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn four(percent: Decimal) -> Decimal {
    percent.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero).normalize()
}
