//! What operators ask for, by direct invocation (flow §9). Each command is obeyed once.

use std::time::Duration;

use clock::Clock;
use engine::flow::FlowError;
use engine::{Expected, FlowState, Mark, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::branches::{self, Branch};
use crate::delivery::{Delivery, Source};
use crate::flow::KIND as ORDERS;
use crate::inbound::{self, Reading};
use crate::machine::{Event, Found, Gate, Telling, Told, Word};
use crate::notice::{self, Callback, Dismissal};
use crate::record::What;
use crate::records::{self, Applied};
use crate::settings::{CancelStrategy, Settings};
pub use crate::spoken::spoken;
use crate::state::{Alarm, Skip, State};
use crate::{bodies, breaker, show, steps};

/// The kind of the documents that remember commands that are about no order.
const KIND: &str = "so-comando";
/// For so long.
const KEPT: Duration = Duration::from_hours(90 * 24);

/// A command. `reason` says why, for the history; `command_id` makes a repetition one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are those of the contract, flow §9")]
pub enum Command {
    /// One order, without what is relayed.
    Show { order_id: String },
    /// Orders in a state or with an alarm; without either, all that are not terminal.
    List { state: Option<State>, alarm: Option<Alarm>, limit: Option<usize> },
    /// Callbacks that have found no order for a day.
    Unmatched { limit: Option<usize> },
    /// Such a callback needs none.
    DismissCallback { callback: String, reason: String, command_id: String },
    /// Deliveries that were not understood.
    Quarantine { limit: Option<usize> },
    /// On from where it was parked.
    Redrive { order_id: String, reason: String, command_id: String },
    /// The SS that a person found or opened.
    AttachSs {
        order_id: String,
        ss_number: String,
        ss_link: Option<String>,
        reason: String,
        command_id: String,
    },
    /// One more open call.
    AllowResend { order_id: String, reason: String, command_id: String },
    /// Without the note.
    SkipNote { order_id: String, reason: String, command_id: String },
    /// The service ended so; Sismetro is not asked.
    ForceOutcome { order_id: String, outcome: What, reason: String, command_id: String },
    /// Done by hand: ends without a call. `state` is `released`, `cancelled` or `skipped`.
    Close { order_id: String, state: State, reason: String, command_id: String },
    /// A stored delivery again, after a correction of the maps.
    ReplayEvent { delivery: String, reason: String, command_id: String },
    /// The configuration of a branch; without `branch_code` that of a company.
    SetBranch(SetBranch),
}

/// What an operator says of a branch; without `branch_code` of all branches of the company that have nothing of their
/// own. What is not named stays as it is; `null` gives back the tenant's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are those of Branch")]
pub struct SetBranch {
    pub company_code: i64,
    pub branch_code: Option<i64>,
    /// Required for a branch that has no configuration yet.
    pub active: Option<bool>,
    #[serde(default, deserialize_with = "named")]
    pub account: Option<Option<String>>,
    #[serde(default, deserialize_with = "named")]
    pub cancel_strategy: Option<Option<CancelStrategy>>,
    #[serde(default, deserialize_with = "named")]
    pub open_body_mode: Option<Option<sismetro::OpenBodyMode>>,
    pub reason: String,
    pub command_id: String,
}

/// A member that is there, be it `null`.
#[expect(clippy::option_option, reason = "not named and null are two words")]
fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(member: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(member).map(Some)
}

impl SetBranch {
    /// The branch as it is to be; `known` is how it is.
    fn branch(self, known: Option<&Branch>, now: Timestamp, actor: &str) -> Result<Branch, Refused> {
        let active = self.active.or(known.map(|known| known.active));
        let Some(active) = active else {
            return Err(Refused::Bad(
                "diga se a filial participa (active): ela ainda não tem configuração".to_owned(),
            ));
        };
        if self.account.as_ref().is_some_and(|name| name.as_ref().is_some_and(|name| name.trim().is_empty()))
        {
            return Err(Refused::Bad("informe o nome da conta (account), ou null para a padrão".to_owned()));
        }
        Ok(Branch {
            company_code: self.company_code,
            branch_code: self.branch_code,
            active,
            account: self.account.unwrap_or_else(|| known?.account.clone()),
            cancel_strategy: self.cancel_strategy.unwrap_or_else(|| known?.cancel_strategy),
            open_body_mode: self.open_body_mode.unwrap_or_else(|| known?.open_body_mode),
            updated_at: Some(now),
            updated_by: Some(format!("{actor}: {}", self.reason)),
        })
    }
}

/// A command was not obeyed. `Display` is Portuguese, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is not a command.
    #[error("comando inválido em \"{0}\": {1}")]
    Unreadable(String, String),
    /// There is no such order or delivery.
    #[error("não há registro de \"{0}\"")]
    Missing(String),
    /// The state of the order does not allow it.
    #[error("o pedido está em \"{}\" e este comando não se aplica", .0.text())]
    Unfit(State),
    /// Somebody is at the order.
    #[error("o pedido está sendo processado: repita em instantes")]
    Busy,
    /// A text of the command is not acceptable.
    #[error("{0}")]
    Bad(String),
    /// The store failed.
    #[error("o armazenamento da integração não respondeu")]
    Flow(#[from] FlowError),
}

impl From<StateError> for Refused {
    fn from(error: StateError) -> Self {
        Self::Flow(error.into())
    }
}

/// What a command came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// For the operator.
    pub body: Value,
    /// Whether there is work now.
    pub wake: bool,
}

