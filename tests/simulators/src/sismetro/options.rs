//! What a simulated Sismetro may be told to do differently (`contracts/sismetro.md`).

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The unit a simulated Sismetro accepts unless told otherwise.
pub const UNIT: &str = "101";
/// The key of [`UNIT`].
pub const UNIT_KEY: &str = "0123456789abcdef0123456789abcdef";
/// The key Sismetro's callbacks carry unless told otherwise: the one we would issue.
pub const CALLBACK_KEY: &str = "chave-emitida-para-a-sismetro";

/// How the answer to an open call looks (§5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyShape {
    /// `{"valid":true,"ss":…,"link":…}`.
    Valid,
    /// `{"success":true,"data":{"idSs":"…","url":"https:\/\/…"}}`.
    Success,
    /// `{"resultList":[{"idSs":…,"url":"…token=…&os=…"}]}`.
    ResultList,
    /// A sentence.
    Text,
    /// A number, no link.
    NumberOnly,
}

impl ReplyShape {
    /// The four fixtures of the contract, which take turns.
    pub const TURNS: [Self; 4] = [Self::Valid, Self::Success, Self::ResultList, Self::Text];
}

/// How a refusal of an open call is written (§5.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalForm {
    /// `valid: false` and `message`.
    #[default]
    Valid,
    /// `success: false` and `message`.
    Success,
    /// `error`.
    Error,
    /// `erro`.
    Erro,
}

/// What of the order is copied into the SS (§5.5, M3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Copied {
    /// Nothing.
    Nothing,
    /// Its number, as in the contract's example.
    #[default]
    Number,
    /// Number and id.
    NumberAndId,
}

/// What a second open call for an order does (§5.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    /// Opens another SS.
    #[default]
    Opens,
    /// HTTP 409 with number and link of the first.
    Conflict,
    /// HTTP 409 and no number.
    BareConflict,
}

/// The form of a callback (§10.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackShape {
    /// Shape A.
    #[default]
    Canonical,
    /// Shape A without `event`: the path says what happened.
    Path,
    /// Shape B: as if we were Senior.
    Facade,
    /// Shape C: the SS record, bare, in `resultList` or in `data`.
    Record,
    /// Each in another of the four.
    Mixed,
}

/// What a callback of shape A names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Names {
    /// SS and order.
    #[default]
    Both,
    /// The SS.
    Ss,
    /// The order.
    Order,
    /// Each something else, under another of its names.
    Mixed,
}

/// How a callback of shape B brings its key (§10.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FacadeKey {
    /// `unit` and `key`, like the others.
    #[default]
    Headers,
    /// `unit` and `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Bearer` and nothing else.
    BearerAlone,
}

/// How callbacks are made.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackForm {
    /// Their form.
    pub shape: CallbackShape,
    /// What shape A names.
    pub names: Names,
    /// Whether shape A brings `eventId`.
    pub event_id: bool,
    /// The key they carry.
    pub key: String,
    /// How shape B brings it.
    pub facade_key: FacadeKey,
    /// Time between what happened and the first attempt.
    pub delay: Duration,
    /// Progress is told too (`SS_UPDATED`).
    pub progress: bool,
}

impl Default for CallbackForm {
    fn default() -> Self {
        Self {
            shape: CallbackShape::default(),
            names: Names::default(),
            event_id: true,
            key: CALLBACK_KEY.to_owned(),
            facade_key: FacadeKey::default(),
            delay: Duration::ZERO,
            progress: false,
        }
    }
}

impl CallbackForm {
    /// Everything that may differ differs from one callback to the next, progress included.
    pub fn mixed() -> Self {
        Self { shape: CallbackShape::Mixed, names: Names::Mixed, progress: true, ..Self::default() }
    }
}

/// Without the key.
impl fmt::Debug for CallbackForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackForm")
            .field("shape", &self.shape)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// Options of the Sismetro simulator; they may change while it runs.
