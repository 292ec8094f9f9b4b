//! What is stored of one order of a seller, from the moment Máxima shows it until 400 days later.

use std::time::Duration;

use engine::flow::FilingOf;
use engine::{History, Mark};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use maxima::PedidoMaxima;
use omie::NovoPedido;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::fate::{Fate, Posicao};
use super::machine::Listed;
use crate::refusals::Refusals;
use crate::text::digits;
use crate::waiting::TOLD_IN_VAIN;

/// Why an order is in Omie under another key than ours.
pub(super) const ADOPTED: &str = "associado pelo operador";

/// How long an order is remembered (issue: 400 days).
const REMEMBERED: Duration = Duration::from_hours(400 * 24);

/// Where an order is on its way into Omie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// To be prepared and sent. Nothing of it is at Omie, for certain.
    New,
    /// The include may have left: Omie is asked before anything else.
    Sending,
    /// In Omie, once.
    InErp,
    /// Refused, and the seller is told why.
    Rejected,
    /// Waits for the operator: a setting is missing, or Omie holds something else under its code.
    Held,
    /// Not for Omie: a quotation, cancelled, blocked.
    Skipped,
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
            Self::Skipped => "skipped",
        }
    }
}

/// One order. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// `id_pedido`, which is `CodigoPedidoNuvem` and our key towards Omie.
    pub id: String,
    /// When we saw it first.
    pub since: Timestamp,
    /// Where it is.
    pub stage: Stage,
    /// When it is looked at again.
    pub due: Option<Timestamp>,
    /// Why it waits, is held, was skipped or refused, in Portuguese.
    pub why: Option<String>,
    /// What the seller ordered; none when it could not be read.
    pub pedido: Option<PedidoMaxima>,
    /// What the row around it says, for an answer to the seller when the order cannot be read.
    pub row: Row,
    /// Fingerprint of the order as Máxima gave it: another one means that the seller has changed it.
    pub source: String,
    /// What the seller has made of it while an include was in doubt: the next that is sent, or a late change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer: Option<Listed>,
    /// Attempts in a row that came to nothing; spaces the next one.
    #[serde(default)]
    pub attempts: u32,
    /// The last include that may have left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// When Omie was asked for it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Timestamp>,
    /// Digests of the payloads that Omie refused for good, with its words: the same is not sent again. One that the
    /// seller must change is kept with its day, one that waits for the operator without.
    #[serde(default, skip_serializing_if = "Refusals::is_empty")]
    pub refusals: Refusals,
    /// Its customer in Omie, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_cliente: Option<i64>,
    /// What it is in Omie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erp: Option<InErp>,
    /// What happened to it in Omie, as the seller is to see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fate: Option<Fate>,
    /// What Máxima must still be told.
    #[serde(default)]
    pub owed: Owed,
    /// The highest `Numcritica` given to this order; never used for another content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numcritica: Option<i64>,
    /// What the operator should know of where it stands, until it stands elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What seller and operator should know of it for good: a total that does not add up, a change that came too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// What happened, in order.
    pub history: History,
}

/// What Máxima says of an order outside its object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Number in the app.
    pub numped: Option<String>,
    /// Seller, code in the ERP.
    pub codusur: Option<String>,
    /// User of Máxima.
    pub codusuario: Option<String>,
}

/// An include that may have left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// When, at the earliest.
    pub at: Timestamp,
    /// Digest of the payload, but for its day.
    pub digest: String,
    /// The day on which it is expected to be billed (`data_previsao`), where one was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Date>,
    /// What its goods come to: by that an order found at Omie is told from another one.
    pub goods: Goods,
    /// How it is paid and how many items it has: by that too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// Omie's answer, when it was one that we do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Sent {
    /// What names the payload, its day and all: to the seller's next attempt on another day Omie may say something else,
    /// and of an order that it refused because of its day it certainly does.
    pub(super) fn with_day(digest: &str, day: Option<Date>) -> String {
        day.map_or_else(|| digest.to_owned(), |day| format!("{digest} {day}"))
    }
}

/// What else makes an order this one and not another of the same customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// `codigo_parcela`.
    pub parcela: String,
    /// `meio_pagamento`, where one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meio: Option<String>,
    /// How many items.
    pub itens: usize,
}

impl Terms {
    pub(super) fn of(request: &NovoPedido) -> Self {
        Self {
            parcela: request.cabecalho.codigo_parcela.clone(),
            meio: request.informacoes_adicionais.meio_pagamento.clone(),
            itens: request.det.len(),
        }
    }
}

/// What the goods of an order come to, in reais.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// Before discounts.
    #[serde(with = "crate::decimal::whole")]
    pub gross: Decimal,
    /// After discounts.
    #[serde(with = "crate::decimal::whole")]
    pub net: Decimal,
}

/// What an order is in Omie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InErp {
    /// Omie's id.
    pub codigo_pedido: i64,
    /// The number on the screen.
    pub numero: i64,
}

