//! Every night both sides are counted: each order of the last days is in both, or there is a reason (mapping §7.2).

use std::collections::BTreeMap;
use std::fmt;

use engine::flow::Flow;
use engine::{Budget, Expected, FlowState, Mark};
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};
use omie::{Call as _, ListarPedidos, Pedido};
use serde::{Deserialize, Serialize};

use crate::chores::{self, Task};
use crate::flows::FlowFailure;
use crate::orders::{Order, Orders, Posicao, Stage};
use crate::patience::spared;
use crate::praca::{day_in_sao_paulo, in_sao_paulo};
use crate::status::position_of;

/// Days back.
const DAYS: i64 = 7;
/// An order that is on its way for longer is not on its way.
const ON_ITS_WAY: std::time::Duration = std::time::Duration::from_hours(1);
/// Cases asked for at once.
const BATCH: usize = 500;
/// The kind of the report's document; its id is the day.
pub const KIND: &str = "reconcile-pedidos";
/// How long a report is kept: 400 days, as the orders.
const KEPT: std::time::Duration = std::time::Duration::from_hours(400 * 24);

/// Orders in, orders out, and what is between.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// First day, by when we saw the order first.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Orders that Máxima gave us.
    pub received: u64,
    /// Of them in Omie, which shows them, or has excluded them as we know.
    pub in_erp: u64,
    /// Of those cancelled or excluded there.
    pub cancelled: u64,
    /// Refused, and the seller knows.
    pub rejected: u64,
    /// Waiting for the operator.
    pub held: u64,
    /// Not for Omie.
    pub skipped: u64,
    /// On their way.
    pub on_their_way: u64,
    /// Orders whose position was not the one Omie shows; each is looked at again.
    pub behind: u64,
    /// Orders of Omie that came through the API under a key that is not ours.
    pub foreign: u64,
    /// What nobody can explain: the order's id and what is odd, in Portuguese.
    pub unexplained: Vec<(String, String)>,
    /// Whether all of both sides was seen.
    pub is_complete: bool,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, received, in_erp, cancelled, rejected, held, skipped, on_their_way, .. } = self;
        let (behind, foreign) = (self.behind, self.foreign);
        write!(
            f,
            "pedidos de {} a {}: {received} recebidos, {in_erp} no Omie ({cancelled} cancelados), {rejected} \
             recusados, {held} retidos, {skipped} que não vão ao Omie, {on_their_way} a caminho, {} sem explicação; \
             {behind} a conferir de novo, {foreign} de outras origens no Omie",
            from.strftime("%d/%m/%Y"),
            to.strftime("%d/%m/%Y"),
            self.unexplained.len()
        )?;
        if !self.is_complete {
            f.write_str("; conferência incompleta")?;
        }
        for (order, why) in &self.unexplained {
            write!(f, "\n  pedido {order}: {why}")?;
        }
        Ok(())
    }
}

/// Counts and explains. The caller holds the job.
pub async fn turn<S: FlowState>(orders: &Orders<'_, S>, budget: Budget) -> Result<Report, FlowFailure> {
    orders.tenant.wait_no_longer_than(budget);
    let now = orders.clock.now();
    let to = day_in_sao_paulo(now);
    let from = to.saturating_sub(DAYS.days());
    let mut report = Report { from, to, is_complete: true, ..Report::default() };
    let ours = received(orders, from, to, &mut report).await?;
    not_taken(orders, now, &mut report).await?;
    let theirs = included(orders, from, to, budget, &mut report).await?;
    if !report.is_complete {
        // What was not listed is not missing.
        report.received = ours.len() as u64;
        return Ok(report);
    }
    for order in ours.values() {
        report.received += 1;
        explain(orders, order, &theirs, now, &mut report).await?;
    }
    let body = serde_json::to_value(&report).unwrap_or_default();
    let id = to.to_string();
    orders.state.put(KIND, &id, &body, Expected::Any, Some(clock::later(now, KEPT))).await?;
    Ok(report)
}

