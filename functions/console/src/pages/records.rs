//! Orders and customers: found, read, told something.

use engine::flow::FlowError;
use maud::{Markup, html};
use sales::desk::{
    self, Kind, Outcome, Position, Progress, Query, Record, Station, Summary, Timeline, Told, Verb, Word,
};

use super::jobs::{REASON, reason, status};
use super::runs::shortened;
use crate::ports::{Partners as _, World};
use crate::trouble::Trouble;
use crate::view::{
    Column, Field, Icon, Nav, Problems, Step, Table, Tone, badge, confirm, facts, further, history, icon,
    local_moment, money, more, notice, problems, section, sentence, tabs,
};
use crate::visit::{Done, Page, Visit};
use crate::web::{Response, encoded, href};

/// Records on one page.
const SHOWN: usize = 30;

/// The list of orders.
pub async fn orders<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    list(visit, Kind::Pedidos).await
}

/// The list of customers.
pub async fn customers<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    list(visit, Kind::Clientes).await
}

/// One order.
pub async fn order<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    one(visit, Kind::Pedidos, &Vec::new()).await
}

/// One customer.
pub async fn customer<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    one(visit, Kind::Clientes, &Vec::new()).await
}

/// A word about an order.
pub async fn tell_order<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    tell(visit, Kind::Pedidos).await
}

/// A word about a customer.
pub async fn tell_customer<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    tell(visit, Kind::Clientes).await
}

async fn list<W: World>(visit: &Visit<'_, W>, kind: Kind) -> Result<Response, Trouble> {
    let text = visit.form.text("q");
    let mut wrong = Problems::new();
    let page = match Query::parse(text) {
        Ok(query) => {
            let after: Option<Position> = visit.form.text("depois").parse().ok();
            desk::search(visit.state(), visit.now, Some(kind), &query, after.as_ref(), SHOWN).await?
        }
        Err(not_understood) => {
            wrong.push(("q".to_owned(), not_understood.to_string()));
            desk::Page::default()
        }
    };
    let rows = page.found.iter().map(|record| row(&record.summary())).collect();
    let next = page.next.map(|next| visit.here_with("depois", &next.to_string()));
    let (title, columns, help) = of_kind(kind);
    let is_full = page.found.len() >= SHOWN;
    let empty = if next.is_some() { "Nada encontrado até aqui." } else { "Nada encontrado." };
    let table = Table { caption: title, columns, rows, empty };
    let field = Field { is_optional: true, ..Field::new("q", "Procurar") }.filled(&visit.form, &wrong);
    let body = html! {
        form class="search" method="get" action=(href(&[&kind.to_string()])) role="search" {
            (field.help(help).input("search"))
            button class="primary" { "Procurar" }
        }
        (tabs("Filtros", &filters(kind, text)))
        div class="card" {
            (table.show())
            @if is_full { (more(None, next.as_deref())) } @else { (further(next.as_deref())) }
        }
    };
    Ok(visit.show(Page { title, nav: nav(kind), above: Vec::new(), body }))
}

fn nav(kind: Kind) -> Nav {
    match kind {
        Kind::Pedidos => Nav::Orders,
        Kind::Clientes => Nav::Customers,
    }
}