impl Command {
    /// Reads a command; what is wrong is named.
    pub fn read(body: &Value) -> Result<Self, Refused> {
        serde_path_to_error::deserialize(body)
            .map_err(|error| Refused::Unreadable(error.path().to_string(), spoken(error.inner())))
    }
}

/// Obeys a command of `actor`. No partner is asked: what follows is left to the next turn of work.
pub async fn run<S: FlowState>(
    state: &S,
    clock: &Clock,
    settings: &Settings,
    actor: &str,
    command: Command,
) -> Result<Reply, Refused> {
    let house = House { state, clock, settings, actor };
    let seen = |body| Ok(Reply { body, wake: false });
    match command {
        Command::Show { order_id } => match show::order(state, &order_id).await? {
            Some(order) => seen(order),
            None => Err(Refused::Missing(order_id)),
        },
        Command::List { state: of, alarm, limit } => {
            let limit = limit.unwrap_or(100);
            let orders = match alarm {
                Some(alarm) => show::alarmed(state, alarm, of, limit).await?,
                None => show::list(state, of, limit).await?,
            };
            seen(json!({ "orders": orders }))
        }
        Command::Unmatched { limit } => {
            let found = Callback::unmatched(state, limit.unwrap_or(100).min(500)).await?;
            seen(json!({"callbacks": found.iter().map(show::callback).collect::<Vec<_>>()}))
        }
        Command::DismissCallback { callback, reason, command_id } => {
            house.once(&command_id, &reason, house.dismiss(&callback, &reason)).await
        }
        Command::Quarantine { limit } => house.quarantine(limit.unwrap_or(100)).await,
        Command::ReplayEvent { delivery, reason, command_id } => {
            let id = delivery.clone();
            house.once(&command_id, &reason, house.replay(&id)).await
        }
        Command::SetBranch(given) => {
            let (reason, command_id) = (given.reason.clone(), given.command_id.clone());
            house.once(&command_id, &reason, house.set_branch(given)).await
        }
        about_an_order => house.tell(about_an_order).await,
    }
}

struct House<'a, S> {
    state: &'a S,
    clock: &'a Clock,
    settings: &'a Settings,
    actor: &'a str,
}

