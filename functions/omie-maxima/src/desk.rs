//! The operator's desk behind the functions that own the records: search, show, and a word about one of them.
//!
//! A word is filed first. Then, where the partners can be opened, what follows from it is done at once; where they
//! cannot, the function's next turn does it.

use std::sync::Arc;

use clock::Clock;
use engine::flow::FlowError;
use engine::{Cases, StateError};
use partner_http::story;
use runtime::{Edge, Failure, Invocation};
use sales::desk::{self, Incomplete, Kind, Outcome, Query, Record, Summary, Timeline, Told, Word};
use sales::flows;
use sales::orders::InErp;
use serde::{Deserialize, Serialize};

use crate::flows::TurnAnswer;
use crate::partners;

/// Records in one answer, unless asked otherwise, and at most.
const LIMIT: usize = 20;
const MOST: usize = 100;

/// What an operator asks, in the member `desk` of the event.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeskCommand {
    /// Find by any number, document, state or day.
    Search {
        /// As typed: `pedido 1507`, `52.998.224/0001-25`, `retidos de 02/03/2026`; empty is everything.
        #[serde(default)]
        text: String,
        /// The `next` of the answer before.
        #[serde(default)]
        after: Option<String>,
        /// How many, 1 to 100; 20 when left out.
        #[serde(default)]
        limit: Option<usize>,
    },
    /// The way of one record.
    Show {
        /// Its cloud code.
        id: String,
    },
    /// Try again now.
    Retry {
        /// Its cloud code.
        id: String,
        /// Who says so.
        #[serde(default)]
        actor: String,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Keep it out of Omie; the seller reads the reason.
    Refuse {
        /// Its cloud code.
        id: String,
        /// Who says so.
        #[serde(default)]
        actor: String,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// It is this order of Omie.
    Adopt {
        /// Its cloud code.
        id: String,
        /// Who says so.
        #[serde(default)]
        actor: String,
        /// Why.
        #[serde(default)]
        reason: String,
        /// The number that people see in Omie.
        numero: i64,
    },
}

/// What the desk answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeskAnswer {
    /// Whether it was done. Whatever is not says why in `text`.
    pub done: bool,
    /// For the operator.
    pub text: String,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Vec<Summary>>,
    /// From where to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The record that was shown or told something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Summary>,
    /// Its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
}

/// What a function that has a desk answers.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answered {
    /// A turn.
    Turn(TurnAnswer),
    /// The desk.
    Desk(Box<DeskAnswer>),
}

impl From<TurnAnswer> for Answered {
    fn from(turn: TurnAnswer) -> Self {
        Self::Turn(turn)
    }
}

/// Does what the operator asks about records of this kind.
pub(crate) async fn answer(
    kind: Kind,
    edge: &Arc<Edge>,
    command: DeskCommand,
    invocation: &Invocation,
) -> Result<Answered, Failure> {
    let (state, clock) = (&edge.store, edge.clock());
    let asks = async |id: &str, numero| {
        let tenant = partners::tenant(edge, invocation).await.map_err(|failure| failure.message)?;
        Box::pin(desk::adoptable(&tenant, state, clock, id, numero)).await
    };
    let wakes = async |id: &str| wake(kind, edge, id, invocation).await;
    let answer = Box::pin(answered(kind, state, clock, command, (asks, wakes))).await;
    answer.map(|answer| Answered::Desk(Box::new(answer))).map_err(|error| failure(&error))
}

fn failure(error: &FlowError) -> Failure {
    Failure::of(&error.remedy(), story(error))
}

