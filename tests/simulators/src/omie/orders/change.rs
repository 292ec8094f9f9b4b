//! `TrocarEtapaPedido`, `ExcluirPedido`, `CancelarPedidoVenda` (`contracts/omie.md` §8.27, §8.28), and what a
//! person does to an order.

use serde_json::{Map, Value, json};

use super::read::invoice_of;
use super::{API_USER, PERSON, STAGE, number_of, stages};
use crate::Registry;
use crate::dataset::{at, put, stamp, text_of};
use crate::omie::account::Account;
use crate::omie::fixed::STAGES;
use crate::omie::operation::Answered;
use crate::omie::refusal::Refusal;
use crate::omie::schema::{Kind, Structure, may, must};

/// The first stage an order has only after it was invoiced.
const INVOICED: &str = "60";

/// Not yet invoiced, an order moves among the stages before invoicing; afterwards among the others.
pub(in crate::omie) fn move_to(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "pvpTrocarEtapaRequest",
        fields: &[
            may("codigo_pedido", Kind::Whole),
            may("codigo_pedido_integracao", Kind::Text(60)),
            may("numero_pedido", Kind::Text(15)),
            must("etapa", Kind::Text(2)),
        ],
    };
    ASKED.check(param)?;
    let stage = text_of(&param["etapa"]);
    if !STAGES.iter().any(|(known, _)| *known == stage) {
        let known: Vec<&str> = STAGES.iter().map(|(code, _)| *code).collect();
        return Err(Refusal::not_a_choice("etapa", &stage, &known));
    }
    let order = account.named_order(param, ["codigo_pedido", "codigo_pedido_integracao", "numero_pedido"])?;
    let stamps = &order["infoCadastro"];
    let invoiced = stamps["faturado"] == "S";
    if stamps["cancelado"] == "S" && !invoiced {
        return Err(Refusal::invalid("O pedido está cancelado e não pode mudar de etapa!"));
    }
    if invoiced != (stage.as_str() >= INVOICED) {
        return Err(Refusal::invalid(format_args!("O pedido não pode ser movido para a etapa [{stage}]!")));
    }
    let order = account.change_order(order, API_USER, &["EtapaAlterada"], |order, _, _| {
        put(order, STAGE, stage.into());
    });
    Ok((answer(&order, "Etapa alterada com sucesso!"), 1))
}

/// Only an order that was not invoiced.
pub(in crate::omie) fn delete(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "pvpExcluirRequest",
        fields: &[may("codigo_pedido", Kind::Whole), may("codigo_pedido_integracao", Kind::Text(60))],
    };
    ASKED.check(param)?;
    let order = account.named_order(param, ["codigo_pedido", "codigo_pedido_integracao", ""])?;
    if at(&order, "infoCadastro.faturado") == "S" {
        return Err(Refusal::invalid("O pedido está faturado e não pode ser excluído!"));
    }
    let id = text_of(at(&order, "cabecalho.codigo_pedido"));
    account.remove(Registry::Pedidos, &id).map_err(|_| Refusal::not_found("Pedido", &id))?;
    Ok((answer(&order, "Pedido excluído com sucesso!"), 1))
}

pub(in crate::omie) fn cancel(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "pvfCancelarRequest",
        fields: &[may("nCodPed", Kind::Whole), may("cCodIntPed", Kind::Text(60))],
    };
    ASKED.check(param)?;
    let order = account.named_order(param, ["nCodPed", "cCodIntPed", ""])?;
    if at(&order, "infoCadastro.cancelado") == "S" {
        return Err(Refusal::invalid("O pedido já está cancelado!"));
    }
    let order = account.cancelled(order, API_USER);
    let header = &order["cabecalho"];
    let answer = json!({ "nCodPed": header["codigo_pedido"], "cCodIntPed": header["codigo_pedido_integracao"],
        "cCodStatus": "0", "cDescStatus": "Pedido cancelado com sucesso!" });
    Ok((answer, 1))
}

fn answer(order: &Value, text: &str) -> Value {
    let header = &order["cabecalho"];
    json!({ "codigo_pedido": header["codigo_pedido"],
        "codigo_pedido_integracao": header["codigo_pedido_integracao"], "codigo_status": "0",
        "descricao_status": text, "numero_pedido": number_of(order) })
}

impl Account<'_> {
    /// A person moves an order, wherever it may be.
    pub(in crate::omie) fn put_in_stage(&mut self, order: Value, stage: &str) {
        self.change_order(order, PERSON, &["EtapaAlterada"], |order, _, _| put(order, STAGE, stage.into()));
    }

    /// Someone invoices an order: the number of the invoice.
    pub(in crate::omie) fn invoiced(&mut self, order: Value, user: &str) -> String {
        let topics = ["EtapaAlterada", "Faturada", "NFe.NotaAutorizada"];
        let order = self.change_order(order, user, &topics, |order, day, hour| {
            put(order, STAGE, INVOICED.into());
            let stamps = &mut order["infoCadastro"];
            (stamps["faturado"], stamps["autorizado"]) = ("S".into(), "S".into());
            (stamps["dFat"], stamps["hFat"], stamps["uFat"]) = (day.into(), hour.into(), user.into());
        });
        invoice_of(&order).0
    }

    /// Someone cancels an order, which keeps its stage.
    pub(in crate::omie) fn cancelled(&mut self, mut order: Value, user: &str) -> Value {
        self.add_cancellation_row(&mut order, user);
        let invoiced = at(&order, "infoCadastro.faturado") == "S";
        let topics: &[&str] = if invoiced { &["Cancelada", "NFe.NotaCancelada"] } else { &["Cancelada"] };
        self.change_order(order, user, topics, |order, day, hour| {
            let stamps = &mut order["infoCadastro"];
            stamps["cancelado"] = "S".into();
            (stamps["dCan"], stamps["hCan"], stamps["uCan"]) = (day.into(), hour.into(), user.into());
        })
    }

    /// Someone cancels the invoice alone.
    pub(in crate::omie) fn invoice_cancelled(&mut self, mut order: Value, user: &str) {
        self.add_cancellation_row(&mut order, user);
        self.change_order(order, user, &["NFe.NotaCancelada"], |order, day, hour| {
            order["_info"]["nota_cancelada"] =
                json!({ "cCancelado": "S", "dDtCanc": day, "cHrCanc": hour, "cUsCanc": user });
        });
    }

    /// In an account of that kind a cancellation has a row of its own.
    fn add_cancellation_row(&self, order: &mut Value, user: &str) {
        if self.options.cancellation_rows {
            let mut rows = stages::rows_of(order);
            let (day, hour) = stamp(self.now);
            rows.push(stages::row(at(order, STAGE), &day, &hour, user));
            order["_info"]["etapas"] = Value::Array(rows);
        }
    }

    /// The customer gives the goods back.
    pub(in crate::omie) fn given_back(&mut self, order: Value, user: &str) {
        let topics = ["Devolvida", "NFe.NotaDevolucaoAutorizada"];
        self.change_order(order, user, &topics, |order, day, hour| {
            order["infoCadastro"]["devolvido"] = "S".into();
            order["_info"]["devolucao"] =
                json!({ "cDevolvido": "S", "dDtDev": day, "cHrDev": hour, "cUsDev": user });
        });
    }
}