impl<S: FlowState> House<'_, S> {
    async fn tell(&self, command: Command) -> Result<Reply, Refused> {
        let (order_id, reason, command, word) = parts(command)?;
        worded(&reason, &command)?;
        if let Word::Attach(found) = &word {
            self.free(&order_id, &found.number).await?;
        }
        let is_redrive = word == Word::Redrive;
        let word = if is_redrive { self.redriven(&order_id, &command).await? } else { word };
        let actor = self.actor.to_owned();
        let event = Event::Told(Told { command: command.clone(), actor, reason, word });
        match records::apply(self.state, self.clock, &order_id, &event).await? {
            Applied::Missing => Err(Refused::Missing(order_id)),
            Applied::Busy => Err(Refused::Busy),
            Applied::Nothing(order) if order.commands.contains(&command) => {
                let mut body = show::line(&order);
                body["duplicate"] = json!(true);
                Ok(Reply { body, wake: false })
            }
            Applied::Nothing(order) => Err(Refused::Unfit(order.state)),
            Applied::Done { after, .. } => {
                if is_redrive {
                    // Whoever redrives says that what was wrong is right now.
                    breaker::reset(self.state, steps::SENIOR).await;
                    let account = after.account.as_deref().or(self.settings.default_account.as_deref());
                    if let Some(account) = account {
                        breaker::reset(self.state, &steps::breaker_of(account)).await;
                    }
                }
                Ok(Reply { body: show::line(&after), wake: after.due.is_some() })
            }
        }
    }

    /// An order without equipment goes on where a corrected map finds some in what is stored (flow §7); every other
    /// from where it was.
    async fn redriven(&self, id: &str, command: &str) -> Result<Word, Refused> {
        let Self { state, settings, .. } = *self;
        let order = records::order(state, id).await?.ok_or_else(|| Refused::Missing(id.to_owned()))?;
        let is_without = order.state == State::Skipped && order.skipped == Some(Skip::NoEquipment);
        if !is_without || order.commands.iter().any(|known| known == command) {
            return Ok(Word::Redrive);
        }
        let Some(body) = bodies::of(state, &order.payload).await? else {
            let why = "o corpo do evento não está mais guardado: feche o pedido de novo no ERP";
            return Err(Refused::Bad(why.to_owned()));
        };
        let Reading::Orders(events) = inbound::read(settings, body.as_bytes(), None) else {
            return Err(Refused::Bad("o evento guardado não é mais entendido: confira os mapas".to_owned()));
        };
        if let Some(event) = events.iter().find(|event| event.order_id == id) {
            let (content, gate) = inbound::understood(state, settings, event).await?;
            if gate != Gate::Unwanted(Skip::NoEquipment) {
                return Ok(Word::Reread { content, gate });
            }
        }
        let why =
            "o evento guardado continua sem equipamento: se há um, corrija senior.senior_event_map e repita";
        Err(Refused::Bad(why.to_owned()))
    }

    /// Refuses the number of an SS that is another order's, or was this one's before it was cancelled and reopened.
    async fn free(&self, order: &str, number: &str) -> Result<(), Refused> {
        let mark = Mark::new("ss", number.to_owned());
        for id in self.state.marked(ORDERS, &mark, None, 2).await? {
            let Some(other) = records::order(self.state, &id).await? else { continue };
            if id != order {
                let name = other.content.number.map_or(id.clone(), |number| format!("{number} ({id})"));
                return Err(Refused::Bad(format!("a SS {number} já é do pedido {name}")));
            }
            if other.generation > 1 && other.past.iter().any(|past| past.number == number) {
                let why = "é de uma abertura anterior deste pedido, que foi cancelada";
                return Err(Refused::Bad(format!("a SS {number} {why}")));
            }
        }
        Ok(())
    }

    async fn quarantine(&self, limit: usize) -> Result<Reply, Refused> {
        let found = Delivery::in_quarantine(self.state, limit.min(500)).await?;
        let line = |(id, delivery): &(String, Delivery)| {
            let why = delivery.quarantined.as_deref().map(inbound::told);
            json!({"id": id, "received": delivery.received, "source": delivery.source, "why": why})
        };
        let lines: Vec<Value> = found.iter().map(line).collect();
        Ok(Reply { body: json!({ "deliveries": lines }), wake: false })
    }

    async fn dismiss(&self, id: &str, reason: &str) -> Result<Reply, Refused> {
        let told = format!("dispensado por {}: {reason}", self.actor);
        match notice::dismiss(self.state, id, &told).await? {
            Dismissal::Done => Ok(Reply { body: json!({"callback": id, "told": told}), wake: false }),
            Dismissal::Missing => Err(Refused::Missing(id.to_owned())),
            Dismissal::Unfit => Err(Refused::Bad("este aviso não está mais sem pedido".to_owned())),
        }
    }

    /// Obeys a command that is about no order, unless it was obeyed before.
    async fn once(
        &self,
        command: &str,
        reason: &str,
        work: impl Future<Output = Result<Reply, Refused>>,
    ) -> Result<Reply, Refused> {
        worded(reason, command)?;
        if self.state.get(KIND, command).await?.is_some() {
            return Ok(Reply { body: json!({"duplicate": true}), wake: false });
        }
        let reply = work.await?;
        let expires = Some(clock::later(self.clock.now(), KEPT));
        let body = json!({"actor": self.actor, "reason": reason, "at": self.clock.now()});
        self.state.put(KIND, command, &body, Expected::Any, expires).await?;
        Ok(reply)
    }

    async fn set_branch(&self, given: SetBranch) -> Result<Reply, Refused> {
        let known = Branch::load(self.state, given.company_code, given.branch_code).await?;
        let branch = given.branch(known.as_ref(), self.clock.now(), self.actor)?;
        branch.save(self.state).await?;
        let body = serde_json::to_value(&branch).unwrap_or_default();
        let key = branch.branch_code.map(|code| (branch.company_code, code));
        let rule = branches::rule(self.state, self.settings, key).await?;
        let has_account = !branch.active || rule.account.is_some();
        let warning = (!has_account).then_some("a filial está ativa e não tem conta do Sismetro");
        Ok(Reply { body: json!({ "branch": body, "warning": warning }), wake: false })
    }

    async fn replay(&self, id: &str) -> Result<Reply, Refused> {
        let missing = || Refused::Missing(id.to_owned());
        let delivery = Delivery::load(self.state, id).await?.ok_or_else(missing)?;
        let text = delivery.text(self.state).await?.ok_or_else(missing)?;
        match delivery.source {
            Source::Senior => self.replay_event(&delivery, &text).await,
            Source::Sismetro => self.replay_callback(&delivery, &text).await,
        }
    }

    async fn replay_event(&self, delivery: &Delivery, text: &str) -> Result<Reply, Refused> {
        let Self { state, clock, settings, .. } = *self;
        let header =
            |name: &str| delivery.headers.get(name).map(String::as_str).filter(|text| !text.is_empty());
        let mut events = match inbound::read(settings, text.as_bytes(), header("x-tenant")) {
            Reading::Orders(events) => events,
            Reading::Strange(why) => {
                let why = inbound::told(why);
                return Err(Refused::Bad(format!("a entrega continua sem ser entendida: {why}")));
            }
        };
        let content_type = header("content-type").unwrap_or("application/json");
        let mut orders = Vec::new();
        for event in &mut events {
            inbound::named(event, header("x-event-id"));
            let arrival =
                inbound::arrival(state, clock, settings, event, content_type, Telling::Replayed).await?;
            match records::arrive(state, clock, settings, &event.order_id, arrival).await? {
                Applied::Done { after, .. } => orders.push(show::line(&after)),
                Applied::Nothing(order) => orders.push(show::line(&order)),
                Applied::Busy | Applied::Missing => return Err(Refused::Busy),
            }
        }
        let ids = events.into_iter().map(|event| event.order_id).collect();
        self.understood(delivery, text, ids).await?;
        Ok(Reply { body: json!({ "orders": orders }), wake: true })
    }

    async fn replay_callback(&self, delivery: &Delivery, text: &str) -> Result<Reply, Refused> {
        let Self { state, clock, settings, .. } = *self;
        let path = inbound::route(&delivery.path).unwrap_or(sismetro::CallbackPath::Any);
        let callbacks = sismetro::parse_callbacks(path, text.as_bytes(), &settings.sismetro)
            .map_err(|error| Refused::Bad(format!("a entrega continua sem ser entendida: {error}")))?;
        let now = clock.now();
        // Known or not: a person wants it to be looked at again.
        let again = |said: &sismetro::SsCallback| {
            (format!("{}.{}", Callback::id(said), now.as_second()), Callback::new(said.clone(), now))
        };
        notice::store_all(state, &callbacks.iter().map(again).collect::<Vec<_>>()).await?;
        let ids = callbacks.iter().filter_map(|said| said.order_id.clone()).collect();
        self.understood(delivery, text, ids).await?;
        Ok(Reply { body: json!({"callbacks": callbacks.len()}), wake: true })
    }

    /// It leaves the quarantine.
    async fn understood(
        &self,
        delivery: &Delivery,
        text: &str,
        orders: Vec<String>,
    ) -> Result<(), StateError> {
        let headers: Vec<(String, String)> = delivery.headers.clone().into_iter().collect();
        let came = crate::delivery::Came {
            source: delivery.source,
            path: &delivery.path,
            headers: &headers,
            body: text,
        };
        came.store(self.state, self.clock, "reprocessada", None, orders).await.map(drop)
    }
}

