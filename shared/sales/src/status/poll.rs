//! One turn of the status job: notices become chores, the stages that changed since the last turn are read, and orders
//! that owe Máxima something go on (mapping §7.2).

use std::collections::BTreeMap;
use std::time::Duration;

use engine::flow::{self, Advance, Flow, Worked, advance};
use engine::{Budget, Document, Expected, FlowState, Ledger};
use jiff::Timestamp;
use omie::{Call as _, EtapaPedido, ListarEtapasPedido};
use partner_http::story;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::look::{Chores, Starter};
use super::sighting::{Reading, read};
use crate::chores::{self, Task};
use crate::flows::{FlowFailure, spared};
use crate::orders::machine::Event;
use crate::orders::{Orders, Stage, Visto};
use crate::praca::in_sao_paulo;
use crate::webhook::Router;

/// How far back a window reaches over the one before: our clock and Omie's may differ, and a stage may be stamped
/// before it can be listed.
pub const OVERLAP: Duration = Duration::from_mins(10);
/// The watermark's place.
const WATERMARK: (&str, &str) = ("watermark", "status-pedidos");

/// What a turn did.
#[derive(Debug, Default)]
pub struct Looked {
    /// Stage rows that Omie listed.
    pub rows: u64,
    /// Orders of ours among them.
    pub ours: u64,
    /// Why Omie could not be asked, or not to the end; the next turn asks again.
    pub unasked: Option<String>,
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

/// Reads the window since the last complete reading. The window is saved when all of it was delivered.
async fn poll<S: FlowState>(
    orders: &Orders<'_, S>,
    budget: Budget,
    looked: &mut Looked,
) -> Result<(), FlowFailure> {
    let now = orders.clock.now();
    let (mark, stored) = watermark(orders).await?;
    let from = mark.from.unwrap_or_else(|| earlier(now, first_window(orders)));
    // To the future too: where Omie's clock is ahead, the last stage of an order would be missing, and the one before
    // it taken for where the order stands.
    let window = (in_sao_paulo(earlier(from, OVERLAP)), in_sao_paulo(clock::later(now, OVERLAP)));
    let listing = ListarEtapasPedido::between(window.0, window.1);
    let mut rows: BTreeMap<i64, Vec<EtapaPedido>> = BTreeMap::new();
    let mut page = 1;
    loop {
        if budget.spent(orders.clock.now()) {
            looked.unasked = Some("o tempo desta execução acabou".to_owned());
            return Ok(());
        }
        let omie = &orders.tenant.omie;
        let asked = omie.list(&listing, page);
        let asked = spared(omie, ListarEtapasPedido::METHOD, orders.state, orders.clock, asked);
        let got = match asked.await {
            Ok(got) => got,
            Err(error) => {
                looked.unasked = Some(story(&error));
                return Ok(());
            }
        };
        looked.rows += got.items.len() as u64;
        for row in got.items {
            rows.entry(row.cod_ped).or_default().push(row);
        }
        if page >= got.total_pages {
            break;
        }
        page += 1;
    }
    remember_invoices(orders.state, &rows).await?;
    for rows in rows.values() {
        if deliver(orders, rows).await? {
            looked.ours += 1;
        }
    }
    let body = json!(Watermark { from: Some(now) });
    let expected = stored.map_or(Expected::Absent, |document| Expected::Version(document.version));
    orders.state.put(WATERMARK.0, WATERMARK.1, &body, expected, None).await?;
    Ok(())
}

/// Lets our order know. A cancellation is looked at again by itself: the order must say so too.
async fn deliver<S: FlowState>(orders: &Orders<'_, S>, rows: &[EtapaPedido]) -> Result<bool, FlowFailure> {
    let Some(id) = rows.iter().find_map(|row| row.cod_int_ped.clone()) else { return Ok(false) };
    let Some(case) = orders.state.case(<Orders<'_, S> as Flow>::KIND, &id).await? else { return Ok(false) };
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
        Some(Reading::Cancelled(_)) => {
            chores::ask(orders.state, orders.clock, Task::Look(id)).await?;
        }
        None => {}
    }
    Ok(true)
}

/// What the history of past orders shows and their own listing does not tell: the invoice (mapping §4.17).
async fn remember_invoices(
    ledger: &impl Ledger,
    rows: &BTreeMap<i64, Vec<EtapaPedido>>,
) -> Result<(), FlowFailure> {
    let number = |row: &EtapaPedido| row.faturamento.as_ref()?.num_nfe.as_deref()?.trim().parse().ok();
    let invoiced = rows.iter().filter_map(|(codigo, rows)| {
        let nota = Some(rows.iter().find_map(number)?);
        Some((*codigo, Visto { nota, rca: None }))
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
