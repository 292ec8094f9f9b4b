//! New and changed customers: from Máxima into Omie, linked when they are there already (mapping §8).
//!
//! A customer is a case. [`machine`] says what happens to it and touches nothing; this module does what the machine
//! decides and turns every answer, and every failure, into an event.

mod case;
mod import;
mod look;
pub mod machine;
mod map;
mod post;
mod prepare;
mod row;
mod steps;
mod telling;
#[cfg(test)]
mod tests;
mod write;

pub use case::{Answer, Asked, Customer, Link, Owed, Question, Sent, Shown, Stage, What};
pub use import::Imported;
pub use look::find_by_document;
pub use map::{CadastroRefs, map};

use clock::Clock;
use engine::flow::{self, Change, FilingOf, Flow};
use engine::{Cases, FlowState, StateError};
use jiff::Timestamp;
use omie::IncluirCliente;
use partner_http::CallError;

use crate::patience::spared;
use crate::tenant::Tenant;
use crate::waiting;
use machine::{Effect, Event};

/// The kind of the cases: one per `id_cliente`.
pub const KIND: &str = "cliente-novo";

/// How far a new customer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In Omie, under this `codigo_cliente_omie`.
    InErp(i64),
    /// On its way.
    Pending,
    /// Not there until somebody decides something, and why.
    Held(String),
    /// Refused, and why.
    Rejected(String),
}

/// How far the customer with this `id_cliente` is; none when Máxima has not shown it.
///
/// It is in the ERP only once its record was read for the catalogue: who needs its facts finds them in the ledger then
/// and need not ask Omie within the minute what we have just asked.
pub async fn standing(state: &impl Cases, id_cliente: i64) -> Result<Option<Standing>, StateError> {
    let id = id_cliente.to_string();
    let Some(case) = state.case(KIND, &id).await? else { return Ok(None) };
    let case = serde_json::from_value(case.filing.body)
        .map_err(|source| StateError::Malformed { what: format!("{KIND} {id}"), source: source.into() })?;
    Ok(Some(standing_of(&case)))
}

/// The same, once a customer whose time has come has gone on: an order that waits for it does not wait for the customers'
/// own turn (mapping §6.2).
pub async fn brought<S: FlowState>(
    customers: &Customers<'_, S>,
    id_cliente: i64,
) -> Result<Option<Standing>, StateError> {
    let now = standing(customers.state, id_cliente).await?;
    if !matches!(now, Some(Standing::Pending)) {
        return Ok(now);
    }
    let id = id_cliente.to_string();
    if let Err(error) = Box::pin(flow::wake(customers, customers.state, customers.clock, &id)).await {
        // It is due still, and its own turn says so too.
        tracing::warn!(
            customer = id,
            error = partner_http::story(&error),
            "an order's customer did not go on"
        );
    }
    standing(customers.state, id_cliente).await
}

fn standing_of(case: &Customer) -> Standing {
    match (case.codigo, case.stage) {
        // A change of it may be on its way, or refused: the customer itself is there.
        (Some(codigo), _) if case.seen.is_some() => Standing::InErp(codigo),
        (Some(codigo), Stage::Rejected) => Standing::InErp(codigo),
        (None, Stage::Rejected) => {
            let told = case.owed.last.as_ref().map(|answer| answer.text.clone());
            Standing::Rejected(told.or_else(|| case.why.clone()).unwrap_or_default())
        }
        (_, Stage::Held) => Standing::Held(case.why.clone().unwrap_or_default()),
        (_, Stage::New | Stage::Sending | Stage::InErp) => Standing::Pending,
    }
}

/// The new and changed customers of one tenant, with what working on them needs.
#[derive(Debug)]
pub struct Customers<'a, S> {
    /// The partners, and what the operator decided.
    pub tenant: &'a Tenant,
    /// Where cases, ledger and settings are.
    pub state: &'a S,
    /// Our clock.
    pub clock: &'a Clock,
}

/// Why nothing could be done about a customer.
fn why(error: &CallError) -> String {
    waiting::why(error, "cadastro")
}

impl<S: FlowState> Customers<'_, S> {
    /// What is asked of Omie, unless the method is blocked.
    async fn spared<T>(
        &self,
        method: &str,
        asked: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        // In a box: the questions of a customer are in one another, and each holds a whole call.
        Box::pin(spared(&self.tenant.omie, method, self.state, self.clock, asked)).await
    }
}

impl<S: FlowState> Flow for Customers<'_, S> {
    const KIND: &'static str = KIND;
    type Case = Customer;
    type Event = Event;
    type Effect = Effect;

    fn next(case: &Customer, event: &Event, now: Timestamp) -> Option<Change<Customer, Effect>> {
        machine::next(case, event, now)
    }

    fn due() -> Event {
        Event::Due
    }

    fn filing(case: &Customer) -> FilingOf {
        case.filing()
    }

    async fn perform(&self, case: &Customer, effect: Effect) -> Event {
        let Tenant { maxima, settings, .. } = self.tenant;
        match effect {
            Effect::Prepare => Event::Prepared(prepare::prepare(self, case).await),
            Effect::Look(question, wish) => {
                let found = look::look(self, case, &question).await;
                Event::Looked { question, wish, found }
            }
            Effect::Include(request) => write::write(self, What::Include, &IncluirCliente(*request)).await,
            Effect::Alter(call) => write::write(self, What::Alter, &*call).await,
            Effect::Associate(call) => write::write(self, What::Associate, &call).await,
            Effect::Post(answer) => {
                let posted = post::post(maxima, &settings.pedidos, case, &answer).await;
                Event::Posted(answer, posted)
            }
            Effect::Row(codigo) => Event::Rowed(codigo, row::bring(self, codigo).await),
        }
    }
}
