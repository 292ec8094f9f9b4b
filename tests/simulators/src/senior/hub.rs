//! The events hub (`contracts/senior-x.md` §7, §11): what `externalServiceOrderFinished` looks like is documented
//! nowhere, so it looks like everything we said we understand.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::options::{EventForm, LEAKED_TOKEN, Metadata, Naming, Wrapper};
use super::order::{Order, branch_id, customer_id};
use crate::services::wire::{digits, mixed, text, uuid};
use crate::services::{Customer, Equipment, OrderEquipment, Push, ServiceLine};

/// How one delivery differs from the others.
#[derive(Clone, Debug)]
struct Chosen {
    wrapper: Wrapper,
    as_text: bool,
    in_array: bool,
    metadata: Metadata,
}

/// Chooses for the `nth` delivery.
fn chosen(form: &EventForm, nth: u64) -> Chosen {
    let drawn = mixed(nth);
    let one_of = |many: u64, shift: u32| usize::try_from((drawn >> shift) % many).unwrap_or_default();
    let is_mixed = form.wrapper == Wrapper::Mixed;
    Chosen {
        wrapper: if is_mixed { Wrapper::ALL[one_of(8, 0)] } else { form.wrapper },
        as_text: form.as_text || (is_mixed && one_of(4, 8) == 0),
        in_array: form.in_array || (is_mixed && one_of(4, 12) == 0),
        metadata: match form.metadata {
            Metadata::Mixed => [Metadata::Absent, Metadata::Body, Metadata::Headers][one_of(3, 16)],
            fixed => fixed,
        },
    }
}

/// The `nth` delivery: one order, or several in one.
pub(super) fn delivery(orders: Vec<(String, Value)>, form: &EventForm, nth: u64, now: Timestamp) -> Push {
    let mut chosen = chosen(form, nth);
    let (about, mut events): (Vec<String>, Vec<Value>) = orders.into_iter().unzip();
    let event = if events.len() == 1 && !chosen.in_array { events.remove(0) } else { Value::Array(events) };
    // At the root only an object has room for metadata, and text is no body.
    if chosen.wrapper == Wrapper::Root {
        chosen.as_text = false;
        if event.is_array() && chosen.metadata == Metadata::Body {
            chosen.metadata = Metadata::Headers;
        }
    }
    let event = if chosen.as_text { Value::String(text(&event, false)) } else { event };
    let mut body = wrapped(chosen.wrapper, event);
    let id = uuid(mixed(nth) ^ 0x5E10);
    let mut headers = Vec::new();
    describe(&mut body, &mut headers, &chosen, form, &id, now);
    if form.credentials {
        headers.push(("x-senior-token".to_owned(), LEAKED_TOKEN.to_owned()));
        if let Value::Object(members) = &mut body {
            members.insert("authorization".to_owned(), json!(format!("Bearer {LEAKED_TOKEN}")));
            members
                .insert("session".to_owned(), json!({ "access_token": LEAKED_TOKEN, "user": "integracao" }));
        }
    }
    // Now and then over several lines: what is relayed unchanged is unchanged to the last space.
    let body = text(&body, nth % 3 == 2).into();
    Push { id, about, path: String::new(), headers, body, at: now, not_before: now, attempts: 0 }
}

fn wrapped(wrapper: Wrapper, event: Value) -> Value {
    match wrapper {
        Wrapper::Root | Wrapper::Mixed => event,
        Wrapper::Payload => json!({ "payload": event }),
        Wrapper::EventPayload => json!({ "eventPayload": event }),
        Wrapper::Data => json!({ "data": event }),
        Wrapper::EventInside => json!({ "event": { "payload": event } }),
        Wrapper::Event => json!({ "event": event }),
        Wrapper::Content => json!({ "content": event }),
        Wrapper::Message => json!({ "message": event }),
    }
}

/// Says what the delivery is, where this one says it.
fn describe(
    body: &mut Value,
    headers: &mut Vec<(String, String)>,
    chosen: &Chosen,
    form: &EventForm,
    id: &str,
    now: Timestamp,
) {
    match (chosen.metadata, body) {
        (Metadata::Headers, _) => {
            headers.push(("x-event-id".to_owned(), id.to_owned()));
            headers.push(("x-tenant".to_owned(), form.tenant.clone()));
        }
        (Metadata::Body, Value::Object(members)) => {
            // With the event under "event", its name is elsewhere.
            let name = if members.contains_key("event") { "eventName" } else { "event" };
            members.insert(name.to_owned(), json!(form.event));
            members.insert("eventId".to_owned(), json!(id));
            members.insert("tenant".to_owned(), json!(form.tenant));
            members.insert("timestamp".to_owned(), json!(now.to_string()));
        }
        _ => {}
    }
}

