//! What must be true of a run.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;
use simulators::{OrderSeen, Registry};

use crate::world::{CHORE, CUSTOMER, NOTICE, ORDER, World};
use crate::{delivered, waits, writes};

type Problems = Vec<String>;

/// Whether every seller has been told what our records say.
pub(crate) async fn everybody_knows(world: &World) -> bool {
    for order in world.maxima.orders().iter().filter(|order| order.kind == 1) {
        let stage = stage_of(world, ORDER, order.id).await;
        let knows = match (stage.as_deref(), order.status) {
            (None, _) | (_, 0 | 1 | 9) => false,
            (Some("in-erp"), status) => status == 4,
            (Some("rejected"), status) => matches!(status, 5 | 7),
            _ => true,
        };
        if !knows {
            return false;
        }
    }
    for customer in &world.maxima.customers() {
        let stage = stage_of(world, CUSTOMER, customer.id).await;
        let knows = match (stage.as_deref(), customer.status) {
            (None, _) | (_, 0 | 1 | 9) => false,
            (Some("in-erp"), status) => status == 4,
            (Some("rejected"), status) => status == 14,
            _ => true,
        };
        if !knows {
            return false;
        }
    }
    true
}

/// Whether an order waits for a customer who waits for a person.
pub(crate) async fn waits_for_a_customer(world: &World, case: &Value) -> bool {
    if case["stage"] != "new" {
        return false;
    }
    let customer = &case["pedido"]["Cliente"]["CodigoClienteNuvem"];
    let customer = customer.as_u64().or_else(|| customer.as_str().and_then(|id| id.parse().ok()));
    match customer {
        Some(customer) => stage_of(world, CUSTOMER, customer).await.as_deref() == Some("held"),
        None => false,
    }
}

/// Whether a customer who is in Omie was left to the catalogue: Máxima has refused the row.
pub(crate) fn leaves_a_customer(world: &World) -> bool {
    let registered = world.registered.borrow();
    let mut codes =
        registered.iter().filter_map(|id| world.maxima.customer(*id)).map(|customer| customer.codigo);
    codes.any(|codigo| !codigo.is_empty() && world.maxima.row("Clientes", &codigo).is_none())
}

async fn stage_of(world: &World, kind: &str, id: u64) -> Option<String> {
    let case = world.case(kind, &id.to_string()).await?;
    case["stage"].as_str().map(str::to_owned)
}

/// What has not settled, for who reads the problem.
pub(crate) async fn unsettled(world: &World, problems: &mut Problems) {
    for kind in [ORDER, CUSTOMER, CHORE, NOTICE] {
        for (id, due, case) in world.due(kind).await {
            let (stage, why) = (&case["stage"], &case["why"]);
            problems.push(format!("{kind} {id} is due at {due} for ever: {stage} {why}"));
        }
    }
    for order in world.maxima.orders() {
        let stage = stage_of(world, ORDER, order.id).await;
        problems.push(format!("order {} is {stage:?}, its seller sees status {}", order.id, order.status));
    }
    for customer in world.maxima.customers() {
        let stage = stage_of(world, CUSTOMER, customer.id).await;
        problems.push(format!(
            "customer {} is {stage:?}, its seller sees status {}",
            customer.id, customer.status
        ));
    }
}

/// What a notice told us and we acknowledged, and has had no effect yet.
pub(crate) async fn without_effect(world: &World) -> Problems {
    let noticed: Vec<u64> =
        world.noticed.borrow().iter().filter(|(_, acknowledged)| **acknowledged).map(|(id, _)| *id).collect();
    let mut without = Problems::new();
    for id in noticed {
        let Some(seen) = world.maxima.order(id) else { continue };
        let case = world.case(ORDER, &id.to_string()).await.unwrap_or_default();
        // A stage that nobody had placed when it was read is told when the next listing brings it.
        let is_unplaced = case["warning"].as_str().is_some_and(|warning| warning.contains("no de-para"));
        if case["stage"] != "in-erp" || is_unplaced {
            continue;
        }
        let (shown, truth) = (shown(&seen), world.truth_of(id));
        if shown != Some(truth) {
            without.push(format!(
                "order {id}: the notice was acknowledged, and its seller sees {shown:?} while it is {truth}"
            ));
        }
    }
    without
}

