//! The search for equipment that an ERP screen may plug in (`contracts/sismetro.md` §9).
//!
//! A search is answered from a copy of Sismetro's register, whatever the storm: Sismetro allows ten reads a minute, so
//! only the worker reads there, and only a share of them ([`refresh`]). A search leaves a note that it was made; the copy
//! is kept up to date while there are such notes, so a tenant that does not search spends nothing.

mod register;

pub use register::{Refreshed, Standing, refresh, standing};

use std::time::Duration;

use clock::Clock;
use engine::{FlowState, StateError};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sismetro::folded;

use crate::bucket::{self, Pace};
use crate::credentials::Credentials;
use crate::delivery::hex;
use crate::inbound::{self, Answer, Inbound};
use crate::settings::Settings;
use register::{Item, Register};

/// Where searches come in.
pub const PATH: &str = "/webhooks/senior/equipment";
/// Equipment in one answer.
pub const PAGE: usize = 20;
/// Longer texts are no search.
const LONGEST: usize = 100;
/// Searches at once, after a rest.
const BURST: u32 = 10;
/// The worker begins to read within this time.
const SOON: u32 = 60;

/// What is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// Words, each of which must be found; none finds everything.
    pub q: Option<&'a str>,
    /// The page of the answer, from 1.
    pub page: Option<&'a str>,
    /// Name of the Sismetro account; none searches in all.
    pub account: Option<&'a str>,
}

/// Answers one search. `caller` is whom to hold to the pace, such as his address; it is not stored as it is.
pub async fn search<S: FlowState>(
    state: &S,
    clock: &Clock,
    settings: &Settings,
    credentials: &Credentials,
    inbound: Inbound<'_>,
    query: Query<'_>,
    caller: &str,
) -> Answer {
    if inbound.path.trim_end_matches('/') != PATH {
        return said(404, "wrong_path", None, &Value::Null);
    }
    if !inbound.method.eq_ignore_ascii_case("GET") {
        return said(405, "wrong_method", None, &Value::Null);
    }
    if !inbound::is_senior(inbound.headers, credentials) {
        return said(401, "unauthenticated", None, &Value::Null);
    }
    let wanted = match Wanted::read(query, credentials) {
        Ok(wanted) => wanted,
        Err(why) => return said(400, "invalid_search", None, &json!({ "error": why })),
    };
    if let Err(wait) = paced(state, clock, settings, caller).await {
        let why = json!({"error": "muitas buscas em pouco tempo: tente de novo em instantes"});
        return said(429, "too_many", Some(seconds(wait)), &why);
    }
    match found(state, clock, settings, &wanted).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(error = partner_http::story(&error), "the register of equipment was not read");
            let why = json!({"error": "a busca não está disponível agora: tente de novo em instantes"});
            said(503, "unread", Some(30), &why)
        }
    }
}

/// A search that makes sense.
#[derive(Debug)]
struct Wanted<'a> {
    q: &'a str,
    words: Vec<String>,
    page: usize,
    accounts: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    /// The error says in Portuguese what is wrong.
    fn read(query: Query<'a>, credentials: &'a Credentials) -> Result<Self, &'static str> {
        let q = query.q.unwrap_or_default().trim();
        if q.chars().count() > LONGEST {
            return Err("o texto da busca (q) tem no máximo 100 caracteres");
        }
        let page = match query.page.map(str::trim).filter(|page| !page.is_empty()) {
            None => 1,
            Some(page) => {
                let page = page.parse().ok().filter(|page| (1..=1_000_000).contains(page));
                page.ok_or("a página (page) é um número a partir de 1")?
            }
        };
        let all = credentials.sismetro.keys().map(String::as_str);
        let accounts: Vec<&str> = match query.account.map(str::trim).filter(|name| !name.is_empty()) {
            None => all.collect(),
            Some(wanted) => all.filter(|name| *name == wanted).collect(),
        };
        if accounts.is_empty() {
            return Err("não há conta do Sismetro com este nome (account)");
        }
        let words = q.split_whitespace().map(folded).filter(|word| !word.is_empty()).collect();
        Ok(Self { q, words, page, accounts })
    }

    fn fits(&self, item: &Item) -> bool {
        let Self { words, .. } = self;
        if words.is_empty() {
            return true;
        }
        let texts: Vec<String> = item.texts().map(folded).collect();
        words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
    }
}

/// A turn to search. The caller's address is personal: only its digest is kept, for a day.
async fn paced(
    state: &impl FlowState,
    clock: &Clock,
    settings: &Settings,
    caller: &str,
) -> Result<(), Duration> {
    let every = Duration::from_mins(1) / settings.equipment_searches_per_minute.max(1);
    let pace = Pace { every, burst: BURST, patience: Duration::ZERO };
    let caller = hex(&Sha256::digest(caller)[..8]);
    bucket::take(state, clock, &format!("busca/{caller}"), pace).await
}

async fn found(
    state: &impl FlowState,
    clock: &Clock,
    settings: &Settings,
    wanted: &Wanted<'_>,
) -> Result<Answer, StateError> {
    let mut items = Vec::new();
    let mut read_at = None;
    let mut missing = Vec::new();
    let mut is_cut = false;
    for account in &wanted.accounts {
        let register = Register::load(state, account).await?;
        match register.items(state).await? {
            Some((at, own)) => {
                is_cut |= register.is_cut();
                read_at = Some(read_at.map_or(at, |first: jiff::Timestamp| first.min(at)));
                items.extend(own.into_iter().filter(|item| wanted.fits(item)).map(|item| (*account, item)));
            }
            None => missing.push((*account, register)),
        }
    }
    let wake = register::note_search(state, clock, missing.is_empty()).await?;
    if let Some((_, register)) = missing.first().filter(|_| read_at.is_none()) {
        return Ok(Answer { wake, ..not_yet(clock, register) });
    }
    items.sort_by(|(_, one), (_, other)| one.order().cmp(&other.order()));
    let total = items.len();
    let from = (wanted.page - 1).saturating_mul(PAGE).min(total);
    let shown = items[from..].iter().take(PAGE).map(|(account, item)| item.shown(account));
    let is_old = read_at.is_some_and(|at| clock::later(at, register::life(settings)) <= clock.now());
    let body = json!({
        "q": wanted.q,
        "page": wanted.page,
        "pages": total.div_ceil(PAGE),
        "total": total,
        "readAt": read_at,
        "stale": is_old,
        // An account whose register was never read whole hides no other's equipment.
        "missing": missing.iter().map(|(account, _)| account).collect::<Vec<_>>(),
        "truncated": is_cut,
        "items": shown.collect::<Vec<_>>(),
    });
    Ok(Answer { wake, ..said(200, "found", None, &body) })
}

/// The register has never been read whole.
fn not_yet(clock: &Clock, register: &Register) -> Answer {
    if let Some((why, wait)) = register.rests(clock.now()) {
        let why = format!("a lista de equipamentos não pôde ser lida no Sismetro: {why}");
        return said(503, "unreadable", Some(seconds(wait)), &json!({ "error": why }));
    }
    let why = "a lista de equipamentos ainda está sendo lida no Sismetro, o que leva alguns minutos quando é grande: \
               tente de novo em instantes";
    said(503, "not_yet", Some(SOON), &json!({ "error": why }))
}

fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs().saturating_add(1)).unwrap_or(u32::MAX)
}

fn said(status: u16, kind: &'static str, retry_after: Option<u32>, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Answer { status, body, retry_after, wake: false, kind }
}

#[cfg(test)]
mod tests;