/// The orders that we saw first on these days.
async fn received<S: FlowState>(
    orders: &Orders<'_, S>,
    from: Date,
    to: Date,
    report: &mut Report,
) -> Result<BTreeMap<String, Order>, FlowFailure> {
    let kind = <Orders<'_, S> as Flow>::KIND;
    let mut found = BTreeMap::new();
    // The marks are by days of UTC, which begin in the evening before.
    let last = to.saturating_add(1.days());
    for day in from.series(1.day()).take_while(|day| *day <= last) {
        let mark = Mark::new("dia", day.to_string());
        let mut after: Option<String> = None;
        loop {
            let ids = orders.state.marked(kind, &mark, after.as_deref(), BATCH).await?;
            let is_last = ids.len() < BATCH;
            after = ids.last().cloned();
            for id in ids {
                let Some(case) = orders.state.case(kind, &id).await? else { continue };
                match serde_json::from_value::<Order>(case.filing.body) {
                    Ok(order) => drop(found.insert(id, order)),
                    Err(_) => report.unexplained.push((id, "o registro dele não pode ser lido".to_owned())),
                }
            }
            if is_last {
                break;
            }
        }
    }
    Ok(found)
}

/// Orders that Máxima has shown for an hour and that are not here.
async fn not_taken<S: FlowState>(
    orders: &Orders<'_, S>,
    now: Timestamp,
    report: &mut Report,
) -> Result<(), FlowFailure> {
    for row in orders.tenant.maxima.pending_orders().await? {
        match row {
            Ok(row) => {
                let changed = row.data.unwrap_or(DateTime::MIN);
                let is_old = changed < in_sao_paulo(now.checked_sub(ON_ITS_WAY).unwrap_or(now));
                let kind = <Orders<'_, S> as Flow>::KIND;
                if is_old && orders.state.case(kind, &row.id_pedido).await?.is_none() {
                    let why = "a Máxima o mostra há mais de uma hora e ele não foi recebido".to_owned();
                    report.unexplained.push((row.id_pedido, why));
                }
            }
            Err(row) => report.unexplained.push((row.id.clone().unwrap_or_default(), row.to_string())),
        }
    }
    Ok(())
}

/// The orders that Omie shows as included on these days and a day around them, by their key. What one key holds twice
/// is odd.
async fn included<S: FlowState>(
    orders: &Orders<'_, S>,
    from: Date,
    to: Date,
    budget: Budget,
    report: &mut Report,
) -> Result<BTreeMap<String, Pedido>, FlowFailure> {
    let listing = ListarPedidos {
        filtrar_por_data_de: Some(from.saturating_sub(1.days())),
        filtrar_por_data_ate: Some(to.saturating_add(1.days())),
        filtrar_apenas_inclusao: Some(true),
        ..ListarPedidos::default()
    };
    let kind = <Orders<'_, S> as Flow>::KIND;
    let mut found: BTreeMap<String, Pedido> = BTreeMap::new();
    let mut page = 1;
    loop {
        if budget.spent(orders.clock.now()) {
            report.is_complete = false;
            return Ok(found);
        }
        let omie = &orders.tenant.omie;
        let asked = omie.list(&listing, page);
        let got = spared(omie, ListarPedidos::METHOD, orders.state, orders.clock, asked).await?;
        let unreadable = got.unreadable.iter();
        report
            .unexplained
            .extend(unreadable.map(|row| (row.id.clone().unwrap_or_default(), row.to_string())));
        for pedido in got.items {
            let Some(key) = pedido.cabecalho.codigo_pedido_integracao.clone() else { continue };
            if orders.state.case(kind, &key).await?.is_none() {
                report.foreign += 1;
                continue;
            }
            let id = pedido.cabecalho.codigo_pedido;
            if let Some(other) = found.insert(key.clone(), pedido)
                && other.cabecalho.codigo_pedido != id
            {
                let why = format!("está duas vezes no Omie: {id} e {}", other.cabecalho.codigo_pedido);
                report.unexplained.push((key, why));
            }
        }
        if page >= got.total_pages {
            return Ok(found);
        }
        page += 1;
    }
}

