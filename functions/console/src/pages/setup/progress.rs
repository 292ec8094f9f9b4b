//! A load or a dry run while it goes on: a line per step.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::{Documents, Expected, RunRecord, RunState, StateError};
use jiff::Timestamp;
use maud::{Markup, html};
use sales::catalog::{self, GATE};
use sales::load::{Load, LoadState, STEP_KIND, step_id};
use sales::setup::Step;
use serde::{Deserialize, Serialize};

use super::address;
use crate::pages::runs::shortened;
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Column, Table, Tone, badge, bar, count, duration, many, percent};
use crate::visit::Visit;

/// More steps than a load has.
const STEPS: usize = 200;
/// A load whose steps have said nothing for so long has lost its machine.
const SILENT: Duration = Duration::from_hours(2);
/// A start takes a minute or so; after this long nobody waits for it any more.
const BEGINS: Duration = Duration::from_mins(5);
/// The kind of the documents that remember what was asked; the id is `carga` or `ensaio`.
const ASKED: &str = "console-carga";

/// The records of the steps of a load, by step.
pub(super) type Steps = BTreeMap<String, RunRecord>;

/// Who asked for it, and when.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) at: Timestamp,
    pub(super) by: String,
}

/// Whether somebody without JavaScript has asked that the page is not fetched anew: a form on it is being filled in.
pub(super) fn stands_still<W: World>(visit: &Visit<'_, W>) -> bool {
    visit.form.is_on("parada")
}

/// The way there and back, where there is no JavaScript.
pub(super) fn standing_still<W: World>(visit: &Visit<'_, W>, step: Step) -> Markup {
    let page = address(step);
    html! {
        noscript { p {
            @if stands_still(visit) { a href=(page) { "Voltar a atualizar esta página" } }
            @else { a href={ (page) "?parada=sim" } { "Parar de atualizar esta página, para cancelar" } }
        } }
    }
}

/// Where a load or a dry run stands, as far as a page must know.
pub(super) enum Standing {
    /// There was none.
    Never,
    /// It was asked for and has not begun yet.
    Asked(Asked),
    /// It runs; or should, and has been silent for long.
    Running { is_silent: bool },
    /// It ended, in whatever way.
    Ended,
}

/// Reads the steps; of a dry run from its shadow.
pub(super) async fn steps(state: &impl Documents, load: &str) -> Result<Steps, StateError> {
    let prefix = step_id(load, "");
    let found = state.list(STEP_KIND, &prefix, STEPS).await?;
    let read = |(id, document): (String, engine::Document)| {
        let record = serde_json::from_value(document.body).ok()?;
        Some((id.strip_prefix(&prefix)?.to_owned(), record))
    };
    Ok(found.into_iter().filter_map(read).collect())
}

/// Remembers that it was asked for, so that nobody asks twice.
pub(super) async fn ask<W: World>(visit: &Visit<'_, W>, id: &str) -> Result<(), Trouble> {
    let asked = Asked { at: visit.now, by: visit.session.name.clone() };
    let body = serde_json::to_value(asked).expect("a text and a moment");
    visit.state().put(ASKED, id, &body, Expected::Any, None).await?;
    Ok(())
}

/// Nobody waits for it any more.
pub(super) async fn forget<W: World>(visit: &Visit<'_, W>, id: &str) -> Result<(), Trouble> {
    Ok(visit.state().delete(ASKED, id, Expected::Any).await.map(drop)?)
}

/// Where it stands.
pub(super) async fn standing<W: World>(
    visit: &Visit<'_, W>,
    id: &str,
    load: Option<&Load>,
    steps: &Steps,
) -> Result<Standing, Trouble> {
    if let Some(load) = load.filter(|load| load.state == LoadState::Running) {
        let last = steps.values().map(|step| step.updated).max().unwrap_or(load.started).max(load.started);
        return Ok(Standing::Running { is_silent: clock::until(last, visit.now) > SILENT });
    }
    let asked: Option<Asked> =
        visit.state().get(ASKED, id).await?.and_then(|document| serde_json::from_value(document.body).ok());
    let over = load.map(|load| load.ended.unwrap_or(load.started));
    let is_news =
        |asked: &Asked| over.is_none_or(|over| over < asked.at) && clock::until(asked.at, visit.now) < BEGINS;
    Ok(match (asked.filter(is_news), load) {
        (Some(asked), _) => Standing::Asked(asked),
        (None, None) => Standing::Never,
        (None, Some(_)) => Standing::Ended,
    })
}

