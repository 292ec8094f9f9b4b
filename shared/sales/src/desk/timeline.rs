//! The way of a record, for people: four stations, each step with its cause, what waits and why, what can be done.

use std::fmt;

use engine::{History, Step};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Serialize;

use super::actions::{Action, actions};
use super::record::Record;
use super::stations::{of_customer, of_order};
use super::waiting::{customer_waits, order_waits};
use super::words::{local, stage, written};
use crate::customers::Customer;
use crate::orders::Order;

/// Everything there is to say about a record. All moments are the tenant's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// From the seller to the invoice; of a customer, to the catalogue of Máxima.
    pub stations: [Station; 4],
    /// What happened, in order.
    pub steps: Vec<Line>,
    /// What it waits for, if it waits for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Something to know about what went through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What an operator can do about it now.
    pub actions: Vec<Action>,
}

/// One of the stations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Station {
    /// "vendedor enviou", "na nuvem", "no Omie", "faturado".
    pub name: &'static str,
    /// Whether it is there yet.
    pub progress: Progress,
    /// When it came there, or stopped before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime>,
    /// A number, or why it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How far a record is with a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It came there.
    Reached,
    /// On its way there.
    UnderWay,
    /// It does not get there unless somebody does something, or never.
    Stopped,
    /// Its turn comes later.
    Ahead,
}

/// One step of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When; of steps that were repeated, the last.
    pub at: DateTime,
    /// Stage before, when it was another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Stage after.
    pub to: String,
    /// Why.
    pub cause: String,
    /// How often in a row.
    pub times: u32,
}

/// What a record waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// What, and why.
    pub what: String,
    /// When it goes on by itself; none when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime>,
}

/// The way of an order, as at `now`.
pub fn timeline(order: &Order, now: Timestamp) -> Timeline {
    Timeline {
        stations: of_order(order),
        steps: lines(&order.history),
        waiting: order_waits(order),
        warning: order.attention(),
        actions: actions(&Record::Pedido(Box::new(order.clone())), now),
    }
}

/// The way of a customer, as at `now`.
pub fn timeline_of_customer(customer: &Customer, now: Timestamp) -> Timeline {
    Timeline {
        stations: of_customer(customer),
        steps: lines(&customer.history),
        waiting: customer_waits(customer),
        warning: customer.warning.clone(),
        actions: actions(&Record::Cliente(Box::new(customer.clone())), now),
    }
}

impl Record {
    /// Its way, as at `now`.
    pub fn timeline(&self, now: Timestamp) -> Timeline {
        match self {
            Self::Pedido(order) => timeline(order, now),
            Self::Cliente(customer) => timeline_of_customer(customer, now),
        }
    }
}

fn lines(history: &History) -> Vec<Line> {
    history.steps().iter().map(line).collect()
}

fn line(step: &Step) -> Line {
    let from = Some(stage(&step.from).to_owned()).filter(|_| !step.from.is_empty() && step.from != step.to);
    Line {
        at: local(step.at),
        from,
        to: stage(&step.to).to_owned(),
        cause: step.cause.clone(),
        times: step.times,
    }
}

impl Station {
    /// "02/03/2026 14:05", or why there is no moment.
    fn when(&self) -> String {
        match (self.at, self.progress) {
            (Some(at), _) => written(at),
            (None, Progress::Reached) => "(sem horário)   ".to_owned(),
            (None, Progress::UnderWay) => "a caminho       ".to_owned(),
            (None, Progress::Stopped) => "parado          ".to_owned(),
            (None, Progress::Ahead) => "–               ".to_owned(),
        }
    }

    fn sign(&self) -> char {
        match self.progress {
            Progress::Reached => '✔',
            Progress::UnderWay => '…',
            Progress::Stopped => '✘',
            Progress::Ahead => '·',
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  ", written(self.at))?;
        if let Some(from) = &self.from {
            write!(f, "{from} → ")?;
        }
        write!(f, "{}: {}", self.to, self.cause)?;
        if self.times > 1 { write!(f, " ({} vezes)", self.times) } else { Ok(()) }
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match self.until {
            Some(until) => write!(f, " (segue sozinho a partir de {})", written(until)),
            None => Ok(()),
        }
    }
}

/// As a screen of text shows it: the stations, then the steps, then what waits and what can be done.
impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for station in &self.stations {
            write!(f, "  {} {:<16} {}", station.sign(), station.name, station.when())?;
            match &station.note {
                Some(note) => writeln!(f, "  {note}")?,
                None => writeln!(f)?,
            }
        }
        for line in &self.steps {
            write!(f, "\n    {line}")?;
        }
        if let Some(waiting) = &self.waiting {
            write!(f, "\n  Espera: {waiting}")?;
        }
        if let Some(warning) = &self.warning {
            write!(f, "\n  Atenção: {warning}")?;
        }
        let labels: Vec<_> = self.actions.iter().map(|action| action.label).collect();
        if labels.is_empty() { Ok(()) } else { write!(f, "\n  Pode-se: {}", labels.join(" · ")) }
    }
}
