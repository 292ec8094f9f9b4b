//! The turns of the jobs that are no listing: orders and customers in, their fate back, both sides counted.

use std::sync::Arc;
use std::time::Duration;

use engine::Budget;
use engine::flow::Worked;
use partner_http::story;
use runtime::{Edge, Failure, Invocation};
use sales::customers::Customers;
use sales::desk::Kind;
use sales::flows::FlowFailure;
use sales::orders::Orders;
use sales::status::{self, Starter};
use sales::turn::{Told, Turn};
use sales::{Tenant, load, reconcile};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::desk::{self, Answered, DeskCommand};
use crate::partners;
use crate::sync::who;

/// What starts a turn: a schedule, a notice or a person.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TurnEvent {
    trigger: Option<String>,
    /// What an operator asks; then the imports take no turn (see `desk`).
    desk: Option<DeskCommand>,
}

/// How a turn ended.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct TurnAnswer {
    /// Something is left that the next turn goes on with.
    pub more: bool,
    /// Who had the turn instead, if somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
}

/// Brings sellers' orders from Máxima into Omie.
pub async fn import_pedidos(
    edge: Arc<Edge>,
    event: TurnEvent,
    invocation: Invocation,
) -> Result<Answered, Failure> {
    const JOB: &str = "import-pedidos";
    if let Some(command) = event.desk {
        return desk::answer(Kind::Pedidos, &edge, command, &invocation).await;
    }
    let work = async |tenant: &Tenant, budget| {
        let orders = Orders { tenant, state: &edge.store, clock: edge.clock() };
        Box::pin(orders.import(budget)).await
    };
    let imported = match turn(JOB, &edge, &event, &invocation, work).await? {
        Ok(imported) => imported,
        Err(nothing) => return Ok(nothing.into()),
    };
    said_of_unreadable(JOB, &imported.unreadable);
    worked(JOB, &[&imported.worked]).map(Answered::from)
}

/// Brings new and changed customers from Máxima into Omie.
pub async fn import_clientes(
    edge: Arc<Edge>,
    event: TurnEvent,
    invocation: Invocation,
) -> Result<Answered, Failure> {
    const JOB: &str = "import-clientes";
    if let Some(command) = event.desk {
        return desk::answer(Kind::Clientes, &edge, command, &invocation).await;
    }
    let work = async |tenant: &Tenant, budget| {
        let customers = Customers { tenant, state: &edge.store, clock: edge.clock() };
        Box::pin(customers.import(budget)).await
    };
    let imported = match turn(JOB, &edge, &event, &invocation, work).await? {
        Ok(imported) => imported,
        Err(nothing) => return Ok(nothing.into()),
    };
    said_of_unreadable(JOB, &imported.unreadable);
    worked(JOB, &[&imported.worked]).map(Answered::from)
}

/// Tells sellers what became of their orders.
pub async fn status_pedidos(
    edge: Arc<Edge>,
    event: TurnEvent,
    invocation: Invocation,
) -> Result<TurnAnswer, Failure> {
    const JOB: &str = "status-pedidos";
    let starter = Early { edge: &edge, invocation: &invocation };
    let work = async |tenant: &Tenant, budget| {
        let orders = Orders { tenant, state: &edge.store, clock: edge.clock() };
        Box::pin(status::turn(&orders, &starter, budget)).await
    };
    let looked = match turn(JOB, &edge, &event, &invocation, work).await? {
        Ok(looked) => looked,
        Err(nothing) => return Ok(nothing),
    };
    let answer = worked(JOB, &[&looked.notices, &looked.chores, &looked.orders])?;
    Ok(TurnAnswer { more: answer.more || looked.more, ..answer })
}

/// Counts both sides and explains every order. One that nobody can explain is a failure, so that the alarm on this
/// function's errors tells somebody.
pub async fn reconcile_pedidos(
    edge: Arc<Edge>,
    event: TurnEvent,
    invocation: Invocation,
) -> Result<TurnAnswer, Failure> {
    const JOB: &str = "reconcile-pedidos";
    let work = async |tenant: &Tenant, budget| {
        let orders = Orders { tenant, state: &edge.store, clock: edge.clock() };
        Box::pin(reconcile::turn(&orders, budget)).await
    };
    let report = match turn(JOB, &edge, &event, &invocation, work).await? {
        Ok(report) => report,
        Err(nothing) => return Ok(nothing),
    };
    if !report.unexplained.is_empty() {
        return Err(Failure::new("OrdersUnexplained", report.to_string()));
    }
    if !report.is_complete {
        return Err(Failure::new("OrdersUncounted", report.to_string()));
    }
    Ok(TurnAnswer::default())
}

