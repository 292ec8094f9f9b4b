//! `ListarEtapasPedido` (`contracts/omie.md` §8.29): every stage of every order, with what the order is now.

use serde_json::{Map, Value, json};

use super::number_of;
use super::read::invoice_of;
use crate::Registry;
use crate::dataset::{DAY, at, parsed, seconds, sn, text_of};
use crate::omie::account::Account;
use crate::omie::operation::Answered;
use crate::omie::refusal::Refusal;
use crate::omie::schema::{Kind, Structure, may};

const METHOD: &str = "ListarEtapasPedido";

const ASKED: Structure = Structure {
    name: "etapasListarRequest",
    fields: &[
        may("nPagina", Kind::Whole),
        may("nRegPorPagina", Kind::Whole),
        may("cOrdenarPor", Kind::OneOf(&["CODIGO", "DATAHORA"])),
        may("cOrdemDecrescente", Kind::Yes),
        may("dDtInicial", Kind::Day),
        may("cHrInicial", Kind::Text(8)),
        may("dDtFinal", Kind::Day),
        may("cHrFinal", Kind::Text(8)),
        may("nCodPed", Kind::Whole),
        may("cCodIntPed", Kind::Text(60)),
        may("cEtapa", Kind::Text(2)),
    ],
};

/// A stage as it is kept with its order.
pub(super) fn row(stage: &Value, day: &str, hour: &str, user: &str) -> Value {
    json!({ "cEtapa": stage, "dDtEtapa": day, "cHrEtapa": hour, "cUsEtapa": user })
}

/// The stages an order has gone through. One whose stages were never kept has one: the stage it is in, since its
/// last change.
pub(super) fn rows_of(order: &Value) -> Vec<Value> {
    if let Some(rows) = at(order, super::STAGES_KEPT).as_array() {
        return rows.clone();
    }
    let stamps = &order["infoCadastro"];
    let text = |name: &str| stamps[name].as_str().unwrap_or_default();
    let (day, hour, user) = match text("dAlt") {
        "" => (text("dInc"), text("hInc"), text("uInc")),
        day => (day, text("hAlt"), text("uAlt")),
    };
    vec![row(at(order, super::STAGE), day, hour, user)]
}

/// Whether an invoice, a cancellation or a return of the order is later than what is listed yet: rows of before it must
/// not tell of it.
fn is_ahead(order: &Value, latest: i64) -> bool {
    let stamps = &order["infoCadastro"];
    let has_event = ["faturado", "cancelado", "devolvido"].iter().any(|event| stamps[event] == "S");
    has_event && seconds(&text_of(&stamps["dAlt"]), &text_of(&stamps["hAlt"])).is_some_and(|at| at > latest)
}

pub(in crate::omie) fn stages(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    ASKED.check(param)?;
    let text = |name: &str| param.get(name).map(text_of).unwrap_or_default();
    let (from, to) = window(account, param)?;
    let latest = account.local_seconds() - account.options.stage_rows_after.as_secs().cast_signed();
    let stage = text("cEtapa");
    let mut rows: Vec<(i64, u64, Value)> = Vec::new();
    for order in account.asked_orders(param, from) {
        if is_ahead(&order, latest) {
            continue;
        }
        let id = text_of(at(&order, "cabecalho.codigo_pedido")).parse().unwrap_or_default();
        for row in rows_of(&order) {
            let moment = seconds(&text_of(&row["dDtEtapa"]), &text_of(&row["cHrEtapa"])).unwrap_or_default();
            let is_listed = (from..=to).contains(&moment) && moment <= latest;
            if is_listed && (stage.is_empty() || row["cEtapa"] == stage) {
                rows.push((moment, id, shown(&order, row, account.options.cancellation_hours)));
            }
        }
    }
    // Stable: an order's stages of the same second stay in the order they happened.
    if text("cOrdenarPor") == "DATAHORA" {
        rows.sort_by_key(|(moment, ..)| *moment);
    } else {
        rows.sort_by_key(|(moment, id, _)| (*id, *moment));
    }
    if text("cOrdemDecrescente") == "S" {
        rows.reverse();
    }
    page(account, param, rows)
}

fn window(account: &Account<'_>, param: &Map<String, Value>) -> Result<(i64, i64), Refusal> {
    let text = |name: &str| param.get(name).map(text_of).unwrap_or_default();
    let end = |day: &str, hour: &str, default: &str| match (text(day), text(hour)) {
        (date, _) if date.is_empty() => Ok(None),
        (date, time) if time.is_empty() => {
            seconds(&date, default).map(Some).ok_or_else(|| Refusal::bad_member(day))
        }
        (date, time) => seconds(&date, &time).map(Some).ok_or_else(|| Refusal::bad_member(hour)),
    };
    let from = end("dDtInicial", "cHrInicial", "00:00:00")?;
    let to = end("dDtFinal", "cHrFinal", "23:59:59")?;
    let one_order = !text("nCodPed").is_empty() || !text("cCodIntPed").is_empty();
    let undated = from.is_none() && to.is_none() && !one_order;
    let oldest = if undated && account.options.hide_old_when_undated {
        account.local_seconds() - 30 * DAY
    } else {
        i64::MIN
    };
    Ok((from.unwrap_or(oldest), to.unwrap_or(i64::MAX)))
}

