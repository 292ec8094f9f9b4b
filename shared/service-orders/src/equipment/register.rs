//! The copy of Sismetro's register: read by the worker page by page, over several turns, and whole before it counts.

use std::collections::BTreeSet;
use std::time::Duration;

use clock::Clock;
use engine::{Budget, Documents, Expected, FlowState, LeaseError, Noted, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sismetro::{Page, Patrimonio, Sismetro};

use crate::flow::Orders;
use crate::machine::Failure;
use crate::settings::Settings;
use crate::steps::{self, Lane};

/// The kind of the documents; the id is the account's name, or [`SEARCHED`].
const KIND: &str = "so-equipamento";
/// The kind of the pages; the id is `<account>/<generation>/<page>`.
const PAGES: &str = "so-equipamento-pagina";
/// When somebody searched last. No account is called so: it has a space.
const SEARCHED: &str = "ultima busca";
/// A register that nobody has searched for so long is not read again.
const WANTED: Duration = Duration::from_hours(7 * 24);
/// Only one reads at a time.
const LANE: &str = "job/so-equipment";
/// The reads of orders come first: a turn that is further away is left to them.
const PATIENCE: Duration = Duration::from_secs(7);
/// A list that cannot be read is not asked for again for so long.
const REST: Duration = Duration::from_mins(30);
/// A list that is longer never ends.
const LONGEST: u32 = 2_000;
/// Pages read back at once, and more than there are.
const ALL: usize = 10_000;

/// One piece of equipment, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Item {
    #[serde(rename = "idPatrimonio")]
    id: String,
    #[serde(rename = "tipoTec")]
    tipo_tec: Option<String>,
    tag: Option<String>,
    marca: Option<String>,
    modelo: Option<String>,
    #[serde(rename = "numeroSerie")]
    numero_serie: Option<String>,
    #[serde(rename = "numeroPatrimonio")]
    numero_patrimonio: Option<String>,
}

impl From<Patrimonio> for Item {
    fn from(of: Patrimonio) -> Self {
        let Patrimonio { id, tipo_tec, tag, marca, modelo, numero_serie, numero_patrimonio } = of;
        Self { id, tipo_tec, tag, marca, modelo, numero_serie, numero_patrimonio }
    }
}

impl Item {
    /// What it is found by.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let Self { id, tipo_tec, tag, marca, modelo, numero_serie, numero_patrimonio } = self;
        let given = [tipo_tec, tag, marca, modelo, numero_serie, numero_patrimonio];
        std::iter::once(id.as_str()).chain(given.into_iter().flatten().map(String::as_str))
    }

    /// Equipment with a tag first, by tag; then by number.
    pub(super) fn order(&self) -> (bool, Option<&str>, usize, &str) {
        (self.tag.is_none(), self.tag.as_deref(), self.id.len(), &self.id)
    }

    pub(super) fn shown(&self, account: &str) -> Value {
        let mut shown = serde_json::to_value(self).unwrap_or_default();
        shown["account"] = json!(account);
        shown
    }
}

