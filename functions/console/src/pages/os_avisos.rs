//! What came in and helped no service order: deliveries that were not understood, and callbacks without an order.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use service_orders::commands::{Command, Refused};
use service_orders::delivery::Delivery;
use service_orders::inbound;
use service_orders::notice::Callback;
use sha2::{Digest as _, Sha256};

use super::jobs::{REASON, reason, status};
use super::os::{command_id, obeyed, told};
use super::os_words;
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{
    Column, Field, Nav, Problems, Table, ago, confirm, count, many, moment, more, problems, section,
};
use crate::visit::{Done, Page, Visit};
use crate::web::{Form, Response, hex, href};

/// Rows of each table on a page, and pages: each page is read with all before it.
const SHOWN: usize = 25;
const PAGES: usize = 40;

/// What can be done with the rows of a table.
struct Act {
    /// The end of the address of its form, and of the ids of its fields.
    path: &'static str,
    /// The member of the address that says which page of this table is shown.
    paged: &'static str,
    label: &'static str,
    means: &'static str,
    /// What was done to how many: "aviso reprocessado", "avisos reprocessados".
    done: (&'static str, &'static str),
}

const REPLAY: Act = Act {
    path: "reprocessar",
    paged: "p",
    label: "Reprocessar os marcados",
    means: "São lidos de novo, como se chegassem agora.",
    done: ("aviso reprocessado", "avisos reprocessados"),
};

const DISMISS: Act = Act {
    path: "dispensar",
    paged: "sem",
    label: "Dispensar os marcados",
    means: "Não são procurados de novo, e nada muda no ERP nem no Sismetro.",
    done: ("aviso dispensado", "avisos dispensados"),
};

/// One page of a table.
struct Part<T> {
    rows: Vec<(String, T)>,
    page: usize,
    /// How many there are, as far as they were read.
    known: usize,
    has_more: bool,
}

impl<T> Part<T> {
    /// How many are read for a page: those before it, its own, and one that tells whether there are more.
    fn read(page: usize) -> usize {
        SHOWN * (page + 1) + 1
    }

    /// The page of what was read. The table's order is that of the ids: every page is cut from the same list.
    fn cut(mut all: Vec<(String, T)>, page: usize) -> Self {
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        let known = all.len().min(SHOWN * (page + 1));
        let has_more = all.len() > known;
        let rows = all.into_iter().skip(SHOWN * page).take(SHOWN).collect();
        Self { rows, page, known, has_more }
    }

    fn number(&self) -> String {
        if self.has_more {
            return format!("{} ou mais avisos", count(self.known as u64));
        }
        many(self.known, "aviso", "avisos")
    }
}

/// Both lists.
pub async fn list<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    shown(visit, &Vec::new()).await
}

async fn shown<W: World>(visit: &Visit<'_, W>, wrong: &Problems) -> Result<Response, Trouble> {
    let page = |act: &Act| visit.form.text(act.paged).parse().unwrap_or(0_usize).min(PAGES);
    let (replay, dismiss) = (page(&REPLAY), page(&DISMISS));
    let quarantined = Delivery::in_quarantine(visit.state(), Part::<Delivery>::read(replay)).await?;
    let mut quarantined = Part::cut(quarantined, replay);
    quarantined.rows.sort_by_key(|(_, delivery)| delivery.received);
    let unmatched = Callback::unmatched(visit.state(), Part::<Callback>::read(dismiss)).await?;
    let mut unmatched = Part::cut(unmatched, dismiss);
    unmatched.rows.sort_by_key(|(_, callback)| std::cmp::Reverse(callback.received));
    let one = visit.param("entrega");
    let body = html! {
        (problems(wrong))
        // The form of a single one, from the page of its order, was not filled in.
        @if !one.is_empty() { (section("Reprocessar um aviso", &again(visit, one, wrong))) }
        (section("Não entendidos", &not_understood(visit, &quarantined, wrong)))
        @if unmatched.known > 0 { (section("Sem pedido", &without_order(visit, &unmatched, wrong))) }
    };
    let above = vec![("Ordens de serviço".to_owned(), href(&["os"]))];
    let page = Page { title: "Avisos não entendidos", nav: Nav::ServiceOrders, above, body };
    Ok(visit.page(status(wrong), page))
}

