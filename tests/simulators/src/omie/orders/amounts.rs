//! What an order adds up to.

use jiff::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value, json};

use crate::dataset::{DAY, seconds, stamp, text_of};
use crate::omie::refusal::Refusal;
use crate::omie::schema::{amount, number};

/// The sums of an order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    /// Before any discount (`contracts/omie.md` §8.25).
    goods: Decimal,
    discounts: Decimal,
    freight: Decimal,
    insurance: Decimal,
    other: Decimal,
}

impl Totals {
    pub(super) fn total(&self) -> Decimal {
        self.goods - self.discounts + self.freight + self.insurance + self.other
    }

    pub(super) fn written(&self) -> Value {
        json!({ "valor_mercadorias": number(self.goods), "valor_descontos": number(self.discounts),
            "valor_frete": number(self.freight), "valor_seguro": number(self.insurance),
            "outras_despesas": number(self.other), "valor_IPI": 0, "valor_st": 0,
            "valor_total_pedido": number(self.total()) })
    }
}

/// Writes the sums of each item into it and gives those of the order. A discount of the header is spread over
/// the items; the last takes the cents.
pub(super) fn sum_up(header: &Value, items: &mut [Value], freight: &Value) -> Result<Totals, Refusal> {
    let mut worth: Vec<(Decimal, Decimal)> =
        items.iter().map(|item| worth(&item["produto"])).collect::<Result<_, _>>()?;
    spread(header, &mut worth)?;
    let mut totals = Totals {
        freight: amount(&freight["valor_frete"]),
        insurance: amount(&freight["valor_seguro"]),
        other: amount(&freight["outras_despesas"]),
        ..Totals::default()
    };
    for (item, (goods, discount)) in items.iter_mut().zip(worth) {
        if discount > goods {
            return Err(Refusal::invalid("O valor do desconto não pode ser maior que o valor do item!"));
        }
        if item["inf_adic"]["nao_somar_total"] != "S" {
            (totals.goods, totals.discounts) = (totals.goods + goods, totals.discounts + discount);
        }
        let product = &mut item["produto"];
        product["valor_mercadoria"] = number(goods);
        product["valor_desconto"] = number(discount);
        product["valor_total"] = number(goods - discount);
    }
    Ok(totals)
}

/// The goods of an item and their discount.
fn worth(product: &Value) -> Result<(Decimal, Decimal), Refusal> {
    let goods = cents(amount(&product["quantidade"]) * amount(&product["valor_unitario"]));
    let (percent, value) = (amount(&product["percentual_desconto"]), amount(&product["valor_desconto"]));
    let discount = match text_of(&product["tipo_desconto"]).as_str() {
        "P" => cents(goods * percent / Decimal::ONE_HUNDRED),
        "V" => cents(value),
        _ if percent.is_zero() && value.is_zero() => Decimal::ZERO,
        _ => return Err(Refusal::missing_member("tipo_desconto")),
    };
    Ok((goods, discount))
}

fn spread(header: &Value, worth: &mut [(Decimal, Decimal)]) -> Result<(), Refusal> {
    let goods: Decimal = worth.iter().map(|(goods, _)| *goods).sum();
    let whole = match text_of(&header["tipo_desconto_pedido"]).as_str() {
        "P" => cents(goods * amount(&header["perc_desconto_pedido"]) / Decimal::ONE_HUNDRED),
        "V" => cents(amount(&header["valor_desconto_pedido"])),
        _ => Decimal::ZERO,
    };
    if whole.is_zero() {
        return Ok(());
    }
    if worth.iter().any(|(_, discount)| !discount.is_zero()) {
        return Err(Refusal::invalid("O desconto do pedido não pode ser informado: há itens com desconto!"));
    }
    let mut left = whole;
    for (goods_of_item, discount) in worth.iter_mut() {
        *discount = cents(whole * *goods_of_item / goods).min(left);
        left -= *discount;
    }
    if let Some((_, discount)) = worth.last_mut() {
        *discount += left;
    }
    Ok(())
}

/// The instalments of a term: as they are sent for "999", by the term's days for the others.
pub(super) fn instalments(
    header: &Value,
    sent: &Value,
    term: &Value,
    means: &Value,
    total: Decimal,
) -> Result<Value, Refusal> {
    if header["codigo_parcela"] == "999" {
        let sent = sent["parcela"].as_array().filter(|sent| !sent.is_empty());
        let sent = sent.ok_or_else(|| Refusal::missing_member("lista_parcelas"))?;
        check(header, sent, total)?;
        return Ok(json!({ "parcela": sent }));
    }
    if !sent.is_null() {
        let why = "A tag [lista_parcelas] só pode ser informada com a parcela [999]!";
        return Err(Refusal::invalid(why));
    }
    let days: Vec<i64> = text_of(&term["cListaParc"])
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|days| days.parse().ok())
        .collect();
    let days = if days.is_empty() { vec![0] } else { days };
    let count = Decimal::from(days.len());
    let (share, percent) = (cents(total / count), cents(Decimal::ONE_HUNDRED / count));
    let begin = seconds(&text_of(&header["data_previsao"]), "00:00:00").unwrap_or_default();
    let last = days.len() - 1;
    let parcels = days.iter().enumerate().map(|(nth, days)| {
        let before = Decimal::from(nth);
        let (value, part) = if nth == last {
            (total - share * before, Decimal::ONE_HUNDRED - percent * before)
        } else {
            (share, percent)
        };
        let mut parcel = Map::new();
        parcel.insert("numero_parcela".into(), json!(nth + 1));
        parcel.insert("valor".into(), number(value));
        parcel.insert("percentual".into(), number(part));
        parcel.insert("data_vencimento".into(), json!(day(begin + days * DAY)));
        parcel.insert("meio_pagamento".into(), means.clone());
        Value::Object(parcel)
    });
    Ok(json!({ "parcela": parcels.collect::<Vec<_>>() }))
}

/// The values of the instalments make the total, their percentages a hundred (`contracts/omie.md` §8.23).
fn check(header: &Value, sent: &[Value], total: Decimal) -> Result<(), Refusal> {
    let count = header["qtde_parcelas"].as_u64().unwrap_or_default();
    if count == 0 {
        return Err(Refusal::missing_member("qtde_parcelas"));
    }
    if count != sent.len() as u64 {
        return Err(Refusal::invalid("A quantidade de parcelas é diferente da tag [qtde_parcelas]!"));
    }
    let sum = |name: &str| -> Decimal { sent.iter().map(|parcel| amount(&parcel[name])).sum() };
    if sum("percentual") != Decimal::ONE_HUNDRED {
        return Err(Refusal::invalid("A soma dos percentuais das parcelas deve ser igual a 100!"));
    }
    let value = sum("valor");
    if value != total {
        let why = format!("A soma das parcelas [{value:.2}] é diferente do total do pedido [{total:.2}]!");
        return Err(Refusal::invalid(why));
    }
    Ok(())
}

/// The day of an instant in local seconds, which are three hours behind.
fn day(local: i64) -> String {
    stamp(Timestamp::from_second(local + 3 * 3_600).unwrap_or(Timestamp::MAX)).0
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}
