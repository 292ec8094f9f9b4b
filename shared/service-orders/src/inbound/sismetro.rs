//! `POST /webhooks/sismetro/…` (`contracts/sismetro.md` §10, flow §15.8).

use clock::Clock;
use engine::FlowState;
use engine::flow::FlowError;
use serde_json::{Value, json};
use sismetro::{CallbackPath, Outcome, SsCallback, parse_callbacks};

use super::{Answer, Inbound, UNREADY, auth, quarantined, trial};
use crate::credentials::Credentials;
use crate::delivery::{Came, Source};
use crate::notice::{self, Callback};
use crate::settings::Settings;

const PREFIX: &str = "/webhooks/sismetro/";

/// Takes what Sismetro sends.
pub async fn sismetro<S: FlowState>(
    state: &S,
    clock: &Clock,
    settings: &Settings,
    credentials: &Credentials,
    inbound: Inbound<'_>,
) -> Answer {
    let path = match let_in(&inbound, settings, credentials, clock) {
        Ok(path) => path,
        Err(answer) => return answer,
    };
    if trial::is_trial(&inbound, &credentials.inbound.sismetro, clock.now()) {
        return trial::of_sismetro(settings, path, inbound.body);
    }
    match taken(state, clock, settings, path, inbound).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(error = partner_http::story(&error), "a callback of Sismetro was not stored");
            Answer::unstored(Some(json!({"error": "retry_later"})))
        }
    }
}

/// The same while nobody can tell what the settings are: see [`senior_unready`](super::senior_unready). Whether callers
/// must sign is not known either; one who does must do it right.
pub async fn sismetro_unready<S: FlowState>(
    state: &S,
    clock: &Clock,
    credentials: &Credentials,
    inbound: Inbound<'_>,
) -> Answer {
    let path = match let_in(&inbound, &Settings::default(), credentials, clock) {
        Ok(path) => path,
        Err(answer) => return answer,
    };
    if trial::is_trial(&inbound, &credentials.inbound.sismetro, clock.now()) {
        return Answer::not_ready();
    }
    let masked = sismetro::masked_text(&senior::masked(inbound.body).body);
    let came = Came { source: Source::Sismetro, path: name(path), headers: inbound.headers, body: &masked };
    match came.store(state, clock, "quarentena", Some(UNREADY), Vec::new()).await {
        Ok(_) => {
            tracing::error!(why = UNREADY, "a callback of Sismetro is in quarantine");
            let status = if path.is_facade() { 200 } else { 202 };
            Answer::new(status, "quarantined", &quarantined())
        }
        Err(error) => {
            tracing::error!(error = partner_http::story(&error), "a callback of Sismetro was not stored");
            Answer::unstored(Some(json!({"error": "retry_later"})))
        }
    }
}

/// What the address stands for, where the caller is let in.
fn let_in(
    inbound: &Inbound<'_>,
    settings: &Settings,
    credentials: &Credentials,
    clock: &Clock,
) -> Result<CallbackPath, Answer> {
    let door = door(inbound.path, credentials);
    let Door { path, by_path } = door.ok_or_else(|| Answer::empty(404, "wrong_path"))?;
    if let Some(answer) = Answer::refused_at_once(inbound) {
        return Err(answer);
    }
    let shown = auth::Shown {
        headers: inbound.headers,
        body: inbound.body,
        by_path: by_path == Some(true),
        is_facade: path.is_facade(),
    };
    if by_path == Some(false) || !shown.is_sismetro(settings, credentials, clock.now()) {
        return Err(Answer::empty(401, "unauthenticated"));
    }
    Ok(path)
}

/// Which address was called.
struct Door {
    path: CallbackPath,
    /// Whether the secret segment was right; none when there is none in the address.
    by_path: Option<bool>,
}

fn door(path: &str, credentials: &Credentials) -> Option<Door> {
    let rest = path.trim_end_matches('/').strip_prefix(PREFIX)?;
    if let Some(path) = route(rest) {
        return Some(Door { path, by_path: None });
    }
    let secrets = &credentials.inbound.path_secret;
    let (segment, rest) = rest.split_once('/').filter(|_| !secrets.is_empty())?;
    let path = route(rest)?;
    Some(Door { path, by_path: Some(auth::is_one_of(Some(segment), secrets)) })
}

/// The addresses and what they stand for; the second of each pair is how it is called in the store.
const ROUTES: [(&str, CallbackPath); 7] = [
    ("service-order", CallbackPath::Any),
    ("service-order/complete", CallbackPath::Complete),
    ("service-order/cancel", CallbackPath::Cancel),
    ("erpx_com_ven/pedido/updateOrderStatusIntegration", CallbackPath::FacadeRelease),
    ("erpx_com_ven/pedido/cancelOrders", CallbackPath::FacadeCancel),
    ("rest/erpx_com_ven/pedido/actions/updateOrderStatusIntegration", CallbackPath::FacadeRelease),
    ("rest/erpx_com_ven/pedido/actions/cancelOrders", CallbackPath::FacadeCancel),
];