/// What is known of an account's register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Register {
    #[serde(default)]
    account: String,
    /// The list that counts.
    list: Option<List>,
    /// The list that is being read.
    reading: Option<Reading>,
    /// Why it could not be read, and until when it is left alone.
    rest: Option<Rest>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct List {
    generation: String,
    items: usize,
    read_at: Timestamp,
    /// It was longer than is read.
    #[serde(default)]
    is_cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reading {
    generation: String,
    next: u32,
    items: usize,
    /// Of the first page: a list that begins anew has ended.
    first: Option<String>,
    /// How many pages there are, as the last page says that says it.
    #[serde(default)]
    total: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Rest {
    why: String,
    until: Timestamp,
}

/// How the register of an account stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Name of the account.
    pub account: String,
    /// Pieces of equipment in the copy; none when there is no copy yet.
    pub items: Option<usize>,
    /// When the copy was read.
    pub read_at: Option<Timestamp>,
    /// Why it could not be read last.
    pub error: Option<String>,
    /// The list is longer than is read: some equipment is not found.
    pub truncated: bool,
}

/// How the registers of these accounts stand.
pub async fn standing(
    state: &impl Documents,
    accounts: impl IntoIterator<Item = &String>,
) -> Result<Vec<Standing>, StateError> {
    let mut standing = Vec::new();
    for account in accounts {
        let Register { list, rest, .. } = Register::load(state, account).await?;
        let truncated = list.as_ref().is_some_and(|list| list.is_cut);
        let (items, read_at) = list.map(|list| (list.items, list.read_at)).unzip();
        standing.push(Standing {
            account: account.clone(),
            items,
            read_at,
            error: rest.map(|rest| rest.why),
            truncated,
        });
    }
    Ok(standing)
}

/// How long a copy counts as new.
pub(super) fn life(settings: &Settings) -> Duration {
    Duration::from_hours(u64::from(settings.equipment_hours))
}

impl Register {
    pub(super) async fn load(state: &impl Documents, account: &str) -> Result<Self, StateError> {
        let stored = state.get(KIND, account).await?;
        let register: Self = match stored {
            Some(document) => serde_json::from_value(document.body).map_err(|source| {
                StateError::Malformed { what: format!("document {KIND}/{account}"), source: source.into() }
            })?,
            None => Self::default(),
        };
        Ok(Self { account: account.to_owned(), ..register })
    }

    async fn save(&self, state: &impl Documents, clock: &Clock) -> Result<(), StateError> {
        let body = serde_json::to_value(self).expect("a register has text keys");
        let expires = Some(clock::later(clock.now(), WANTED * 8));
        state.put(KIND, &self.account, &body, Expected::Any, expires).await.map(drop)
    }

    /// The copy and when it was read; none when there is none, or its pages have run out.
    pub(super) async fn items(
        &self,
        state: &impl Documents,
    ) -> Result<Option<(Timestamp, Vec<Item>)>, StateError> {
        let Some(List { generation, read_at, items: expected, .. }) = &self.list else { return Ok(None) };
        let pages = state.list(PAGES, &format!("{}/{generation}/", self.account), ALL).await?;
        let (mut items, mut known, mut count) = (Vec::new(), BTreeSet::new(), 0);
        for (id, page) in pages {
            let page: Vec<Item> = serde_json::from_value(page.body["items"].clone()).map_err(|source| {
                StateError::Malformed { what: format!("document {PAGES}/{id}"), source: source.into() }
            })?;
            count += page.len();
            // A list that moved while it was read shows some twice.
            items.extend(page.into_iter().filter(|item| known.insert(item.id.clone())));
        }
        Ok((count >= *expected).then_some((*read_at, items)))
    }

    /// Whether the copy has only the first pages.
    pub(super) fn is_cut(&self) -> bool {
        self.list.as_ref().is_some_and(|list| list.is_cut)
    }

    /// Why it is left alone, and for how long still.
    pub(super) fn rests(&self, now: Timestamp) -> Option<(&str, Duration)> {
        let Rest { why, until } = self.rest.as_ref()?;
        Some((why.as_str(), clock::until(now, *until))).filter(|(_, left)| !left.is_zero())
    }

    fn is_due(&self, settings: &Settings, now: Timestamp) -> bool {
        let is_new = self.list.as_ref().is_some_and(|list| clock::later(list.read_at, life(settings)) > now);
        self.rests(now).is_none() && (self.reading.is_some() || !is_new)
    }

    /// Keeps a page. True when it was the last.
    async fn take(
        &mut self,
        state: &impl Documents,
        clock: &Clock,
        settings: &Settings,
        page: Page<Patrimonio>,
    ) -> Result<bool, StateError> {
        let now = clock.now();
        let mut reading = self.reading.take().unwrap_or_else(|| Reading::new(now));
        let items: Vec<Item> = page.items.into_iter().map(Item::from).collect();
        let first = items.first().map(|item| item.id.clone());
        let is_again = reading.next > 1 && first.is_some() && first == reading.first;
        let has_ended = items.is_empty() && page.unreadable == 0 || is_again;
        if !has_ended {
            // Longer than the copy counts: until the next has been read.
            let expires = Some(clock::later(now, life(settings) + WANTED * 2));
            let id = format!("{}/{}/{:05}", self.account, reading.generation, reading.next);
            state.put(PAGES, &id, &json!({ "items": items }), Expected::Any, expires).await?;
            reading.items += items.len();
        }
        if reading.next == 1 {
            reading.first = first;
        }
        reading.total = page.total_pages.or(reading.total);
        let has_ended = has_ended || page.total_pages.is_some_and(|total| reading.next >= total);
        let is_cut = !has_ended && reading.next >= LONGEST;
        let is_last = has_ended || is_cut;
        reading.next += 1;
        if is_last {
            let Reading { generation, items, .. } = reading;
            self.list = Some(List { generation, items, read_at: now, is_cut });
        } else {
            self.reading = Some(reading);
        }
        self.rest = None;
        self.save(state, clock).await?;
        Ok(is_last)
    }
}

impl Reading {
    fn new(now: Timestamp) -> Self {
        Self { generation: now.as_millisecond().to_string(), next: 1, items: 0, first: None, total: None }
    }
}

/// Notes that somebody searches, so that the worker keeps the copy. True when there is no copy yet and this is news to
/// the worker, which is at most once a minute.
pub(super) async fn note_search(
    state: &impl Documents,
    clock: &Clock,
    has_all: bool,
) -> Result<bool, StateError> {
    let now = clock.now();
    let life = if has_all { Duration::from_hours(1) } else { Duration::from_mins(1) };
    if searched(state).await?.is_some_and(|last| clock::later(last, life) > now) {
        return Ok(false);
    }
    let expires = Some(clock::later(now, WANTED));
    state.put(KIND, SEARCHED, &json!({ "at": now }), Expected::Any, expires).await?;
    Ok(!has_all)
}

async fn searched(state: &impl Documents) -> Result<Option<Timestamp>, StateError> {
    let stored = state.get(KIND, SEARCHED).await?;
    Ok(stored.and_then(|document| document.body["at"].as_str()?.parse().ok()))
}

/// What a turn of reading came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Pages that were read.
    pub pages: u32,
    /// Lists that are whole now.
    pub lists: u32,
}