/// Everything; counts orders and customers by how they ended.
pub(crate) async fn all(world: &World, problems: &mut Problems) -> BTreeMap<String, u64> {
    let mut ends = BTreeMap::new();
    let created = world.omie.orders_created();
    let orders = world.maxima.orders();
    for order in &orders {
        let created = created.get(&order.id.to_string()).copied().unwrap_or_default();
        let end = one_order(world, order, created, problems).await;
        *ends.entry(format!("order {end}")).or_default() += 1;
    }
    delivered::all(world, &orders, problems);
    for customer in world.maxima.customers() {
        let end = one_customer(world, customer.id, problems).await;
        *ends.entry(format!("customer {end}")).or_default() += 1;
    }
    nobody_twice(world, problems);
    let edited = world.edited.borrow();
    for text in world.maxima.violations() {
        // Who sends an order again while we answer it gets the answer to what was there before.
        let is_late =
            text.contains("ninguém baixou") && edited.keys().any(|id| text.contains(&id.to_string()));
        if !is_late {
            problems.push(format!("Máxima: {text}"));
        }
    }
    drop(edited);
    limits(world, problems);
    waits::all(world, problems);
    writes::all(world, problems);
    match world.reports.borrow().last() {
        Some(report) if report.is_complete && report.unexplained.is_empty() => {}
        report => problems.push(format!("the reconciliation says {report:?}")),
    }
    ends
}

async fn one_order(world: &World, order: &OrderSeen, created: u64, problems: &mut Problems) -> String {
    let id = order.id;
    let mut wrong = |text: String| problems.push(format!("order {id}: {text}"));
    if created > 1 {
        wrong(format!("{created} times in Omie"));
    }
    if order.in_transit {
        wrong("shows as in transit for ever".to_owned());
    }
    let Some(case) = world.case(ORDER, &id.to_string()).await else {
        if order.kind == 1 {
            wrong("was placed and never taken".to_owned());
        }
        return "not listed".to_owned();
    };
    let stage = case["stage"].as_str().unwrap_or_default().to_owned();
    let why = case["why"].as_str().unwrap_or_default();
    let last = order.critiques.last();
    match stage.as_str() {
        "in-erp" => {
            if created != 1 {
                wrong("we believe it to be in Omie".to_owned());
            }
            if order.status != 4 {
                wrong(format!("is in Omie, its seller sees status {}", order.status));
            }
            in_both(world, order, &mut wrong);
        }
        "rejected" => {
            if created != 0 {
                wrong("was refused and is in Omie".to_owned());
            }
            if !matches!(order.status, 5 | 7) || last.is_none_or(|last| last.text.trim().is_empty()) {
                wrong(format!("was refused, its seller sees status {} and {last:?}", order.status));
            }
        }
        "held" | "skipped" => {
            if created != 0 {
                wrong(format!("is {stage} and is in Omie: {why}"));
            }
            if why.is_empty() {
                wrong(format!("is {stage} without a reason"));
            }
        }
        // Only one that waits for its customer, who waits for a person.
        _ => {
            let customer = order.object["Cliente"]["CodigoClienteNuvem"].as_u64();
            let customer = match customer {
                Some(customer) => stage_of(world, CUSTOMER, customer).await,
                None => None,
            };
            if customer.as_deref() != Some("held") {
                wrong(format!("is left {stage}: {why}"));
            }
        }
    }
    never_backwards(world, order, &mut wrong);
    stage
}

/// The two partners agree on an order that is in both.
fn in_both(world: &World, order: &OrderSeen, wrong: &mut impl FnMut(String)) {
    let truth = world.truth_of(order.id);
    let shown = shown(order);
    if shown != Some(truth) {
        wrong(format!("its seller sees {shown:?}, it is {truth}"));
    }
    if order.position.as_deref() != Some(truth.to_string().as_str()) {
        wrong(format!("its history shows {:?}, it is {truth}", order.position));
    }
    let Some(erp) = world.omie.order(&order.id.to_string()) else { return };
    let number = erp["cabecalho"]["numero_pedido"].as_str().unwrap_or_default().trim_start_matches('0');
    if order.numpederp.as_deref() != Some(number) {
        wrong(format!("its seller sees the number {:?}, it is {number}", order.numpederp));
    }
}

