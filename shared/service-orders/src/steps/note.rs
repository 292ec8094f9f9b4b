//! Number and link on the order (`contracts/senior-x.md` §10.4, flow §15.1).

use std::time::Duration;

use engine::FlowState;
use partner_http::Fault;

use super::{
    Lane, account, is_in_time, patience, senior_failure, senior_turn, sismetro_failure, sismetro_turn,
};
use crate::Reason;
use crate::flow::Orders;
use crate::machine::Failure;
use crate::record::Order;

/// What may still be under way at the ERP is over by then.
const AFTER_UNCLEAR: Duration = Duration::from_mins(1);

/// The link, where the reply to the opening did not bring it.
pub(crate) async fn seek<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
) -> Result<Option<String>, Failure> {
    let Some(ss) = &order.ss else { return Ok(None) };
    let (name, client) = account(orders, order)?;
    sismetro_turn(orders, name, Lane::Read, patience(orders, order)?).await?;
    match client.find(&ss.number).await {
        Ok(found) => Ok(found.and_then(|ss| ss.url)),
        Err(error) => Err(sismetro_failure(orders, &error, name).await),
    }
}

/// Writes the parts that are missing: each is looked for by its whole text, so that a crash between two is healed.
pub(crate) async fn note<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<(), Failure> {
    let Some(ss) = &order.ss else { return Ok(()) };
    let senior = &orders.tenant.senior;
    senior_turn(orders).await?;
    let there = match senior.observacoes(&order.id).await {
        Ok(there) => there,
        Err(error) => return Err(senior_failure(orders, &error, Reason::NoteRefused).await),
    };
    for line in senior::note_lines(&ss.number, ss.link.as_deref()) {
        if there.iter().any(|text| text.trim() == line) {
            continue;
        }
        senior_turn(orders).await?;
        is_in_time(orders, order)?;
        if let Err(error) = senior.add_observacao(&order.id, &line).await {
            let failure = senior_failure(orders, &error, Reason::NoteRefused).await;
            return Err(match (&error.fault, failure) {
                (
                    Fault::Unclear | Fault::Unavailable | Fault::Malformed { .. },
                    Failure::Passing { why, after },
                ) => Failure::Passing { why, after: Some(after.unwrap_or_default().max(AFTER_UNCLEAR)) },
                (_, failure) => failure,
            });
        }
    }
    Ok(())
}
