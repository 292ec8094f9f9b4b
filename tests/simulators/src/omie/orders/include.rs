//! `IncluirPedido` (`contracts/omie.md` §8.23).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::shape::ORDER;
use super::{API_USER, amounts, stages};
use crate::Registry;
use crate::dataset::{at, seconds, stamp, text_of};
use crate::omie::account::Account;
use crate::omie::fixed;
use crate::omie::operation::Answered;
use crate::omie::refusal::Refusal;
use crate::omie::schema::is_empty;

/// Most items of one order.
const MOST_ITEMS: usize = 199;

pub(in crate::omie) fn include(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    ORDER.check(param)?;
    let mut order = Value::Object(param.clone());
    let code = text_of(at(&order, "cabecalho.codigo_pedido_integracao"));
    if account.order_by_code(&code).is_some() {
        return Err(Refusal::order_exists(&code));
    }
    let customer = account.customer_of(&order["cabecalho"])?;
    order["cabecalho"]["codigo_cliente"] = customer;
    account.check_header(&order)?;
    account.check_more(&order["informacoes_adicionais"])?;
    account.check_freight(&order["frete"])?;
    if is_empty(at(&order, "frete.modalidade")) {
        order["frete"] = json!({ "modalidade": "9" });
    }
    let mut items = order["det"].as_array().cloned().unwrap_or_default();
    account.complete_items(&mut items)?;
    let totals = amounts::sum_up(&order["cabecalho"], &mut items, &order["frete"])?;
    let term = account.term(&order).unwrap_or_default();
    let means = at(&order, "informacoes_adicionais.meio_pagamento");
    let instalments =
        amounts::instalments(&order["cabecalho"], &order["lista_parcelas"], &term, means, totals.total())?;
    order["det"] = Value::Array(items);
    order["lista_parcelas"] = instalments;
    order["total_pedido"] = totals.written();
    Ok((account.register(order, &code), 1))
}