async fn answered(
    kind: Kind,
    state: &impl Cases,
    clock: &Clock,
    command: DeskCommand,
    (asks, wakes): (
        impl AsyncFnOnce(&str, i64) -> Result<InErp, String>,
        impl AsyncFnOnce(&str) -> Result<(), String>,
    ),
) -> Result<DeskAnswer, FlowError> {
    let (word, id, actor, reason) = match command {
        DeskCommand::Search { text, after, limit } => {
            return Ok(search(kind, state, clock, &text, after, limit).await?);
        }
        DeskCommand::Show { id } => return Ok(show(kind, state, clock, &id).await?),
        DeskCommand::Retry { id, actor, reason } => (Word::Retry, id, actor, reason),
        DeskCommand::Refuse { id, actor, reason } => (Word::Refuse, id, actor, reason),
        DeskCommand::Adopt { numero, .. } if numero <= 0 => return Ok(said(&Incomplete::Erp)),
        DeskCommand::Adopt { id, actor, reason, numero } => match asks(&id, numero).await {
            Ok(erp) => (Word::Adopt(erp), id, actor, reason),
            Err(why) => return Ok(said(&why)),
        },
    };
    let told = match Told::new(word, &actor, &reason) {
        Ok(told) => told,
        Err(incomplete) => return Ok(said(&incomplete)),
    };
    let outcome = desk::tell(state, clock, kind, &id, &told).await?;
    tracing::info!(kind = kind.stored(), id, actor, %outcome, "an operator has spoken");
    if !matches!(outcome, Outcome::Done(_)) {
        let shown = match &outcome {
            Outcome::DoesNotApply { record, .. } => of(record, clock),
            _ => DeskAnswer::default(),
        };
        return Ok(DeskAnswer { done: false, text: outcome.to_string(), ..shown });
    }
    let later = wakes(&id).await.err().map(|why| format!("; o restante fica para o próximo turno: {why}"));
    let Some(record) = Record::load(state, kind, &id).await? else { return Ok(said(&Outcome::Missing)) };
    let shown = of(&record, clock);
    let text = format!("{}{}", Outcome::Done(record), later.unwrap_or_default());
    Ok(DeskAnswer { done: true, text, ..shown })
}

/// Does at once what follows from a word; the error says why that must wait, in Portuguese.
async fn wake(kind: Kind, edge: &Edge, id: &str, invocation: &Invocation) -> Result<(), String> {
    let (state, clock) = (&edge.store, edge.clock());
    let tenant = match partners::tenant(edge, invocation).await {
        Ok(tenant) => tenant,
        Err(failure) => return Err(failure.message),
    };
    let budget = invocation.budget(edge.config.reserve);
    let woken = Box::pin(desk::carry_on(&tenant, state, clock, kind, id, budget)).await;
    woken.map(|_| ()).map_err(|error| flows::said(&error))
}

async fn search(
    kind: Kind,
    state: &impl Cases,
    clock: &Clock,
    text: &str,
    after: Option<String>,
    limit: Option<usize>,
) -> Result<DeskAnswer, StateError> {
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(not_understood) => return Ok(said(&not_understood)),
    };
    let after = match after.map(|after| after.parse()).transpose() {
        Ok(after) => after,
        Err(no_position) => return Ok(said(&no_position)),
    };
    let limit = limit.unwrap_or(LIMIT).clamp(1, MOST);
    let page = desk::search(state, clock.now(), Some(kind), &query, after.as_ref(), limit).await?;
    let found: Vec<Summary> = page.found.iter().map(Record::summary).collect();
    let text = match (found.len(), page.next.is_some()) {
        (0, false) => "nada encontrado".to_owned(),
        (0, true) => "nada encontrado até aqui; há registros mais antigos".to_owned(),
        (1, false) => "1 encontrado".to_owned(),
        (count, false) => format!("{count} encontrados"),
        (1, true) => "1 encontrado; pode haver mais".to_owned(),
        (count, true) => format!("{count} encontrados; pode haver mais"),
    };
    let next = page.next.map(|next| next.to_string());
    Ok(DeskAnswer { done: true, text, found: Some(found), next, ..DeskAnswer::default() })
}

async fn show(kind: Kind, state: &impl Cases, clock: &Clock, id: &str) -> Result<DeskAnswer, StateError> {
    let Some(record) = Record::load(state, kind, id).await? else { return Ok(said(&Outcome::Missing)) };
    let shown = of(&record, clock);
    Ok(DeskAnswer { done: true, text: format!("{} {id}", kind.noun()), ..shown })
}

fn of(record: &Record, clock: &Clock) -> DeskAnswer {
    let (record, timeline) = (record.summary(), record.timeline(clock.now()));
    DeskAnswer { record: Some(record), timeline: Some(timeline), ..DeskAnswer::default() }
}

/// Why nothing was done.
fn said(why: &impl ToString) -> DeskAnswer {
    DeskAnswer { text: why.to_string(), ..DeskAnswer::default() }
}

#[cfg(test)]
mod tests;
