//! One turn of the status job: notices become chores, the stages that changed since the last turn are read, and orders
//! that owe Máxima something go on (mapping §7.2).

use std::collections::BTreeMap;
use std::time::Duration;

use engine::flow::{self, Advance, FlowError, Worked, advance};
use engine::{Budget, Case, Document, Expected, FlowState, Ledger, Mark};
use jiff::Timestamp;
use jiff::civil::DateTime;
use omie::{Call as _, EtapaPedido, ListarEtapasPedido};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::look::{Chores, Starter};
use super::sighting::{Reading, read};
use crate::chores::{self, Task};
use crate::flows::{FlowFailure, said};
use crate::orders;
use crate::orders::machine::Event;
use crate::orders::{Fate, Orders, Posicao, Stage, Visto};
use crate::patience::spared;
use crate::praca::in_sao_paulo;
use crate::waiting::unasked;
use crate::webhook::Router;

/// How far back a window reaches over the one before: our clock and Omie's may differ, and a stage may be stamped
/// before it can be listed.
pub const OVERLAP: Duration = Duration::from_mins(10);
/// Pages of one slice: some seconds of a turn.
const PAGES: u32 = 20;
/// A slice is not cut shorter.
const SHORTEST: Duration = Duration::from_mins(10);
/// The watermark's place.
const WATERMARK: (&str, &str) = ("watermark", "status-pedidos");