///
/// As JSON in `/_sim/options`: the same names and those of [`CallbackForm`] at one level, durations in milliseconds;
/// `callbacks` is true or false; members left out stay as they are.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the contract's open questions, each on its own"
)]
#[derive(Clone, PartialEq, Eq)]
pub struct SismetroOptions {
    /// Accepted units, each with its key.
    pub units: BTreeMap<String, String>,
    /// How long a call takes, virtual time. Default 300 ms.
    pub latency: Duration,
    /// Reads a unit may make in 60 s; the next is HTTP 429. Default 10.
    pub reads_per_minute: usize,
    /// Open calls a unit may make in 60 s. Default 40.
    pub opens_per_minute: usize,
    /// HTTP 429 brings `Retry-After`.
    pub retry_after: bool,
    /// Records of a page of `listAll`. Default 10.
    pub page_size: usize,
    /// `listAll` begins with the newest SS.
    pub newest_first: bool,
    /// An unknown SS is HTTP 404 with `valid: false`, not HTTP 200.
    pub unknown_is_404: bool,
    /// What of the order is copied into the SS.
    pub copied: Copied,
    /// `idPatrimonio` of existing equipment is copied into the SS.
    pub equipment_copied: bool,
    /// Records have `url`.
    pub url_in_record: bool,
    /// The answer to an open call; nothing: the four fixtures take turns.
    pub reply: Option<ReplyShape>,
    /// How a refused open call is written.
    pub refusal: RefusalForm,
    /// What a second open call for an order does.
    pub repeated: Repeated,
    /// The SS is concluded the moment it is opened, before the open call is answered.
    pub concluded_at_once: bool,
    /// Whether what happens to an SS is told, and how; nothing: never.
    pub callbacks: Option<CallbackForm>,
}

impl Default for SismetroOptions {
    fn default() -> Self {
        Self {
            units: BTreeMap::from([(UNIT.to_owned(), UNIT_KEY.to_owned())]),
            latency: Duration::from_millis(300),
            reads_per_minute: 10,
            opens_per_minute: 40,
            retry_after: true,
            page_size: 10,
            newest_first: false,
            unknown_is_404: false,
            copied: Copied::default(),
            equipment_copied: true,
            url_in_record: true,
            reply: None,
            refusal: RefusalForm::default(),
            repeated: Repeated::default(),
            concluded_at_once: false,
            callbacks: Some(CallbackForm::default()),
        }
    }
}

/// Without the keys.
impl fmt::Debug for SismetroOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SismetroOptions")
            .field("latency", &self.latency)
            .field("copied", &self.copied)
            .field("callbacks", &self.callbacks)
            .finish_non_exhaustive()
    }
}

/// The members of a change over HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    latency: Option<u64>,
    reads_per_minute: Option<usize>,
    opens_per_minute: Option<usize>,
    retry_after: Option<bool>,
    page_size: Option<usize>,
    newest_first: Option<bool>,
    unknown_is_404: Option<bool>,
    copied: Option<Copied>,
    equipment_copied: Option<bool>,
    url_in_record: Option<bool>,
    reply: Option<ReplyShape>,
    refusal: Option<RefusalForm>,
    repeated: Option<Repeated>,
    concluded_at_once: Option<bool>,
    callbacks: Option<bool>,
    shape: Option<CallbackShape>,
    names: Option<Names>,
    event_id: Option<bool>,
    facade_key: Option<FacadeKey>,
    delay: Option<u64>,
    progress: Option<bool>,
}

/// Takes the new value where there is one.
fn take<T>(old: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *old = new;
    }
}

impl Change {
    pub(super) fn apply(self, options: &mut SismetroOptions) {
        take(&mut options.latency, self.latency.map(Duration::from_millis));
        take(&mut options.reads_per_minute, self.reads_per_minute);
        take(&mut options.opens_per_minute, self.opens_per_minute);
        take(&mut options.retry_after, self.retry_after);
        take(&mut options.page_size, self.page_size.map(|size| size.max(1)));
        take(&mut options.newest_first, self.newest_first);
        take(&mut options.unknown_is_404, self.unknown_is_404);
        take(&mut options.copied, self.copied);
        take(&mut options.equipment_copied, self.equipment_copied);
        take(&mut options.url_in_record, self.url_in_record);
        take(&mut options.reply, self.reply.map(Some));
        take(&mut options.refusal, self.refusal);
        take(&mut options.repeated, self.repeated);
        take(&mut options.concluded_at_once, self.concluded_at_once);
        match self.callbacks {
            Some(false) => options.callbacks = None,
            Some(true) if options.callbacks.is_none() => options.callbacks = Some(CallbackForm::default()),
            _ => {}
        }
        let Some(form) = &mut options.callbacks else { return };
        take(&mut form.shape, self.shape);
        take(&mut form.names, self.names);
        take(&mut form.event_id, self.event_id);
        take(&mut form.facade_key, self.facade_key);
        take(&mut form.delay, self.delay.map(Duration::from_millis));
        take(&mut form.progress, self.progress);
    }
}
