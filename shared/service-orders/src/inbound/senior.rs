//! `POST /webhooks/senior/service-order-finished` (`contracts/senior-x.md` §7).

use clock::Clock;
use engine::FlowState;
use engine::flow::FlowError;
use senior::{Equipamento, ServiceOrderEvent};
use serde_json::json;

use super::{Answer, Inbound, UNREADY, auth, quarantined, trial};
use crate::bodies::{self, Owner};
use crate::branches;
use crate::content::{Content, Equipment, Payload};
use crate::credentials::Credentials;
use crate::delivery::{self, Came, Source};
use crate::machine::{Arrival, Gate, Telling};
use crate::records::{self, Applied};
use crate::settings::Settings;
use crate::state::{Skip, State};

const PATH: &str = "/webhooks/senior/service-order-finished";
/// Why a delivery is in quarantine whose order has a record that cannot be read.
const UNREADABLE: &str = "unreadable_record";

/// Takes what the ERP's Events hub sends.
pub async fn senior<S: FlowState>(
    state: &S,
    clock: &Clock,
    settings: &Settings,
    credentials: &Credentials,
    inbound: Inbound<'_>,
) -> Answer {
    if let Some(answer) = turned_away(&inbound, credentials) {
        return answer;
    }
    let answered = if trial::is_trial(&inbound, &credentials.inbound.senior, clock.now()) {
        trial::of_senior(state, settings, &inbound).await
    } else {
        taken(state, clock, settings, inbound).await
    };
    match answered {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(error = partner_http::story(&error), "an event of Senior X was not stored");
            Answer::unstored(None)
        }
    }
}

/// The same while nobody can tell what the settings are: whoever may come in is not sent away, because nobody knows
/// whether he comes again. What he brings is kept until somebody has filled them in and lets it be replayed.
pub async fn senior_unready<S: FlowState>(
    state: &S,
    clock: &Clock,
    credentials: &Credentials,
    inbound: Inbound<'_>,
) -> Answer {
    if let Some(answer) = turned_away(&inbound, credentials) {
        return answer;
    }
    if trial::is_trial(&inbound, &credentials.inbound.senior, clock.now()) {
        return Answer::not_ready();
    }
    let masked = senior::masked(inbound.body).body;
    let came = Came { source: Source::Senior, path: PATH, headers: inbound.headers, body: &masked };
    match came.store(state, clock, "quarentena", Some(UNREADY), Vec::new()).await {
        Ok(_) => {
            tracing::error!(why = UNREADY, "an event of Senior X is in quarantine");
            Answer::new(200, "quarantined", &quarantined())
        }
        Err(error) => {
            tracing::error!(error = partner_http::story(&error), "an event of Senior X was not stored");
            Answer::unstored(None)
        }
    }
}

/// What is not let in, and why.
fn turned_away(inbound: &Inbound<'_>, credentials: &Credentials) -> Option<Answer> {
    if inbound.path.trim_end_matches('/') != PATH {
        return Some(Answer::empty(404, "wrong_path"));
    }
    let is_let_in = auth::is_senior(inbound.headers, credentials);
    Answer::refused_at_once(inbound).or_else(|| (!is_let_in).then(|| Answer::empty(401, "unauthenticated")))
}

/// What a body is.
pub(crate) enum Reading {
    /// These orders.
    Orders(Vec<ServiceOrderEvent>),
    /// Nothing that we may process, and why.
    Strange(&'static str),
}

/// Reads a body. `tenant` is what a header says, which counts where the body says nothing.
pub(crate) fn read(settings: &Settings, body: &[u8], tenant: Option<&str>) -> Reading {
    let events = match senior::event::read(body, &settings.senior) {
        Ok(events) => events,
        Err(unreadable) => return Reading::Strange(unreadable.name()),
    };
    for event in &events {
        let named = event.tenant.as_deref().or(tenant).filter(|named| !named.is_empty());
        if named.is_some_and(|named| !settings.senior.is_ours(named)) {
            return Reading::Strange("tenant_mismatch");
        }
        if event.is_other_event() {
            return Reading::Strange("other_event");
        }
    }
    Reading::Orders(events)
}

/// Why a delivery is not processed, in Portuguese; what is not one of our names is itself.
pub fn told(why: &str) -> String {
    use senior::event::Unreadable;
    let all = [Unreadable::TooDeep, Unreadable::NotJson, Unreadable::NoOrder, Unreadable::BadOrderId];
    match why {
        "tenant_mismatch" => "o evento é de outro tenant da Senior X: se é deste cliente, inclua o nome dele \
                              nas regras gerais das OS e reprocesse"
            .to_owned(),
        UNREADY => "a integração não tinha parâmetros, ou eles não puderam ser lidos, quando isto chegou: complete-os \
                    e reprocesse"
            .to_owned(),
        UNREADABLE => "o registro desta ordem, gravado antes, não pode ser lido: chame o suporte, e reprocesse quando \
                       estiver corrigido"
            .to_owned(),
        "other_event" => "o evento não é o do encerramento de uma ordem de serviço".to_owned(),
        other => all.iter().find(|one| one.name() == other).map_or(other.to_owned(), Unreadable::to_string),
    }
}

/// What a header calls the event, where the body does not.
pub(crate) fn named(event: &mut ServiceOrderEvent, header: Option<&str>) {
    event.event_id = event.event_id.take().or_else(|| header.map(str::to_owned));
}

async fn taken<S: FlowState>(
    state: &S,
    clock: &Clock,
    settings: &Settings,
    inbound: Inbound<'_>,
) -> Result<Answer, FlowError> {
    let masked = senior::masked(inbound.body).body;
    let came = Came { source: Source::Senior, path: PATH, headers: inbound.headers, body: &masked };
    let mut events = match read(settings, inbound.body, auth::header(inbound.headers, "x-tenant")) {
        Reading::Orders(events) => events,
        Reading::Strange(why) => {
            came.store(state, clock, "quarentena", Some(why), Vec::new()).await?;
            tracing::error!(why, "an event of Senior X is in quarantine");
            return Ok(Answer::new(200, "quarantined", &quarantined()));
        }
    };
    let content_type = auth::header(inbound.headers, "content-type").unwrap_or("application/json");
    // Not `x-request-id` and `x-correlation-id`: proxies give each attempt its own, and a repetition would not be known.
    let event_id = auth::header(inbound.headers, "x-event-id").filter(|id| !id.is_empty());
    let told = if came.is_known(state).await? { Telling::Again } else { Telling::First };
    let mut kinds = Vec::new();
    for event in &mut events {
        named(event, event_id);
        let arrival = arrival(state, clock, settings, event, content_type, told).await?;
        let kind = match records::arrive(state, clock, settings, &event.order_id, arrival).await {
            Ok(applied) => Kind::of(&applied),
            Err(FlowError::Unreadable { id, source, .. }) => {
                tracing::error!(id, error = %source, "the record of an order cannot be read");
                Kind::Unreadable
            }
            Err(error) => return Err(error),
        };
        kinds.push((event.order_id.clone(), kind));
    }
    let outcome = kinds.iter().map(|(_, kind)| kind.name()).collect::<Vec<_>>().join(", ");
    let orders = events.into_iter().map(|event| event.order_id).collect();
    let why = kinds.iter().any(|(_, kind)| *kind == Kind::Unreadable).then_some(UNREADABLE);
    came.store(state, clock, &outcome, why, orders).await?;
    Ok(if why.is_some() { Answer::new(200, "quarantined", &quarantined()) } else { answer(&kinds) })
}

/// What became of one order's event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Stored,
    Skipped(Skip),
    Duplicate,
    Busy,
    /// The order has a record that nobody can read: its event is kept until somebody has mended that.
    Unreadable,
}