async fn explain<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    theirs: &BTreeMap<String, Pedido>,
    now: Timestamp,
    report: &mut Report,
) -> Result<(), FlowFailure> {
    let odd = is_there_all_the_same(orders, order, theirs).or_else(|| was_told_in_vain(order));
    report.unexplained.extend(odd.map(|why| (order.id.clone(), why)));
    match order.stage {
        Stage::InErp => in_both(orders, order, theirs, report).await,
        Stage::Rejected => {
            report.rejected += 1;
            Ok(())
        }
        Stage::Held => {
            report.held += 1;
            Ok(())
        }
        Stage::Skipped => {
            report.skipped += 1;
            Ok(())
        }
        Stage::New | Stage::Sending if now < clock::later(order.since, ON_ITS_WAY) => {
            report.on_their_way += 1;
            Ok(())
        }
        Stage::New | Stage::Sending => {
            let why = order.why.as_deref().unwrap_or("sem motivo registrado");
            let since = in_sao_paulo(order.since).strftime("%d/%m/%Y %H:%M").to_string();
            report.unexplained.push((order.id.clone(), format!("está a caminho desde {since}: {why}")));
            Ok(())
        }
    }
}

/// What became of the order and Máxima does not want to hear, so that its seller does not know.
fn was_told_in_vain(order: &Order) -> Option<String> {
    let text = order.owed.refused.as_deref().filter(|_| order.owed.is_given_up())?;
    Some(format!("a Máxima recusou o retorno ao vendedor: {text}. Corrija e mande tentar de novo"))
}

/// An order that is not for Omie, was refused or is held, and is there under our key. One that is held for what is there
/// says so itself, and waits for nothing else.
fn is_there_all_the_same<S>(
    orders: &Orders<'_, S>,
    order: &Order,
    theirs: &BTreeMap<String, Pedido>,
) -> Option<String> {
    let what = match order.stage {
        Stage::Rejected => "foi recusado ao vendedor",
        Stage::Skipped => "não ia ao Omie",
        Stage::Held if order.due.is_some() => "está retido",
        Stage::Held | Stage::New | Stage::Sending | Stage::InErp => return None,
    };
    let there = theirs.get(&order.id)?;
    if position_in(orders, there) == Some(Posicao::C) {
        return None;
    }
    Some(format!(
        "{what} e está no Omie com o id {}: confira e associe ou cancele",
        there.cabecalho.codigo_pedido
    ))
}

/// An order that we believe to be in Omie: it is there, where we believe it to be, or it was excluded. One that Omie does
/// not show is looked at, which finds out whether it was excluded, and is nothing that explains itself.
async fn in_both<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    theirs: &BTreeMap<String, Pedido>,
    report: &mut Report,
) -> Result<(), FlowFailure> {
    let position = order.fate.as_ref().map(|fate| fate.posicao);
    if position == Some(Posicao::C) {
        report.cancelled += 1;
    }
    if order.erp.is_none() {
        report.unexplained.push((order.id.clone(), "está no Omie sem número".to_owned()));
        return Ok(());
    }
    // One that an operator has adopted is not the one under our key, if there is any.
    let erp = order.erp.as_ref().map(|erp| erp.codigo_pedido);
    let under_our_key = theirs.get(&order.id).filter(|theirs| Some(theirs.cabecalho.codigo_pedido) == erp);
    let shown = under_our_key.map(|pedido| position_in(orders, pedido));
    let is_excluded = shown.is_none() && position == Some(Posicao::C);
    if let Some(erp) = erp.filter(|_| shown.is_none() && !is_excluded && !order.is_adopted()) {
        let why =
            format!("foi incluído no Omie com o id {erp}, e o Omie não o mostra: confira se foi excluído lá");
        report.unexplained.push((order.id.clone(), why));
    } else {
        report.in_erp += 1;
    }
    if is_excluded {
        return Ok(());
    }
    let is_behind = match shown {
        Some(Some(shown)) => position != Some(shown),
        // Its stage is not in the de-para: it stays where it is.
        Some(None) => false,
        None => true,
    };
    if is_behind {
        report.behind += 1;
        chores::ask(orders.state, orders.clock, Task::Look(order.id.clone())).await?;
    }
    Ok(())
}

fn position_in<S>(orders: &Orders<'_, S>, pedido: &Pedido) -> Option<Posicao> {
    let info = pedido.info_cadastro.as_ref();
    if info.is_some_and(|info| info.cancelado == Some(true)) {
        return Some(Posicao::C);
    }
    if info.is_some_and(|info| info.faturado == Some(true)) {
        return Some(Posicao::F);
    }
    let stage = pedido.cabecalho.etapa.as_deref().unwrap_or_default().trim();
    position_of(stage, &orders.tenant.settings)
}