fn not_understood<W: World>(visit: &Visit<'_, W>, part: &Part<Delivery>, wrong: &Problems) -> Markup {
    let row = |(id, delivery): &(String, Delivery)| {
        vec![
            ticked(visit, id, &moment(delivery.received)),
            html! { (os_words::partner(delivery.source)) },
            html! { @if let Some(why) = &delivery.quarantined { (inbound::told(why)) } },
        ]
    };
    let table = Table {
        caption: "Avisos que não foram entendidos",
        columns: &[Column::Name("Quando"), Column::Text("De"), Column::Text("Por quê")],
        rows: part.rows.iter().map(row).collect(),
        empty: "Todos os avisos foram entendidos.",
    };
    html! {
        p class="dim" { (part.number()) ". Um aviso fica guardado por 90 dias, sem segredos." }
        (acting(visit, &REPLAY, part, &table.show(), wrong))
    }
}

fn without_order<W: World>(visit: &Visit<'_, W>, part: &Part<Callback>, wrong: &Problems) -> Markup {
    let row = |(id, callback): &(String, Callback)| {
        let said = &callback.said;
        vec![
            ticked(visit, id, &moment(callback.received)),
            html! { @if let Some(ss) = &said.ss_number { (ss) } },
            html! { @if let Some(order) = &said.order_id { (order) } },
            html! { (callback.told) },
            html! { @if let Some(due) = callback.due { (ago(due, visit.now)) } },
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
        ],
        rows: part.rows.iter().map(row).collect(),
        empty: "Nenhum.",
    };
    html! {
        p class="dim" { (part.number()) "." }
        p class="dim" {
            "Procure a SS no Sismetro. Se ela é de um pedido daqui, abra o pedido e use “Associar uma SS”: o aviso o acha sozinho. Se não é, dispense o aviso: ele deixa de ser procurado e de alarmar."
        }
        (acting(visit, &DISMISS, part, &table.show(), wrong))
    }
}

/// The name of a row, with its box for whoever may do something.
fn ticked<W: World>(visit: &Visit<'_, W>, id: &str, name: &Markup) -> Markup {
    let is_on = visit.form.all("aviso").any(|ticked| ticked == id);
    html! {
        @if visit.may_operate() {
            div class="tick" {
                input type="checkbox" id={ "a-" (id) } name="aviso" value=(id) checked[is_on];
                label for={ "a-" (id) } { (name) }
            }
        } @else { (name) }
    }
}

/// The table in one form for all of its rows, and the way to its other pages.
fn acting<W: World, T>(
    visit: &Visit<'_, W>,
    act: &Act,
    part: &Part<T>,
    table: &Markup,
    wrong: &Problems,
) -> Markup {
    let here = href(&["os-avisos"]);
    let asked = [REPLAY.paged, DISMISS.paged].map(|paged| (paged, visit.form.text(paged)));
    let numbered = |page: usize| Form::of(asked).address(&here, act.paged, &page.to_string());
    let older = (part.has_more && part.page < PAGES).then(|| numbered(part.page + 1));
    let newer = (part.page > 0).then(|| numbered(part.page - 1));
    let action = href(&["os-avisos", act.path]);
    // The summary of what is wrong leads to the form that came back.
    let is_this = visit.request.path == action && !wrong.is_empty();
    let scope = format!("-{}", act.path);
    let reason = Field::new("motivo", "Motivo").help("Fica no histórico e na auditoria.");
    let reason = if is_this { reason.filled(&visit.form, wrong) } else { reason.within(&scope) };
    html! {
        @if visit.may_operate() && !part.rows.is_empty() {
            (visit.form(&action, &html! {
                // The same form sent twice is obeyed once.
                input type="hidden" name="comando_id" value={ "console-" (visit.request.id) };
                @for (paged, page) in asked { input type="hidden" name=(paged) value=(page); }
                (table)
                p class="means" { (act.means) }
                (reason.area())
                div class="acts" { button class="primary" { (act.label) } }
            }))
        } @else { (table) }
        (more(newer.as_deref(), older.as_deref()))
    }
}

