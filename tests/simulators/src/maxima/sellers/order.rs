//! An order in the cloud (`contracts/maxima.md` §7.1–7.4).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::seen::{Critique, OrderSeen};
use super::shown;
use crate::dataset::{at, text_of};
use crate::maxima::fields::RuleSet;
use crate::maxima::login::written;
use crate::maxima::options::MaximaOptions;
use crate::maxima::resources::resource;
use crate::maxima::tables::Tables;

/// Where an imported order is told of.
const HEADERS: &str = "HistoricosPedidosCapas";
/// What the vendor added to the header after its SDK (§7.6).
const OPENED: &str = "Dtaberturapedpalm";

/// An order or a quotation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(super) id: u64,
    pub(super) status: u8,
    /// `objeto_json`, as it travels.
    pub(super) object: String,
    pub(super) facts: Facts,
    pub(super) changed: Timestamp,
    /// An ERP has it in its hands: it was listed since the seller sent it last.
    pub(super) handed_over: bool,
    /// The seller sent it again and no result has come since.
    pub(super) sent_again: bool,
    pub(super) numpederp: Option<String>,
    pub(super) in_transit: bool,
    pub(super) told: Vec<Taken>,
    pub(super) repeats: u64,
    pub(super) violations: Vec<String>,
}

/// A result that was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Taken {
    /// Its members under their exact names.
    pub(super) row: Map<String, Value>,
    /// What the seller saw of it.
    pub(super) critique: Option<Critique>,
    /// The seller had sent the order again after the result before.
    pub(super) sent_again: bool,
}

/// What the order's object says about itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) numped: String,
    pub(super) seller: String,
    pub(super) user: String,
    pub(super) sale: String,
    /// 1 order, 2 quotation.
    pub(super) kind: u8,
}

impl Facts {
    pub(super) fn of(object: &Value) -> Self {
        let text = |path: &str| text_of(at(object, path));
        Self {
            numped: text("NumPedido"),
            seller: text("CodUsuario"),
            user: text("CodigoUsuarioMaxima"),
            sale: text("TipoVenda.Codigo"),
            kind: if object["EhOrcamento"] == true { 2 } else { 1 },
        }
    }
}

impl Order {
    /// One the server has received and passed on (status 1).
    pub(super) fn new(id: u64, object: &Value, now: Timestamp) -> Self {
        Self {
            id,
            status: 1,
            object: object.to_string(),
            facts: Facts::of(object),
            changed: now,
            handed_over: false,
            sent_again: false,
            numpederp: None,
            in_transit: false,
            told: Vec::new(),
            repeats: 0,
            violations: Vec::new(),
        }
    }

    pub(super) fn object(&self) -> Value {
        serde_json::from_str(&self.object).unwrap_or_default()
    }

    /// A row of the listing (§7.1).
    pub(super) fn row(&self, options: &MaximaOptions) -> Value {
        let facts = &self.facts;
        let last = self.told.last().map(|taken| &taken.row);
        let told = |name: &str| last.and_then(|row| row.get(name)).cloned().unwrap_or_default();
        let number = |text: &str| text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from);
        let mut row = json!({
            "id_pedido": self.id, "numped": number(&facts.numped), "objeto_json": self.object,
            "status": self.status, "data": written(self.changed, options), "critica": told("Critica"),
            "tipopedido": self.facts.kind, "codusur": facts.seller, "codusuario": number(&facts.user),
            "numcritica": told("Numcritica"), "tipocritica": told("Tipocritica")
        });
        if options.damaged_rows.contains(&self.id) {
            row["tipopedido"] = json!({ "valor": self.facts.kind });
        }
        shown(row, options)
    }

    /// The order once a listing has given it to an ERP; nothing when it had before.
    pub(super) fn handed_over(&self) -> Option<Self> {
        let status = if matches!(self.status, 0 | 1 | 9) { 2 } else { self.status };
        let news = !self.handed_over || status != self.status;
        news.then(|| Self { status, handed_over: true, ..self.clone() })
    }

    /// What a test sees.
    pub(super) fn seen(&self, tables: &Tables) -> OrderSeen {
        let critiques: Vec<Critique> = self.told.iter().filter_map(|taken| taken.critique.clone()).collect();
        let header = self.numpederp.as_deref().and_then(|number| tables.row(HEADERS, number));
        let position = header.as_ref().and_then(|row| Some(row.get("Posicao")?.as_str()?.to_owned()));
        let last = critiques.last().map(|critique| letter(&critique.posicao).to_owned());
        let timeline = position.clone().filter(|_| header.as_ref().is_some_and(is_whole)).or(last);
        OrderSeen {
            id: self.id,
            numped: self.facts.numped.clone(),
            kind: self.facts.kind,
            status: self.status,
            object: self.object(),
            numpederp: self.numpederp.clone(),
            unchanged: self.unchanged(),
            critiques,
            position,
            timeline: timeline.filter(|_| !self.in_transit),
            in_transit: self.in_transit,
            repeats: self.repeats,
            violations: self.violations.clone(),
        }
    }

    fn unchanged(&self) -> u64 {
        let said = |taken: &Taken| {
            let Critique { status, tipo, posicao, text, .. } = taken.critique.clone()?;
            Some((status, tipo, posicao, text))
        };
        let pairs = self.told.iter().zip(self.told.iter().skip(1));
        pairs.filter(|(one, next)| !next.sent_again && said(one).is_some() && said(one) == said(next)).count()
            as u64
    }
}

/// Whether every member the app's timeline asks of a header is filled.
fn is_whole(header: &Map<String, Value>) -> bool {
    let filled = |name: &str| header.get(name).is_some_and(|value| !value.is_null() && *value != "");
    let fields = resource(HEADERS).map(|resource| resource.fields).unwrap_or_default();
    let required = fields.iter().filter(|field| field.is_required(RuleSet::Sdk));
    required.map(|field| field.name).chain([OPENED]).all(filled)
}

/// The position's letter (§7.6).
fn letter(position: &str) -> &'static str {
    match position {
        "Liberado" => "L",
        "Montado" => "M",
        "Faturado" => "F",
        "Cancelado" => "C",
        "Bloqueado" => "B",
        _ => "P",
    }
}

/// The app's number for a seller's next order: one more than the greatest, 416 to begin with.
pub(super) fn next_number(orders: &BTreeMap<u64, Order>, seller: &str) -> u64 {
    let own = orders.values().map(|order| &order.facts).filter(|facts| facts.seller == seller);
    own.filter_map(|facts| facts.numped.parse::<u64>().ok()).max().map_or(FIRST_NUMBER, |last| last + 1)
}

const FIRST_NUMBER: u64 = 416;