/// What an address stands for, without prefix and secret.
pub(crate) fn route(rest: &str) -> Option<CallbackPath> {
    ROUTES.iter().find(|(path, _)| *path == rest).map(|(_, path)| *path)
}

fn name(path: CallbackPath) -> &'static str {
    ROUTES.iter().find(|(_, own)| *own == path).map_or("service-order", |(name, _)| name)
}

/// What became of one callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ignored,
    Duplicate,
    Unmatched,
    Stored,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Duplicate => "duplicate",
            Self::Unmatched => "unmatched",
            Self::Stored => "stored",
        }
    }
}

async fn taken<S: FlowState>(
    state: &S,
    clock: &Clock,
    settings: &Settings,
    path: CallbackPath,
    inbound: Inbound<'_>,
) -> Result<Answer, FlowError> {
    let masked = sismetro::masked_text(&senior::masked(inbound.body).body);
    let came = Came { source: Source::Sismetro, path: name(path), headers: inbound.headers, body: &masked };
    let callbacks = match parse_callbacks(path, inbound.body, &settings.sismetro) {
        Ok(callbacks) => callbacks,
        Err(unreadable) => {
            let why = unreadable.to_string();
            came.store(state, clock, "quarentena", Some(&why), Vec::new()).await?;
            tracing::error!(why, "a callback of Sismetro is in quarantine");
            let body = json!({"error": "invalid_callback", "detail": why});
            return Ok(Answer::new(400, "quarantined", &body));
        }
    };
    let (mut orders, mut arrived) = (Vec::new(), Vec::new());
    // Whether its order is here; none of what is only progress.
    let mut expected = Vec::new();
    for said in &callbacks {
        let order = order_of(state, said).await?;
        let is_progress = said.outcome == Outcome::Progress;
        expected.push((!is_progress).then_some(order.is_some()));
        if !is_progress {
            arrived.push((Callback::id(said), Callback::new(said.clone(), clock.now())));
        }
        orders.extend(order);
    }
    let mut is_new = notice::store_all(state, &arrived).await?.into_iter();
    let kind_of = |has_order: Option<bool>| {
        let Some(has_order) = has_order else { return Kind::Ignored };
        match (is_new.next(), has_order) {
            (Some(true), true) => Kind::Stored,
            (Some(true), false) => Kind::Unmatched,
            (Some(false) | None, _) => Kind::Duplicate,
        }
    };
    let kinds: Vec<Kind> = expected.into_iter().map(kind_of).collect();
    // After the callbacks themselves: a repetition of what was not stored whole finds those that were.
    let outcome = kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    came.store(state, clock, &outcome, None, orders).await?;
    Ok(answer(path, &callbacks, &kinds))
}

/// The order that a callback is about, when it is here.
async fn order_of<S: FlowState>(state: &S, said: &SsCallback) -> Result<Option<String>, FlowError> {
    match notice::order_of(state, said).await {
        Ok(order) => Ok(order.map(|order| order.id)),
        // It is kept, and finds its order once that can be read again.
        Err(FlowError::Unreadable { id, .. }) => Ok(Some(id)),
        Err(error) => Err(error),
    }
}

fn answer(path: CallbackPath, callbacks: &[SsCallback], kinds: &[Kind]) -> Answer {
    let wake = kinds.iter().any(|kind| matches!(kind, Kind::Stored | Kind::Unmatched));
    let all = |wanted: Kind| kinds.iter().all(|kind| *kind == wanted);
    let accepted = |more: Value| {
        let mut body = json!({"accepted": true});
        body.as_object_mut()
            .into_iter()
            .for_each(|body| body.extend(more.as_object().cloned().unwrap_or_default()));
        body
    };
    let (status, kind, body) = if all(Kind::Ignored) {
        (200, "ignored", accepted(json!({"ignored": true})))
    } else if !wake {
        (200, "duplicate", accepted(json!({"duplicate": true})))
    } else if kinds.contains(&Kind::Unmatched) {
        (202, "unmatched", accepted(json!({"matched": false})))
    } else {
        let receipt = callbacks.first().map(Callback::id).unwrap_or_default();
        (202, "stored", accepted(json!({"id": receipt})))
    };
    let answer = match path {
        // A client of the ERP expects the ERP's own answers.
        CallbackPath::FacadeRelease => {
            let id = callbacks.first().and_then(|callback| callback.order_id.as_deref());
            Answer::new(200, kind, &json!({ "id": id }))
        }
        CallbackPath::FacadeCancel => Answer::new(200, kind, &json!({"result": {}})),
        CallbackPath::Any | CallbackPath::Complete | CallbackPath::Cancel => Answer::new(status, kind, &body),
    };
    Answer { wake, ..answer }
}