/// What Máxima must still be told, in this order. Empty when the seller knows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The result, for `StatusPedidos`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critique: Option<Critique>,
    /// Header and items of the order history.
    #[serde(default)]
    pub history: bool,
    /// The position in the header of the order history.
    #[serde(default)]
    pub posicao: bool,
    /// What Máxima said against the next of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// How often it said so.
    #[serde(default)]
    pub in_vain: u32,
    /// When something was last accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Timestamp>,
    /// Máxima has taken the result that imports the order: what comes later only tells of it.
    #[serde(default)]
    pub imported: bool,
}

/// What the seller reads. Made once: a repetition carries the same number and the same words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Critique {
    /// 16 digits, rising (`contracts/maxima.md` §7.3).
    pub numcritica: i64,
    /// When it was made, in the tenant's time.
    pub data: DateTime,
    /// Whether it tells of a refusal: status 5 instead of 4.
    pub is_error: bool,
    /// Where the order stands; none in a refusal.
    pub posicao: Option<Posicao>,
    /// The words.
    pub text: String,
}

impl Owed {
    /// Whether Máxima has refused it so often that only a person can say how it goes on.
    pub fn is_given_up(&self) -> bool {
        self.in_vain >= TOLD_IN_VAIN
    }

    /// The next thing to be told.
    pub fn next(&self) -> Option<Post> {
        if let Some(critique) = &self.critique {
            return Some(Post::Status(critique.clone()));
        }
        if self.history {
            return Some(Post::History);
        }
        self.posicao.then_some(Post::Posicao)
    }

    /// Strikes out what was accepted.
    pub fn settle(&mut self, post: &Post, at: Timestamp) {
        match post {
            // A newer one may have taken its place meanwhile: that one is still owed.
            Post::Status(told) => {
                self.critique.take_if(|owed| owed.numcritica == told.numcritica);
                self.imported |= !told.is_error;
            }
            // The whole header holds the position.
            Post::History => (self.history, self.posicao) = (false, false),
            Post::Posicao => self.posicao = false,
        }
        (self.refused, self.in_vain) = (None, 0);
        self.told = Some(at);
    }
}

/// One write to Máxima about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Post {
    /// `PUT StatusPedidos`.
    Status(Critique),
    /// `HistoricosPedidosCapas` and `HistoricosPedidosItens`, whole.
    History,
    /// The position alone, in the header that is there.
    Posicao,
}

impl Order {
    /// A person has said which order of Omie it is: one that need not be under our key.
    pub(crate) fn is_adopted(&self) -> bool {
        self.history.steps().iter().any(|step| step.cause == ADOPTED)
    }

    /// The order as it is first seen.
    pub fn new(id: impl Into<String>, row: Row, source: String, now: Timestamp) -> Self {
        let mut history = History::default();
        history.note(now, "", Stage::New.name(), "recebido da Máxima");
        Self {
            id: id.into(),
            since: now,
            stage: Stage::New,
            due: Some(now),
            why: None,
            pedido: None,
            row,
            source,
            newer: None,
            attempts: 0,
            sent: None,
            asked: None,
            refusals: Refusals::default(),
            codigo_cliente: None,
            erp: None,
            fate: None,
            owed: Owed::default(),
            numcritica: None,
            warning: None,
            remark: None,
            history,
        }
    }

    /// What to know of it although it went through.
    pub fn attention(&self) -> Option<String> {
        let all: Vec<&str> = self.remark.iter().chain(&self.warning).map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join(". "))
    }

    /// Goes to `stage` because of `cause`.
    pub(super) fn go(&mut self, stage: Stage, cause: impl Into<String>, now: Timestamp) {
        self.history.note(now, self.stage.name(), stage.name(), cause);
        self.stage = stage;
    }

    /// When it is due and what it is found by.
    pub fn filing(&self) -> FilingOf {
        let pedido = self.pedido.as_ref();
        let mut marks = vec![
            Mark::new("dia", self.since.to_string()[..10].to_owned()),
            Mark::new("estado", self.stage.name()),
        ];
        let app = pedido.and_then(|pedido| pedido.num_pedido.clone()).or_else(|| self.row.numped.clone());
        let document = pedido.and_then(|pedido| digits(pedido.cliente.cnpj.as_deref()));
        let named = [
            ("numped", app),
            ("cliente", self.codigo_cliente.map(|id| id.to_string())),
            ("cnpj", document),
            ("numero", self.erp.as_ref().map(|erp| erp.numero.to_string())),
            ("codigo", self.erp.as_ref().map(|erp| erp.codigo_pedido.to_string())),
        ];
        marks.extend(named.into_iter().filter_map(|(name, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(Mark::new(name, value))
        }));
        FilingOf { due: self.due, marks, expires: clock::later(self.since, REMEMBERED) }
    }
}