/// The event of one order, the `nth` that is told.
pub(super) fn event(order: &Order, form: &EventForm, nth: u64) -> Value {
    let naming = match form.naming {
        Naming::Mixed => {
            let all = [Naming::Plausible, Naming::Flat, Naming::Portuguese];
            all[usize::try_from(mixed(nth ^ 0xEE) % 3).unwrap_or_default()]
        }
        fixed => fixed,
    };
    let mut event = match naming {
        Naming::Flat => flat(order),
        Naming::Portuguese => portuguese(order),
        Naming::Plausible | Naming::Mixed => plausible(order),
    };
    if form.without_branch {
        for name in ["company", "branch", "companyCode", "branchCode", "codEmp", "codFil"] {
            event.remove(name);
        }
    }
    Value::Object(event)
}

fn plausible(order: &Order) -> Map<String, Value> {
    let said = &order.said;
    let Customer { code, name, document, phone, email } = &said.customer;
    let line = |line: &ServiceLine| {
        json!({ "sequence": line.sequence, "code": line.code, "description": line.description,
            "quantity": digits(line.quantity), "unitPrice": digits(line.price), "observation": line.note })
    };
    let mut event = object(json!({
        "order": { "id": order.id, "number": order.number, "issueDate": order.day() },
        "company": { "id": uuid(1), "code": said.company },
        "branch": { "id": branch_id(said.branch), "code": said.branch },
        "customer": { "id": customer_id(*code), "code": code, "name": name, "document": document, "phone": phone,
            "email": email },
        "services": said.services.iter().map(line).collect::<Vec<_>>(),
        "total": digits(order.total()),
        "observation": said.observation }));
    equipped(&mut event, &said.equipment, "equipment", "newEquipment", |known| {
        json!({ "id": known.id.to_string(), "description": known.description, "serialNumber": known.numero_serie,
            "tag": known.tag })
    });
    event
}

fn flat(order: &Order) -> Map<String, Value> {
    let said = &order.said;
    let line = |line: &ServiceLine| {
        json!({ "sequence": line.sequence, "code": line.code, "description": line.description,
            "quantity": digits(line.quantity), "price": digits(line.price) })
    };
    let mut event = object(json!({
        "orderId": order.id, "orderNumber": order.number, "companyCode": said.company, "branchCode": said.branch,
        "customer": { "code": said.customer.code, "name": said.customer.name },
        "orderItems": said.services.iter().map(line).collect::<Vec<_>>(),
        "observation": said.observation }));
    // One level: the description stands beside the id.
    let description = match &said.equipment {
        OrderEquipment::Existing(known) | OrderEquipment::Both(known, _) => json!(known.description),
        _ => Value::Null,
    };
    equipped(&mut event, &said.equipment, "equipmentId", "newEquipment", |known| json!(known.id));
    if !matches!(said.equipment, OrderEquipment::Unrecognised(_)) {
        event.insert("availableEquipment".to_owned(), description);
    }
    event
}

fn portuguese(order: &Order) -> Map<String, Value> {
    let said = &order.said;
    let line = |line: &ServiceLine| {
        json!({ "sequencia": line.sequence, "codigo": line.code, "descricao": line.description,
            "quantidade": digits(line.quantity), "preco": digits(line.price) })
    };
    let mut event = object(json!({
        "idPedido": order.id, "numeroPedido": order.number, "codEmp": said.company, "codFil": said.branch,
        "cliente": { "codigo": said.customer.code, "nome": said.customer.name },
        "itens": said.services.iter().map(line).collect::<Vec<_>>(),
        "observacao": said.observation }));
    equipped(
        &mut event,
        &said.equipment,
        "equipamento",
        "novoEquipamento",
        |known| json!({ "id": known.id, "descricao": known.description, "tag": known.tag }),
    );
    event
}

/// Writes the equipment: with neither, both members are there and null; unrecognised, neither is there.
fn equipped(
    event: &mut Map<String, Value>,
    equipment: &OrderEquipment,
    known_as: &str,
    new_as: &str,
    written: impl Fn(&Equipment) -> Value,
) {
    let (known, new) = match equipment {
        OrderEquipment::Existing(known) => (Some(known), None),
        OrderEquipment::New(text) => (None, Some(text)),
        OrderEquipment::Both(known, text) => (Some(known), Some(text)),
        OrderEquipment::Absent => (None, None),
        OrderEquipment::Unrecognised(known) => {
            let asset = json!({ "codigo": known.id, "nome": known.description, "etiqueta": known.tag });
            event.insert("ativo".to_owned(), asset);
            return;
        }
    };
    event.insert(known_as.to_owned(), known.map_or(Value::Null, written));
    event.insert(new_as.to_owned(), json!(new));
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
