//! A person who looks after what was parked, with the words that operators have (`contracts/service-order-flow.md` §9).

use std::collections::BTreeMap;
use std::time::Duration;

use clock::later;
use jiff::Timestamp;
use serde_json::{Value, json};
use service_orders::Reason;

use super::{Served, ServiceStack};
use crate::asl::Lambdas;
use crate::stack::TENANT;
use crate::words::hour;

/// What was decided has so much time to come to something.
const PATIENCE: Duration = Duration::from_mins(10);

/// The person.
#[derive(Debug, Default)]
pub(super) struct Operator {
    decided: BTreeMap<String, Timestamp>,
    decisions: usize,
}

impl Operator {
    /// Decides what is parked and was not decided lately; what there is to say of it.
    pub(super) async fn look(&mut self, stack: &ServiceStack, served: &[Served]) -> Vec<String> {
        let mut said = Vec::new();
        for order in served.iter().filter(|order| order.is_parked()) {
            let now = stack.clock().now();
            if self.decided.get(order.id()).is_some_and(|at| now < later(*at, PATIENCE)) {
                continue;
            }
            self.decisions += 1;
            if let Some(decision) = decide(stack, order, self.decisions).await {
                self.decided.insert(order.id().to_owned(), now);
                said.push(format!("{}  pedido {}: {decision}", hour(now), order.number()));
            }
        }
        said
    }
}

/// What a person who has looked at both sides decides of a parked order.
fn decided(order: &Served, reason: Reason, numbers: &[u64], command: &str) -> Value {
    let (id, why) = (order.id(), "verificado nos dois sistemas");
    match (reason, numbers) {
        (Reason::OpenAmbiguous, [ss, ..]) => json!({
            "op": "attach_ss", "order_id": id, "ss_number": ss.to_string(), "reason": why, "command_id": command,
        }),
        (Reason::OpenAmbiguous, []) => {
            json!({ "op": "allow_resend", "order_id": id, "reason": why, "command_id": command })
        }
        _ => json!({ "op": "redrive", "order_id": id, "reason": why, "command_id": command }),
    }
}

/// Decides one parked order; what there is to say of it. `nth` makes the decision one of its own.
async fn decide(stack: &ServiceStack, order: &Served, nth: usize) -> Option<String> {
    let reason = order.record()?.attention?;
    let numbers = stack.partners.simulators.sismetro.numbers(order.id());
    let command = decided(order, reason, &numbers, &format!("demonstracao-{nth}"));
    let op = command["op"].as_str().unwrap_or_default().to_owned();
    let function = format!("ponte-{TENANT}-ss-open");
    let told = json!({ "so": command, "actor": "demonstração" });
    // A function that was killed answers nothing: the next look decides again.
    let answer = Lambdas::invoke(&stack.pool, &function, told).await.ok()?;
    let done = answer["done"] == true;
    let why = reason.text().split(':').next().unwrap_or_default();
    done.then(|| format!("{why}; o operador decide {}", name(&op)))
}

fn name(op: &str) -> &'static str {
    match op {
        "attach_ss" => "associar a SS encontrada",
        "allow_resend" => "autorizar um novo envio",
        _ => "retomar",
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::End;
    use super::*;

    #[test]
    fn an_ss_that_is_there_is_attached_and_never_opened_again() {
        let order = Served::new("5b1f".to_owned(), 48_213, "", None, End::Any, Timestamp::UNIX_EPOCH);
        let op = |reason, numbers: &[u64]| decided(&order, reason, numbers, "c")["op"].clone();

        assert_eq!(op(Reason::OpenAmbiguous, &[1_287_001]), "attach_ss");
        assert_eq!(op(Reason::OpenAmbiguous, &[]), "allow_resend");
        assert_eq!(op(Reason::SismetroAuth, &[]), "redrive");
    }

    #[test]
    fn every_decision_is_a_command_that_the_flow_knows() {
        let order = Served::new("5b1f".to_owned(), 48_213, "", None, End::Any, Timestamp::UNIX_EPOCH);
        for (reason, numbers) in [
            (Reason::OpenAmbiguous, &[1_287_001][..]),
            (Reason::OpenAmbiguous, &[]),
            (Reason::ReleaseUnclear, &[]),
        ] {
            let command = decided(&order, reason, numbers, "c");
            service_orders::commands::Command::read(&command).expect("a command");
        }
    }
}
