//! The awkward orders.

use serde_json::{Value, json};

use super::{Group, Oddity, take};
use crate::dataset::goods::id_of;
use crate::dataset::trade::REMOVED_PRODUCT;
use crate::dataset::{Registry, World};

/// All of them are of the last 60 days.
pub(super) fn group(world: &World) -> Group {
    let count = world.preset.orders();
    Group { registry: Registry::Pedidos, positions: count / 50 + 1..count, ordinary, oddities: ODDITIES }
}

/// An order under way, of one item that costs 8.50.
fn ordinary(record: &mut Value, world: &World, customer: u64) {
    record["cabecalho"]["codigo_cliente"] = json!(customer);
    record["cabecalho"]["etapa"] = json!("20");
    record["cabecalho"]["codigo_parcela"] = json!("A30");
    record["cabecalho"]["quantidade_itens"] = json!(1);
    let more = &mut record["informacoes_adicionais"];
    (more["codVend"], more["meio_pagamento"]) = (json!(world.sellers[0]), json!("15"));
    let stamps = &mut record["infoCadastro"];
    take(stamps, &["dFat", "hFat", "uFat", "dCan", "hCan", "uCan"]);
    for event in ["faturado", "cancelado", "autorizado", "devolvido"] {
        stamps[event] = json!("N");
    }
    if let Some(items) = record["det"].as_array_mut() {
        items.truncate(1);
    }
    let product = product(record);
    for (field, value) in [
        ("codigo_produto", json!(id_of(world.preset, 0))),
        ("quantidade", json!(12)),
        ("valor_unitario", json!(8.5)),
        ("valor_desconto", json!(0)),
        ("valor_mercadoria", json!(102)),
        ("valor_total", json!(102)),
    ] {
        product[field] = value;
    }
    record["total_pedido"]["valor_mercadorias"] = json!(102);
    record["total_pedido"]["valor_total_pedido"] = json!(102);
    record["frete"]["valor_frete"] = json!(0);
}

const ODDITIES: &[Oddity] = &[
    ("pedido_cancelado", |r, w| {
        let stamps = &mut r["infoCadastro"];
        (stamps["cancelado"], stamps["dCan"], stamps["hCan"]) =
            (json!("S"), json!(w.date(-4)), json!("10:00:00"));
    }),
    ("pedido_faturado", |r, w| {
        r["cabecalho"]["etapa"] = json!("60");
        let stamps = &mut r["infoCadastro"];
        (stamps["faturado"], stamps["dFat"], stamps["hFat"]) =
            (json!("S"), json!(w.date(-4)), json!("10:00:00"));
    }),
    ("pedido_devolvido", |r, _| r["infoCadastro"]["devolvido"] = json!("S")),
    ("pedido_sem_vendedor", |r, _| take(&mut r["informacoes_adicionais"], &["codVend"])),
    ("pedido_vendedor_zero", |r, _| r["informacoes_adicionais"]["codVend"] = json!(0)),
    ("pedido_bonificado", |r, _| bonus(r, "5.910")),
    ("pedido_bonificado_fora_do_estado", |r, _| bonus(r, "6.910")),
    ("pedido_bonificado_em_parte", |r, _| {
        let paid = r["det"][0].clone();
        bonus(r, "5.910");
        if let Some(items) = r["det"].as_array_mut() {
            items.push(paid);
        }
    }),
    ("pedido_de_produto_removido", |r, _| product(r)["codigo_produto"] = json!(REMOVED_PRODUCT)),
    ("pedido_de_cliente_desconhecido", |r, _| {
        r["cabecalho"]["codigo_cliente"] = json!(4_999_999_999_u64);
    }),
    ("pedido_plano_999", |r, _| r["cabecalho"]["codigo_parcela"] = json!("999")),
    ("pedido_sem_meio_pagamento", |r, _| {
        take(&mut r["informacoes_adicionais"], &["meio_pagamento"]);
        r["lista_parcelas"]["parcela"][0]["meio_pagamento"] = json!("17");
    }),
    ("pedido_do_aplicativo", |r, _| {
        r["cabecalho"]["origem_pedido"] = json!("API");
        r["cabecalho"]["codigo_pedido_integracao"] = json!("900100200");
        r["infoCadastro"]["uInc"] = json!("WEBSERVICE");
    }),
    ("pedido_numero_grande", |r, _| r["cabecalho"]["numero_pedido"] = json!("000009876543210")),
    ("pedido_sem_numero", |r, _| r["cabecalho"]["numero_pedido"] = json!("")),
    ("pedido_sem_itens", |r, _| take(r, &["det"])),
    ("pedido_quantidade_zero", |r, _| product(r)["quantidade"] = json!(0)),
    ("pedido_quantidade_fracionada", |r, _| {
        (product(r)["quantidade"], product(r)["valor_total"]) = (json!(2.375), json!(20.19));
    }),
    ("pedido_observacao_longa", |r, _| {
        r["observacoes"]["obs_venda"] = json!("Conferir na entrega.\r\n".repeat(40));
    }),
    ("pedido_sem_blocos", |r, _| take(r, &["frete", "observacoes", "lista_parcelas", "total_pedido"])),
    ("pedido_numeros_em_texto", |r, _| {
        r["cabecalho"]["codigo_pedido"] = json!(r["cabecalho"]["codigo_pedido"].to_string());
        r["total_pedido"]["valor_total_pedido"] = json!("102,00");
    }),
];

fn product(record: &mut Value) -> &mut Value {
    &mut record["det"][0]["produto"]
}

/// Given away: no receivable, and the CFOP that says so.
fn bonus(record: &mut Value, cfop: &str) {
    record["det"][0]["inf_adic"]["nao_gerar_financeiro"] = json!("S");
    product(record)["cfop"] = json!(cfop);
}
