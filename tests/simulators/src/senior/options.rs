//! What a simulated Senior may be told to do differently: every fact of `contracts/senior-x.md` that nobody has
//! confirmed is a switch here.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The application key a simulated Senior accepts unless told otherwise.
pub const ACCESS_KEY: &str = "chave-senior-simulada";
/// The secret that goes with it.
pub const ACCESS_SECRET: &str = "segredo/senior+simulado==";
/// The portal's application id, needed on the gateway.
pub const CLIENT_ID: &str = "cliente-portal-simulado";
/// The tenant's name.
pub const TENANT: &str = "acme-com-br";
/// A credential that some deliveries carry, for a test to look for where it must not be.
pub const LEAKED_TOKEN: &str = "at-CREDENCIAL-NO-CORPO-0001";

/// What `cancelOrders` does to an order in "Aguardando integração" (§14.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelMode {
    /// Cancels it.
    #[default]
    Accept,
    /// HTTP 400 with a `genericError`.
    Refuse,
    /// HTTP 200 with the refusal inside.
    HiddenRefusal,
}

/// How a situation is written (§9.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SituationWords {
    /// `"AGUARDANDO_INTEGRACAO"`, as in the contract's example.
    #[default]
    Capitals,
    /// `"Aguardando integração"`.
    Label,
    /// `6`.
    Code,
    /// `"6"`.
    CodeAsText,
    /// `"AwaitingIntegration"`.
    English,
}

/// Where the event is inside the body of a delivery (§7.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrapper {
    /// The body is the event.
    #[default]
    Root,
    /// `payload`.
    Payload,
    /// `eventPayload`.
    EventPayload,
    /// `data`.
    Data,
    /// `event.payload`.
    EventInside,
    /// `event`.
    Event,
    /// `content`.
    Content,
    /// `message`.
    Message,
    /// Each delivery in another of them, some as text, some in an array.
    Mixed,
}

impl Wrapper {
    /// All but [`Self::Mixed`].
    pub const ALL: [Self; 8] = [
        Self::Root,
        Self::Payload,
        Self::EventPayload,
        Self::Data,
        Self::EventInside,
        Self::Event,
        Self::Content,
        Self::Message,
    ];
}

/// How the members of the event are named (§11.1, §11.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// The contract's most plausible body.
    #[default]
    Plausible,
    /// `orderId`, `companyCode`, `equipmentId`, `orderItems` at one level.
    Flat,
    /// `idPedido`, `codEmp`, `equipamento`, `itens`.
    Portuguese,
    /// Each delivery in another of the three.
    Mixed,
}

/// Where a delivery says what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metadata {
    /// Nowhere.
    #[default]
    Absent,
    /// In members beside (or, without an envelope, among) those of the event.
    Body,
    /// In headers.
    Headers,
    /// Each delivery in another of the three.
    Mixed,
}

/// How an event is delivered.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the contract's open questions, each on its own"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventForm {
    /// Where the event is.
    pub wrapper: Wrapper,
    /// The event is JSON inside a string.
    pub as_text: bool,
    /// The event is the one member of an array.
    pub in_array: bool,
    /// How its members are named.
    pub naming: Naming,
    /// Where the delivery says what it is.
    pub metadata: Metadata,
    /// The tenant it names when it names one; [`TENANT`] by default.
    pub tenant: String,
    /// The event it names when it names one.
    pub event: String,
    /// `authorization` and `access_token` in the body, `X-Senior-Token` in the headers, all [`LEAKED_TOKEN`]
    /// (the vendor's workflow webhooks do it, §7.2).
    pub credentials: bool,
    /// The branch is named nowhere.
    pub without_branch: bool,
}

impl Default for EventForm {
    fn default() -> Self {
        Self {
            wrapper: Wrapper::default(),
            as_text: false,
            in_array: false,
            naming: Naming::default(),
            metadata: Metadata::default(),
            tenant: TENANT.to_owned(),
            event: "erpx_com_ven/pedido/externalServiceOrderFinished".to_owned(),
            credentials: false,
            without_branch: false,
        }
    }
}

impl EventForm {
    /// Everything that may differ differs from one delivery to the next.
    pub fn mixed() -> Self {
        Self { wrapper: Wrapper::Mixed, naming: Naming::Mixed, metadata: Metadata::Mixed, ..Self::default() }
    }
}

