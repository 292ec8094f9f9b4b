//! An order as Omie writes it.

use fastrand::Rng;
use serde_json::{Value, json};

use super::orders::{Orders, Sketch, State};
use crate::dataset::customers::written;
use crate::dataset::goods::{DEFAULT_LOCATION, id_of};
use crate::dataset::maker::Maker as _;
use crate::dataset::{DAY, hundredths, sn};

/// Number of the first order.
const FIRST: usize = 1_500;

pub(super) fn record(orders: &Orders, mut sketch: Sketch) -> Value {
    let world = &orders.world;
    let rng = &mut sketch.rng;
    let customer = world.customer(rng.usize(..world.preset.customers()));
    let seller = world.sellers[rng.usize(..world.sellers.len())];
    let plan = world.plans[rng.usize(..world.plans.len())];
    let means = ["15", "15", "15", "01", "17", "03", "18"][rng.usize(..7)];
    let freight = if rng.u8(..5) == 0 { rng.i64(5..80) * 100 } else { 0 };
    let lines = 1 + rng.usize(..5);
    let mut goods = 0;
    let items: Vec<Value> = (0..lines).map(|nth| item(orders, rng, nth, &mut goods)).collect();
    let total = goods + freight;
    // Numbers travel padded or not (contracts/omie.md §6).
    let number = FIRST + sketch.index;
    let number = if sketch.index.is_multiple_of(2) { format!("{number:015}") } else { number.to_string() };
    let stage = stage(&sketch);
    let ours = sketch.index % 9 == 4;
    json!({
        "cabecalho": {
            "codigo_pedido": sketch.id,
            "codigo_pedido_integracao": if ours { format!("9001{:05}", sketch.index) } else { String::new() },
            "numero_pedido": number, "sequencial": "0", "bloqueado": "N", "importado_api": sn(ours),
            "encerrado": "N", "codigo_cliente": customer, "etapa": stage, "codigo_parcela": plan,
            "origem_pedido": if ours { "API" } else { "" }, "quantidade_itens": lines,
            "data_previsao": written(sketch.expected).0
        },
        "informacoes_adicionais": { "codVend": seller, "meio_pagamento": means, "codigo_categoria": "1.01.03",
            "codigo_conta_corrente": 5_366_579_915_u64, "consumidor_final": "N", "enviar_email": "N" },
        "frete": { "modalidade": if freight > 0 { "0" } else { "9" }, "valor_frete": hundredths(freight),
            "outras_despesas": 0, "codigo_transportadora": 0 },
        "total_pedido": { "valor_total_pedido": hundredths(total), "valor_mercadorias": hundredths(goods),
            "valor_descontos": 0, "valor_IPI": 0, "valor_st": 0 },
        "infoCadastro": stamps(&sketch, ours),
        "observacoes": { "obs_venda": if sketch.index.is_multiple_of(4) { "Entregar pela manhã" } else { "" } },
        "det": items,
        "lista_parcelas": { "parcela": [{ "numero_parcela": 1, "valor": hundredths(total), "percentual": 100,
            "data_vencimento": written(sketch.expected + 28 * DAY).0, "meio_pagamento": means }] }
    })
}

fn item(orders: &Orders, rng: &mut Rng, nth: usize, goods: &mut i64) -> Value {
    let product = rng.usize(..orders.products.len());
    let sketch = orders.products.sketch(product);
    let quantity = rng.i64(1..25);
    let discount = if rng.u8(..6) == 0 { sketch.price * quantity / 20 } else { 0 };
    let total = sketch.price * quantity - discount;
    *goods += total;
    json!({
        "ide": { "codigo_item": 99_001 + nth, "codigo_item_integracao": (nth + 1).to_string(),
            "simples_nacional": "N" },
        "produto": {
            "codigo_produto": id_of(orders.world.preset, product), "codigo": sketch.code(),
            "descricao": sketch.description(), "ean": sketch.ean(), "ncm": sketch.ncm(), "unidade": "UN",
            "quantidade": quantity, "valor_unitario": hundredths(sketch.price), "tipo_desconto": "V",
            "percentual_desconto": 0, "valor_desconto": hundredths(discount),
            "valor_mercadoria": hundredths(sketch.price * quantity), "valor_total": hundredths(total),
            "cfop": "5.102", "codigo_tabela_preco": 6_001, "reservado": "N"
        },
        "inf_adic": { "codigo_local_estoque": DEFAULT_LOCATION, "nao_gerar_financeiro": "N" },
        "observacao": { "obs_item": "" }
    })
}

/// A cancelled order keeps the stage it was in.
fn stage(sketch: &Sketch) -> &'static str {
    match sketch.state {
        State::Invoiced(_) => ["60", "60", "70"][sketch.index % 3],
        State::Cancelled(_) | State::Open => ["10", "20", "50"][sketch.index % 3],
    }
}

fn stamps(sketch: &Sketch, ours: bool) -> Value {
    let ((d_inc, h_inc), (d_alt, h_alt)) = (written(sketch.included), written(sketch.changed));
    let invoiced = matches!(sketch.state, State::Invoiced(_));
    let mut stamps = json!({
        "dInc": d_inc, "hInc": h_inc, "uInc": if ours { "WEBSERVICE" } else { "P000111" }, "dAlt": d_alt,
        "hAlt": h_alt, "uAlt": "P000111", "cImpAPI": sn(ours), "faturado": sn(invoiced),
        "cancelado": sn(matches!(sketch.state, State::Cancelled(_))), "autorizado": sn(invoiced),
        "denegado": "N", "devolvido": "N", "devolvido_parcial": "N"
    });
    // The days of an event are there only after it.
    let event = match sketch.state {
        State::Invoiced(at) => Some((at, ["dFat", "hFat", "uFat"])),
        State::Cancelled(at) => Some((at, ["dCan", "hCan", "uCan"])),
        State::Open => None,
    };
    if let Some((at, [day, hour, user])) = event {
        let (on, when) = written(at);
        (stamps[day], stamps[hour], stamps[user]) = (on.into(), when.into(), "P000111".into());
    }
    stamps
}
