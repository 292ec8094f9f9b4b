//! Service orders between Senior X and Sismetro: found, read, told something; and what came in and was not understood.

use engine::Mark;
use engine::flow::FlowError;
use futures_util::future::try_join_all;
use maud::{Markup, html};
use serde_json::Value;
use service_orders::commands::{self, Command, Refused};
use service_orders::delivery::Delivery;
use service_orders::{KIND, Order, Settings, State, What, records, show};

use super::jobs::{REASON, reason, status};
use super::os_avisos;
use super::os_words::{self, SAYINGS, Saying};
use super::runs::shortened;
use crate::ports::{Jobs as _, World};
use crate::trouble::Trouble;
use crate::view::{
    Choice, Column, Field, Nav, Problems, Step, Table, Tone, ago, badge, confirm, facts, history, moment,
    more, notice, problems, section,
};
use crate::visit::{Done, Page, Visit};
use crate::web::{Form, Response, href};

/// Orders on one page, and of one search.
const SHOWN: usize = 50;
/// Steps of what happened on one page of an order, and deliveries.
const STEPS: usize = 40;
const DELIVERIES: usize = 8;
/// Deliveries of an order that are looked at.
const LOOKED_AT: usize = 20;
/// What wakes the two workers (`functions/senior-sismetro`).
const WAKERS: [&str; 2] = ["so-open", "so-close"];

/// The list of orders.
pub async fn list<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let (text, of) = (visit.form.text("q"), State::named(visit.form.text("estado")));
    let (orders, next) =
        if text.is_empty() { in_state(visit, of).await? } else { (found(visit, text, of).await?, None) };
    let next = next.map(|next| visit.here_with("depois", &next));
    let table = Table {
        caption: "Ordens de serviço",
        columns: &[
            Column::Name("Pedido"),
            Column::Text("Estado"),
            Column::Text("Desde"),
            Column::Text("SS"),
            Column::Text("Filial"),
            Column::Text("Cliente"),
            Column::Text("O que fazer"),
        ],
        rows: orders.iter().map(|order| row(order, visit)).collect(),
        empty: "Nenhuma ordem encontrada.",
    };
    let body = html! {
        form class="search" method="get" action=(href(&["os"])) role="search" {
            (Field { is_optional: true, ..Field::new("q", "Procurar") }.value(text)
                .help("Número do pedido no ERP, número da SS ou id.").input("search"))
            (Field { is_optional: true, ..Field::new("estado", "Estado") }.value(visit.form.text("estado"))
                .help("Com um texto, “em andamento” procura em todos.").select(&states()))
            button class="primary" { "Procurar" }
        }
        div class="card" { (table.show()) (more(None, next.as_deref())) }
        p { a href=(href(&["os-avisos"])) { "Avisos não entendidos ou sem pedido" } }
    };
    Ok(visit.show(Page { title: "Ordens de serviço", nav: Nav::ServiceOrders, above: Vec::new(), body }))
}

fn states() -> Vec<Choice> {
    let all = State::ALL.into_iter().map(|state| Choice::new(state.name(), os_words::of(state).1));
    std::iter::once(Choice::new("", "em andamento")).chain(all).collect()
}

/// Those in a state; of no state in particular, those that are not over, the parked ones first.
async fn in_state<W: World>(
    visit: &Visit<'_, W>,
    of: Option<State>,
) -> Result<(Vec<Order>, Option<String>), Trouble> {
    let states: Vec<State> = match of {
        Some(of) => vec![of],
        None => State::ALL.into_iter().rev().filter(|state| !state.is_terminal()).collect(),
    };
    // Where the page before ended: the state, and the order in it.
    let from = visit.form.text("depois").split_once(' ');
    let from = from.and_then(|(state, id)| Some((State::named(state)?, id)));
    let begun = from.and_then(|(from, _)| states.iter().position(|state| *state == from)).unwrap_or(0);
    let mut found = Vec::new();
    for state in &states[begun..] {
        let mark = Mark::new("estado", state.name());
        let after = from.filter(|(from, _)| from == state).map(|(_, id)| id);
        // One more than is shown tells whether there is another page.
        let left = SHOWN + 1 - found.len();
        if left > 0 {
            let ids = engine::Cases::marked(visit.state(), KIND, &mark, after, left).await?;
            found.extend(ids.into_iter().map(|id| (*state, id)));
        }
    }
    let has_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let next = found.last().filter(|_| has_more).map(|(state, id)| format!("{} {id}", state.name()));
    let ids: Vec<String> = found.into_iter().map(|(_, id)| id).collect();
    Ok((read(visit, &ids).await?, next))
}