/// What a turn did.
#[derive(Debug, Default)]
pub struct Looked {
    /// Stage rows that Omie listed.
    pub rows: u64,
    /// Orders of ours among them.
    pub ours: u64,
    /// Rows that cannot be read, of Omie and of our own records; the text says why. They stop nobody.
    pub unreadable: Vec<String>,
    /// Why Omie could not be asked, or not to the end; the next turn asks again.
    pub unasked: Option<String>,
    /// Whether a part of the window is left to the next turn, because the time of this one was up.
    pub more: bool,
    /// Notices routed.
    pub notices: Worked,
    /// Chores done.
    pub chores: Worked,
    /// Orders that went on.
    pub orders: Worked,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Watermark {
    /// When the last complete reading began.
    from: Option<Timestamp>,
    /// When Omie was asked in vain since. Within the same second the question would be the same, and redundant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_vain: Option<Timestamp>,
}

/// One turn. The caller holds the job.
pub async fn turn<S: FlowState, R: Starter>(
    orders: &Orders<'_, S>,
    starter: &R,
    budget: Budget,
) -> Result<Looked, FlowFailure> {
    let Orders { state, clock, .. } = orders;
    let mut looked = Looked::default();
    orders.tenant.wait_no_longer_than(budget);
    let router = Router { state: *state, clock };
    looked.notices = flow::work(&router, *state, clock, budget).await?;
    poll(orders, budget, &mut looked).await?;
    let chores = Chores { orders, starter };
    looked.chores = flow::work(&chores, *state, clock, budget).await?;
    looked.orders = flow::work(orders, *state, clock, budget).await?;
    Ok(looked)
}

/// Reads what changed since the last complete reading, slice by slice; each slice that was delivered is saved, so that
/// after a long silence one turn goes on where another ended.
async fn poll<S: FlowState>(
    orders: &Orders<'_, S>,
    budget: Budget,
    looked: &mut Looked,
) -> Result<(), FlowFailure> {
    let now = orders.clock.now();
    // The rest is for those whose notices have come.
    let half = clock::until(now, budget.deadline).saturating_sub(budget.reserve) / 2;
    let budget = Budget::new(clock::later(now, half), Duration::ZERO);
    let (mark, stored) = watermark(orders).await?;
    if mark.in_vain.is_some_and(|asked| asked.as_second() == now.as_second()) {
        looked.unasked = Some("o Omie acaba de ser consultado sem sucesso".to_owned());
        return Ok(());
    }
    let is_first = mark.from.is_none();
    let mut saved = mark.from;
    let mut from = mark.from.unwrap_or_else(|| earlier(now, first_window(orders)));
    let mut expected = stored.map_or(Expected::Absent, |document| Expected::Version(document.version));
    loop {
        let Some((until, rows)) = slice(orders, from, now, budget, looked).await? else {
            if looked.unasked.is_some() {
                let body = json!(Watermark { from: saved, in_vain: Some(now) });
                let put = orders.state.put(WATERMARK.0, WATERMARK.1, &body, expected, None);
                if let Err(error) = put.await {
                    tracing::warn!(error = partner_http::story(&error), "a question in vain was not noted");
                }
            }
            return Ok(());
        };
        remember_invoices(orders.state, &rows).await?;
        for (codigo, rows) in &rows {
            match deliver(orders, *codigo, rows, is_first).await {
                Ok(is_ours) => looked.ours += u64::from(is_ours),
                Err(FlowFailure::Flow(error @ FlowError::Unreadable { .. })) => {
                    looked.unreadable.push(said(&error));
                }
                Err(error) => return Err(error),
            }
        }
        let body = json!(Watermark { from: Some(until), in_vain: None });
        let version = orders.state.put(WATERMARK.0, WATERMARK.1, &body, expected, None).await?;
        if until >= now {
            return Ok(());
        }
        (from, saved, expected) = (until, Some(until), Expected::Version(version));
    }
}

/// Rows by Omie's id of their order.
type Rows = BTreeMap<i64, Vec<EtapaPedido>>;

/// The first part of what changed from `from` to `now` that is no more than [`PAGES`], and where it ends; none when Omie
/// or the time did not allow it.
async fn slice<S: FlowState>(
    orders: &Orders<'_, S>,
    from: Timestamp,
    now: Timestamp,
    budget: Budget,
    looked: &mut Looked,
) -> Result<Option<(Timestamp, Rows)>, FlowFailure> {
    let omie = &orders.tenant.omie;
    let (mut until, mut page, mut rows) = (now, 1, Rows::new());
    loop {
        if budget.spent(orders.clock.now()) {
            looked.more = true;
            return Ok(None);
        }
        // To the future too: where Omie's clock is ahead, the last stage of an order would be missing, and the one
        // before it taken for where the order stands.
        let window = (in_sao_paulo(earlier(from, OVERLAP)), in_sao_paulo(clock::later(until, OVERLAP)));
        let listing = ListarEtapasPedido::between(window.0, window.1);
        let asked = omie.list(&listing, page);
        let asked = spared(omie, ListarEtapasPedido::METHOD, orders.state, orders.clock, asked);
        let got = match asked.await {
            Ok(got) => got,
            Err(error) => {
                looked.unasked = Some(unasked(&error));
                return Ok(None);
            }
        };
        let length = clock::until(from, until);
        if page == 1 && got.total_pages > PAGES && length > SHORTEST {
            until = clock::later(from, length / 2);
            continue;
        }
        looked.rows += (got.items.len() + got.unreadable.len()) as u64;
        looked.unreadable.extend(got.unreadable.iter().map(ToString::to_string));
        for row in got.items {
            rows.entry(row.cod_ped).or_default().push(row);
        }
        if page >= got.total_pages {
            return Ok(Some((until, rows)));
        }
        page += 1;
    }
}

/// Lets our order know. A cancellation is looked at again by itself: the order must say so too.
async fn deliver<S: FlowState>(
    orders: &Orders<'_, S>,
    codigo: i64,
    rows: &[EtapaPedido],
    is_first: bool,
) -> Result<bool, FlowFailure> {
    let Some((id, case)) = ours(orders, codigo, rows, is_first).await? else { return Ok(false) };
    if case.filing.body["stage"] == Stage::Sending.name() {
        // It is there before we know it.
        chores::ask(orders.state, orders.clock, Task::Look(id)).await?;
        return Ok(true);
    }
    match read(rows, &orders.tenant.settings) {
        Some(Reading::Seen(sighting)) => {
            let moved = advance(orders, orders.state, orders.clock, &id, Event::Seen(sighting)).await?;
            if moved == Advance::Overtaken {
                chores::ask(orders.state, orders.clock, Task::Look(id)).await?;
            }
        }
        // Its row lies in many windows; the order was asked already.
        Some(Reading::Cancelled(sighting)) if was_asked(&case.filing.body, sighting.moment) => {}
        Some(Reading::Cancelled(_)) => {
            chores::ask(orders.state, orders.clock, Task::Look(id)).await?;
        }
        None => {}
    }
    Ok(true)
}

/// Which of our orders the rows are of: by our key, or, of one that an operator has adopted, by Omie's id; before the
/// first reading nobody has. An order of Omie under a key whose order is another one there is none of ours.
async fn ours<S: FlowState>(
    orders: &Orders<'_, S>,
    codigo: i64,
    rows: &[EtapaPedido],
    is_first: bool,
) -> Result<Option<(String, Case)>, FlowFailure> {
    const KIND: &str = orders::KIND;
    if let Some(id) = rows.iter().find_map(|row| row.cod_int_ped.clone())
        && let Some(case) = orders.state.case(KIND, &id).await?
    {
        let known = case.filing.body["erp"]["codigo_pedido"].as_i64();
        if known.is_none_or(|known| known == codigo) {
            return Ok(Some((id, case)));
        }
    }
    if is_first {
        return Ok(None);
    }
    let mark = Mark::new("codigo", codigo.to_string());
    let Some(id) = orders.state.marked(KIND, &mark, None, 1).await?.pop() else { return Ok(None) };
    Ok(orders.state.case(KIND, &id).await?.map(|case| (id, case)))
}

/// Whether the seller is told of this cancellation already, or the order has denied it. That what is known bears the
/// same stamp says nothing: a cancellation without a time of its own bears that of the stage it found the order in.
fn was_asked(order: &Value, cancelled: Option<DateTime>) -> bool {
    let Ok(fate) = serde_json::from_value::<Fate>(order["fate"].clone()) else { return false };
    let told = fate.moment.filter(|_| fate.posicao == Posicao::C);
    cancelled.is_some() && told.max(fate.denied) >= cancelled
}

/// What the history of past orders shows and their own listing does not tell: the invoice (mapping §4.17).
async fn remember_invoices(
    ledger: &impl Ledger,
    rows: &BTreeMap<i64, Vec<EtapaPedido>>,
) -> Result<(), FlowFailure> {
    let number = |row: &EtapaPedido| row.faturamento.as_ref()?.num_nfe.as_deref()?.trim().parse().ok();
    let invoiced = rows.iter().filter_map(|(codigo, rows)| {
        let nota = Some(rows.iter().find_map(number)?);
        Some((*codigo, Visto { nota, ..Visto::default() }))
    });
    Ok(Visto::remember(ledger, invoiced).await?)
}

async fn watermark<S: FlowState>(
    orders: &Orders<'_, S>,
) -> Result<(Watermark, Option<Document>), FlowFailure> {
    let stored = orders.state.get(WATERMARK.0, WATERMARK.1).await?;
    let mark = stored.as_ref().and_then(|document| serde_json::from_value(document.body.clone()).ok());
    Ok((mark.unwrap_or_default(), stored))
}

/// The first reading covers the days of the order history: its invoices are wanted too.
fn first_window<S>(orders: &Orders<'_, S>) -> Duration {
    Duration::from_hours(24 * u64::from(orders.tenant.settings.janela_historico_dias))
}

fn earlier(instant: Timestamp, duration: Duration) -> Timestamp {
    instant.checked_sub(duration).unwrap_or(instant)
}