impl Kind {
    fn of(applied: &Applied) -> Self {
        match applied {
            Applied::Done { after, .. } => match (after.state, after.skipped) {
                (State::Skipped, Some(skip)) => Self::Skipped(skip),
                (State::Received, _) => Self::Stored,
                _ => Self::Duplicate,
            },
            Applied::Nothing(order) => match (order.state, order.skipped) {
                (State::Skipped, Some(skip)) => Self::Skipped(skip),
                _ => Self::Duplicate,
            },
            Applied::Busy | Applied::Missing => Self::Busy,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Skipped(skip) => skip.name(),
            Self::Duplicate => "duplicate_event",
            Self::Busy => delivery::BUSY,
            Self::Unreadable => UNREADABLE,
        }
    }
}

fn answer(kinds: &[(String, Kind)]) -> Answer {
    if kinds.iter().any(|(_, kind)| *kind == Kind::Busy) {
        return Answer::unstored(None);
    }
    let wake = kinds.iter().any(|(_, kind)| *kind == Kind::Stored);
    let answer = match kinds {
        [(id, Kind::Stored)] => Answer::new(200, "stored", &json!({"accepted": true, "orderId": id})),
        [(_, Kind::Skipped(skip))] => {
            Answer::new(200, "skipped", &json!({"accepted": true, "skipped": skip.name()}))
        }
        [_] => Answer::new(200, "duplicate", &json!({"accepted": true, "duplicate": true})),
        several => {
            let kind = if wake { "stored" } else { "duplicate" };
            Answer::new(200, kind, &json!({"accepted": true, "orders": several.len()}))
        }
    };
    Answer { wake, ..answer }
}

/// The event as the machine takes it: gate, content, and what would be relayed.
pub(crate) async fn arrival<S: FlowState>(
    state: &S,
    clock: &Clock,
    settings: &Settings,
    event: &ServiceOrderEvent,
    content_type: &str,
    told: Telling,
) -> Result<Arrival, FlowError> {
    let (content, gate) = understood(state, settings, event).await?;
    let beside = delivery::digest(&event.relay);
    let body = bodies::keep(state, clock, Owner::Order, &beside, &event.relay).await?;
    let payload = Payload {
        beside: body.is_none().then_some(beside),
        body,
        content_type: content_type.chars().take(200).collect(),
        digest: event.delivery_key(),
        occurred: event.occurred(),
    };
    Ok(Arrival { payload, content, gate, told })
}

/// What an event says, and whether an SS is wanted.
pub(crate) async fn understood<S: FlowState>(
    state: &S,
    settings: &Settings,
    event: &ServiceOrderEvent,
) -> Result<(Content, Gate), FlowError> {
    let branch = event.company_code.zip(event.branch_code);
    let gate = if event.equipment == Equipamento::Absent {
        Gate::Unwanted(Skip::NoEquipment)
    } else if branch.is_some() && !branches::rule(state, settings, branch).await?.is_active {
        Gate::Unwanted(Skip::BranchInactive)
    } else {
        Gate::Wanted
    };
    let content = Content {
        number: event.order_number.as_deref().map(short),
        company: event.company_code,
        branch: event.branch_code,
        customer: event.customer.name.as_deref().map(short),
        equipment: match &event.equipment {
            Equipamento::Existing { id, .. } => Equipment::Existing { id: short(id) },
            Equipamento::New { text } => Equipment::New { text: short(text) },
            Equipamento::Both { id, .. } => Equipment::Both { id: short(id) },
            Equipamento::Absent | Equipamento::Unknown => Equipment::Unknown,
        },
    };
    Ok((content, gate))
}

/// What the flow remembers of a text; a key of the table takes no more. The whole of it stays in what is relayed.
fn short(text: &str) -> String {
    text.chars().take(200).collect()
}