/// Takes the turn of `job`, does its `work` with the partners, gives the turn back. Nothing is done while the initial
/// load has not finished, because orders need the customers and products that it brings
/// (`contracts/omie-maxima-mapping.md` §5), nor while somebody else has the turn: then the answer is the inner error.
async fn turn<T: Told>(
    job: &str,
    edge: &Edge,
    event: &TurnEvent,
    invocation: &Invocation,
    work: impl AsyncFnOnce(&Tenant, Budget) -> Result<T, FlowFailure>,
) -> Result<Result<T, TurnAnswer>, Failure> {
    if !load::has_loaded(&edge.store).await? {
        tracing::info!(job, "the initial load has not finished; nothing done");
        return Ok(Err(TurnAnswer::default()));
    }
    // Before the turn is taken: what cannot work must not keep others from it.
    let tenant = partners::tenant(edge, invocation).await?;
    let trigger = event.trigger.as_deref().unwrap_or("manual");
    let holder = format!("{} de {job} ({})", who(trigger), invocation.request_id);
    let budget = invocation.budget(edge.config.reserve);
    let turn = Turn::take(&edge.store, edge.clock(), job, &holder, budget).await;
    let turn = match turn.map_err(|error| failure(&error))? {
        Ok(turn) => turn,
        Err(taken) => {
            tracing::info!(job, holder = taken.holder, until = %taken.until, "somebody else has the turn");
            return Ok(Err(TurnAnswer { more: false, taken: Some(taken.holder) }));
        }
    };
    let done = turn.work(&tenant, &edge.store, edge.clock(), work(&tenant, budget)).await;
    let done = done.map_err(|error| failure(&error))?;
    tracing::info!(outcome = done.says(), "turn of {job} ended");
    Ok(Ok(done))
}

fn said_of_unreadable(job: &str, rows: &[String]) {
    for row in rows {
        tracing::error!(job, row, "a row of Máxima cannot be read");
    }
}

/// A case that could not be advanced stays due; that it could not is a failure of the turn, said once and last.
fn worked(job: &str, done: &[&Worked]) -> Result<TurnAnswer, Failure> {
    let mut failed = done.iter().flat_map(|worked| &worked.failed);
    let Some((id, error)) = failed.next() else {
        return Ok(TurnAnswer { more: done.iter().any(|worked| worked.more), taken: None });
    };
    let others = failed.count();
    let text = format!("{job}: {id} did not go on: {} ({others} more)", story(error));
    Err(Failure::of(&error.remedy(), text))
}

fn failure(error: &FlowFailure) -> Failure {
    Failure::of(&error.remedy(), story(error))
}

/// Starts catalogue jobs before their turn, by a one-time schedule.
struct Early<'a> {
    edge: &'a Edge,
    invocation: &'a Invocation,
}

impl Starter for Early<'_> {
    async fn start(&self, job: &str) -> Result<(), String> {
        let input = json!({ "trigger": "webhook" });
        let function = sales::catalog::step(job);
        let asked = self.edge.start(self.invocation, &function, Duration::ZERO, &input).await;
        asked.map_err(|failure| failure.to_string())
    }
}

#[cfg(test)]
mod tests {
    use engine::StateError;
    use engine::flow::FlowError;

    use super::*;

    fn unreachable() -> FlowError {
        StateError::Unavailable { operation: "case.file", source: "CANARY".into() }.into()
    }

    #[test]
    fn what_is_left_of_any_part_is_left_of_the_turn() {
        let (done, cut_short) = (Worked::default(), Worked { more: true, ..Worked::default() });

        assert_eq!(worked("status-pedidos", &[&done, &done]), Ok(TurnAnswer::default()));
        let left = worked("status-pedidos", &[&done, &cut_short]).expect("nothing failed");
        assert!(left.more);
    }

    #[test]
    fn cases_that_did_not_go_on_fail_the_turn_once_by_the_first_one_s_remedy() {
        let failed = vec![("900100200".to_owned(), unreachable()), ("900100201".to_owned(), unreachable())];
        let stuck = Worked { cases: 5, more: false, failed };

        let failure = worked("import-pedidos", &[&Worked::default(), &stuck]).expect_err("two did not go on");

        assert_eq!(failure.error_type, "RetryLater");
        assert!(failure.message.starts_with("import-pedidos: 900100200 did not go on"), "{failure}");
        assert!(failure.message.ends_with("(1 more)"), "{failure}");
    }
}
