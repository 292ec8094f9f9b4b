//! A delivery that only tries a door: it is let in and read like any other, and nothing is stored. The console sends it,
//! so that an operator sees whether address, secret and format fit before the first order depends on them.

use ::senior::{Equipamento, ServiceOrderEvent};
use engine::FlowState;
use engine::flow::FlowError;
use jiff::Timestamp;
use partner_http::Secret;
use serde_json::{Value, json};
use sismetro::{CallbackPath, parse_callbacks};

use super::{Answer, Inbound, auth, senior};
use crate::branches;
use crate::settings::Settings;

/// The header that marks such a delivery; its value is made by [`trial`].
pub const TRIAL: &str = "x-ponte-trial";
/// A trial is one for so many seconds.
const VALID: u64 = 300;

/// The value of [`TRIAL`] for a delivery of `body`: proves that it was made now, for this body, by somebody who has the
/// door's secret. A header that a partner sends with everything, copied from a trial or invented, makes no real delivery
/// one.
pub fn trial(secret: &Secret, body: &[u8], now: Timestamp) -> String {
    let seconds = now.as_second().to_string();
    format!("{seconds}.{}", proof(secret, &seconds, body))
}

fn proof(secret: &Secret, seconds: &str, body: &[u8]) -> String {
    auth::signed(secret.expose(), &format!("{TRIAL}.{seconds}"), body)
}

/// Whether this is one. What only looks like one is a delivery like any other.
pub(super) fn is_trial(inbound: &Inbound<'_>, secrets: &[Secret], now: Timestamp) -> bool {
    let Some(value) = auth::header(inbound.headers, TRIAL) else { return false };
    let Some((seconds, given)) = value.split_once('.') else { return false };
    let Ok(at) = seconds.parse::<i64>() else { return false };
    let is_now = now.as_second().abs_diff(at) <= VALID;
    let fits = secrets
        .iter()
        .fold(false, |fits, secret| fits | auth::is_same(given, &proof(secret, seconds, inbound.body)));
    is_now & fits
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
