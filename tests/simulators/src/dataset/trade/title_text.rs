//! A title as Omie writes it.

use serde_json::{Value, json};

use super::titles::{Sketch, State, Titles};
use crate::dataset::customers::written;
use crate::dataset::shelf::without;
use crate::dataset::{DAY, hundredths};

/// The record, with its stamps when it is wanted whole.
pub(super) fn record(titles: &Titles, mut sketch: Sketch, whole: bool) -> Value {
    let status = status(&mut sketch, titles.world.now);
    let head = head(&mut sketch, status);
    let paid = paid(&sketch);
    let settled = matches!(sketch.state, State::Paid(_));
    let open = if matches!(sketch.state, State::Cancelled(_)) { 0 } else { sketch.value - paid };
    let record = json!({
        "cabecTitulo": head,
        "lancamentos": payments(&sketch, paid),
        "resumo": { "cLiquidado": if settled { "S" } else { "N" }, "nValPago": hundredths(paid),
            "nValAberto": hundredths(open), "nDesconto": 0, "nJuros": 0, "nMulta": 0,
            "nValLiquido": hundredths(sketch.value) }
    });
    if whole { record } else { without(record, &["cabecTitulo.info"]) }
}

fn status(sketch: &mut Sketch, now: i64) -> &'static str {
    let (due, today) = (sketch.due.div_euclid(DAY), now.div_euclid(DAY));
    match sketch.state {
        State::Cancelled(_) => "CANCELADO",
        State::Paid(_) if sketch.payable || sketch.rng.u8(..4) == 0 => "LIQUIDADO",
        State::Paid(_) => "RECEBIDO",
        State::Partly(_) => "PAGTO_PARCIAL",
        State::Open if due < today => "ATRASADO",
        State::Open if due == today => "VENCEHOJE",
        State::Open => match sketch.rng.u8(..10) {
            0 => "EMABERTO",
            1..3 => "A VENCER (BOLETO GERADO)",
            _ => "AVENCER",
        },
    }
}

fn head(sketch: &mut Sketch, status: &str) -> Value {
    let day = |second: i64| written(second).0;
    let rng = &mut sketch.shared;
    let kind = ["BOL", "BOL", "BOL", "DIN", "PIX", "CRT", "CHQ", "TRA"][rng.usize(..8)];
    // Most are sales; a service's number is not an order's.
    let operation = ["11", "11", "11", "11", "11", "11", "11", "11", "12", "01"][rng.usize(..10)];
    let number = 1_500 + sketch.invoice;
    let invoiced = rng.u8(..100) >= 4;
    let boleto = kind == "BOL";
    let mut head = json!({
        "nCodTitulo": sketch.id, "cCodIntTitulo": "", "cNumTitulo": format!("{number}-{}", sketch.part),
        "nCodCliente": sketch.customer, "nCodOS": 5_366_599_001_u64 + sketch.invoice as u64 * 7,
        "cNumOS": number.to_string(), "cNumParcela": format!("{:03}/{:03}", sketch.part, sketch.parts),
        "dDtEmissao": day(sketch.included), "dDtVenc": day(sketch.due), "dDtPrevisao": day(sketch.due),
        "dDtRegistro": day(sketch.included), "nValorTitulo": hundredths(sketch.value), "cStatus": status,
        "cTipo": kind, "cOperacao": operation, "cOrigem": "NFER",
        "cNatureza": if sketch.payable { "P" } else { "R" }, "cCodVendedor": sketch.seller,
        "nCodCC": 5_366_579_915_u64, "cCodCateg": "1.01.03",
        "cNumBoleto": if boleto { format!("{:010}", sketch.id % 10_000_000_000) } else { String::new() },
        "cCodigoBarras": if boleto { format!("{:044}", sketch.id) } else { String::new() }
    });
    if invoiced {
        head["cNumDocFiscal"] = json!(format!("{:08}", 12_000 + sketch.invoice));
        head["nCodNF"] = json!(5_366_700_001_u64 + sketch.invoice as u64);
    }
    match sketch.state {
        State::Paid(at) => head["dDtPagamento"] = json!(day(at)),
        State::Cancelled(at) => head["dDtCanc"] = json!(day(at)),
        State::Partly(_) | State::Open => {}
    }
    let ((d_inc, h_inc), (d_alt, h_alt)) = (written(sketch.included), written(sketch.changed));
    head["info"] = json!({ "dInc": d_inc, "hInc": h_inc, "uInc": "P000111", "dAlt": d_alt, "hAlt": h_alt,
        "uAlt": "P000111", "cImpAPI": "N" });
    head
}

/// Hundredths paid so far.
fn paid(sketch: &Sketch) -> i64 {
    match sketch.state {
        State::Paid(_) => sketch.value,
        State::Partly(_) => sketch.value / 3,
        State::Cancelled(_) | State::Open => 0,
    }
}

fn payments(sketch: &Sketch, paid: i64) -> Value {
    match sketch.state {
        State::Paid(at) | State::Partly(at) => json!([{ "nCodLanc": sketch.id + 1, "dDtLanc": written(at).0,
            "nValLanc": hundredths(paid), "nJuros": 0, "nMulta": 0, "nDesconto": 0,
            "nCodCC": 5_366_579_915_u64, "cNatureza": if sketch.payable { "P" } else { "R" } }]),
        State::Cancelled(_) | State::Open => json!([]),
    }
}