/// What a step is called.
pub(super) fn title(step: &str) -> &str {
    match step {
        GATE => "Conferência das filiais",
        step => step.strip_prefix("sync-").and_then(catalog::job).map_or(step, |job| job.title),
    }
}

/// How far it is, and a line per step in the order of the load. `is_over`: no step is going on any more.
pub(super) fn told(steps: &Steps, now: Timestamp, is_over: bool) -> Markup {
    let order: Vec<String> = catalog::waves().into_iter().flatten().filter(|step| step != GATE).collect();
    let done =
        order.iter().filter(|step| steps.get(*step).is_some_and(|it| it.state == RunState::Done)).count();
    let words = format!("{done} de {} etapas", order.len());
    let read: u64 = steps.values().map(|step| step.counters.read).sum();
    let rejected: u64 = steps.values().map(|step| step.counters.quarantined()).sum();
    let table = Table {
        caption: "Etapas da carga",
        columns: &[
            Column::Name("Etapa"),
            Column::Text("Situação"),
            Column::Text("Lidos"),
            Column::Number("Na Máxima"),
            Column::Number("Rejeitados"),
            Column::Number("Por minuto"),
            Column::Text("Falta"),
        ],
        rows: order.iter().map(|step| line(step, steps.get(step), now, is_over)).collect(),
        empty: "Nenhuma etapa.",
    };
    html! {
        (bar(done as u64, order.len() as u64, &words))
        p class="dim" {
            (count(read)) " registros lidos"
            @if rejected > 0 { ", " (many(usize::try_from(rejected).unwrap_or(usize::MAX), "rejeitado", "rejeitados")) }
            "."
        }
        (table.show())
    }
}

fn line(step: &str, record: Option<&RunRecord>, now: Timestamp, is_over: bool) -> Vec<Markup> {
    let name = html! { (title(step)) };
    let Some(record) = record else {
        let waits = if is_over { "não rodou" } else { "espera a vez" };
        let mut cells = vec![name, badge(Tone::Idle, waits)];
        cells.extend((0..5).map(|_| html! {}));
        return cells;
    };
    let counters = &record.counters;
    let is_running = record.state == RunState::Running && !is_over;
    let expected = record.expected.max(counters.read);
    vec![
        name,
        state(record, is_over),
        html! { span class="n" { (count(counters.read)) " de " (count(expected)) " (" (percent(counters.read, expected)) " %)" } },
        html! { (count(counters.stored())) },
        html! { @if counters.quarantined() > 0 { (count(counters.quarantined())) } },
        html! { @if is_running { (count(record.rate(now))) } },
        html! { @if let Some(eta) = record.eta(now).filter(|_| is_running) { (duration(eta)) } },
    ]
}

fn state(record: &RunRecord, is_over: bool) -> Markup {
    let why = record.errors.last().map(|error| shortened(&error.text));
    match record.state {
        RunState::Done => {
            badge(Tone::Good, if record.incomplete.is_some() { "concluída, incompleta" } else { "concluída" })
        }
        RunState::Running if is_over => badge(Tone::Warn, "parou no meio"),
        RunState::Running => html! {
            (badge(Tone::Busy, "em andamento"))
            @if let Some(why) = &record.outcome { div class="dim" { (shortened(why)) } }
        },
        RunState::Failed => {
            html! { (badge(Tone::Bad, "parou")) @if let Some(why) = why { div class="dim" { (why) } } }
        }
    }
}

/// The step that stopped last, if one did.
pub(super) fn stopped(steps: &Steps) -> Option<&str> {
    let failed = steps.iter().filter(|(_, record)| record.state == RunState::Failed);
    failed.max_by_key(|(_, record)| record.updated).map(|(step, _)| title(step))
}
