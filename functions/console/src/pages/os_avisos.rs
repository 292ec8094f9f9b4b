//! What came in and helped no service order: deliveries that were not understood, and callbacks without an order.

use maud::{Markup, html};
use service_orders::commands::{Command, Refused};
use service_orders::delivery::Delivery;
use service_orders::inbound;
use service_orders::notice::Callback;

use super::jobs::{REASON, reason, status};
use super::os::{command_id, obeyed, told};
use super::os_words;
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Column, Nav, Problems, Table, ago, confirm, many, moment, problems, section};
use crate::visit::{Done, Page, Visit};
use crate::web::{Response, href};

/// Rows of each table.
const SHOWN: usize = 50;

/// Both lists.
pub async fn list<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    shown(visit, &Vec::new()).await
}

async fn shown<W: World>(visit: &Visit<'_, W>, wrong: &Problems) -> Result<Response, Trouble> {
    let quarantined = Delivery::in_quarantine(visit.state(), SHOWN).await?;
    let unmatched = Callback::unmatched(visit.state(), SHOWN).await?;
    let body = html! {
        (problems(wrong))
        (section("Não entendidos", &not_understood(visit, &quarantined, wrong)))
        @if !unmatched.is_empty() { (section("Sem pedido", &without_order(visit, &unmatched, wrong))) }
    };
    let above = vec![("Ordens de serviço".to_owned(), href(&["os"]))];
    let page = Page { title: "Avisos não entendidos", nav: Nav::ServiceOrders, above, body };
    Ok(visit.page(status(wrong), page))
}

fn not_understood<W: World>(visit: &Visit<'_, W>, found: &[(String, Delivery)], wrong: &Problems) -> Markup {
    let row = |(id, delivery): &(String, Delivery)| {
        vec![
            moment(delivery.received),
            html! { (os_words::partner(delivery.source)) },
            html! { @if let Some(why) = &delivery.quarantined { (inbound::told(why)) } },
            again(visit, id, wrong),
        ]
    };
    let table = Table {
        caption: "Avisos que não foram entendidos",
        columns: &[Column::Name("Quando"), Column::Text("De"), Column::Text("Por quê"), Column::Text("Ação")],
        rows: found.iter().map(row).collect(),
        empty: "Todos os avisos foram entendidos.",
    };
    html! {
        p class="dim" { (many(found.len(), "aviso", "avisos")) ". Um aviso fica guardado por 90 dias, sem segredos." }
        (table.show())
    }
}

/// Lets a delivery be read again.
pub(super) fn again<W: World>(visit: &Visit<'_, W>, delivery: &str, wrong: &Problems) -> Markup {
    let address = href(&["os-avisos", delivery, "reprocessar"]);
    let once = html! { input type="hidden" name="comando_id" value={ "console-" (visit.request.id) }; };
    confirm(&address, "Reprocessar", "É lido de novo, como se chegasse agora.").show(visit, wrong, &once)
}

fn without_order<W: World>(visit: &Visit<'_, W>, found: &[(String, Callback)], wrong: &Problems) -> Markup {
    let row = |(id, callback): &(String, Callback)| {
        let said = &callback.said;
        vec![
            moment(callback.received),
            html! { @if let Some(ss) = &said.ss_number { (ss) } },
            html! { @if let Some(order) = &said.order_id { (order) } },
            html! { (callback.told) },
            html! { @if let Some(due) = callback.due { (ago(due, visit.now)) } },
            dismissal(visit, id, wrong),
        ]
    };
    let table = Table {
        caption: "Avisos do Sismetro que não acharam o seu pedido em um dia",
        columns: &[
            Column::Name("Quando"),
            Column::Text("SS"),
            Column::Text("Pedido"),
            Column::Text("O que houve"),
            Column::Text("Procura de novo"),
            Column::Text("Ação"),
        ],
        rows: found.iter().map(row).collect(),
        empty: "Nenhum.",
    };
    html! {
        p class="dim" {
            "Procure a SS no Sismetro. Se ela é de um pedido daqui, abra o pedido e use “Associar uma SS”: o aviso o acha sozinho. Se não é, dispense o aviso: ele deixa de ser procurado e de alarmar."
        }
        (table.show())
    }
}

/// Ends one that has no order.
fn dismissal<W: World>(visit: &Visit<'_, W>, id: &str, wrong: &Problems) -> Markup {
    let address = href(&["os-avisos", id, "dispensar"]);
    let once = html! { input type="hidden" name="comando_id" value={ "console-" (visit.request.id) }; };
    confirm(&address, "Dispensar", "Não é procurado de novo, e nada muda no ERP nem no Sismetro.")
        .show(visit, wrong, &once)
}

/// Reads one again.
pub async fn replay<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let (delivery, command_id) = (visit.param("entrega").to_owned(), command_id(visit));
    let command = |reason| Command::ReplayEvent { delivery, reason, command_id };
    said(visit, command, "O aviso foi reprocessado.").await
}

/// Says that one needs no order.
pub async fn dismiss<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let (callback, command_id) = (visit.param("aviso").to_owned(), command_id(visit));
    let command = |reason| Command::DismissCallback { callback, reason, command_id };
    said(visit, command, "O aviso foi dispensado.").await
}

async fn said<W: World>(
    visit: &Visit<'_, W>,
    command: impl FnOnce(String) -> Command,
    done: &str,
) -> Result<Done, Trouble> {
    let Some(reason) = reason(visit) else {
        let wrong = vec![("motivo".to_owned(), REASON.to_owned())];
        return Ok(Done::with_problems(shown(visit, &wrong).await?, REASON));
    };
    let page = href(&["os-avisos"]);
    match obeyed(visit, command(reason.to_owned())).await {
        Ok(_) => Ok(visit.done(&page, done)),
        Err(Refused::Bad(text)) => Ok(visit.refused(&page, text)),
        Err(Refused::Busy) => Ok(visit.refused(&page, told(&Refused::Busy))),
        Err(refused) => Err(refused.into()),
    }
}
