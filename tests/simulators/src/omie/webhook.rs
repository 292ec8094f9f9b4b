//! The events Omie tells a webhook of (`contracts/omie.md` §9): queued in the order they happened, taken by a
//! test or posted by [`super::post`].

use std::collections::VecDeque;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::OmieSim;
use super::options::OmieOptions;

/// The queue of one endpoint.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    queue: VecDeque<Delivery>,
    /// Taken, neither acknowledged nor put back.
    under_way: Vec<Delivery>,
    told: u64,
    pub(super) endpoint: Endpoint,
}

/// Where events are posted to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// Nowhere: a test takes them.
    #[default]
    None,
    /// Registered and not yet pinged.
    New(String),
    Known(String),
    /// The ping was not answered with a 2xx, so it was never registered.
    Refused(String),
}

/// One event on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The same in every repetition of the event.
    pub message_id: String,
    /// As it is written in the body.
    pub topic: String,
    /// The whole body.
    pub body: Bytes,
    /// When it happened, virtual time.
    pub at: Timestamp,
    /// How often it was taken.
    pub attempts: u32,
}

/// How the topics are written: partners' integrators have seen several (`contracts/omie.md` §9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopicCase {
    /// `VendaProduto.EtapaAlterada`.
    #[default]
    Documented,
    /// `vendaproduto.etapaalterada`.
    Lower,
    /// `VENDAPRODUTO.ETAPAALTERADA`.
    Upper,
    /// Each event in another of the three.
    Mixed,
}

impl Mailbox {
    /// Appends an event.
    pub(super) fn tell(&mut self, options: &OmieOptions, topic: &str, event: &Value, now: Timestamp) {
        self.told += 1;
        let topic = match (options.topic_case, self.told % 3) {
            (TopicCase::Lower, _) | (TopicCase::Mixed, 1) => topic.to_lowercase(),
            (TopicCase::Upper, _) | (TopicCase::Mixed, 2) => topic.to_uppercase(),
            _ => topic.to_owned(),
        };
        // Looks drawn, and is the same in every run.
        let mixed = self.told.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let message_id = format!("{:08x}-0000-4000-8000-{:012x}", mixed >> 32, self.told);
        let app_key = match options.app_key.parse::<u64>() {
            Ok(number) if options.key_as_number => json!(number),
            _ => json!(options.app_key),
        };
        let body = json!({ "messageId": message_id, "topic": topic, "event": event,
            "author": { "email": "pessoa@exemplo.com.br", "name": "Pessoa do ERP", "userId": 1 },
            "appKey": app_key, "appHash": "exemplo-abc", "origin": "omie-connect-2.0" });
        let body = body.to_string().into();
        self.queue.push_back(Delivery { message_id, topic, body, at: now, attempts: 0 });
    }

    pub(super) fn has_news(&self) -> bool {
        !self.queue.is_empty()
    }
}

/// The events that wait for the webhook, in the order they happened. All methods take `&self`; nothing here
/// draws or waits by itself.
#[derive(Clone, Debug)]
pub struct Deliveries(OmieSim);

impl OmieSim {
    /// The events that wait for the webhook; none are kept unless [`OmieOptions::webhooks`] is on.
    pub fn deliveries(&self) -> Deliveries {
        self.settle();
        Deliveries(self.clone())
    }

    /// Registers a webhook, as a person does in the developer portal: events are told from now on, and
    /// [`super::post::deliver`] pings and posts.
    pub fn register_webhook(&self, url: &str) {
        let mut state = self.state();
        state.options.webhooks = true;
        state.desk.mailbox.endpoint = Endpoint::New(url.to_owned());
        self.0.news.notify_one();
    }

    /// Where events are posted to; nothing before the ping was answered.
    pub fn webhook(&self) -> Option<String> {
        match &self.state().desk.mailbox.endpoint {
            Endpoint::Known(url) => Some(url.clone()),
            Endpoint::None | Endpoint::New(_) | Endpoint::Refused(_) => None,
        }
    }
}

impl Deliveries {
    /// The first event, under way until it is acknowledged or put back. Taking the next one before that is
    /// taking it out of turn: Omie waits (`contracts/omie.md` §9).
    pub fn take_next(&self) -> Option<Delivery> {
        self.with(|mailbox| {
            let mut taken = mailbox.queue.pop_front()?;
            taken.attempts += 1;
            mailbox.under_way.push(taken.clone());
            Some(taken)
        })
    }

    /// A 2xx was answered: the event is gone. Whether it was under way.
    pub fn ack(&self, message_id: &str) -> bool {
        self.with(|mailbox| mailbox.taken(message_id).is_some())
    }

    /// No 2xx was answered: the event waits again, before all others. Whether it was under way.
    pub fn put_back(&self, message_id: &str) -> bool {
        self.with(|mailbox| {
            let taken = mailbox.taken(message_id);
            taken.map(|delivery| mailbox.queue.push_front(delivery)).is_some()
        })
    }

    /// The event at a position happens to be sent twice: its copy waits last. Whether there is such a position.
    pub fn duplicate(&self, position: usize) -> bool {
        self.with(|mailbox| {
            let copy = mailbox.queue.get(position).cloned();
            copy.map(|copy| mailbox.queue.push_back(copy)).is_some()
        })
    }

    /// Two waiting events change places. Whether both are there.
    pub fn swap(&self, one: usize, other: usize) -> bool {
        self.with(|mailbox| {
            let there = one.max(other) < mailbox.queue.len();
            if there {
                mailbox.queue.swap(one, other);
            }
            there
        })
    }

    /// The waiting events in another order.
    pub fn reorder(&self, rng: &mut fastrand::Rng) {
        self.with(|mailbox| rng.shuffle(mailbox.queue.make_contiguous()));
    }

    /// The event at a position never arrives.
    pub fn drop_at(&self, position: usize) -> Option<Delivery> {
        self.with(|mailbox| mailbox.queue.remove(position))
    }

    /// The waiting events, in the order they would be sent.
    pub fn waiting(&self) -> Vec<Delivery> {
        self.with(|mailbox| mailbox.queue.iter().cloned().collect())
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.with(|mailbox| mailbox.queue.len())
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn with<T>(&self, work: impl FnOnce(&mut Mailbox) -> T) -> T {
        work(&mut self.0.state().desk.mailbox)
    }
}

impl Mailbox {
    fn taken(&mut self, message_id: &str) -> Option<Delivery> {
        let at = self.under_way.iter().position(|delivery| delivery.message_id == message_id)?;
        Some(self.under_way.remove(at))
    }
}