/// One turn of the worker: reads on in the registers that are searched and are old, a third of what Sismetro allows in
/// a minute. Somebody else's turn is theirs.
pub async fn refresh<S: FlowState>(
    orders: &Orders<'_, S>,
    holder: &str,
    budget: Budget,
) -> Result<Refreshed, StateError> {
    let Orders { tenant, state, clock, .. } = *orders;
    let mut refreshed = Refreshed::default();
    // What was noted of a search runs out after WANTED.
    if searched(state).await?.is_none() {
        return Ok(refreshed);
    }
    let mut due = Vec::new();
    for account in tenant.accounts().keys() {
        let register = Register::load(state, account).await?;
        due.extend(register.is_due(&tenant.settings, clock.now()).then_some(register));
    }
    if due.is_empty() {
        return Ok(refreshed);
    }
    let lease = match state.acquire(LANE, holder, clock.now(), Duration::from_mins(3)).await {
        Ok(lease) => lease,
        Err(LeaseError::Held { .. } | LeaseError::Lost) => return Ok(refreshed),
        Err(LeaseError::State(error)) => return Err(error),
    };
    let mut done = Ok(());
    for register in due {
        // As it is now that nobody else reads.
        let register = Register::load(state, &register.account).await?;
        if register.is_due(&tenant.settings, clock.now()) {
            done = Box::pin(read_on(orders, register, budget, &mut refreshed)).await;
        }
    }
    if let Err(error) = state.release(&lease, Noted::default()).await {
        tracing::debug!(error = partner_http::story(&error), "the turn to read equipment was not given back");
    }
    done.map(|()| refreshed)
}

async fn read_on<S: FlowState>(
    orders: &Orders<'_, S>,
    mut register: Register,
    budget: Budget,
    refreshed: &mut Refreshed,
) -> Result<(), StateError> {
    let Orders { tenant, state, clock, .. } = *orders;
    let Some(client) = tenant.account(&register.account) else { return Ok(()) };
    let share = (tenant.settings.sismetro.reads_per_minute / 3).max(1);
    for _ in 0..share {
        if budget.spent(clock.now()) {
            break;
        }
        let account = register.account.clone();
        if steps::sismetro_turn(orders, &account, Lane::Read, PATIENCE).await.is_err() {
            break;
        }
        let next = register.reading.as_ref().map_or(1, |reading| reading.next);
        let total = register.reading.as_ref().and_then(|reading| reading.total);
        match page(orders, client, next).await {
            // A list without it would hide what is on it. It goes on there, later.
            Ok(page) if page.is_missing(total) => {
                let why = format!("o Sismetro não mostra a página {next} da lista");
                tracing::warn!(account, why, "the register of equipment was not read on");
                register.rest = Some(Rest { why, until: clock::later(clock.now(), REST) });
                return register.save(state, clock).await;
            }
            Ok(page) => {
                refreshed.pages += 1;
                if register.take(state, clock, &tenant.settings, page).await? {
                    refreshed.lists += 1;
                    tracing::info!(account, "the register of equipment was read");
                    break;
                }
            }
            Err(Failure::Lasting { why, .. }) => {
                tracing::error!(account, why, "the register of equipment cannot be read");
                register.reading = None;
                register.rest = Some(Rest { why, until: clock::later(clock.now(), REST) });
                return register.save(state, clock).await;
            }
            // It goes on there with the next turn.
            Err(failure) => {
                tracing::warn!(account, ?failure, "a page of equipment was not read");
                break;
            }
        }
    }
    Ok(())
}

async fn page<S>(
    orders: &Orders<'_, S>,
    client: &Sismetro,
    number: u32,
) -> Result<Page<Patrimonio>, Failure> {
    // The list is assumed (`contracts/sismetro.md` §9): who is refused it may open SS all the same.
    client.equipment(number).await.map_err(|error| steps::sismetro_aside(orders, &error))
}