/// Those that a text names, in a state if one is chosen: by number, by SS, by id.
async fn found<W: World>(visit: &Visit<'_, W>, text: &str, of: Option<State>) -> Result<Vec<Order>, Trouble> {
    let mut ids = vec![text.to_owned()];
    let bare = text.trim_start_matches('0');
    for (name, value) in [("numero", text), ("numero", bare), ("ss", bare)] {
        if !value.is_empty() {
            let mark = Mark::new(name, value);
            ids.extend(engine::Cases::marked(visit.state(), KIND, &mark, None, SHOWN).await?);
        }
    }
    ids.sort();
    ids.dedup();
    let mut orders = read(visit, &ids).await?;
    orders.retain(|order| of.is_none_or(|of| order.state == of));
    Ok(orders)
}

async fn read<W: World>(visit: &Visit<'_, W>, ids: &[String]) -> Result<Vec<Order>, Trouble> {
    let orders = try_join_all(ids.iter().map(|id| records::order(visit.state(), id))).await?;
    Ok(orders.into_iter().flatten().collect())
}

fn row<W: World>(order: &Order, visit: &Visit<'_, W>) -> Vec<Markup> {
    let (tone, word) = os_words::of(order.state);
    let content = &order.content;
    vec![
        html! { a href=(href(&["os", &order.id])) { (content.number.as_deref().unwrap_or(&order.id)) } },
        badge(tone, word),
        html! { (ago(order.entered, visit.now)) },
        html! { @if let Some(ss) = &order.ss { (ss.number) } },
        html! { @if let (Some(company), Some(branch)) = (content.company, content.branch) { (company) "/" (branch) } },
        html! { @if let Some(customer) = &content.customer { (shortened(customer)) } },
        html! { (todo(order)) },
    ]
}

fn todo(order: &Order) -> Markup {
    html! {
        @if let Some(reason) = order.attention { (reason.text()) }
        @else if let Some(skip) = order.skipped { (os_words::skip(skip)) }
    }
}

/// One order.
pub async fn one<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    shown(visit, &Vec::new()).await
}

async fn shown<W: World>(visit: &Visit<'_, W>, wrong: &Problems) -> Result<Response, Trouble> {
    let id = visit.param("id");
    let order = records::order(visit.state(), id).await?;
    let order = order.ok_or_else(|| Trouble::Missing(format!("a ordem de serviço {id}")))?;
    let deliveries = Delivery::of_order(visit.state(), id, LOOKED_AT).await?;
    let body = html! {
        (problems(wrong))
        @if let Some(reason) = order.attention {
            (notice(Tone::Warn, "Parada: precisa de alguém", &html! { p { (reason.text()) } }))
        }
        @for alarm in &order.alarms { (notice(Tone::Warn, alarm.text(), &html! {})) }
        (section("Dados", &about(&order)))
        (sayings(visit, &order, wrong))
        (section("O que aconteceu", &happened(visit, &order)))
        (section("Avisos recebidos", &received(visit, &deliveries)))
    };
    let title = format!("Ordem de serviço {}", order.content.number.as_deref().unwrap_or(&order.id));
    let above = vec![("Ordens de serviço".to_owned(), href(&["os"]))];
    Ok(visit.page(status(wrong), Page { title: &title, nav: Nav::ServiceOrders, above, body }))
}

