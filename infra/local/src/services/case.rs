//! One service order on its way, as both sides and our record show it.

use clock::later;
use jiff::Timestamp;
use service_orders::{Order, Said, State};
use simulators::{ErpOrder, OrderSituation, ServiceSeen, ServiceSimulators, SismetroSim};

use super::story::{Act, End};
use super::words;
use crate::words::hour;

/// An order that was closed in the ERP.
#[derive(Debug)]
pub struct Served {
    id: String,
    number: i64,
    what: &'static str,
    at: Timestamp,
    act: Option<Act>,
    end: End,
    /// When its SS was seen first.
    opened: Option<Timestamp>,
    has_begun: bool,
    /// What our record said last.
    record: Option<Order>,
    /// When it came to an end.
    ended: Option<Timestamp>,
}

impl Served {
    pub(super) fn new(
        id: String,
        number: i64,
        what: &'static str,
        act: Option<Act>,
        end: End,
        at: Timestamp,
    ) -> Self {
        let (opened, record, ended) = (None, None, None);
        Self { id, number, what, at, act, end, opened, has_begun: false, record, ended }
    }

    /// An order that somebody else has closed.
    pub(super) fn strange(order: &ErpOrder, now: Timestamp) -> Self {
        Self::new(order.id.clone(), order.number, "de outro terminal", None, End::Any, now)
    }

    /// Its id in the ERP.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its number in the ERP.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// What is special about it.
    pub(super) fn what(&self) -> &'static str {
        self.what
    }

    /// How it is to end.
    pub(super) fn end(&self) -> End {
        self.end
    }

    /// When it was closed.
    pub(super) fn when(&self) -> Timestamp {
        self.at
    }

    /// When nothing was to happen to it any more.
    pub(super) fn ended(&self) -> Option<Timestamp> {
        self.ended
    }

    /// Our record of it, as it was seen last.
    pub(super) fn record(&self) -> Option<&Order> {
        self.record.as_ref()
    }

    /// Whether nothing more happens to it by itself, and nobody will do anything to its SS.
    pub fn is_settled(&self) -> bool {
        self.ended.is_some() && (self.act.is_none() || self.is_skipped())
    }

    fn is_skipped(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.state == State::Skipped)
    }

    /// Whether a person must do something.
    pub(super) fn is_parked(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.state == State::NeedsAttention)
    }

    /// Why it does not stand where it should, by our record and by the ERP; nothing when it does.
    pub(super) fn wrong(&self, seen: &ServiceSeen) -> Option<String> {
        let Some(record) = &self.record else { return Some("não chegou à integração".to_owned()) };
        let situation = seen.order.situation;
        let is_right = match (self.end, record.state) {
            (End::Released | End::Any, State::Released) => situation == OrderSituation::OpenTotal,
            (End::Cancelled | End::Any, State::Cancelled) => situation == OrderSituation::Cancelled,
            (End::Skipped | End::Any, State::Skipped) => true,
            _ => false,
        };
        (!is_right).then(|| format!("{}; no ERP: {situation}", words::state(record)))
    }

    /// That it was closed: `fechado no ERP, Metalúrgica Rio Verde Ltda`.
    pub(super) fn closed(&self, simulators: &ServiceSimulators) -> String {
        let customer = simulators.senior.order(&self.id).map(|order| format!(", {}", order.customer));
        self.line(self.at, &format!("fechado no ERP{}", customer.unwrap_or_default()))
    }

    /// Takes what our record says now, does what is next in Sismetro, and says what is new.
    pub(super) fn look(
        &mut self,
        simulators: &ServiceSimulators,
        record: Option<Order>,
        now: Timestamp,
    ) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(record) = record {
            let before = self.record.replace(record);
            said.extend(self.news(before.as_ref()).map(|news| self.line(now, &news)));
        }
        if self.ended.is_none() && self.record.as_ref().is_some_and(|record| record.state.is_terminal()) {
            self.ended = Some(now);
        }
        said.extend(self.next_in(&simulators.sismetro, now).map(|done| self.line(now, &done)));
        said
    }

    fn next_in(&mut self, sismetro: &SismetroSim, now: Timestamp) -> Option<String> {
        let act = self.act?;
        let ss = *sismetro.numbers(&self.id).first()?;
        let opened = *self.opened.get_or_insert(now);
        if now >= later(opened, act.after) {
            self.act = None;
            return Some(act.done(sismetro, ss));
        }
        if !self.has_begun && now >= later(opened, act.after / 2) {
            self.has_begun = sismetro.start(ss).is_ok();
        }
        None
    }

    /// What the record says that it did not say before.
    fn news(&self, before: Option<&Order>) -> Option<String> {
        let record = self.record.as_ref()?;
        let is_new = |is: fn(&Order) -> bool| is(record) && !before.is_some_and(is);
        if is_new(|order| order.state.is_terminal()) || is_new(|order| order.state == State::NeedsAttention) {
            return Some(ending(record));
        }
        if is_new(|order| order.state == State::OpenUnknown) {
            return Some(
                "o Sismetro não respondeu à abertura: a SS será procurada, não aberta de novo".to_owned(),
            );
        }
        let ss = record.ss.as_ref().filter(|_| is_new(|order| order.note_done))?;
        let found = if has_been(record, State::OpenUnknown) { "encontrada" } else { "aberta" };
        Some(format!("SS {} {found}; número e link na observação do pedido", ss.number))
    }

    fn line(&self, at: Timestamp, text: &str) -> String {
        format!("{}  pedido {} ({}): {text}", hour(at), self.number, self.what)
    }
}

fn has_been(record: &Order, state: State) -> bool {
    record.history.steps().iter().any(|step| step.to == state.name())
}

fn ending(record: &Order) -> String {
    let said = record.outcome.as_ref().map(|outcome| outcome.said);
    let how = match said {
        Some(Said::Poll) => " (descoberto pela consulta ao Sismetro)",
        Some(Said::Operator) => " (por decisão do operador)",
        Some(Said::Callback) | None => "",
    };
    match (record.state, record.skipped) {
        (State::Released, _) => format!("liberado para faturar{how}"),
        (State::Cancelled, _) => format!("cancelado no ERP{how}"),
        (State::Skipped, Some(skip)) => format!("sem SS: {}", words::skipped(skip)),
        _ => words::state(record),
    }
}