fn of_kind(kind: Kind) -> (&'static str, &'static [Column<'static>], &'static str) {
    match kind {
        Kind::Pedidos => (
            "Pedidos",
            &[
                Column::Name("Pedido"),
                Column::Text("Situação"),
                Column::Text("Omie"),
                Column::Text("Cliente"),
                Column::Number("Valor"),
                Column::Text("Entrou"),
                Column::Text("Por quê"),
            ],
            "Número do Omie, do app ou da nuvem, código ou CNPJ/CPF do cliente, situação, dia.",
        ),
        Kind::Clientes => (
            "Clientes",
            &[
                Column::Name("Cadastro"),
                Column::Text("Situação"),
                Column::Text("Omie"),
                Column::Text("Nome"),
                Column::Text("CNPJ/CPF"),
                Column::Text("Entrou"),
                Column::Text("Por quê"),
            ],
            "Código da nuvem ou do Omie, CNPJ/CPF, situação, dia.",
        ),
    }
}

fn filters(kind: Kind, text: &str) -> Vec<(String, String, bool)> {
    let all: &[(&str, &str)] = match kind {
        Kind::Pedidos => &[
            ("Todos", ""),
            ("Retidos", "retidos"),
            ("Recusados", "recusados"),
            ("Enviando", "enviando"),
            ("No Omie", "no omie"),
            ("Faturados", "faturados"),
            ("Cancelados", "cancelados"),
        ],
        Kind::Clientes => &[
            ("Todos", ""),
            ("Novos", "novos"),
            ("Retidos", "retidos"),
            ("Recusados", "recusados"),
            ("No Omie", "no omie"),
        ],
    };
    let base = href(&[&kind.to_string()]);
    let address = |query: &str| {
        if query.is_empty() { base.clone() } else { format!("{base}?q={}", encoded(query)) }
    };
    all.iter().map(|(label, query)| ((*label).to_owned(), address(query), *query == text)).collect()
}

fn tone_of(stage: &str) -> Tone {
    match stage {
        "no Omie" => Tone::Good,
        "enviando" | "novo" => Tone::Busy,
        "retido" => Tone::Warn,
        "recusado" => Tone::Bad,
        _ => Tone::Idle,
    }
}

fn row(summary: &Summary) -> Vec<Markup> {
    let mut cells = vec![
        html! {
            a href=(href(&[&summary.kind.to_string(), &summary.id])) { (summary.id) }
            @if let Some(numped) = &summary.numped { div class="dim" { "app " (numped) } }
        },
        html! {
            (badge(tone_of(&summary.stage), &summary.stage))
            @if let Some(posicao) = summary.posicao { div class="dim" { (posicao) } }
        },
        html! {
            @match (summary.numero, summary.codigo) {
                (Some(numero), _) => { "nº\u{a0}" (numero) }
                (None, Some(codigo)) => (codigo),
                (None, None) => {}
            }
        },
        html! { @if let Some(cliente) = &summary.cliente { (shortened(cliente)) } },
    ];
    cells.push(match summary.kind {
        Kind::Pedidos => html! { @if let Some(total) = summary.total { (money(total)) } },
        Kind::Clientes => html! { @if let Some(documento) = &summary.documento { (documento) } },
    });
    cells.push(local_moment(summary.since));
    cells.push(html! { @if let Some(why) = &summary.why { (shortened(why)) } });
    cells
}

async fn one<W: World>(visit: &Visit<'_, W>, kind: Kind, wrong: &Problems) -> Result<Response, Trouble> {
    let id = visit.param("id");
    let record = Record::load(visit.state(), kind, id).await?;
    let record = record.ok_or_else(|| Trouble::Missing(format!("{} {id}", kind.noun())))?;
    let (summary, timeline) = (record.summary(), record.timeline(visit.now));
    let body = html! {
        (problems(wrong))
        (section("Caminho", &way(&timeline.stations)))
        @if let Some(waiting) = &timeline.waiting {
            (notice(Tone::Warn, &format!("Espera: {}", waiting.what), &html! {
                @if let Some(until) = waiting.until { p { "Segue sozinho a partir de " (local_moment(until)) "." } }
            }))
        }
        @if let Some(warning) = &timeline.warning { (notice(Tone::Warn, warning, &html! {})) }
        (actions(visit, kind, &timeline, wrong))
        div class="two" {
            (section("O que aconteceu", &steps(&timeline)))
            (section("Dados", &about(&summary)))
        }
    };
    let noun = if kind == Kind::Pedidos { "Pedido" } else { "Cadastro" };
    let title = match (&summary.cliente, summary.numero) {
        (_, Some(numero)) => format!("{noun} {id} · Omie nº {numero}"),
        (Some(name), None) if kind == Kind::Clientes => name.clone(),
        _ => format!("{noun} {id}"),
    };
    let (list, ..) = of_kind(kind);
    let above = vec![(list.to_owned(), href(&[&kind.to_string()]))];
    Ok(visit.page(status(wrong), Page { title: &title, nav: nav(kind), above, body }))
}

fn way(stations: &[Station]) -> Markup {
    html! {
        ol class="way" {
            @for station in stations {
                @let (class, drawing, word) = of_progress(station.progress);
                li class=(class) {
                    span class="dot" { (icon(drawing)) }
                    div {
                        strong { (station.name) }
                        div class="note" {
                            @match station.at { Some(at) => (local_moment(at)), None => (word) }
                        }
                        @if let Some(note) = &station.note { div class="note" { (note) } }
                    }
                }
            }
        }
    }
}

fn of_progress(progress: Progress) -> (&'static str, Icon, &'static str) {
    match progress {
        Progress::Reached => ("good", Icon::Check, "chegou"),
        Progress::UnderWay => ("busy", Icon::Turn, "a caminho"),
        Progress::Stopped => ("bad", Icon::Cross, "parado"),
        Progress::Ahead => ("idle", Icon::Dash, "ainda não"),
    }
}

fn steps(timeline: &Timeline) -> Markup {
    history(timeline.steps.iter().map(|line| Step {
        when: local_moment(line.at),
        to: line.to.clone(),
        cause: line.cause.clone(),
        times: line.times,
    }))
}

fn about(summary: &Summary) -> Markup {
    let text = |text: Option<String>| html! { @if let Some(text) = text { (text) } };
    facts(&[
        ("Código na nuvem", html! { (summary.id) }),
        ("Situação", badge(tone_of(&summary.stage), &summary.stage)),
        ("Posição no Omie", text(summary.posicao.map(str::to_owned))),
        ("Número no Omie", text(summary.numero.map(|numero| numero.to_string()))),
        ("Id no Omie", text(summary.codigo.map(|codigo| codigo.to_string()))),
        ("Número no app", text(summary.numped.clone())),
        ("Cliente", text(summary.cliente.clone())),
        ("CNPJ/CPF", text(summary.documento.clone())),
        ("Valor", text(summary.total.map(money))),
        ("Entrou", local_moment(summary.since)),
    ])
}

/// The last part of the address of a word.
fn path_of(verb: Verb) -> &'static str {
    match verb {
        Verb::Retry => "tentar",
        Verb::Refuse => "recusar",
        Verb::Adopt => "associar",
    }
}