fn about(order: &Order) -> Markup {
    let (tone, word) = os_words::of(order.state);
    // The line is what may be shown: links without their tokens.
    let line = show::line(order);
    let of_line = |name: &str| html! { @if let Some(text) = line[name].as_str() { (text) } };
    let content = &order.content;
    facts(&[
        ("Estado", html! { (badge(tone, word)) " desde " (moment(order.entered)) }),
        ("Pedido no ERP", html! { @if let Some(number) = &content.number { (number) } }),
        ("Id no ERP", html! { (order.id) }),
        (
            "Filial",
            html! { @if let (Some(company), Some(branch)) = (content.company, content.branch) { (company) "/" (branch) } },
        ),
        ("Cliente", html! { @if let Some(customer) = &content.customer { (customer) } }),
        ("SS", of_line("ss")),
        ("Link da SS", of_line("link")),
        ("Conta do Sismetro", html! { @if let Some(account) = &order.account { (account) } }),
        (
            "Observação no pedido",
            html! {
                (if order.note_done { "gravada" } else if order.note_waived { "dispensada" } else { "" })
            },
        ),
        ("Por que não se aplica", html! { @if let Some(skip) = order.skipped { (os_words::skip(skip)) } }),
        ("Último erro", of_line("error")),
        ("Próxima tentativa", html! { @if let Some(due) = order.due { (moment(due)) } }),
        ("Recebida", moment(order.since)),
    ])
}

fn happened<W: World>(visit: &Visit<'_, W>, order: &Order) -> Markup {
    // Shown whole, it is masked; its history is read back from that.
    let masked = show::whole(order)["history"].take();
    let masked = serde_json::from_value(masked).unwrap_or_default();
    let mut all = Step::all(&masked, |state| os_words::named(state).to_owned());
    let (number, page) = (all.len(), visit.form.text("passos").parse().unwrap_or(0_usize));
    all.truncate(number.saturating_sub(page.saturating_mul(STEPS)));
    let shown = all.split_off(all.len().saturating_sub(STEPS));
    let here = href(&["os", &order.id]);
    let numbered = |page: usize| Form::default().address(&here, "passos", &page.to_string());
    let before = (!all.is_empty()).then(|| numbered(page + 1));
    let newer = (page > 0).then(|| numbered(page - 1));
    html! {
        @if number > STEPS { p class="dim" { (number) " passos, " (STEPS) " em cada página." } }
        (history(shown.into_iter()))
        (more(newer.as_deref(), before.as_deref()))
    }
}

fn received<W: World>(visit: &Visit<'_, W>, deliveries: &[(String, Delivery)]) -> Markup {
    let row = |(id, delivery): &(String, Delivery)| {
        vec![
            moment(delivery.received),
            html! { (os_words::partner(delivery.source)) },
            html! { (os_words::outcome(&delivery.outcome)) },
            os_avisos::again(visit, id, &Vec::new()),
        ]
    };
    let latest = deliveries.iter().rev().take(DELIVERIES);
    let table = Table {
        caption: "Avisos sobre este pedido",
        columns: &[
            Column::Name("Quando"),
            Column::Text("De"),
            Column::Text("Resultado"),
            Column::Text("Ação"),
        ],
        rows: latest.map(row).collect(),
        empty: "Nenhum.",
    };
    html! {
        (table.show())
        @if deliveries.len() > DELIVERIES {
            p class="dim" {
                "Os " (DELIVERIES) " mais recentes de " (deliveries.len()) @if deliveries.len() >= LOOKED_AT { " ou mais" } "."
            }
        }
    }
}

fn sayings<W: World>(visit: &Visit<'_, W>, order: &Order, wrong: &Problems) -> Markup {
    let apply: Vec<Saying> = SAYINGS.into_iter().filter(|saying| saying.applies(order, visit.now)).collect();
    if apply.is_empty() || !visit.may_operate() {
        return html! {};
    }
    // The same form sent twice is obeyed once.
    let once = html! { input type="hidden" name="comando_id" value={ "console-" (visit.request.id) }; };
    section(
        "O que pode ser feito",
        &html! {
            div class="acts" { @for saying in apply {
                @let address = href(&["os", &order.id, saying.path]);
                @let asked = confirm(&address, saying.label, saying.means);
                @let asked = if saying.is_grave { asked.grave() } else { asked };
                (asked.show(visit, wrong, &html! {
                    (once)
                    @if saying.path == "associar" { (ss_fields(visit, wrong)) }
                }))
            } }
        },
    )
}

