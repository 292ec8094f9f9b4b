//! What is stored of one new or changed customer, from the moment Máxima shows it until 400 days later.

use std::time::Duration;

use engine::flow::FilingOf;
use engine::{Fingerprint, History, Mark};
use jiff::Timestamp;
use maxima::ClienteMaximaCadastro;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::orders::machine::SETTLE;
use crate::refusals::Refusals;
use crate::text::digits;

/// How long a customer is remembered (issue: 400 days).
const REMEMBERED: Duration = Duration::from_hours(400 * 24);
/// The members that we write into the object ourselves (`contracts/maxima.md` §8).
const WRITTEN_BACK: [&str; 3] = ["Codigo", "RetornoImportacao", "CriticaImportacao"];

/// Where a customer is on its way into Omie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// To be prepared, looked for and sent. No write of ours is in doubt.
    New,
    /// A write may have left: Omie is asked before anything else.
    Sending,
    /// In Omie, as the seller wants it.
    InErp,
    /// Refused, and the seller is told why.
    Rejected,
    /// Waits for the operator: a setting is missing, or Omie holds something else under our key.
    Held,
}

impl Stage {
    /// Its name in the history and in the marks.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Sending => "sending",
            Self::InErp => "in-erp",
            Self::Rejected => "rejected",
            Self::Held => "held",
        }
    }
}

/// One customer. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// `id_cliente`, which is `CodigoClienteNuvem` and our key towards Omie.
    pub id: i64,
    /// When we saw it first.
    pub since: Timestamp,
    /// Where it is.
    pub stage: Stage,
    /// When it is looked at again.
    pub due: Option<Timestamp>,
    /// Why it waits, is held or was refused, in Portuguese.
    pub why: Option<String>,
    /// What the seller wrote.
    pub shown: Shown,
    /// What the seller wrote while a write of the former was in doubt: its turn comes when that is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer: Option<Shown>,
    /// Attempts in a row that came to nothing; spaces the next one.
    #[serde(default)]
    pub attempts: u32,
    /// The last write that may have left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// What Omie was asked a moment ago: the same is not asked again within its window, by whichever Lambda
    /// (`contracts/omie.md` §3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// Digests of the payloads that Omie refused for good, with its words: the same is not sent again.
    #[serde(default, skip_serializing_if = "Refusals::is_empty")]
    pub refusals: Refusals,
    /// `codigo_cliente_omie`, once the record is known to be there, or as the seller's object names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo: Option<i64>,
    /// Omie had the record before: it is linked, and what it says is not changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// When its record was last read for the row of `Clientes`; its facts are in the ledger since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
    /// What Máxima must still be told.
    #[serde(default)]
    pub owed: Owed,
    /// Something the operator should know about a customer that went through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What happened, in order.
    pub history: History,
}

/// A customer as Máxima shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The original text: what is posted back is this text with the result in it (`contracts/maxima.md` §8).
    pub objeto_json: String,
    /// Why it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
    /// Fingerprint of what the seller wrote: another one means that they have changed it.
    pub source: String,
    /// CNPJ or CPF, digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documento: Option<String>,
}

impl Shown {
    /// Reads an `objeto_json`.
    pub fn new(objeto_json: impl Into<String>) -> Self {
        let objeto_json = objeto_json.into();
        let read = ClienteMaximaCadastro::parse(&objeto_json);
        let (documento, unreadable) = match read {
            Ok(cadastro) => (digits(cadastro.cnpj.as_deref()), None),
            Err(why) => (None, Some(why.to_string())),
        };
        Self { source: source(&objeto_json), objeto_json, unreadable, documento }
    }

    /// A row that has an id and no object that could be read.
    pub fn broken(why: impl Into<String>) -> Self {
        let why = why.into();
        let source = Fingerprint::of(&why).as_str().to_owned();
        Self { objeto_json: String::new(), unreadable: Some(why), source, documento: None }
    }

    /// The customer, or why it cannot be read, for the seller.
    pub fn cadastro(&self) -> Result<ClienteMaximaCadastro, String> {
        let read = match &self.unreadable {
            Some(why) => Err(why.clone()),
            None => ClienteMaximaCadastro::parse(&self.objeto_json).map_err(|why| why.to_string()),
        };
        read.map_err(|why| format!("Cadastro ilegível: {why}"))
    }
}

/// Fingerprint of what is not ours in the object.
fn source(objeto_json: &str) -> String {
    let print = match serde_json::from_str::<Map<String, Value>>(objeto_json) {
        Ok(mut members) => {
            members.retain(|name, _| !WRITTEN_BACK.iter().any(|ours| ours.eq_ignore_ascii_case(name)));
            Fingerprint::of(&members)
        }
        Err(_) => Fingerprint::of(&objeto_json),
    };
    print.as_str().to_owned()
}