impl Account<'_> {
    /// Now, as stamps count it.
    fn local_seconds(&self) -> i64 {
        self.now.as_second() - 3 * 3_600
    }

    /// The order that is asked for, or all that changed since; a stage is never younger than the last change.
    fn asked_orders(&mut self, param: &Map<String, Value>, from: i64) -> Vec<Value> {
        let text = |name: &str| param.get(name).map(text_of).filter(|text| !text.is_empty() && text != "0");
        if let Some(id) = text("nCodPed") {
            return self.raw(Registry::Pedidos, &id).into_iter().collect();
        }
        if let Some(code) = text("cCodIntPed") {
            let id = self.order_by_code(&code);
            return id.and_then(|id| self.raw(Registry::Pedidos, &id)).into_iter().collect();
        }
        let held = self.shelf(Registry::Pedidos);
        let changed = held.live().filter(|(_, marks)| marks.changed.is_none_or(|changed| changed >= from));
        changed.map(|(index, _)| parsed(&held.text(index))).collect()
    }
}

fn shown(order: &Value, mut row: Value, has_hours: bool) -> Value {
    let (header, stamps) = (&order["cabecalho"], &order["infoCadastro"]);
    let yes = |name: &str| sn(stamps[name] == "S");
    let stamp = |name: &str| stamps[name].as_str().unwrap_or_default();
    let mut invoicing = json!({ "cFaturado": yes("faturado"), "cAutorizado": yes("autorizado"),
        "cDenegado": yes("denegado"), "cAmbiente": "P" });
    if stamps["faturado"] == "S" {
        let (number, key) = invoice_of(order);
        for (member, value) in [
            ("dDtFat", stamp("dFat")),
            ("cHrFat", stamp("hFat")),
            ("cChaveNFE", &key),
            ("cNumNFE", &number),
            ("cSerieNFE", "1"),
            ("dDtSainda", stamp("dFat")),
            ("cHrSaida", stamp("hFat")),
        ] {
            invoicing[member] = json!(value);
        }
    }
    let mut cancellation = json!({ "cCancelado": yes("cancelado") });
    if stamps["cancelado"] == "S" {
        cancellation["dDtCanc"] = json!(stamp("dCan"));
        cancellation["cHrCanc"] = json!(stamp("hCan"));
        cancellation["cUsCanc"] = json!(stamp("uCan"));
    }
    let of_invoice = at(order, "_info.nota_cancelada");
    if of_invoice.is_object() {
        cancellation = of_invoice.clone();
    }
    if let Some(members) = cancellation.as_object_mut().filter(|_| !has_hours) {
        members.remove("cHrCanc");
    }
    let kept = at(order, "_info.devolucao");
    let returned = if kept.is_object() { kept.clone() } else { json!({ "cDevolvido": yes("devolvido") }) };
    row["nCodPed"] = header["codigo_pedido"].clone();
    row["cCodIntPed"] = json!(text_of(&header["codigo_pedido_integracao"]));
    row["cNumero"] = json!(number_of(order));
    row["faturamento"] = invoicing;
    row["cancelamento"] = cancellation;
    row["devolucao"] = returned;
    row["info"] = json!({ "dInc": stamp("dInc"), "hInc": stamp("hInc"), "uInc": stamp("uInc"),
        "dAlt": stamp("dAlt"), "hAlt": stamp("hAlt"), "uAlt": stamp("uAlt"), "cImpAPI": yes("cImpAPI") });
    row
}

fn page(account: &Account<'_>, param: &Map<String, Value>, rows: Vec<(i64, u64, Value)>) -> Answered {
    let asked = |name: &'static str, default: usize| match param.get(name).and_then(Value::as_u64) {
        None => Ok(default),
        Some(0) => Err(Refusal::bad_member(name)),
        Some(number) => usize::try_from(number).map_err(|_| Refusal::bad_member(name)),
    };
    let number = asked("nPagina", 1)?;
    let size = asked("nRegPorPagina", 50)?.min(account.options.page_cap(METHOD)).max(1);
    let (total, pages) = (rows.len(), rows.len().div_ceil(size));
    let skipped = (number - 1).saturating_mul(size);
    let shown: Vec<Value> = rows.into_iter().skip(skipped).take(size).map(|(.., row)| row).collect();
    if shown.is_empty() {
        return Err(Refusal::empty(number as u64));
    }
    let here = shown.len();
    let answer = json!({ "nPagina": number, "nTotPaginas": pages, "nRegistros": here, "nTotRegistros": total,
        "etapasPedido": shown });
    Ok((answer, here))
}
