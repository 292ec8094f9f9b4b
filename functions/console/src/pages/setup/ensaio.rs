//! The dry run: what a load would do, before anything is written.

use std::collections::BTreeMap;

use engine::{Change, Counters, Key, Quarantine as _, Quarantined, Shadow};
use http::StatusCode;
use maud::{Markup, html};
use sales::catalog;
use sales::load::{self, CANCELLED, Load, LoadState};
use sales::setup::Step;

use super::progress::{self, Standing, Steps, standing_still, stands_still, told};
use super::{Wizard, address, button, page};
use crate::jobs;
use crate::pages::jobs::{REASON, reason};
use crate::ports::{Machine as _, World};
use crate::trouble::Trouble;
use crate::view::{Column, Nav, Problems, Room, Table, Tone, confirm, count, live, moment, notice, section};
use crate::visit::{Done, Page, Visit};
use crate::web::{Response, href};

/// What was asked is remembered under this.
const ID: &str = "ensaio";
const REFRESH: u32 = 5;
/// Records looked at for the page of one entity, and shown of each kind.
const LOOKED_AT: usize = 2_000;
const SHOWN: usize = 40;
/// Causes shown for each entity on the page of all.
const CAUSES: usize = 3;
/// Bytes that the causes may take on a page: each stands whole, and where they are long there are fewer.
const ROOM: usize = 36_000;

/// How the dry run stands, and what it found.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    shown(visit, &Vec::new()).await
}

async fn shown<W: World>(visit: &Visit<'_, W>, problems: &Problems) -> Result<Response, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(Step::Ensaio) {
        return Ok(wizard.elsewhere());
    }
    let latest = load::latest_rehearsal(visit.state()).await?;
    let steps = steps_of(visit, latest.as_ref()).await?;
    let standing = progress::standing(visit, ID, latest.as_ref(), &steps).await?;
    let is_going = matches!(standing, Standing::Asked(_) | Standing::Running { is_silent: false });
    let inside = match (&standing, &latest) {
        (Standing::Asked(asked), _) => super::carga::about_to(asked, "O ensaio"),
        (Standing::Running { .. }, Some(_)) => html! {
            (notice(Tone::Busy, "O ensaio está em andamento.", &html! { "Nada é gravado na Máxima. Pode fechar esta página." }))
            (section("Andamento", &told(&steps, visit.now, false)))
        },
        (Standing::Ended, Some(latest)) => found(visit, latest, &steps).await?,
        _ => html! {},
    };
    let body = html! {
        @if is_going { (live("ensaio", &address(Step::Ensaio), 3, &inside)) } @else { div id="ensaio" { (inside) } }
        @if is_going { (cancel_form(visit, problems)) }
        @else { (begin(visit, &wizard, latest.is_some())) }
    };
    let page = page(&wizard, Step::Ensaio, problems, &body);
    if is_going && problems.is_empty() && !stands_still(visit) {
        return Ok(visit.page_refreshed(page, REFRESH));
    }
    Ok(visit.page(super::status(problems), page))
}

async fn steps_of<W: World>(visit: &Visit<'_, W>, latest: Option<&Load>) -> Result<Steps, Trouble> {
    let Some(load) = latest else { return Ok(Steps::new()) };
    let shadow = Shadow::new(visit.state(), visit.state(), &load.id);
    Ok(progress::steps(&shadow, &load.id).await?)
}

fn begin<W: World>(visit: &Visit<'_, W>, wizard: &Wizard, was_there: bool) -> Markup {
    let wrong = wizard.draft.settings.problems();
    let label = if was_there { "Ensaiar de novo" } else { "Começar o ensaio" };
    html! {
        @if !wrong.is_empty() {
            (notice(Tone::Warn, "Antes do ensaio, corrija:", &super::corrections(&wrong)))
        } @else {
            section class="card" {
                @if !was_there {
                    h2 { "Um ensaio antes da carga" }
                    p { "O ensaio lê tudo do Omie, confere cada registro e diz o que seria criado, alterado, retirado ou rejeitado, e por quê. Nada é gravado na Máxima." }
                    p class="dim" { "Leva mais ou menos o tempo da carga. O que ele rejeitar pode ser corrigido no Omie antes de valer." }
                }
                div class="acts" {
                    (button(visit, &address(Step::Ensaio), label, !was_there))
                    (button(visit, &href(&["configuracao", "ensaio", "seguir"]), if was_there { "Seguir para a carga" } else { "Seguir sem ensaio" }, was_there))
                }
            }
        }
    }
}

fn cancel_form<W: World>(visit: &Visit<'_, W>, problems: &Problems) -> Markup {
    let action = href(&["configuracao", "ensaio", "cancelar"]);
    html! { (standing_still(visit, Step::Ensaio)) div class="acts" {
        (confirm(&action, "Cancelar o ensaio", "A parte em andamento vai até o fim e nenhuma outra começa.").grave()
            .show(visit, problems, &html! {}))
    } }
}

