//! Reads where one order stands in Omie, because something says that it has moved.

use engine::FlowState;
use engine::flow::{Advance, Change, FilingOf, Flow, FlowError, advance};
use jiff::Timestamp;
use jiff::civil::DateTime;
use omie::{Call as _, ConsultarPedido, EtapaPedido, ListarEtapasPedido};
use partner_http::{CallError, Fault};

use super::sighting::{Reading, position_of, read, words};
use crate::chores::{self, Chore, Do, Event, Task};
use crate::flows::said;
use crate::orders::machine;
use crate::orders::{self, Fate, InErp, Order, Orders, Posicao, Sighting, Stage};
use crate::patience::spared;
use crate::praca::in_sao_paulo;
use crate::settings::Settings;
use crate::waiting::{self, SOON};

/// Starts a job of the catalogue before its turn.
pub trait Starter: Sync {
    /// Asks for the job; the error is for the operator.
    fn start(&self, job: &str) -> impl Future<Output = Result<(), String>> + Send;
}

/// Does chores.
#[derive(Debug)]
pub struct Chores<'a, S, R> {
    /// The orders they are about.
    pub orders: &'a Orders<'a, S>,
    /// Who starts jobs.
    pub starter: &'a R,
}

impl<S: FlowState, R: Starter> Flow for Chores<'_, S, R> {
    const KIND: &'static str = chores::KIND;
    type Case = Chore;
    type Event = Event;
    type Effect = Do;

    fn next(chore: &Chore, event: &Event, now: Timestamp) -> Option<Change<Chore, Do>> {
        chores::next(chore, event, now)
    }

    fn due() -> Event {
        Event::Due
    }

    fn filing(chore: &Chore) -> FilingOf {
        chores::filing(chore)
    }

    async fn perform(&self, chore: &Chore, _: Do) -> Event {
        let done = match &chore.task {
            Task::Look(id) => look(self.orders, id).await,
            Task::Run(job) => self.starter.start(job).await.map_err(|why| Event::Failed { why, after: SOON }),
        };
        match done {
            Ok(()) => Event::Done,
            Err(failed) => failed,
        }
    }
}

/// Reads the order's stages and lets it know.
async fn look<S: FlowState>(orders: &Orders<'_, S>, id: &str) -> Result<(), Event> {
    let Some((erp, known)) = in_erp(orders, id).await? else { return Ok(()) };
    let rows = stages(orders, erp.codigo_pedido).await.map_err(|error| unasked(&error))?;
    let read = rows.as_deref().and_then(|rows| read(rows, &orders.tenant.settings));
    let sighting = match read {
        Some(Reading::Seen(sighting)) => Some(sighting),
        Some(Reading::Cancelled(cancelled)) => {
            confirmed(orders, &erp, known.as_ref(), Some(cancelled)).await?
        }
        // No stage at all: excluded, or too new to have one; or one that cannot be read.
        None => confirmed(orders, &erp, known.as_ref(), None).await?,
    };
    let Some(sighting) = sighting else { return Ok(()) };
    let event = machine::Event::Seen(sighting);
    match advance(orders, orders.state, orders.clock, id, event).await {
        // Somebody else has changed the order meanwhile: what we have seen must be seen again.
        Ok(Advance::Overtaken) => {
            Err(Event::Failed { why: "o pedido mudou durante a leitura".to_owned(), after: SOON })
        }
        Ok(_) => Ok(()),
        Err(error) => Err(unfiled(&error)),
    }
}