fn actions<W: World>(visit: &Visit<'_, W>, kind: Kind, timeline: &Timeline, wrong: &Problems) -> Markup {
    if timeline.actions.is_empty() || !visit.may_operate() {
        return html! {};
    }
    section(
        "O que pode ser feito",
        &html! {
            div class="acts" {
                @for action in &timeline.actions {
                    @let address = href(&[&kind.to_string(), visit.param("id"), path_of(action.verb)]);
                    @let means = sentence(action.means);
                    @let asked = confirm(&address, action.label, &means);
                    @match action.verb {
                        Verb::Retry => (asked.show(visit, wrong, &html! {})),
                        Verb::Refuse => (asked.grave().show(visit, wrong, &html! {})),
                        Verb::Adopt => (asked.show(visit, wrong, &of_omie(visit, wrong))),
                    }
                }
            }
        },
    )
}

fn of_omie<W: World>(visit: &Visit<'_, W>, wrong: &Problems) -> Markup {
    let field = Field::new("numero", "Número do pedido no Omie").filled(&visit.form, wrong).input("text");
    html! { (field) }
}

async fn tell<W: World>(visit: &Visit<'_, W>, kind: Kind) -> Result<Done, Trouble> {
    let id = visit.param("id");
    let page = href(&[&kind.to_string(), id]);
    let (asked, wrong) = match read(visit, kind) {
        Ok(read) => read,
        Err(unknown) => return Err(Trouble::Missing(format!("a ação {unknown}"))),
    };
    if !wrong.is_empty() {
        return again(visit, kind, wrong).await;
    }
    let word = match asked {
        Asked::Word(word) => word,
        Asked::Adopt(numero) => match visit.world.partners().adoptable(id, numero).await {
            Ok(erp) => Word::Adopt(erp),
            Err(why) => return again(visit, kind, vec![("numero".to_owned(), why.to_string())]).await,
        },
    };
    let told = match Told::new(word, &visit.session.name, visit.form.text("motivo")) {
        Ok(told) => told,
        Err(incomplete) => {
            return again(visit, kind, vec![("motivo".to_owned(), incomplete.to_string())]).await;
        }
    };
    let outcome = Box::pin(desk::tell(visit.state(), visit.world.clock(), kind, id, &told)).await;
    Ok(match outcome.map_err(|error: FlowError| error)? {
        outcome @ Outcome::Done(_) => {
            // What follows comes by itself at the next turn; now is only sooner.
            let text = match visit.world.partners().carry_on(kind, id).await {
                Ok(()) => now(visit, kind, id).await?.unwrap_or_else(|| outcome.to_string()),
                Err(later) => format!("{outcome}; o restante fica para o próximo turno: {later}"),
            };
            visit.done(&page, text)
        }
        refused => visit.refused(&page, refused.to_string()),
    })
}

/// How the record stands after what followed at once.
async fn now<W: World>(visit: &Visit<'_, W>, kind: Kind, id: &str) -> Result<Option<String>, Trouble> {
    let record = Record::load(visit.state(), kind, id).await?;
    Ok(record.map(|record| Outcome::Done(record).to_string()))
}

/// What a form asks for.
enum Asked {
    Word(Word),
    /// That the order of Omie with this number is it.
    Adopt(i64),
}

/// What the form asks for, and what is wrong with it.
fn read<W: World>(visit: &Visit<'_, W>, kind: Kind) -> Result<(Asked, Problems), String> {
    let mut wrong = Problems::new();
    let asked = match visit.param("palavra") {
        "tentar" => Asked::Word(Word::Retry),
        "recusar" => Asked::Word(Word::Refuse),
        "associar" if kind == Kind::Pedidos => {
            let numero = visit.form.text("numero").parse().ok().filter(|numero| *numero > 0);
            if numero.is_none() {
                wrong.push(("numero".to_owned(), "Informe o número, só com dígitos.".to_owned()));
            }
            Asked::Adopt(numero.unwrap_or_default())
        }
        other => return Err(other.to_owned()),
    };
    if reason(visit).is_none() {
        wrong.push(("motivo".to_owned(), REASON.to_owned()));
    }
    Ok((asked, wrong))
}

async fn again<W: World>(visit: &Visit<'_, W>, kind: Kind, wrong: Problems) -> Result<Done, Trouble> {
    let text = wrong.first().map(|(_, text)| text.clone()).unwrap_or_default();
    Ok(Done::with_problems(one(visit, kind, &wrong).await?, &text))
}