/// What it found, and how it ended.
async fn found<W: World>(visit: &Visit<'_, W>, latest: &Load, steps: &Steps) -> Result<Markup, Trouble> {
    let head = match &latest.state {
        LoadState::Finished => notice(
            Tone::Good,
            "O ensaio terminou: nada foi gravado na Máxima.",
            &html! {
                @if let Some(ended) = latest.ended { "Terminou em " (moment(ended)) "." }
            },
        ),
        LoadState::Interrupted { branches } => notice(
            Tone::Warn,
            "A carga pararia nas filiais:",
            &html! {
                ul { @for problem in branches { li {
                    @if !problem.codigo.is_empty() { "Filial " (problem.codigo) @if let Some(name) = &problem.nome { " − " (name) } ": " }
                    @if problem.missing.is_empty() { (problem.error.as_deref().unwrap_or_default()) }
                    @else { "falta " (problem.missing.iter().map(|it| it.label()).collect::<Vec<_>>().join(", ")) }
                } } }
                p { "Complete no Omie e ensaie de novo." }
            },
        ),
        LoadState::Failed { error, cause } if error == CANCELLED => {
            notice(Tone::Warn, "O ensaio foi cancelado.", &html! { (cause) "." })
        }
        LoadState::Failed { error, cause } => {
            let step = progress::stopped(steps);
            let title =
                step.map_or_else(|| "O ensaio parou".to_owned(), |step| format!("O ensaio parou em {step}"));
            notice(
                Tone::Bad,
                &title,
                &html! { (super::carga::remedy(error)) p class="dim" { "Causa: " (cause) } },
            )
        }
        LoadState::Running => html! {},
    };
    let (mut rows, mut room) = (Vec::new(), Room::new(ROOM));
    for (entity, counters) in by_entity(steps) {
        let causes =
            if counters.quarantined() > 0 { causes(visit, &latest.id, entity).await? } else { Vec::new() };
        rows.push(row(entity, &counters, &causes, &mut room));
    }
    let table = Table {
        caption: "O que a carga faria",
        columns: &[
            Column::Name("Cadastro"),
            Column::Number("Criaria"),
            Column::Number("Mudaria"),
            Column::Number("Retiraria"),
            Column::Number("Rejeitaria"),
            Column::Text("Por quê"),
        ],
        rows,
        empty: "O detalhe deste ensaio já venceu: ensaie de novo.",
    };
    Ok(html! { (head) (section("O que a carga faria", &table.show())) })
}

fn row(entity: &str, counters: &Counters, causes: &[(String, usize)], room: &mut Room) -> Vec<Markup> {
    let cause = |(cause, number): &(String, usize)| vec![html! { (count(*number as u64)) ": " (cause) }];
    let told = room.cut(causes.iter().take(CAUSES).map(cause).collect());
    vec![
        html! { a href=(href(&["configuracao", "ensaio", entity])) { (jobs::entity(entity)) } },
        html! { (count(counters.created + counters.guaranteed)) },
        html! { (count(counters.updated)) },
        html! { (count(counters.removed)) },
        html! { (count(counters.quarantined())) },
        html! { @for cause in &told { div { (cause[0]) } } },
    ]
}

/// The counters of each entity, in the order of the load.
fn by_entity(steps: &Steps) -> Vec<(&'static str, Counters)> {
    let jobs = catalog::waves().into_iter().flatten();
    let jobs = jobs.filter_map(|step| Some((catalog::job(step.strip_prefix("sync-")?)?, steps.get(&step)?)));
    let of = |(job, record): (&'static catalog::Job, &engine::RunRecord)| {
        let counters = |entity: &str| match record.of.get(entity) {
            Some(tally) => tally.counters,
            None => record.counters,
        };
        job.entities.iter().map(|entity| (*entity, counters(entity))).collect::<Vec<_>>()
    };
    jobs.flat_map(of).collect()
}

/// Why records would stay out, the most frequent cause first.
async fn causes<W: World>(
    visit: &Visit<'_, W>,
    load: &str,
    entity: &str,
) -> Result<Vec<(String, usize)>, Trouble> {
    let shadow = Shadow::new(visit.state(), visit.state(), load);
    Ok(grouped(&shadow.in_quarantine(entity, LOOKED_AT).await?))
}

