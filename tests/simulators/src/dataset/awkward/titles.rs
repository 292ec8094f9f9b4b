//! The awkward titles.

use serde_json::{Value, json};

use super::{Group, Oddity, take};
use crate::dataset::{Registry, World};

/// All of them are of the last half year.
pub(super) fn group(world: &World) -> Group {
    let count = world.preset.titles();
    Group { registry: Registry::Titulos, positions: count / 20 + 3..count, ordinary, oddities: ODDITIES }
}

/// A receivable of a sale, invoiced, not yet due.
fn ordinary(record: &mut Value, world: &World, customer: u64) {
    let head = &mut record["cabecTitulo"];
    take(head, &["dDtPagamento", "dDtCanc"]);
    for (field, value) in [
        ("nCodCliente", json!(customer)),
        ("cNumDocFiscal", json!("00054321")),
        ("cNumParcela", json!("001/001")),
        ("cStatus", json!("AVENCER")),
        ("cTipo", json!("BOL")),
        ("cOperacao", json!("11")),
        ("cNatureza", json!("R")),
        ("cCodVendedor", json!(world.sellers[0])),
        ("dDtVenc", json!(world.date(20))),
        ("dDtPrevisao", json!(world.date(20))),
        ("nValorTitulo", json!(100)),
    ] {
        head[field] = value;
    }
    // A number no other title has.
    head["cNumOS"] = json!(head["nCodTitulo"].to_string().split_off(3));
    record["lancamentos"] = json!([]);
    record["resumo"] = json!({ "cLiquidado": "N", "nValPago": 0, "nValAberto": 100, "nValLiquido": 100 });
}

const ODDITIES: &[Oddity] = &[
    ("titulo_sem_nota", |r, _| take(head(r), &["cNumDocFiscal", "nCodNF"])),
    ("titulo_avulso", |r, _| {
        take(head(r), &["cNumOS", "nCodOS"]);
        head(r)["cOperacao"] = json!("02");
    }),
    ("titulo_os_vazia", |r, _| head(r)["cNumOS"] = json!("")),
    ("titulo_os_nao_numerica", |r, _| head(r)["cNumOS"] = json!("OS-77/A")),
    ("titulo_os_longa", |r, _| head(r)["cNumOS"] = json!("000009876543210")),
    ("titulo_de_servico", |r, _| head(r)["cOperacao"] = json!("01")),
    ("titulos_com_mesma_chave", same_key),
    ("titulos_com_mesma_chave_outro", same_key),
    ("titulo_cancelado", |r, w| {
        (head(r)["cStatus"], head(r)["dDtCanc"]) = (json!("CANCELADO"), json!(w.date(-10)));
    }),
    ("titulo_liquidado", |r, w| {
        (head(r)["cStatus"], head(r)["dDtPagamento"]) = (json!("LIQUIDADO"), json!(w.date(-10)));
        pay(r, w, 100);
    }),
    ("titulo_pago_em_parte", |r, w| {
        head(r)["cStatus"] = json!("PAGTO_PARCIAL");
        pay(r, w, 40);
    }),
    ("titulo_sem_resumo", |r, w| {
        head(r)["cStatus"] = json!("PAGTO_PARCIAL");
        pay(r, w, 40);
        take(r, &["resumo"]);
    }),
    ("titulo_boleto_gerado", |r, _| head(r)["cStatus"] = json!("A VENCER (BOLETO GERADO)")),
    ("titulo_situacao_desconhecida", |r, _| head(r)["cStatus"] = json!("EM PROTESTO")),
    ("titulo_sem_vencimento", |r, _| take(head(r), &["dDtVenc"])),
    ("titulo_vencimento_zerado", |r, _| head(r)["dDtVenc"] = json!("00/00/0000")),
    ("titulo_sem_parcela", |r, _| head(r)["cNumParcela"] = json!("")),
    ("titulo_sem_vendedor", |r, _| head(r)["cCodVendedor"] = json!(0)),
    ("titulo_de_cliente_desconhecido", |r, _| head(r)["nCodCliente"] = json!(4_999_999_999_u64)),
    ("titulo_a_pagar", |r, _| head(r)["cNatureza"] = json!("P")),
    ("titulo_nota_longa", |r, _| head(r)["cNumDocFiscal"] = json!("00009876543210")),
    ("titulo_linha_digitavel", |r, _| head(r)["cCodigoBarras"] = json!("1".repeat(47))),
    ("titulo_tipo_desconhecido", |r, _| head(r)["cTipo"] = json!("XYZ")),
    ("titulo_numeros_em_texto", |r, _| {
        let id = head(r)["nCodTitulo"].to_string();
        (head(r)["nCodTitulo"], head(r)["nValorTitulo"]) = (json!(id), json!("1.50"));
    }),
];

fn head(record: &mut Value) -> &mut Value {
    &mut record["cabecTitulo"]
}

/// Two titles of one order and one instalment number: one key in Máxima.
fn same_key(record: &mut Value, _: &World) {
    head(record)["cNumOS"] = json!("990077");
}

fn pay(record: &mut Value, world: &World, paid: u32) {
    record["lancamentos"] = json!([
        { "nCodLanc": 1, "dDtLanc": world.date(-10), "nValLanc": paid - 10, "nJuros": 0, "nMulta": 0, "nDesconto": 0 },
        { "nCodLanc": 2, "dDtLanc": world.date(-10), "nValLanc": 10, "nJuros": 0, "nMulta": 0, "nDesconto": 0 }
    ]);
    record["resumo"]["nValPago"] = json!(paid);
    record["resumo"]["nValAberto"] = json!(100 - paid);
    record["resumo"]["cLiquidado"] = json!(if paid == 100 { "S" } else { "N" });
}
