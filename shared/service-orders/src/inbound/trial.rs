//! A delivery that only tries a door: it is let in and read like any other, and nothing is stored. The console sends it,
//! so that an operator sees whether address, secret and format fit before the first order depends on them.

use ::senior::{Equipamento, ServiceOrderEvent};
use engine::FlowState;
use engine::flow::FlowError;
use serde_json::{Value, json};
use sismetro::{CallbackPath, parse_callbacks};

use super::{Answer, Inbound, auth, senior};
use crate::branches;
use crate::settings::Settings;

/// The header that marks such a delivery. Whoever may deliver may also try.
pub const TRIAL: &str = "x-ponte-trial";

/// Whether this is one.
pub(super) fn is_trial(inbound: &Inbound<'_>) -> bool {
    auth::header(inbound.headers, TRIAL).is_some()
}

/// What would become of an event of the ERP.
pub(super) async fn of_senior<S: FlowState>(
    state: &S,
    settings: &Settings,
    inbound: &Inbound<'_>,
) -> Result<Answer, FlowError> {
    let tenant = auth::header(inbound.headers, "x-tenant");
    let events = match senior::read(settings, inbound.body, tenant) {
        senior::Reading::Orders(events) => events,
        senior::Reading::Strange(why) => return Ok(refused(&senior::told(why))),
    };
    let mut orders = Vec::new();
    for event in &events {
        let branch = event.company_code.zip(event.branch_code);
        let takes_part = branch.is_none() || branches::rule(state, settings, branch).await?.is_active;
        orders.push(json!({
            "order_id": event.order_id,
            "order_number": event.order_number,
            "company": event.company_code,
            "branch": event.branch_code,
            "takes_part": takes_part,
            "equipment": equipment(event),
        }));
    }
    Ok(accepted("orders", &orders))
}

/// What would become of a callback of Sismetro's.
pub(super) fn of_sismetro(settings: &Settings, path: CallbackPath, body: &[u8]) -> Answer {
    match parse_callbacks(path, body, &settings.sismetro) {
        Ok(callbacks) => {
            let callback = |said: &sismetro::SsCallback| json!({ "order_id": said.order_id, "ss": said.ss_number, "outcome": said.outcome });
            accepted("callbacks", &callbacks.iter().map(callback).collect::<Vec<_>>())
        }
        Err(unreadable) => refused(&unreadable.to_string()),
    }
}

fn equipment(event: &ServiceOrderEvent) -> &'static str {
    match &event.equipment {
        Equipamento::Existing { .. } => "existing",
        Equipamento::New { .. } => "new",
        Equipamento::Both { .. } => "both",
        Equipamento::Absent => "absent",
        Equipamento::Unknown => "unknown",
    }
}

fn accepted(what: &str, read: &[Value]) -> Answer {
    Answer::new(200, "trial", &json!({ "accepted": true, "trial": true, what: read }))
}

fn refused(why: &str) -> Answer {
    Answer::new(200, "trial", &json!({ "accepted": false, "trial": true, "reason": why }))
}
