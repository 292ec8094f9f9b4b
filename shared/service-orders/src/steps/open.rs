//! Opening the SS (`contracts/sismetro.md` §5).

use std::time::Duration;

use engine::FlowState;
use senior::{Equipamento, ServiceOrderEvent};
use sismetro::{Mapped, OpenBodyMode, OpenFailure, Solicitacao};

use super::{Lane, account, breaker_of, is_in_time, resolve, sismetro_turn, unstored};
use crate::bodies;
use crate::flow::Orders;
use crate::machine::{Failure, Found, Opened};
use crate::record::Order;
use crate::{Reason, branches, breaker};

const JSON: &str = "application/json; charset=utf-8";
/// A turn to open is waited for so long.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn open<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Opened {
    match opened(orders, order).await {
        Ok(opened) => opened,
        Err(failure) => Opened::NotDone(failure),
    }
}

async fn opened<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<Opened, Failure> {
    let (name, client) = account(orders, order)?;
    let (body, content_type) = relayed(orders, order).await?;
    sismetro_turn(orders, name, Lane::Open, PATIENCE).await?;
    is_in_time(orders, order)?;
    let key = order.idempotency_key(orders.tenant.settings.tenant());
    let tally = |class| orders.tenant.tally.met("sismetro", class, 1);
    match client.open(&body, &content_type, &key).await {
        Ok(sismetro::Opened { number, link, unsure, mismatch }) => {
            Ok(match resolve::is_of_another(orders, order, &number).await {
                Ok(false) => Opened::Done(Found { number, link, unsure, mismatch }),
                Ok(true) => Opened::Ambiguous(format!(
                    "o Sismetro respondeu com a SS {number}, que é de outro pedido"
                )),
                // It was opened: whose the number is, a later look finds out.
                Err(_) => Opened::Ambiguous(format!("a SS {number} ainda não pôde ser conferida")),
            })
        }
        Err(OpenFailure::Refused { text }) => {
            tally("refused");
            Ok(Opened::Refused(text))
        }
        Err(OpenFailure::Unauthorized { text }) => {
            tally("auth");
            breaker::trip(orders.state, orders.clock, &breaker_of(name)).await;
            Err(Failure::Lasting { reason: Reason::SismetroAuth, why: text })
        }
        Err(OpenFailure::NotProcessed { after, why }) => {
            tally("unavailable");
            Err(Failure::Passing { why, after })
        }
        Err(OpenFailure::Ambiguous { detail }) => {
            tally("unclear");
            Ok(Opened::Ambiguous(detail))
        }
    }
}

/// What Sismetro is sent, and as what.
async fn relayed<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<(String, String), Failure> {
    let settings = &orders.tenant.settings;
    let branch = order.content.company.zip(order.content.branch);
    let rule = branches::rule(orders.state, settings, branch).await.map_err(|error| unstored(&error))?;
    let body = stored(orders, order).await?;
    if rule.open_body_mode == OpenBodyMode::Passthrough {
        return Ok((body, order.payload.content_type.clone()));
    }
    // The stored text is what was understood once; the map may have been corrected since.
    let events = senior::event::read(body.as_bytes(), &settings.senior);
    let event = events.ok().and_then(|events| events.into_iter().find(|event| event.order_id == order.id));
    let why = "o evento guardado não é mais entendido: confira senior_event_map";
    let event = event.ok_or_else(|| Failure::Lasting { reason: Reason::PayloadLost, why: why.to_owned() })?;
    let body = match rule.open_body_mode {
        OpenBodyMode::Mapped => Mapped::of(&mapped(event, branch)).body(),
        OpenBodyMode::Unwrapped | OpenBodyMode::Passthrough => event.unwrapped,
    };
    Ok((body, JSON.to_owned()))
}

async fn stored<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<String, Failure> {
    let body = bodies::of(orders.state, &order.payload).await.map_err(|error| unstored(&error))?;
    body.ok_or_else(|| Failure::Lasting { reason: Reason::PayloadLost, why: String::new() })
}

fn mapped(event: ServiceOrderEvent, branch: Option<(i64, i64)>) -> Solicitacao {
    let customer = event.customer;
    let service = |service: senior::Servico| sismetro::Servico {
        sequence: service.sequence,
        code: service.code,
        description: service.description,
        quantity: service.quantity,
    };
    Solicitacao {
        order_id: event.order_id,
        order_number: event.order_number,
        branch: branch.map(|(_, branch)| branch).or(event.branch_code).unwrap_or_default(),
        customer: sismetro::Cliente {
            code: customer.code,
            name: customer.name,
            document: customer.document,
            phone: customer.phone,
            email: customer.email,
        },
        equipment: match event.equipment {
            Equipamento::Existing { id, text } => {
                sismetro::Equipamento::Existing { id, description: text, tag: None, serial_number: None }
            }
            Equipamento::Both { id, .. } => {
                sismetro::Equipamento::Existing { id, description: None, tag: None, serial_number: None }
            }
            Equipamento::New { text } => sismetro::Equipamento::New { text },
            Equipamento::Absent | Equipamento::Unknown => sismetro::Equipamento::Unknown,
        },
        services: event.services.into_iter().map(service).collect(),
        observation: event.observation,
    }
}
