//! The doors, as the partners' pushes and an operator's commands come to them.

use std::sync::{MutexGuard, PoisonError};

use engine::FlowState;
use serde_json::Value;
use service_orders::commands::{self, Command, Refused};
use service_orders::inbound::{self, Answer, Inbound};
use simulators::{Outbox, Push};

use crate::World;

/// Who sends the commands.
pub const OPERATOR: &str = "ana";
/// The address of the ERP's events.
pub(crate) const SENIOR: &str = "/webhooks/senior/service-order-finished";
/// What Sismetro's addresses begin with.
pub(crate) const SISMETRO: &str = "/webhooks/sismetro";

impl<S: FlowState> World<S> {
    /// Any request at the ERP's door.
    pub async fn at_senior(&self, inbound: Inbound<'_>) -> Answer {
        let answer = inbound::senior(&self.state, &self.clock, &self.settings, &self.credentials, inbound);
        let answer = Box::pin(answer).await;
        self.acknowledge(inbound, &answer);
        answer
    }

    /// Any request at Sismetro's door.
    pub async fn at_sismetro(&self, inbound: Inbound<'_>) -> Answer {
        let answer = inbound::sismetro(&self.state, &self.clock, &self.settings, &self.credentials, inbound);
        let answer = Box::pin(answer).await;
        self.acknowledge(inbound, &answer);
        answer
    }

    /// An event of the ERP.
    pub async fn event(&self, push: &Push) -> Answer {
        let Push { headers, body, .. } = push;
        self.at_senior(Inbound { method: "POST", path: SENIOR, headers, body }).await
    }

    /// A callback of Sismetro.
    pub async fn callback(&self, push: &Push) -> Answer {
        let Push { headers, body, .. } = push;
        let path = format!("{SISMETRO}{}", push.path);
        self.at_sismetro(Inbound { method: "POST", path: &path, headers, body }).await
    }

    /// Everything that waits at the partners comes to its door once; what is not taken waits again. The answers.
    pub async fn deliver(&self) -> Vec<Answer> {
        let mut answers = Vec::new();
        let (hub, callbacks) = (self.partners.senior.hub(), self.partners.sismetro.callbacks());
        let mut refused = Vec::new();
        for outbox in [hub, callbacks] {
            while let Some(push) = outbox.take_next() {
                self.at_the_door().push((outbox.clone(), push.id.clone()));
                let is_event = push.path.is_empty();
                let answer = if is_event { self.event(&push).await } else { self.callback(&push).await };
                self.at_the_door().pop();
                if (200..300).contains(&answer.status) {
                    outbox.ack(&push.id);
                } else {
                    refused.push((outbox, push.id));
                }
                answers.push(answer);
            }
        }
        for (outbox, id) in refused {
            outbox.put_back(&id);
        }
        answers
    }

    fn at_the_door(&self) -> MutexGuard<'_, Vec<(Outbox, String)>> {
        self.at_the_door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A command of [`OPERATOR`].
    pub async fn told(&self, command: Value) -> Result<Value, Refused> {
        let command = Command::read(&command)?;
        let reply = commands::run(&self.state, &self.clock, &self.settings, OPERATOR, command).await?;
        Ok(reply.body)
    }
}
