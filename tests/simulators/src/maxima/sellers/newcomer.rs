//! A new or changed customer in the cloud (`contracts/maxima.md` §8).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::seen::{CustomerAnswer, CustomerSeen};
use super::{member, shown};
use crate::dataset::text_of;
use crate::maxima::login::written;
use crate::maxima::options::MaximaOptions;

/// What an answer may change of the object.
const WRITTEN_BACK: [&str; 3] = ["RetornoImportacao", "CriticaImportacao", "Codigo"];

/// A customer a seller registered or changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Newcomer {
    pub(super) id: u64,
    pub(super) status: u8,
    /// `objeto_json`, as it travels.
    pub(super) object: String,
    pub(super) changed: Timestamp,
    pub(super) handed_over: bool,
    pub(super) told: Vec<Taken>,
    pub(super) repeats: u64,
    pub(super) violations: Vec<String>,
}

/// An answer that was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Taken {
    row: Told,
    answer: CustomerAnswer,
}

/// An answer that can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) id: u64,
    status: u8,
    object: String,
}

impl Told {
    pub(super) fn read(record: Value) -> Result<Self, String> {
        let Value::Object(members) = record else {
            return Err("cada registro deve ser um objeto".to_owned());
        };
        let known = |name: &String| {
            ["Id_cliente", "Status", "Objeto_json"].iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        if let Some(stranger) = members.keys().find(|name| !known(name)) {
            return Err(format!("o campo {stranger} não existe"));
        }
        let id = member(&members, "Id_cliente").and_then(Value::as_u64);
        let id = id.ok_or_else(|| "o campo Id_cliente deve ser um número inteiro".to_owned())?;
        let told = |problem: &str| format!("cliente {id}: {problem}");
        let status = member(&members, "Status").and_then(Value::as_u64);
        let status = status
            .and_then(|status| u8::try_from(status).ok())
            .filter(|status| matches!(status, 3 | 4 | 5 | 7 | 14))
            .ok_or_else(|| told("o campo Status aceita 3, 4, 5, 7 e 14"))?;
        let object = member(&members, "Objeto_json").and_then(Value::as_str);
        let object = object.ok_or_else(|| told("o campo Objeto_json deve ser texto"))?.to_owned();
        if !matches!(serde_json::from_str(&object), Ok(Value::Object(_))) {
            return Err(told("o texto de Objeto_json não é um objeto JSON"));
        }
        Ok(Self { id, status, object })
    }
}

impl Newcomer {
    /// One the server has received and passed on (status 1).
    pub(super) fn new(id: u64, object: &Value, now: Timestamp) -> Self {
        let object = object.to_string();
        let (told, violations) = (Vec::new(), Vec::new());
        Self { id, status: 1, object, changed: now, handed_over: false, told, repeats: 0, violations }
    }

    pub(super) fn object(&self) -> Value {
        serde_json::from_str(&self.object).unwrap_or_default()
    }

    /// The ERP's identity, empty while there is none.
    pub(super) fn code(&self) -> String {
        text_of(&self.object()["Codigo"])
    }

    pub(super) fn row(&self, options: &MaximaOptions) -> Value {
        let row = json!({ "id_cliente": self.id, "data": written(self.changed, options),
            "objeto_json": self.object, "status": self.status });
        shown(row, options)
    }

    /// The customer once a listing has given it to an ERP; nothing when it had before.
    pub(super) fn handed_over(&self) -> Option<Self> {
        let status = if matches!(self.status, 0 | 1 | 9) { 2 } else { self.status };
        let news = !self.handed_over || status != self.status;
        news.then(|| Self { status, handed_over: true, ..self.clone() })
    }

    /// Takes an answer: refuses it, or takes it and notes what it breaks. One that was taken before, to the
    /// letter, changes nothing.
    pub(super) fn take(&mut self, told: Told, now: Timestamp) -> Result<(), String> {
        if self.told.iter().any(|taken| taken.row == told) {
            self.repeats += 1;
            return Ok(());
        }
        let object: Map<String, Value> = serde_json::from_str(&told.object).unwrap_or_default();
        let code = object.get("Codigo").map(text_of).unwrap_or_default();
        if told.status == 4 && (code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(format!("cliente {}: Status 4 sem Codigo do ERP", self.id));
        }
        let broken = self.broken(&told, &object, &code);
        self.violations.extend(broken);
        let text = object.get("CriticaImportacao").map(text_of).unwrap_or_default();
        let answer = CustomerAnswer { at: now, status: told.status, codigo: code, text };
        self.status = told.status;
        self.object.clone_from(&told.object);
        self.changed = now;
        self.told.push(Taken { row: told, answer });
        Ok(())
    }

    /// What an answer breaks: it may write three members back, the right ones, and nothing else (§8).
    fn broken(&self, told: &Told, object: &Map<String, Value>, code: &str) -> Vec<String> {
        let mut broken = Vec::new();
        if !self.handed_over {
            broken.push("resposta a um cliente que ninguém baixou".to_owned());
        }
        let original = self.object();
        if let Value::Object(original) = &original {
            let names: std::collections::BTreeSet<&String> = original.keys().chain(object.keys()).collect();
            let kept = names.into_iter().filter(|name| !WRITTEN_BACK.contains(&name.as_str()));
            broken.extend(kept.filter_map(|name| match (original.get(name), object.get(name)) {
                (Some(_), None) => Some(format!("{name} se perdeu")),
                (None, Some(_)) => Some(format!("{name} foi acrescentado")),
                (before, now) => (before != now).then(|| format!("{name} foi alterado")),
            }));
        }
        let wanted = match told.status {
            4 => Some(2),
            5 | 7 | 14 => Some(3),
            _ => None,
        };
        let given = object.get("RetornoImportacao").and_then(Value::as_u64);
        if wanted.is_some() && given != wanted {
            broken.push(format!(
                "Status {} com RetornoImportacao {}",
                told.status,
                given.unwrap_or_default()
            ));
        }
        if wanted.is_some() && object.get("CriticaImportacao").is_none_or(|text| text_of(text).is_empty()) {
            broken.push("resposta sem CriticaImportacao".to_owned());
        }
        let before = text_of(&original["Codigo"]);
        if !before.is_empty() && before != code {
            broken.push(format!("Codigo era {before} e agora é \"{code}\""));
        } else if told.status != 4 && before != code {
            broken.push(format!("cliente recusado com Codigo {code}"));
        }
        broken
    }

    /// What a test sees.
    pub(super) fn seen(&self) -> CustomerSeen {
        CustomerSeen {
            id: self.id,
            status: self.status,
            codigo: self.code(),
            object: self.object(),
            answers: self.told.iter().map(|taken| taken.answer.clone()).collect(),
            repeats: self.repeats,
            violations: self.violations.clone(),
        }
    }
}