/// A write that may have left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// When, at the earliest.
    pub at: Timestamp,
    /// Which.
    pub what: What,
    /// Digest of what the seller wants.
    pub digest: String,
    /// What Omie answered, when nobody knows what it means: the write is not repeated then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// A write to Omie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// `IncluirCliente`.
    Include,
    /// `AlterarCliente`.
    Alter,
    /// `AssociarCodIntCliente`.
    Associate,
}

/// A question to Omie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Who has this document: `ListarClientes`.
    Document(String),
    /// Who has our key: `ConsultarCliente`.
    Key,
    /// The whole record with this id: `ConsultarCliente`.
    Codigo(i64),
    /// The record with this id as the catalogue reads it: `ListarClientes`.
    Row(i64),
}

/// A question and when it was last on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which.
    pub question: Question,
    /// When.
    pub at: Timestamp,
}

/// What is to be known of a record that was there before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// It carries the tag of clients.
    pub tagged: bool,
    /// It is inactive in Omie.
    #[serde(default)]
    pub inactive: bool,
    /// We have given it our key: it is ours by that, and still a link.
    #[serde(default)]
    pub associated: bool,
}

/// What Máxima must still be told, in this order. Empty when it knows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The result, for `StatusClientes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The last result, to be told again where it was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Answer>,
    /// The row of `Clientes`.
    #[serde(default)]
    pub row: bool,
    /// What Máxima said against the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// How often it said so.
    #[serde(default)]
    pub in_vain: u32,
    /// When an answer was last accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Timestamp>,
}

/// What the seller reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether the customer was refused.
    pub is_error: bool,
    /// `CriticaImportacao`.
    pub text: String,
}

impl Customer {
    /// The customer as it is first seen.
    pub fn new(id: i64, shown: Shown, now: Timestamp) -> Self {
        let mut history = History::default();
        history.note(now, "", Stage::New.name(), "recebido da Máxima");
        Self {
            id,
            since: now,
            stage: Stage::New,
            due: Some(now),
            why: None,
            shown,
            newer: None,
            attempts: 0,
            sent: None,
            asked: Vec::new(),
            refusals: Refusals::default(),
            codigo: None,
            link: None,
            seen: None,
            owed: Owed::default(),
            warning: None,
            history,
        }
    }

    /// `codigo_cliente_integracao`.
    pub fn key(&self) -> String {
        self.id.to_string()
    }

    /// Goes to `stage` because of `cause`.
    pub(super) fn go(&mut self, stage: Stage, cause: impl Into<String>, now: Timestamp) {
        self.history.note(now, self.stage.name(), stage.name(), cause);
        self.stage = stage;
    }

    /// The write that is in doubt.
    pub(super) fn in_doubt(&self) -> Option<&Sent> {
        self.sent.as_ref().filter(|_| self.stage == Stage::Sending)
    }

    /// When `question` may be asked, if not now.
    pub(super) fn closed_until(&self, question: &Question, now: Timestamp) -> Option<Timestamp> {
        let asked = self.asked.iter().find(|asked| asked.question == *question)?;
        Some(clock::later(asked.at, SETTLE)).filter(|open| *open > now)
    }

    /// `question` is, or was, on its way at `now`.
    pub(super) fn note_asked(&mut self, question: &Question, now: Timestamp) {
        self.asked.retain(|asked| asked.question != *question && clock::later(asked.at, SETTLE) > now);
        self.asked.push(Asked { question: question.clone(), at: now });
    }

    /// When it is due and what it is found by.
    pub fn filing(&self) -> FilingOf {
        let mut marks = vec![
            Mark::new("dia", self.since.to_string()[..10].to_owned()),
            Mark::new("estado", self.stage.name()),
        ];
        let codigo = self.codigo.map(|codigo| Mark::new("codigo", codigo.to_string()));
        marks.extend(self.shown.documento.clone().map(|documento| Mark::new("cnpj", documento)));
        marks.extend(codigo);
        FilingOf { due: self.due, marks, expires: clock::later(self.since, REMEMBERED) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_answer_in_the_object_is_no_change_of_the_seller() {
        let received = r#"{"CodigoClienteNuvem":7,"Codigo":"","Nome":"A","CNPJ":"1","RetornoImportacao":1}"#;
        let answered = maxima::patched(received, Some("55"), 2, "Cliente importado com sucesso.");

        let shown = Shown::new(received);

        assert_eq!(Shown::new(answered.expect("an object")).source, shown.source);
        assert_ne!(Shown::new(received.replace("\"A\"", "\"B\"")).source, shown.source);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let shown = Shown::new("[1]");

        assert!(shown.cadastro().expect_err("no customer").starts_with("Cadastro ilegível: "));
        assert_eq!(Shown::broken("x").cadastro(), Err("Cadastro ilegível: x".to_owned()));
    }
}
