//! An SS and its record (`contracts/sismetro.md` §6, §7.3, §7.4).

use std::fmt;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::body::Wanted;
use super::options::{Copied, SismetroOptions};
use crate::dataset::plain;
use crate::services::equipment_register;
use crate::services::wire::mixed;

/// What Sismetro says of the SS of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is none.
    NoSs,
    /// Neither concluded nor cancelled.
    Open,
    /// Concluded.
    Completed,
    /// Cancelled or deleted.
    Cancelled,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSs => "nenhuma SS",
            Self::Open => "andamento",
            Self::Completed => "concluída",
            Self::Cancelled => "cancelada",
        })
    }
}

/// An SS.
#[derive(Clone, Debug)]
pub(super) struct Ss {
    pub(super) number: u64,
    pub(super) unit: String,
    /// The order's id in the ERP.
    pub(super) order: String,
    pub(super) wanted: Wanted,
    pub(super) status: String,
    pub(super) evolucao: String,
    pub(super) opened: Timestamp,
    pub(super) changed: Timestamp,
    pub(super) closed: Option<Timestamp>,
    pub(super) conclusion: Option<String>,
}

impl Ss {
    pub(super) fn standing(&self) -> Standing {
        let (status, evolucao) = (folded(&self.status), folded(&self.evolucao));
        let begins = |word: &String, with: &[&str]| with.iter().any(|prefix| word.starts_with(prefix));
        if begins(&status, &["CANCEL", "EXCLU"]) {
            return Standing::Cancelled;
        }
        let done = ["CONCLU", "ENCERR", "FINALIZ", "FECHAD"];
        if begins(&status, &done) || begins(&evolucao, &done) { Standing::Completed } else { Standing::Open }
    }

    /// The token of the link: 96 of `[a-z0-9]`.
    fn token(&self) -> String {
        let letter = |nth: u64| {
            let drawn = mixed(self.number.wrapping_mul(97) ^ nth) % 36;
            char::from_digit(u32::try_from(drawn).unwrap_or_default(), 36).unwrap_or('0')
        };
        (0..96).map(letter).collect()
    }

    /// `https://br.sismetro.com/printSS.php?os=…&token=…`.
    pub(super) fn link(&self) -> String {
        format!("https://br.sismetro.com/printSS.php?os={}&token={}", self.number, self.token())
    }

    /// The same link, its parameters the other way round.
    pub(super) fn turned_link(&self) -> String {
        format!("https://br.sismetro.com/printSS.php?token={}&os={}", self.token(), self.number)
    }

    /// The record as the read API gives it. Numbers are text, dates have a `T` and no seconds, now and then.
    pub(super) fn record(&self, options: &SismetroOptions) -> Value {
        let id =
            if self.number.is_multiple_of(2) { json!(self.number.to_string()) } else { json!(self.number) };
        let date = |at: Timestamp| written(at, self.number % 3);
        let mut record = object(json!({
            "idSs": id, "status": self.status, "evolucao": self.evolucao, "tipoSs": "CORRETIVA",
            "categoria": "MANUTENÇÃO", "atendimento": "EXTERNO", "filial": "MATRIZ", "abertoPor": "INTEGRAÇÃO SENIOR",
            "dataAbertura": date(self.opened), "dataAlteracao": date(self.changed),
            "dataEncerramento": self.closed.map(date), "solicitante": requester(&self.wanted.customer),
            "localizacao": "PATIO 2", "centroCusto": null, "descricaoSs": self.description(options.copied),
            "servicosArealizar": self.wanted.services.join("<br>"), "gravidade": 3, "urgencia": 3, "tendencia": 2,
            "tecnicoDesignado": "EQUIPE 4", "matriculaTecnicoDesignado": "0042", "conclusao": self.conclusion,
            "campoNovo": { "versao": 1 } }));
        if options.equipment_copied {
            self.describe_equipment(&mut record);
        }
        if options.url_in_record {
            record.insert("url".to_owned(), json!(self.link()));
        }
        Value::Object(record)
    }

    fn describe_equipment(&self, record: &mut Map<String, Value>) {
        let known = equipment_register().iter().find(|known| Some(known.id) == self.wanted.equipment);
        let Some(known) = known else {
            record.insert("idPatrimonio".to_owned(), json!(self.wanted.equipment));
            return;
        };
        record.extend(object(json!({ "idPatrimonio": known.id, "tipoTec": known.tipo_tec, "tag": known.tag,
            "marca": known.marca, "modelo": known.modelo, "numeroSerie": known.numero_serie,
            "numeroPatrimonio": known.numero_patrimonio })));
    }

    fn description(&self, copied: Copied) -> String {
        let services = self.wanted.services.join("; ");
        let number = self.wanted.number.as_deref().unwrap_or("?");
        match copied {
            Copied::Nothing => services,
            Copied::Number => format!("Pedido {number} - {services}"),
            Copied::NumberAndId => format!("Pedido {number} ({}) - {services}", self.order),
        }
    }
}

/// Local time without its zone, in one of three spellings.
pub(super) fn written(at: Timestamp, spelling: u64) -> String {
    let format = match spelling {
        0 => "%Y-%m-%d %H:%M:%S",
        1 => "%Y-%m-%dT%H:%M:%S",
        _ => "%Y-%m-%d %H:%M",
    };
    Offset::constant(-3).to_datetime(at).strftime(format).to_string()
}

/// A customer as requesters are registered: capitals, no accents, no kind of company.
fn requester(name: &str) -> String {
    let name = plain(name).to_uppercase();
    let kinds = [" LTDA ME", " LTDA", " S/A", " EIRELI", " ME"];
    let kind = kinds.iter().find_map(|kind| name.strip_suffix(kind));
    kind.map(str::to_owned).unwrap_or(name)
}

/// Capitals without accents.
fn folded(text: &str) -> String {
    plain(text.trim()).to_uppercase()
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
