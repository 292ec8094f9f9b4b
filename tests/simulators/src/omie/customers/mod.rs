//! Customers: what the write methods do with them (`contracts/omie.md` §8.9, §8.10).

mod shape;

use serde_json::{Map, Value, json};

use super::account::Account;
use super::desk::People;
use super::operation::Answered;
use super::orders::API_USER;
use super::refusal::Refusal;
use super::schema::{Kind, Structure, is_empty, may, must};
use crate::Registry;
use crate::dataset::documents::is_valid;
use crate::dataset::{KEPT_STAMPS, parsed, sn, stamp, text_of, without};
use shape::{ALTERED, CUSTOMER, NEW};

/// `IncluirCliente`: fails when the document or the integration code is there.
pub(super) fn include(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    CUSTOMER.check(param)?;
    NEW.check_filled(param)?;
    if param.contains_key("codigo_cliente_omie") {
        return Err(Refusal::automatic("codigo_cliente_omie"));
    }
    let code = text_of(&param["codigo_cliente_integracao"]);
    if let Some(id) = account.customer_by_code(&code) {
        return Err(Refusal::customer_exists(&code, &id));
    }
    let mut record = Value::Object(param.clone());
    account.check_customer(&mut record, None)?;
    let id = account.next_customer();
    let (day, hour) = stamp(account.now);
    record["codigo_cliente_omie"] = json!(id);
    record["importado_api"] = json!("S");
    record["exterior"] = json!("N");
    for (member, default) in [("inativo", "N"), ("bloquear_faturamento", "N"), ("codigo_pais", "1058")] {
        if is_empty(&record[member]) {
            record[member] = json!(default);
        }
    }
    if record["tags"].is_null() {
        record["tags"] = json!([]);
    }
    record["info"] = json!({ "dInc": day, "hInc": hour, "uInc": API_USER, "dAlt": day, "hAlt": hour,
        "uAlt": API_USER, "cImpAPI": "S" });
    account.keep_customer(&record, 0);
    Ok((answer(&json!(id), &code, "Cliente cadastrado com sucesso!"), 1))
}

/// `AlterarCliente`: members that are not sent stay, but the address and the e-mail have to be sent.
pub(super) fn alter(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    CUSTOMER.check(param)?;
    let mut record = account.named_customer(param)?;
    ALTERED.check_filled(param)?;
    let id = text_of(&record["codigo_cliente_omie"]);
    let code = param.get("codigo_cliente_integracao").map(text_of).unwrap_or_default();
    account.check_code(&code, &id)?;
    for (name, value) in param.iter().filter(|(name, _)| *name != "codigo_cliente_omie") {
        record[name] = value.clone();
    }
    account.check_customer(&mut record, Some(&id))?;
    account.changed(&mut record);
    let answer = answer(
        &record["codigo_cliente_omie"],
        &text_of(&record["codigo_cliente_integracao"]),
        "Cliente alterado com sucesso!",
    );
    account.keep_customer(&record, 1);
    Ok((answer, 1))
}

/// `AssociarCodIntCliente`: writes only the integration code.
pub(super) fn link(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "clientes_cadastro_chave",
        fields: &[
            must("codigo_cliente_omie", Kind::Whole),
            must("codigo_cliente_integracao", Kind::Text(60)),
        ],
    };
    ASKED.check(param)?;
    let (id, code) = (text_of(&param["codigo_cliente_omie"]), text_of(&param["codigo_cliente_integracao"]));
    let unknown = || Refusal::not_found("Cliente", &id);
    let mut record = account.raw(Registry::Clientes, &id).ok_or_else(unknown)?;
    account.check_code(&code, &id)?;
    record["codigo_cliente_integracao"] = json!(code);
    account.changed(&mut record);
    let answer = answer(&record["codigo_cliente_omie"], &code, "Código de integração associado com sucesso!");
    account.keep_customer(&record, 1);
    Ok((answer, 1))
}

/// `ConsultarCliente`: the record, unwrapped. A document is not a key.
pub(super) fn consult(account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "clientes_cadastro_chave",
        fields: &[may("codigo_cliente_omie", Kind::Whole), may("codigo_cliente_integracao", Kind::Text(60))],
    };
    ASKED.check(param)?;
    Ok((without(account.named_customer(param)?, &[KEPT_STAMPS]), 1))
}

fn answer(id: &Value, code: &str, text: &str) -> Value {
    json!({ "codigo_cliente_omie": id, "codigo_cliente_integracao": code, "codigo_status": "0",
        "descricao_status": text })
}

