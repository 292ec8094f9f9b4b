//! What the partners tell us, on its way through our doors.

use engine::{Cases as _, Mark};
use jiff::Timestamp;
use service_orders::inbound::{self, Answer, Inbound};
use service_orders::{Settings, delivery, notice};
use simulators::{Outbox, Push, Standing};

use crate::services::secrets;
use crate::services::world::{ORDER, World};
use crate::wire::value_of;

/// Which of our two doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The ERP's Events hub.
    Hub,
    /// Sismetro's callbacks.
    Callbacks,
}

impl World {
    pub(crate) fn outbox(&self, door: Door) -> &Outbox {
        match door {
            Door::Hub => self.partners.senior.hub(),
            Door::Callbacks => self.partners.sismetro.callbacks(),
        }
    }

    /// The first thing that waits at a door arrives: whether there is work now; none when nothing waits.
    pub(crate) async fn deliver(&self, door: Door) -> Option<bool> {
        let push = self.outbox(door).take_next()?;
        if door == Door::Hub {
            self.past.borrow_mut().comes(&push);
        }
        let life = self.life();
        let answer = tokio::select! {
            biased;
            answer = Box::pin(self.hears(door, &push, &life)) => Some(answer),
            () = life.gone.notified() => None,
        };
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        let kind = answer.as_ref().map_or("killed", |answer| answer.kind);
        self.note(format_args!("#{} {door:?} {} {:?}: {status} {kind}", life.number, push.id, push.about));
        if (200..300).contains(&status) {
            self.outbox(door).ack(&push.id);
            self.acknowledged(door, &push, kind).await;
        } else if push.attempts < self.variety.tries {
            self.outbox(door).put_back(&push.id);
        } else {
            self.outbox(door).ack(&push.id);
            self.never(door, &push);
        }
        Some(answer.is_some_and(|answer| answer.wake))
    }

    /// A call that will not come any more.
    pub(crate) fn never(&self, door: Door, push: &Push) {
        if door == Door::Hub {
            self.past.borrow_mut().lost.extend(push.about.iter().cloned());
        }
    }

    async fn hears(&self, door: Door, push: &Push, life: &std::sync::Arc<crate::chaos::Life>) -> Answer {
        let table = self.table(life);
        let credentials = self.keys.borrow().credentials();
        let not_ready =
            Answer { status: 503, body: String::new(), retry_after: None, wake: false, kind: "not_ready" };
        let Ok(Some((settings, _))) = Settings::load(&table).await else { return not_ready };
        let mut headers = push.headers.clone();
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        let path = match door {
            Door::Hub => "/webhooks/senior/service-order-finished".to_owned(),
            Door::Callbacks if self.variety.by_path => {
                format!("/webhooks/sismetro/{}{}", secrets::PATH, push.path)
            }
            Door::Callbacks => format!("/webhooks/sismetro{}", push.path),
        };
        let inbound = Inbound { method: "POST", path: &path, headers: &headers, body: &push.body };
        let answer = match door {
            Door::Hub => inbound::senior(&table, &self.ours, &settings, &credentials, inbound).await,
            Door::Callbacks => inbound::sismetro(&table, &self.ours, &settings, &credentials, inbound).await,
        };
        self.said(&format!("{answer:?} {inbound:?}"));
        answer
    }

    /// We have said yes: it must be in the store.
    async fn acknowledged(&self, door: Door, push: &Push, kind: &'static str) {
        let is_kept = match door {
            _ if kind == "quarantined" => self.has_quarantined().await,
            Door::Hub => self.knows_all(&push.about).await,
            Door::Callbacks => self.has_heard(push, kind).await,
        };
        if !is_kept {
            self.shared.wrong(format!("{door:?} {}: acknowledged ({kind}) and not stored", push.id));
        }
        let mut past = self.past.borrow_mut();
        match door {
            Door::Hub => {
                past.taken.extend(push.about.iter().cloned());
                past.acknowledged.insert(push.id.clone());
                if kind == "quarantined" {
                    // It is shown there, and nobody has understood it; a person may let it in at any time.
                    past.lost.extend(push.about.iter().cloned());
                    past.crossed.extend(push.about.iter().cloned());
                } else {
                    // What is read now is how the order is now, whatever was lost before.
                    past.lost.retain(|id| !push.about.contains(id));
                }
            }
            // What is taken for a repetition is not heard again (`contracts/sismetro.md` §10.7).
            Door::Callbacks if kind == "duplicate" => {}
            Door::Callbacks => past.heard.extend(said(push)),
        }
    }

    async fn knows_all(&self, orders: &[String]) -> bool {
        for id in orders {
            if self.memory.case(ORDER, id).await.expect("a memory without faults").is_none() {
                return false;
            }
        }
        true
    }

    async fn has_quarantined(&self) -> bool {
        let kept = delivery::Delivery::in_quarantine(&*self.memory, 1).await;
        !kept.expect("a memory without faults").is_empty()
    }

    /// A callback that was taken in is on its way to its order, or was ignored and is a delivery.
    async fn has_heard(&self, push: &Push, kind: &str) -> bool {
        if kind == "ignored" {
            let mark = Mark::new("origem", "sismetro");
            let kept = self.memory.marked(delivery::KIND, &mark, None, 1).await;
            return !kept.expect("a memory without faults").is_empty();
        }
        for about in &push.about {
            for name in ["ss", "pedido"] {
                let mark = Mark::new(name, about.clone());
                let found = self.memory.marked(notice::KIND, &mark, None, 1).await;
                if !found.expect("a memory without faults").is_empty() {
                    return true;
                }
            }
        }
        false
    }
}

/// What a callback says of its order, and when it was said.
fn said(push: &Push) -> Option<(String, Standing, Timestamp)> {
    let order = push.about.get(1)?.clone();
    let body = String::from_utf8_lossy(&push.body).to_uppercase();
    let path = push.path.to_lowercase();
    let words: Vec<&str> = ["\"EVENT\":\"", "\"STATUS\":\"", "\"EVOLUCAO\":\""]
        .iter()
        .filter_map(|member| value_of(&body, member))
        .collect();
    let says = |begins: &[&str]| words.iter().any(|word| begins.iter().any(|with| word.starts_with(with)));
    let standing = if body.contains("\"ITEMS\"") {
        return None;
    } else if path.contains("cancel") || says(&["CANCEL", "EXCLU", "SS_CANCEL"]) {
        Standing::Cancelled
    } else if path.contains("complete")
        || path.contains("updateorder")
        || says(&["CONCLU", "ENCERR", "SS_COMPLETED", "COMPLETED", "FINISHED"])
    {
        Standing::Completed
    } else {
        return None;
    };
    Some((order, standing, push.at))
}