/// Lets a delivery be read again.
pub(super) fn again<W: World>(visit: &Visit<'_, W>, delivery: &str, wrong: &Problems) -> Markup {
    let address = href(&["os-avisos", delivery, "reprocessar"]);
    let once = html! { input type="hidden" name="comando_id" value={ "console-" (visit.request.id) }; };
    confirm(&address, "Reprocessar", "É lido de novo, como se chegasse agora.").show(visit, wrong, &once)
}

/// Reads the ticked ones again, or the one of the address.
pub async fn replay<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let command = |delivery, reason, command_id| Command::ReplayEvent { delivery, reason, command_id };
    said(visit, &REPLAY, command).await
}

/// Says that the ticked ones need no order.
pub async fn dismiss<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let command = |callback, reason, command_id| Command::DismissCallback { callback, reason, command_id };
    said(visit, &DISMISS, command).await
}

async fn said<W: World>(
    visit: &Visit<'_, W>,
    act: &Act,
    command: impl Fn(String, String, String) -> Command,
) -> Result<Done, Trouble> {
    let one = Some(visit.param("entrega")).filter(|id| !id.is_empty());
    let ids: BTreeSet<&str> = one.into_iter().chain(visit.form.all("aviso")).take(SHOWN).collect();
    let wrong = |field: &str, text: &str| vec![(field.to_owned(), text.to_owned())];
    let Some(reason) = reason(visit) else {
        return Ok(Done::with_problems(shown(visit, &wrong("motivo", REASON)).await?, REASON));
    };
    if ids.is_empty() {
        return Ok(Done::with_problems(shown(visit, &wrong("", UNTICKED)).await?, UNTICKED));
    }
    let (mut done, mut refused) = (0, BTreeMap::<String, usize>::new());
    for id in ids {
        let command = command(id.to_owned(), reason.to_owned(), of_one(&command_id(visit), id));
        let why = match obeyed(visit, command).await {
            Ok(_) => {
                done += 1;
                continue;
            }
            Err(Refused::Bad(text)) => text,
            Err(busy @ Refused::Busy) => told(&busy),
            Err(Refused::Missing(_)) => "o aviso não está mais guardado".to_owned(),
            Err(refused) => return Err(refused.into()),
        };
        *refused.entry(why).or_default() += 1;
    }
    let page = href(&["os-avisos"]);
    let text = outcome(act, done, &refused);
    Ok(if refused.is_empty() { visit.done(&page, text) } else { visit.refused(&page, text) })
}

const UNTICKED: &str = "Marque ao menos um aviso.";

/// How many went through, and of the others how many did not and why.
fn outcome(act: &Act, done: usize, refused: &BTreeMap<String, usize>) -> String {
    let (one, more) = act.done;
    if let (0, 1, Some((why, 1))) = (done, refused.len(), refused.first_key_value()) {
        return why.clone();
    }
    let of = |(why, number): (&String, &usize)| format!(" {}: {why}.", many(*number, "ficou", "ficaram"));
    let done = Some(done).filter(|done| *done > 0).map(|done| format!("{}.", many(done, one, more)));
    let refused: String = refused.iter().map(of).collect();
    format!("{}{refused}", done.unwrap_or_else(|| "Nenhum aviso mudou.".to_owned()))
}

/// Names what is done to one of several, so that the form that is sent twice is obeyed once for each.
fn of_one(command: &str, id: &str) -> String {
    let digest = Sha256::new().chain_update(command).chain_update([0]).chain_update(id).finalize();
    format!("console-{}", hex(&digest[..16]))
}
