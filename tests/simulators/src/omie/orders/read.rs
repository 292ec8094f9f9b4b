//! `ConsultarPedido` and `StatusPedido` (`contracts/omie.md` §8.24, §8.26).

use serde_json::{Map, Value, json};

use super::number_of;
use crate::dataset::{KEPT_STAMPS, at, sn, text_of, without};
use crate::omie::account::Account;
use crate::omie::operation::Answered;
use crate::omie::schema::{Kind, Structure, is_empty, may};

/// The proof that an order is there. Zeros and empty members are left out.
pub(in crate::omie) fn consult(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "pvpConsultarRequest",
        fields: &[
            may("codigo_pedido", Kind::Whole),
            may("codigo_pedido_integracao", Kind::Text(60)),
            may("numero_pedido", Kind::Text(15)),
        ],
    };
    ASKED.check(param)?;
    let names = ["codigo_pedido", "codigo_pedido_integracao", "numero_pedido"];
    let order = account.named_order(param, names)?;
    let number = number_of(&order);
    let mut order = without(order, &[KEPT_STAMPS]);
    order["cabecalho"]["numero_pedido"] = json!(number);
    Ok((json!({ "pedido_venda_produto": pruned(order) }), 1))
}

pub(in crate::omie) fn status(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "pvpStatusRequest",
        fields: &[may("codigo_pedido", Kind::Whole), may("codigo_pedido_integracao", Kind::Text(60))],
    };
    ASKED.check(param)?;
    let order = account.named_order(param, ["codigo_pedido", "codigo_pedido_integracao", ""])?;
    let (header, stamps) = (&order["cabecalho"], &order["infoCadastro"]);
    let invoiced = stamps["faturado"] == "S";
    let listed: Vec<Value> = invoiced.then(|| invoice(&order)).into_iter().collect();
    let answer = json!({ "codigo_pedido": header["codigo_pedido"],
        "codigo_pedido_integracao": header["codigo_pedido_integracao"], "numero_pedido": number_of(&order),
        "etapa": header["etapa"], "cancelada": sn(stamps["cancelado"] == "S"), "faturada": sn(invoiced),
        "ambiente": "P", "valor_total_pedido": at(&order, "total_pedido.valor_total_pedido"),
        "ListaNfe": listed });
    Ok((answer, 1))
}

fn invoice(order: &Value) -> Value {
    let (number, key) = invoice_of(order);
    json!({ "numero_nfe": number, "serie_nfe": "1", "status_nfe": "100", "chave_nfe": key, "tipo": "S",
        "data_emissao": at(order, "infoCadastro.dFat"), "danfe": "", "mensagens": [] })
}

/// Number and access key of the invoice of an order.
pub(in crate::omie) fn invoice_of(order: &Value) -> (String, String) {
    let id: u64 = text_of(at(order, "cabecalho.codigo_pedido")).parse().unwrap_or_default();
    let number = id / 7 % 1_000_000;
    (format!("{number:09}"), format!("5225{number:040}"))
}

fn pruned(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, pruned(value)));
            Value::Object(members.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(pruned).collect()),
        other => other,
    }
}