/// What the order is in Omie, and what is known of it. None for one that is not there and will not be soon.
async fn in_erp<S: FlowState>(
    orders: &Orders<'_, S>,
    id: &str,
) -> Result<Option<(InErp, Option<Fate>)>, Event> {
    let case = orders.state.case(<Orders<'_, S> as Flow>::KIND, id).await;
    let Some(case) = case.map_err(|error| unfiled(&error.into()))? else { return Ok(None) };
    let Ok(order) = serde_json::from_value::<Order>(case.filing.body) else { return Ok(None) };
    match (order.erp, order.stage) {
        (Some(erp), _) => Ok(Some((erp, order.fate))),
        // It is there before we know it: what has happened to it must not be forgotten meanwhile.
        (None, Stage::Sending) => {
            Err(Event::Failed { why: "o pedido ainda está a caminho do Omie".to_owned(), after: SOON })
        }
        (None, _) => Ok(None),
    }
}

/// All stage rows of one order; none when one of them cannot be read: it may be the one that counts.
async fn stages<S: FlowState>(
    orders: &Orders<'_, S>,
    codigo: i64,
) -> Result<Option<Vec<EtapaPedido>>, CallError> {
    let listing = ListarEtapasPedido::of_pedido(codigo);
    let mut rows = Vec::new();
    let mut page = 1;
    loop {
        let omie = &orders.tenant.omie;
        let asked = omie.list(&listing, page);
        let got = spared(omie, ListarEtapasPedido::METHOD, orders.state, orders.clock, asked).await?;
        if !got.unreadable.is_empty() {
            return Ok(None);
        }
        rows.extend(got.items);
        if page >= got.total_pages {
            return Ok(Some(rows));
        }
        page += 1;
    }
}

/// What the order itself says: it is cancelled, it is gone, or it is neither and stands where its header says.
async fn confirmed<S: FlowState>(
    orders: &Orders<'_, S>,
    erp: &InErp,
    known: Option<&Fate>,
    cancelled: Option<Sighting>,
) -> Result<Option<Sighting>, Event> {
    let said = cancelled.as_ref().and_then(|sighting| sighting.moment);
    let omie = &orders.tenant.omie;
    let call = ConsultarPedido::by_codigo(erp.codigo_pedido);
    let asked = spared(omie, ConsultarPedido::METHOD, orders.state, orders.clock, omie.call(&call));
    let last = known.and_then(|known| known.moment);
    match asked.await {
        Ok(found) => {
            // Only an invoice was cancelled: where it stands as before, the seller has read so already.
            let stands = known.filter(|_| said.is_some());
            Ok(Some(of_header(&found.pedido, said, last, stands, &orders.tenant.settings)))
        }
        Err(error) if matches!(error.fault, Fault::NotFound { .. }) => {
            let text = "Pedido cancelado".to_owned();
            // The one time of ours: nothing happens any more to what is gone. Our clock may be behind Omie's: what is
            // so now is no older than what was so before.
            let moment = said.or_else(|| Some(in_sao_paulo(orders.clock.now())).max(last));
            Ok(Some(Sighting { posicao: Some(Posicao::C), text, moment, denied: None }))
        }
        Err(error) => Err(unasked(&error)),
    }
}

/// Where its header says that the order stands, stamped as late as anything that Omie says of it: what happens to it
/// afterwards is later, and a stage of before that is listed late is not.
fn of_header(
    pedido: &omie::Pedido,
    said: Option<DateTime>,
    last: Option<DateTime>,
    stands: Option<&Fate>,
    settings: &Settings,
) -> Sighting {
    let info = pedido.info_cadastro.as_ref();
    let is = |flag: fn(&omie::InfoCadastro) -> Option<bool>| info.and_then(flag) == Some(true);
    let stage = pedido.cabecalho.etapa.as_deref().unwrap_or_default().trim();
    let moment = said.max(last).max(info.and_then(omie::InfoCadastro::latest));
    if is(|info| info.cancelado) {
        let text = "Pedido cancelado".to_owned();
        return Sighting { posicao: Some(Posicao::C), text, moment, denied: None };
    }
    let is_invoiced = is(|info| info.faturado);
    let posicao = if is_invoiced { Some(Posicao::F) } else { position_of(stage, settings) };
    let is_returned = is(|info| info.devolvido);
    // The header does not name the invoice: what is known does.
    let text = match stands.filter(|known| Some(known.posicao) == posicao && !is_returned) {
        Some(known) => known.text.clone(),
        None => words(stage, settings, None, is_returned),
    };
    Sighting { posicao, text, moment, denied: said }
}

fn unasked(error: &CallError) -> Event {
    Event::Failed { why: waiting::why(error, orders::KIND), after: waiting::wait(error) }
}

fn unfiled(error: &FlowError) -> Event {
    Event::Failed { why: said(error), after: SOON }
}
