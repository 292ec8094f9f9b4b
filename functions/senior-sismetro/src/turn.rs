//! Turns of work: what is due, and how the services stand.

use engine::Budget;
use engine::flow::FlowError;
use partner_http::story;
use runtime::{Edge, Failure, Invocation, Measure};
use service_orders::poll::{self, Polled};
use service_orders::{Met, Orders, Settings, SetupError, Tenant, Worked, equipment};
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
    told(function, turn, &tenant, edge, done.as_ref());
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

fn told(function: Function, turn: &Turn, tenant: &Tenant, edge: &Edge, done: Result<&TurnAnswer, &Failure>) {
    let calls = tenant.calls();
    for (dimensions, measures) in measures(&calls, &tenant.met()) {
        edge.measure(&dimensions, &measures);
    }
    for (partner, took) in tenant.latencies() {
        for latency in Measure::durations("partner_latency", &took) {
            edge.measure(&[("partner", partner)], &[latency]);
        }
    }
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

/// Metrics that share their dimensions.
type Measured = (Vec<(&'static str, &'static str)>, Vec<Measure>);

/// What there was at the partners; nothing of one that nobody has asked.
fn measures(calls: &[(&'static str, Vec<(String, u64)>)], met: &Met) -> Vec<Measured> {
    let mut measures = Vec::new();
    for (partner, calls) in calls {
        let count: u64 = calls.iter().map(|(_, count)| count).sum();
        let failed = met.outages(partner).min(count);
        if count > 0 {
            let of = vec![Measure::count("partner_calls", count), Measure::count("partner_failures", failed)];
            measures.push((vec![("partner", *partner)], of));
        }
    }
    for ((partner, class), count) in &met.failures {
        let dimensions = vec![("partner", *partner), ("class", *class)];
        measures.push((dimensions, vec![Measure::count("partner_errors", *count)]));
    }
    if met.doubts > 0 {
        measures.push((Vec::new(), vec![Measure::count("so_open_ambiguous", met.doubts)]));
    }
    measures
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_was_met_at_the_partners_is_measured_and_nothing_of_one_that_was_not_asked() {
        let calls =
            [("senior", vec![("getOrder".to_owned(), 6), ("login".to_owned(), 2)]), ("sismetro", vec![])];
        let failures = BTreeMap::from([(("senior", "unavailable"), 4), (("senior", "refused"), 1)]);
        let met = Met { failures, doubts: 2 };

        let told = measures(&calls, &met);

        let of = |name: &str| -> Vec<u64> {
            let all = told.iter().flat_map(|(_, own)| own);
            all.filter(|measure| measure.name == name).flat_map(|measure| measure.values.clone()).collect()
        };
        assert_eq!((of("partner_calls"), of("partner_failures")), (vec![8], vec![4]));
        assert_eq!((of("partner_errors").len(), of("so_open_ambiguous")), (2, vec![2]));
        assert!(measures(&[("senior", vec![]), ("sismetro", vec![])], &Met::default()).is_empty());
    }
}
