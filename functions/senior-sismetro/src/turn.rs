//! Turns of work: what is due, and how the services stand.

use engine::Budget;
use engine::flow::FlowError;
use partner_http::story;
use runtime::{Edge, Failure, Invocation};
use service_orders::poll::{self, Polled};
use service_orders::{Orders, Settings, SetupError, Tenant, Worked, equipment};
use store::Store;

use crate::event::{PollAnswer, Turn, TurnAnswer};
use crate::house::House;
use crate::{Function, attention};

/// One turn. Whoever starts it, it works everything that is due: orders and callbacks are found by their state, and two
/// turns at the same time do not meet (flow §1).
pub(crate) async fn turn(
    function: Function,
    house: &House,
    edge: &Edge,
    turn: &Turn,
    invocation: &Invocation,
) -> Result<TurnAnswer, Failure> {
    let Some((settings, _)) = Settings::load(&edge.store).await.map_err(|error| setup(&error))? else {
        tracing::info!("the integration has no settings yet; nothing done");
        let idle = Some("a integração ainda não tem parâmetros: envie-os com o comando configure");
        return Ok(TurnAnswer { idle, ..TurnAnswer::default() });
    };
    let tenant = house.tenant(edge, settings, invocation).await?;
    let budget = invocation.budget(edge.config.reserve);
    tenant.set_deadline(Some(clock::later(edge.clock().now(), budget.left(edge.clock().now()))));
    let orders = Orders::new(&tenant, &edge.store, edge.clock());
    let done = if turn.poll {
        let polled = Box::pin(poll::turn(&orders, &invocation.request_id, budget)).await;
        let polled = polled.map_err(|error| failure(&error))?;
        let attention = Box::pin(attention::look(&orders, edge)).await?;
        Ok(polled_answer(&polled, attention))
    } else {
        let worked = Box::pin(orders.work(budget)).await.map_err(|error| failure(&error))?;
        let aside = Box::pin(aside(function, &orders, edge, &invocation.request_id, budget)).await;
        // What did not go on is said first.
        worked_answer(function, &worked).and_then(|answer| aside.map(|()| answer))
    };
    told(function, turn, &tenant, done.as_ref());
    done
}

/// What a turn does besides, when the orders had theirs.
async fn aside(
    function: Function,
    orders: &Orders<'_, Store>,
    edge: &Edge,
    holder: &str,
    budget: Budget,
) -> Result<(), Failure> {
    match function {
        Function::Open => {
            let refreshed = Box::pin(equipment::refresh(orders, holder, budget)).await?;
            if refreshed.pages > 0 {
                tracing::info!(pages = refreshed.pages, lists = refreshed.lists, "equipment was read");
            }
            Ok(())
        }
        Function::Callback => attention::count(edge).await,
    }
}

fn told(function: Function, turn: &Turn, tenant: &Tenant, done: Result<&TurnAnswer, &Failure>) {
    let calls = tenant.calls();
    let trigger = turn.trigger.as_deref().unwrap_or("manual");
    if let Ok(TurnAnswer { orders, notices, more, .. }) = done {
        tracing::info!(
            trigger,
            poll = turn.poll,
            orders,
            notices,
            more,
            ?calls,
            "turn of {} ended",
            function.name()
        );
    }
}

fn polled_answer(polled: &Polled, attention: bool) -> TurnAnswer {
    let Polled { taken, looked, ended, failed, more } = *polled;
    let poll = PollAnswer { taken, looked, ended, failed, attention };
    TurnAnswer { poll: Some(poll), more, ..TurnAnswer::default() }
}

/// What could not be advanced stays due; that it could not is a failure of the turn, said once and last.
fn worked_answer(function: Function, worked: &Worked) -> Result<TurnAnswer, Failure> {
    let Worked { orders, notices, more, failed } = worked;
    let Some((id, error)) = failed.first() else {
        return Ok(TurnAnswer { orders: *orders, notices: *notices, more: *more, ..TurnAnswer::default() });
    };
    let others = failed.len() - 1;
    let text = format!("{}: {id} did not go on: {} ({others} more)", function.name(), story(error));
    Err(Failure::of(&error.remedy(), text))
}

pub(crate) fn failure(error: &FlowError) -> Failure {
    Failure::of(&error.remedy(), story(error))
}

pub(crate) fn setup(error: &SetupError) -> Failure {
    Failure::of(&error.remedy(), story(error))
}