/// Options of the Senior simulator; they may change while it runs.
///
/// As JSON in `/_sim/options`: the names of [`SeniorOptions`], those of [`EventForm`] at the same level, durations
/// in milliseconds; members left out stay as they are.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the contract's open questions, each on its own"
)]
#[derive(Clone, PartialEq, Eq)]
pub struct SeniorOptions {
    /// The accepted application key.
    pub access_key: String,
    /// The accepted secret.
    pub secret: String,
    /// The accepted `client_id` on the gateway.
    pub client_id: String,
    /// The tenant's name.
    pub tenant: String,
    /// How long a call takes, virtual time. Default 120 ms.
    pub latency: Duration,
    /// How long an access token is accepted. Default 7 days.
    pub token_life: Duration,
    /// How many calls an access token is good for; nothing: any number.
    pub token_calls: Option<u32>,
    /// How long a refresh token is accepted. Default 180 days.
    pub refresh_life: Duration,
    /// A failed login is HTTP 200 with `jsonToken: null`, `reason` and `message` instead of HTTP 401.
    pub refuse_login_with_200: bool,
    /// The token's members are at the root instead of inside `jsonToken`.
    pub token_at_root: bool,
    /// How situations are written.
    pub situations: SituationWords,
    /// What `cancelOrders` does to a waiting order.
    pub cancel: CancelMode,
    /// Methods (names of the verdict) that this tenant does not have: HTTP 404 with a page of HTML.
    pub missing: BTreeSet<String>,
    /// The event fires for orders that are not integrated too (no equipment, branch not active): nobody knows.
    pub tells_all: bool,
    /// Branches where the ERP's switch for this integration is off (flow §6).
    pub inactive_branches: BTreeSet<i64>,
    /// Releasing an order whose SS is cancelled is right: `cancel_strategy` is `release_then_cancel`.
    pub release_of_cancelled: bool,
    /// How events are delivered.
    pub events: EventForm,
}

impl Default for SeniorOptions {
    fn default() -> Self {
        Self {
            access_key: ACCESS_KEY.to_owned(),
            secret: ACCESS_SECRET.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            tenant: TENANT.to_owned(),
            latency: Duration::from_millis(120),
            token_life: Duration::from_hours(7 * 24),
            token_calls: None,
            refresh_life: Duration::from_hours(180 * 24),
            refuse_login_with_200: false,
            token_at_root: false,
            situations: SituationWords::default(),
            cancel: CancelMode::default(),
            missing: BTreeSet::new(),
            tells_all: true,
            inactive_branches: BTreeSet::new(),
            release_of_cancelled: false,
            events: EventForm::default(),
        }
    }
}

/// Without the credentials.
impl fmt::Debug for SeniorOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeniorOptions")
            .field("latency", &self.latency)
            .field("cancel", &self.cancel)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// The members of a change over HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    latency: Option<u64>,
    token_life: Option<u64>,
    token_calls: Option<u32>,
    refuse_login_with_200: Option<bool>,
    token_at_root: Option<bool>,
    situations: Option<SituationWords>,
    cancel: Option<CancelMode>,
    missing: Option<BTreeSet<String>>,
    tells_all: Option<bool>,
    inactive_branches: Option<BTreeSet<i64>>,
    release_of_cancelled: Option<bool>,
    wrapper: Option<Wrapper>,
    as_text: Option<bool>,
    in_array: Option<bool>,
    naming: Option<Naming>,
    metadata: Option<Metadata>,
    tenant: Option<String>,
    event: Option<String>,
    credentials: Option<bool>,
    without_branch: Option<bool>,
}

/// Takes the new value where there is one.
fn take<T>(old: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *old = new;
    }
}

impl Change {
    pub(super) fn apply(self, options: &mut SeniorOptions) {
        take(&mut options.latency, self.latency.map(Duration::from_millis));
        take(&mut options.token_life, self.token_life.map(Duration::from_millis));
        take(&mut options.token_calls, self.token_calls.map(Some));
        take(&mut options.refuse_login_with_200, self.refuse_login_with_200);
        take(&mut options.token_at_root, self.token_at_root);
        take(&mut options.situations, self.situations);
        take(&mut options.cancel, self.cancel);
        take(&mut options.missing, self.missing);
        take(&mut options.tells_all, self.tells_all);
        take(&mut options.inactive_branches, self.inactive_branches);
        take(&mut options.release_of_cancelled, self.release_of_cancelled);
        let events = &mut options.events;
        take(&mut events.wrapper, self.wrapper);
        take(&mut events.as_text, self.as_text);
        take(&mut events.in_array, self.in_array);
        take(&mut events.naming, self.naming);
        take(&mut events.metadata, self.metadata);
        take(&mut events.tenant, self.tenant);
        take(&mut events.event, self.event);
        take(&mut events.credentials, self.credentials);
        take(&mut events.without_branch, self.without_branch);
    }
}