/// Order, reason, id and word of a command that is about an order.
fn parts(command: Command) -> Result<(String, String, String, Word), Refused> {
    Ok(match command {
        Command::Redrive { order_id, reason, command_id } => (order_id, reason, command_id, Word::Redrive),
        Command::AllowResend { order_id, reason, command_id } => {
            (order_id, reason, command_id, Word::AllowResend)
        }
        Command::SkipNote { order_id, reason, command_id } => (order_id, reason, command_id, Word::SkipNote),
        Command::ForceOutcome { order_id, outcome, reason, command_id } => {
            (order_id, reason, command_id, Word::Force(outcome))
        }
        Command::Close { order_id, state, reason, command_id } => {
            if !state.is_terminal() {
                return Err(Refused::Bad("encerre como released, cancelled ou skipped".to_owned()));
            }
            (order_id, reason, command_id, Word::Close(state))
        }
        Command::AttachSs { order_id, ss_number, ss_link, reason, command_id } => {
            let number = ss_number.trim().trim_start_matches('0').to_owned();
            let is_number =
                (1..=18).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            if !is_number {
                return Err(Refused::Bad("o número da SS tem só dígitos".to_owned()));
            }
            if ss_link.as_deref().is_some_and(|link| !sismetro::valid_link(link)) {
                return Err(Refused::Bad("o link não é de uma SS do Sismetro (printSS.php)".to_owned()));
            }
            let found = Found { number, link: ss_link, unsure: false, mismatch: false };
            (order_id, reason, command_id, Word::Attach(found))
        }
        other => return Err(Refused::Bad(format!("não é um comando sobre um pedido: {other:?}"))),
    })
}

fn worded(reason: &str, command: &str) -> Result<(), Refused> {
    if reason.trim().is_empty() || reason.chars().count() > 500 {
        return Err(Refused::Bad("informe o motivo (reason), com até 500 caracteres".to_owned()));
    }
    if command.trim().is_empty() || command.len() > 100 {
        return Err(Refused::Bad("informe command_id, com até 100 caracteres".to_owned()));
    }
    Ok(())
}