impl Account<'_> {
    fn customer_of(&mut self, header: &Value) -> Result<Value, Refusal> {
        let code = text_of(&header["codigo_cliente_integracao"]);
        let id = match &header["codigo_cliente"] {
            id if !is_empty(id) => id.to_string(),
            _ if code.is_empty() => return Err(Refusal::missing_member("codigo_cliente")),
            _ => {
                self.customer_by_code(&code).ok_or_else(|| Refusal::no_integration_code("Cliente", &code))?
            }
        };
        let customer = self.raw(Registry::Clientes, &id);
        let customer = customer.ok_or_else(|| Refusal::not_found("Cliente", &id))?;
        if customer["inativo"] == "S" {
            return Err(Refusal::invalid(format_args!("O cliente [{id}] está inativo!")));
        }
        Ok(id.parse::<u64>().map_or_else(|_| id.into(), Value::from))
    }

    fn check_header(&self, order: &Value) -> Result<(), Refusal> {
        let expected = seconds(&text_of(at(order, "cabecalho.data_previsao")), "00:00:00");
        if expected < seconds(&stamp(self.now).0, "00:00:00") {
            let why = "A data de previsão de faturamento não pode ser menor que a data atual!";
            return Err(Refusal::invalid(why));
        }
        let term = text_of(at(order, "cabecalho.codigo_parcela"));
        if !self.has(Registry::FormasPagamento, at(order, "cabecalho.codigo_parcela")) {
            return Err(unregistered("Parcela não cadastrada", &term));
        }
        Ok(())
    }

    fn term(&self, order: &Value) -> Option<Value> {
        self.raw(Registry::FormasPagamento, &text_of(at(order, "cabecalho.codigo_parcela")))
    }

    fn check_more(&self, more: &Value) -> Result<(), Refusal> {
        let category = text_of(&more["codigo_categoria"]);
        if !fixed::has_category(&category) {
            return Err(unregistered("Categoria não cadastrada", &category));
        }
        let account = more["codigo_conta_corrente"].as_u64().unwrap_or_default();
        if !fixed::has_account(account) {
            return Err(unregistered("Conta corrente não cadastrada", &account.to_string()));
        }
        let seller = &more["codVend"];
        if !is_empty(seller) && !self.has(Registry::Vendedores, seller) {
            return Err(unregistered("Vendedor não cadastrado", &text_of(seller)));
        }
        let means = text_of(&more["meio_pagamento"]);
        if !means.is_empty() && !self.has(Registry::MeiosPagamento, &more["meio_pagamento"]) {
            return Err(unregistered("Meio de pagamento não cadastrado", &means));
        }
        if means == "99" && is_empty(&more["descr_meio_pagamento"]) {
            return Err(Refusal::missing_member("descr_meio_pagamento"));
        }
        if more["enviar_email"] == "S" && more["enviar_pix"] == "S" {
            let why = "As tags [enviar_email] e [enviar_pix] não podem ser informadas juntas!";
            return Err(Refusal::invalid(why));
        }
        Ok(())
    }

    fn check_freight(&self, freight: &Value) -> Result<(), Refusal> {
        let carrier = &freight["codigo_transportadora"];
        if !is_empty(carrier) && !self.has(Registry::Clientes, carrier) {
            return Err(unregistered("Transportadora não cadastrada", &text_of(carrier)));
        }
        Ok(())
    }

    /// Checks the items and fills in what Omie knows of the product.
    fn complete_items(&self, items: &mut [Value]) -> Result<(), Refusal> {
        if items.len() > MOST_ITEMS {
            let why = format!("O pedido não pode ter mais de {MOST_ITEMS} itens!");
            return Err(Refusal::invalid(why));
        }
        let mut codes = BTreeSet::new();
        for (nth, item) in items.iter_mut().enumerate() {
            let code = text_of(at(item, "ide.codigo_item_integracao"));
            if !code.parse::<usize>().is_ok_and(|code| (1..=MOST_ITEMS).contains(&code)) {
                return Err(Refusal::bad_member("codigo_item_integracao"));
            }
            if !codes.insert(code.clone()) {
                let why = format!("Item já cadastrado para o Código de Integração [{code}] !");
                return Err(Refusal::invalid(why));
            }
            self.complete_item(nth, item)?;
        }
        Ok(())
    }

    fn complete_item(&self, nth: usize, item: &mut Value) -> Result<(), Refusal> {
        let sent = &item["produto"];
        let id = text_of(&sent["codigo_produto"]);
        if id.is_empty() || id == "0" {
            return Err(Refusal::missing_member("codigo_produto"));
        }
        let product = self.raw(Registry::Produtos, &id).ok_or_else(|| Refusal::not_found("Produto", &id))?;
        if product["inativo"] == "S" {
            return Err(Refusal::invalid(format_args!("O produto [{id}] está inativo!")));
        }
        let location = item["inf_adic"]["codigo_local_estoque"].as_u64().unwrap_or_default();
        let locations = self.shelf(Registry::LocaisEstoque);
        if location != 0 && locations.position(&location.to_string()).is_err() {
            return Err(Refusal::no_location(location));
        }
        item["ide"]["codigo_item"] = json!(99_001 + nth);
        for (member, default) in [
            ("codigo", &product["codigo"]),
            ("descricao", &product["descricao"]),
            ("ean", &product["ean"]),
            ("ncm", &product["ncm"]),
            ("unidade", &product["unidade"]),
            ("cfop", &json!("5.102")),
            ("reservado", &json!("N")),
        ] {
            if is_empty(&item["produto"][member]) {
                item["produto"][member] = default.clone();
            }
        }
        Ok(())
    }

    /// Gives the order its identity, its number and its stamps, and puts it with the others.
    fn register(&mut self, mut order: Value, code: &str) -> Value {
        let nth = self.next_order();
        let (id, number) = (FIRST_ID + nth * 7, self.options.first_order_number + nth);
        let (day, hour) = stamp(self.now);
        let items = order["det"].as_array().map_or(0, Vec::len);
        let header = &mut order["cabecalho"];
        for (member, value) in [
            ("codigo_pedido", json!(id)),
            ("numero_pedido", json!(number.to_string())),
            ("sequencial", json!("0")),
            ("bloqueado", json!("N")),
            ("importado_api", json!("S")),
            ("encerrado", json!("N")),
            ("origem_pedido", json!("API")),
            ("quantidade_itens", json!(items)),
        ] {
            header[member] = value;
        }
        let first = stages::row(&header["etapa"], &day, &hour, API_USER);
        order["infoCadastro"] = json!({ "dInc": day, "hInc": hour, "uInc": API_USER, "dAlt": day, "hAlt": hour,
            "uAlt": API_USER, "cImpAPI": "S", "faturado": "N", "cancelado": "N", "autorizado": "N",
            "denegado": "N", "devolvido": "N", "devolvido_parcial": "N" });
        order["_info"] = json!({ "etapas": [first] });
        let id_text = self.keep(Registry::Pedidos, &order);
        if let Some(codes) = &mut self.desk.orders {
            codes.insert(code.to_owned(), id_text);
        }
        *self.desk.created.entry(code.to_owned()).or_default() += 1;
        self.tell_of_order(&["Incluida"], &order);
        json!({ "codigo_pedido": id, "codigo_pedido_integracao": code, "codigo_status": "0",
            "descricao_status": "Pedido cadastrado com sucesso!", "numero_pedido": format!("{number:015}") })
    }

    /// How many orders came in through the API before: a journal may have brought some.
    fn next_order(&self) -> u64 {
        let held = self.shelf(Registry::Pedidos);
        let before: u64 = self.desk.created.values().sum();
        let free = |nth: &u64| held.position(&(FIRST_ID + nth * 7).to_string()).is_err();
        (before..1_000_000).find(free).unwrap_or_default()
    }
}

/// Above every order a dataset has.
const FIRST_ID: u64 = 11_500_000_001;

fn unregistered(what: &str, code: &str) -> Refusal {
    Refusal::invalid(format_args!("{what} para o Código [{code}] !"))
}