fn ss_fields<W: World>(visit: &Visit<'_, W>, wrong: &Problems) -> Markup {
    html! {
        (Field::new("ss", "Número da SS").filled(&visit.form, wrong).input("text"))
        (Field { is_optional: true, ..Field::new("link", "Link da SS") }.filled(&visit.form, wrong)
            .help("https://…sismetro.com/…printSS.php…").input("text"))
    }
}

/// A word about an order.
pub async fn command<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let path = visit.param("comando");
    let saying = Saying::at(path).ok_or_else(|| Trouble::Missing(format!("o comando {path}")))?;
    let Some(reason) = reason(visit) else {
        return again(visit, "motivo", REASON).await;
    };
    let command = command_of(visit, saying, reason);
    let page = href(&["os", visit.param("id")]);
    match obeyed(visit, command).await {
        Ok(_) => Ok(visit.done(&page, format!("{}: anotado.", saying.label))),
        Err(Refused::Bad(text)) => {
            let field = match saying.path {
                "associar" if text.contains("link") => "link",
                "associar" => "ss",
                _ => "motivo",
            };
            again(visit, field, &text).await
        }
        Err(refused @ (Refused::Unfit(_) | Refused::Busy)) => Ok(visit.refused(&page, told(&refused))),
        Err(refused) => Err(refused.into()),
    }
}

pub(super) fn told(refused: &Refused) -> String {
    match refused {
        Refused::Unfit(state) => {
            format!("A ordem está em “{}”, e isso não se aplica agora.", os_words::of(*state).1)
        }
        _ => "A ordem está sendo processada: repita em instantes.".to_owned(),
    }
}

async fn again<W: World>(visit: &Visit<'_, W>, field: &str, text: &str) -> Result<Done, Trouble> {
    let wrong = vec![(field.to_owned(), text.to_owned())];
    Ok(Done::with_problems(shown(visit, &wrong).await?, text))
}

fn command_of<W: World>(visit: &Visit<'_, W>, saying: Saying, reason: &str) -> Command {
    let (order_id, reason, command_id) = (visit.param("id").to_owned(), reason.to_owned(), command_id(visit));
    match saying.path {
        "associar" => Command::AttachSs {
            order_id,
            ss_number: visit.form.text("ss").to_owned(),
            ss_link: visit.form.filled("link").map(str::to_owned),
            reason,
            command_id,
        },
        "reenviar" => Command::AllowResend { order_id, reason, command_id },
        "dispensar" => Command::SkipNote { order_id, reason, command_id },
        "concluida" => Command::ForceOutcome { order_id, outcome: What::Completed, reason, command_id },
        "cancelada" => Command::ForceOutcome { order_id, outcome: What::Cancelled, reason, command_id },
        "encerrar-liberada" => Command::Close { order_id, state: State::Released, reason, command_id },
        "encerrar-cancelada" => Command::Close { order_id, state: State::Cancelled, reason, command_id },
        "encerrar-ignorada" => Command::Close { order_id, state: State::Skipped, reason, command_id },
        _ => Command::Redrive { order_id, reason, command_id },
    }
}

pub(super) fn command_id<W: World>(visit: &Visit<'_, W>) -> String {
    let given = visit.form.filled("comando_id").filter(|id| id.len() <= 100);
    given.map_or_else(|| format!("console-{}", visit.request.id), str::to_owned)
}

pub(super) async fn obeyed<W: World>(visit: &Visit<'_, W>, command: Command) -> Result<Value, Refused> {
    let settings = match Settings::load(visit.state()).await {
        Ok(stored) => stored.map(|(settings, _)| settings).unwrap_or_default(),
        Err(service_orders::SetupError::State(error)) => return Err(FlowError::from(error).into()),
        Err(service_orders::SetupError::Incomplete(_)) => Settings::default(),
    };
    let actor = &visit.session.name;
    let reply =
        Box::pin(commands::run(visit.state(), visit.world.clock(), &settings, actor, command)).await?;
    if reply.wake {
        for kind in WAKERS {
            // The minute's sweep finds what this does not wake.
            if let Err(error) = visit.world.jobs().announce(kind).await {
                tracing::warn!(%error, kind, "a worker was not woken");
            }
        }
    }
    Ok(reply.body)
}