/// What the seller sees: the letter of the last message that was no error.
fn shown(order: &OrderSeen) -> Option<char> {
    order.critiques.last().and_then(|critique| letter(&critique.posicao))
}

fn letter(posicao: &str) -> Option<char> {
    Some(match posicao {
        "Pendente" => 'P',
        "Liberado" => 'L',
        "Montado" => 'M',
        "Faturado" => 'F',
        "Cancelado" => 'C',
        _ => return None,
    })
}

/// What the seller saw, in its order, is what happened in the ERP, in its order, with some of it left out.
fn never_backwards(world: &World, order: &OrderSeen, wrong: &mut impl FnMut(String)) {
    let truth = world.truth.borrow();
    let mut happened = vec![(Timestamp::MIN, 'P')];
    happened.extend(truth.get(&order.id).into_iter().flatten().copied());
    let mut from = 0;
    for critique in &order.critiques {
        let Some(letter) = letter(&critique.posicao) else { continue };
        let mut later = happened.iter().enumerate().skip(from);
        let Some((nth, _)) = later.find(|(_, (at, place))| *place == letter && *at <= critique.at) else {
            let at = critique.at;
            wrong(format!("its seller saw {letter} at {at}, which was not so any more: {happened:?}"));
            return;
        };
        from = nth;
    }
}

async fn one_customer(world: &World, id: u64, problems: &mut Problems) -> String {
    let mut wrong = |text: String| problems.push(format!("customer {id}: {text}"));
    let Some(case) = world.case(CUSTOMER, &id.to_string()).await else {
        wrong("was registered and never taken".to_owned());
        return "lost".to_owned();
    };
    let stage = case["stage"].as_str().unwrap_or_default().to_owned();
    let why = case["why"].as_str().unwrap_or_default();
    let seen = world.maxima.customer(id);
    let status = seen.as_ref().map_or(0, |seen| seen.status);
    match stage.as_str() {
        "in-erp" => {
            let codigo = seen.as_ref().map(|seen| seen.codigo.clone()).unwrap_or_default();
            if status != 4 || world.omie.record(Registry::Clientes, &codigo).is_none() {
                wrong(format!("is in Omie, its seller sees status {status} and {codigo:?}"));
            }
        }
        "rejected" if status != 14 => wrong(format!("was refused, its seller sees status {status}")),
        "held" if why.is_empty() => wrong("is held without a reason".to_owned()),
        "rejected" | "held" => {}
        _ => wrong(format!("is left {stage}: {why}")),
    }
    stage
}

/// No two records of Omie are one customer.
fn nobody_twice(world: &World, problems: &mut Problems) {
    if world.maxima.customers().is_empty() {
        return;
    }
    let (mut keys, mut documents) = (HashSet::new(), HashSet::new());
    for record in world.omie.records(Registry::Clientes) {
        let key = record["codigo_cliente_integracao"].as_str().unwrap_or_default().to_owned();
        let document: String =
            record["cnpj_cpf"].as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        if !key.is_empty() && !keys.insert(key.clone()) {
            problems.push(format!("two customers have the key {key}"));
        }
        if !document.is_empty() && !documents.insert(document.clone()) {
            problems.push(format!("two customers have the document {document}"));
        }
    }
}

/// Omie's limits were kept: whatever it complained about was arranged. Its blocks are looked at in `waits`.
fn limits(world: &World, problems: &mut Problems) {
    let verdict = world.omie.verdict();
    for kind in
        ["redundant", "rate_limited", "busy", "repeated", "unknown_member", "missing_member", "syntax"]
    {
        for (method, seen) in &verdict.methods {
            let may_be_misled = matches!(kind, "redundant" | "repeated") && writes::is_misled(world, method);
            if let Some(times) = seen.faults.get(kind).filter(|_| !may_be_misled) {
                problems.push(format!("Omie complained {times} times about {method}: {kind}"));
            }
        }
    }
}