impl Account<'_> {
    /// The identity of the customer with an integration code.
    pub(super) fn customer_by_code(&mut self, code: &str) -> Option<String> {
        self.people().codes.get(code).cloned()
    }

    fn people(&mut self) -> &mut People {
        if self.desk.people.is_none() {
            let mut people = People::default();
            let held = self.dataset.shelf(Registry::Clientes);
            for (index, _) in held.live() {
                people.learn(&parsed(&held.text(index)), &held.id_at(index));
            }
            self.desk.people = Some(people);
        }
        self.desk.people.get_or_insert_default()
    }

    fn named_customer(&mut self, param: &Map<String, Value>) -> Result<Value, Refusal> {
        let text = |name: &str| param.get(name).map(text_of).filter(|text| !text.is_empty() && text != "0");
        let (id, unknown) = if let Some(id) = text("codigo_cliente_omie") {
            (Some(id.clone()), Refusal::not_found("Cliente", &id))
        } else if let Some(code) = text("codigo_cliente_integracao") {
            (self.customer_by_code(&code), Refusal::no_integration_code("Cliente", &code))
        } else {
            return Err(Refusal::missing_member("codigo_cliente_omie"));
        };
        id.and_then(|id| self.raw(Registry::Clientes, &id)).ok_or(unknown)
    }

    /// An integration code belongs to one customer.
    fn check_code(&mut self, code: &str, id: &str) -> Result<(), Refusal> {
        match self.customer_by_code(code).filter(|other| !code.is_empty() && other != id) {
            Some(other) => Err(Refusal::customer_exists(code, &other)),
            None => Ok(()),
        }
    }

    /// Checks what a record points to and writes it as Omie keeps it: the document masked, the city by its code.
    fn check_customer(&mut self, record: &mut Value, own: Option<&str>) -> Result<(), Refusal> {
        let document = digits(&text_of(&record["cnpj_cpf"]));
        if !document.is_empty() {
            if !is_valid(&document) {
                return Err(Refusal::invalid(format_args!("O CPF/CNPJ [{document}] é inválido!")));
            }
            let other = self.people().documents.get(&document).cloned();
            if let Some(other) = other.filter(|other| Some(other.as_str()) != own) {
                let held = self.raw(Registry::Clientes, &other).unwrap_or_default();
                let code = text_of(&held["codigo_cliente_integracao"]);
                return Err(Refusal::document_exists(&masked(&document), &other, &code));
            }
            record["cnpj_cpf"] = json!(masked(&document));
            record["pessoa_fisica"] = json!(sn(document.len() == 11));
        }
        let tags = record["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
        if tags.iter().any(|tag| is_empty(&tag["tag"])) {
            return Err(Refusal::tag_rule());
        }
        self.check_city(record)?;
        let seller = &record["recomendacoes"]["codigo_vendedor"];
        let term = &record["recomendacoes"]["numero_parcelas"];
        for (registry, what, code) in [
            (Registry::Vendedores, "Vendedor não cadastrado", seller),
            (Registry::FormasPagamento, "Parcela não cadastrada", term),
            (Registry::Atividades, "Tipo de atividade não cadastrado", &record["tipo_atividade"]),
        ] {
            if !is_empty(code) && !self.has(registry, code) {
                return Err(Refusal::invalid(format_args!("{what} para o Código [{}] !", text_of(code))));
            }
        }
        Ok(())
    }

    /// By IBGE code, by its own code, or by name and state.
    fn check_city(&self, record: &mut Value) -> Result<(), Refusal> {
        let (wanted, state) = (text_of(&record["cidade"]), text_of(&record["estado"]));
        if wanted.is_empty() {
            return Ok(());
        }
        let cities = self.shelf(Registry::Cidades);
        let found = match cities.position(&wanted) {
            Ok(index) => Some(cities.record(index)),
            Err(_) => cities.all().find(|city| {
                text_of(&city["nCodIBGE"]) == wanted || (city["cNome"] == wanted && city["cUF"] == state)
            }),
        };
        let unknown = || Refusal::invalid(format_args!("Cidade não cadastrada para o Código [{wanted}] !"));
        let city = found.ok_or_else(unknown)?;
        record["cidade"] = city["cCod"].clone();
        record["cidade_ibge"] = json!(text_of(&city["nCodIBGE"]));
        Ok(())
    }

    fn changed(&self, record: &mut Value) {
        let (day, hour) = stamp(self.now);
        let info = &mut record["info"];
        (info["dAlt"], info["hAlt"], info["uAlt"]) = (day.into(), hour.into(), API_USER.into());
    }

    fn keep_customer(&mut self, record: &Value, happening: usize) {
        let id = text_of(&record["codigo_cliente_omie"]);
        let people = self.people();
        people.forget(&id);
        people.learn(record, &id);
        self.tell_of(Registry::Clientes, record, happening);
        self.keep(Registry::Clientes, record);
    }

    fn next_customer(&self) -> u64 {
        let held = self.shelf(Registry::Clientes);
        let free = |nth: &u64| held.position(&(FIRST_ID + nth * 37).to_string()).is_err();
        FIRST_ID + (0..1_000_000).find(free).unwrap_or_default() * 37
    }
}

/// Above every customer a dataset has.
const FIRST_ID: u64 = 11_499_000_001;

impl People {
    /// What a record no longer has is free again.
    fn forget(&mut self, id: &str) {
        self.documents.retain(|_, owner| owner != id);
        self.codes.retain(|_, owner| owner != id);
    }

    fn learn(&mut self, record: &Value, id: &str) {
        let (document, code) =
            (digits(&text_of(&record["cnpj_cpf"])), text_of(&record["codigo_cliente_integracao"]));
        if !document.is_empty() {
            self.documents.entry(document).or_insert_with(|| id.to_owned());
        }
        if !code.is_empty() {
            self.codes.entry(code).or_insert_with(|| id.to_owned());
        }
    }
}

/// Without the mask.
pub(super) fn digits(document: &str) -> String {
    document.chars().filter(char::is_ascii_digit).collect()
}

fn masked(d: &str) -> String {
    match d.len() {
        14 => format!("{}.{}.{}/{}-{}", &d[..2], &d[2..5], &d[5..8], &d[8..12], &d[12..]),
        11 => format!("{}.{}.{}-{}", &d[..3], &d[3..6], &d[6..9], &d[9..]),
        _ => d.to_owned(),
    }
}