fn grouped(held: &[(Key, Quarantined)]) -> Vec<(String, usize)> {
    let mut causes = BTreeMap::new();
    for (_, held) in held {
        let cause = held.why.first().map_or_else(String::new, |why| match why.field.as_str() {
            "" => why.rule.clone(),
            field => format!("{field}: {}", why.rule),
        });
        *causes.entry(cause).or_insert(0) += 1;
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    causes
}

/// What it would do with one entity, record by record.
pub async fn entity<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let name = visit.param("entidade");
    let known = catalog::job(name).is_some();
    let latest = load::latest_rehearsal(visit.state()).await?.filter(|_| known);
    let latest = latest.ok_or_else(|| Trouble::Missing(format!("ensaio de {name}")))?;
    let shadow = Shadow::new(visit.state(), visit.state(), &latest.id);
    let changes = shadow.changes(name, None, LOOKED_AT).await?;
    let held = shadow.in_quarantine(name, LOOKED_AT).await?;
    let of = |wanted: Change| changes.iter().filter(move |(_, change)| *change == wanted).map(|(key, _)| key);
    let mut room = Room::new(ROOM);
    let causes = grouped(&held);
    let line = |(cause, number): &(String, usize)| vec![html! { (number) ": " (cause) }];
    let causes = if causes.len() > 1 { causes.iter().take(SHOWN).map(line).collect() } else { Vec::new() };
    let causes = room.cut(causes);
    let row = |(key, held): &(Key, Quarantined)| vec![html! { (key) }, html! { (reasons(held)) }];
    let rows = room.cut(held.iter().take(SHOWN).map(row).collect());
    let shown = rows.len();
    let table = Table {
        caption: "Registros que ficariam fora",
        columns: &[Column::Name("Registro"), Column::Text("Motivo")],
        rows,
        empty: "Nenhum registro ficaria fora.",
    };
    let body = html! {
        @for (title, change) in [("Criaria", Change::Create), ("Mudaria", Change::Update), ("Retiraria", Change::Remove)] {
            @let number = of(change).count();
            @if number > 0 { (section(title, &html! {
                p { (number) @if changes.len() >= LOOKED_AT { " ou mais" } ": "
                    (of(change).take(SHOWN).map(Key::as_str).collect::<Vec<_>>().join(", "))
                    @if number > SHOWN { " …" } }
            })) }
        }
        (section("Ficariam fora", &html! {
            @if !causes.is_empty() { ul { @for cause in &causes { li { (cause[0]) } } } }
            (table.show())
            @if held.len() > shown { p class="dim" { "Mostrando " (shown) " de " (held.len()) "." } }
        }))
    };
    let title = format!("Ensaio: {}", jobs::entity(name));
    let above = vec![
        ("Configuração".to_owned(), href(&["configuracao"])),
        ("Ensaio".to_owned(), address(Step::Ensaio)),
    ];
    Ok(visit.show(Page { title: &title, nav: Nav::Setup, above, body }))
}

fn reasons(held: &Quarantined) -> String {
    let one = |why: &engine::Why| match (why.field.as_str(), why.value.as_str()) {
        ("", _) => why.rule.clone(),
        (field, "") => format!("{field}: {}", why.rule),
        (field, value) => format!("{field} \"{value}\": {}", why.rule),
    };
    held.why.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Starts it.
pub async fn start<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let wizard = Wizard::open(visit).await?;
    let here = address(Step::Ensaio);
    if !wizard.is_open(Step::Ensaio) {
        return Ok(wizard.too_early(visit));
    }
    if let Some(problem) = wizard.draft.settings.problems().first() {
        return Ok(
            visit.refused(&here, format!("Antes do ensaio, corrija: {}.", super::names::told(problem)))
        );
    }
    let latest = load::latest_rehearsal(visit.state()).await?;
    let steps = steps_of(visit, latest.as_ref()).await?;
    let standing = progress::standing(visit, ID, latest.as_ref(), &steps).await?;
    if matches!(standing, Standing::Asked(_) | Standing::Running { is_silent: false }) {
        return Ok(visit.done(&here, "O ensaio já foi pedido."));
    }
    visit.world.machine().start(true).await?;
    progress::ask(visit, ID).await?;
    Ok(visit.done(&here, "O ensaio foi pedido."))
}

/// Goes on to the load, with or without a dry run.
pub async fn go_on<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(Step::Ensaio) {
        return Ok(wizard.too_early(visit));
    }
    let settings = wizard.draft.settings.clone();
    wizard.keep(visit, Step::Ensaio, settings, "Agora falta a carga.").await
}

/// Cancels it.
pub async fn cancel<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    if reason(visit).is_none() {
        let problems = vec![("motivo".to_owned(), REASON.to_owned())];
        let mut response = shown(visit, &problems).await?;
        response.status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(Done::with_problems(response, REASON));
    }
    let was_asked = visit.world.machine().take_back().await?;
    progress::forget(visit, ID).await?;
    let was_running = load::cancel(visit.state(), true, &visit.session.name, visit.now).await?;
    let here = address(Step::Ensaio);
    Ok(if was_asked || was_running {
        visit.done(&here, "O ensaio foi cancelado.")
    } else {
        visit.refused(&here, "Não havia ensaio em andamento.")
    })
}
