//! The jobs: how each stands, and what it can be told.

use engine::{RunRecord, RunState};
use http::StatusCode;
use jiff::Timestamp;
use maud::{Markup, html};
use schedules::Schedule;
use serde_json::json;

use super::runs;
use super::standing::{self, Standing, is_paused, upcoming};
use crate::jobs::{self, Job};
use crate::ports::{Jobs as _, World};
use crate::trouble::Trouble;
use crate::view::{
    Choice, Column, Field, Nav, Problems, Table, Tone, ago, badge, confirm, count, facts, moment, notice,
    schedule, section, when_next,
};
use crate::visit::{Done, Page, Visit};
use crate::web::{Response, href};

pub use super::frequency::{change_frequency, frequency};

/// How long a pause may last, in hours; none: until it is resumed.
const PAUSES: [(&str, &str); 7] = [
    ("", "até alguém retomar"),
    ("1", "1 hora"),
    ("4", "4 horas"),
    ("12", "12 horas"),
    ("24", "1 dia"),
    ("72", "3 dias"),
    ("168", "7 dias"),
];

/// All jobs.
pub async fn list<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let (all, failure) = standing::all(visit.world, visit.now).await?;
    let row = |standing: &Standing| {
        let (tone, word) = standing.state();
        vec![
            html! {
                a href=(href(&["jobs", standing.job.name])) { (standing.job.title) }
                div class="dim" { (standing.job.what) }
            },
            badge(tone, word),
            html! { @if let Some(usual) = standing.usual() { (schedule(&usual.expression)) } },
            last(standing.last.as_ref(), visit.now),
            html! { @if !standing.schedules.is_empty() { (when_next(standing.next(), visit.now)) } },
        ]
    };
    let table = Table {
        caption: "Agendamentos, o último e o próximo de cada um",
        columns: &[
            Column::Name("Agendamento"),
            Column::Text("Estado"),
            Column::Text("Frequência"),
            Column::Text("Última execução"),
            Column::Text("Próxima"),
        ],
        rows: all.iter().map(row).collect(),
        empty: "Nenhum agendamento.",
    };
    let body = html! {
        @if let Some(failure) = failure { (notice(Tone::Warn, &failure.to_string(), &html! {})) }
        div class="card" { (table.show()) }
    };
    Ok(visit.show(Page { title: "Agendamentos", nav: Nav::Jobs, above: Vec::new(), body }))
}

fn last(run: Option<&RunRecord>, now: Timestamp) -> Markup {
    html! {
        @match run {
            None => span class="dim" { "nenhuma" },
            Some(run) => {
                (ago(run.started, now))
                @let counters = run.counters;
                div class="dim" {
                    (count(counters.read)) " lidos, " (count(counters.created + counters.updated)) " gravados"
                    @if counters.quarantined() > 0 { ", " (count(counters.quarantined())) " fora" }
                }
            }
        }
    }
}

/// One job.
pub async fn one<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let job = named(visit)?;
    shown(visit, job, &Vec::new()).await
}

/// The page of a job, with what is wrong with the form that came back.
async fn shown<W: World>(visit: &Visit<'_, W>, job: Job, problems: &Problems) -> Result<Response, Trouble> {
    let (standing, failure) = standing::one(visit.world, job, visit.now).await?;
    let runs = runs::history(visit, &standing.job).await?;
    let title = standing.job.title;
    let body = html! {
        @if let Some(failure) = failure { (notice(Tone::Warn, &failure.to_string(), &html! {})) }
        (crate::view::problems(problems))
        (now_card(visit, &standing, problems))
        @for schedule in &standing.schedules { (schedule_card(visit, &standing, schedule, problems)) }
        (runs)
    };
    let above = vec![("Agendamentos".to_owned(), href(&["jobs"]))];
    let page = Page { title, nav: Nav::Jobs, above, body };
    Ok(visit.page(status(problems), page))
}

fn now_card<W: World>(visit: &Visit<'_, W>, standing: &Standing, problems: &Problems) -> Markup {
    let (tone, word) = standing.state();
    let name = standing.job.name;
    let all = [
        ("Estado", badge(tone, word)),
        (
            "Último sucesso",
            html! { @if let Some(at) = standing.success { (moment(at)) " (" (ago(at, visit.now)) ")" } },
        ),
        ("Última execução", html! { @if let Some(run) = &standing.last { (moment(run.started)) } }),
        (
            "Como terminou",
            html! { @if let Some(outcome) = standing.last.as_ref().and_then(|run| run.outcome.as_ref()) { (outcome) } },
        ),
        ("Próxima", html! { @if standing.usual().is_some() { (when_next(standing.next(), visit.now)) } }),
    ];
    let run = href(&["jobs", name, "rodar"]);
    let cancel = href(&["jobs", name, "cancelar"]);
    let whole =
        Field { is_optional: true, ..Field::new("completa", "Ler tudo de novo, e não só o que mudou") }
            .help("Demora mais; também retira da Máxima o que deixou de existir no Omie.");
    section(
        "Agora",
        &html! {
            p class="dim" { "Este agendamento " (standing.job.what) "." }
            (facts(&all))
            div class="acts" {
                (confirm(&run, "Rodar agora", "Começa em até um minuto.")
                    .show(visit, problems, &html! { @if standing.job.is_listing() { (whole.tick()) } }))
                @if standing.job.is_listing() {
                    (confirm(&cancel, "Cancelar", "A parte em andamento vai até o fim, e a execução não continua depois dela.")
                        .grave().show(visit, problems, &html! {}))
                }
            }
        },
    )
}

fn schedule_card<W: World>(
    visit: &Visit<'_, W>,
    standing: &Standing,
    schedule: &Schedule,
    problems: &Problems,
) -> Markup {
    let paused = is_paused(schedule, visit.now);
    let started = standing.last.as_ref().map(|run| run.started);
    let next = upcoming(schedule, started, visit.now, 5);
    let address = |what: &str| href(&["jobs", standing.job.name, &schedule.name, what]);
    let title = format!("Agendamento: {}", standing.job.label_of(&schedule.name));
    let choices: Vec<Choice> = PAUSES.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    let until = Field { is_optional: true, ..Field::new("horas", "Por quanto tempo") };
    let scope = address("pausar").replace('/', "-");
    let until = if visit.request.path == address("pausar") {
        until.filled(&visit.form, problems)
    } else {
        until.within(&scope)
    };
    let all = [
        ("Frequência", html! { (self::schedule(&schedule.expression)) }),
        ("Fuso", html! { (schedule.zone) }),
        ("Pausa", html! { @if paused { (pause_of(schedule)) } }),
        ("Próximas", html! { @for at in next { div { (moment(at)) } } }),
    ];
    section(
        &title,
        &html! {
            (facts(&all))
            @if visit.may_operate() {
                div class="acts" {
                    @if paused {
                        (confirm(&address("retomar"), "Retomar", "").show(visit, problems, &html! {}))
                    } @else {
                        (confirm(&address("pausar"), "Pausar", "Não dispara até o fim da pausa; o que está rodando termina.")
                            .show(visit, problems, &until.select(&choices)))
                    }
                    a class="button" href=(address("frequencia")) { "Mudar a frequência" }
                }
            }
        },
    )
}

fn pause_of(schedule: &Schedule) -> Markup {
    html! {
        (badge(Tone::Warn, "pausado"))
        @if let Some(note) = &schedule.note { " " (note) }
        @if let Some(starts) = schedule.starts { div { "volta sozinho em " (moment(starts)) } }
    }
}

/// Starts a run.
pub async fn run_now<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let job = named(visit)?;
    let page = href(&["jobs", job.name]);
    let Some(reason) = reason(visit) else { return lacking(visit, job).await };
    if !sales::load::has_loaded(visit.state()).await? {
        let text = "A carga inicial ainda não terminou: antes dela nenhum agendamento roda.";
        return Ok(visit.refused(&page, text));
    }
    let input = if job.is_listing() {
        let accepts = visit.form.is_on("aceitar");
        json!({ "trigger": "manual", "full": accepts || visit.form.is_on("completa"), "accept_removals": accepts })
    } else {
        json!({ "trigger": "manual" })
    };
    visit.world.jobs().start(&job.binary, &input).await?;
    tracing::info!(job = job.name, reason, "a run was asked for");
    Ok(visit.done(&page, format!("{}: a execução começa em até um minuto.", job.title)))
}

/// Takes back what was planned to go on.
pub async fn cancel<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let job = named(visit)?;
    let page = href(&["jobs", job.name]);
    if reason(visit).is_none() {
        return lacking(visit, job).await;
    }
    let last = sales::history::last(visit.state(), job.name).await?;
    let is_running = last.is_some_and(|run| run.state == RunState::Running);
    // What works at this moment would plan its continuation only at its end.
    sales::history::call_off(visit.state(), job.name, visit.now).await?;
    Ok(if visit.world.jobs().cancel(&job.binary).await? || is_running {
        visit.done(&page, format!("{}: a execução não continua depois da parte em andamento.", job.title))
    } else {
        visit.refused(&page, format!("{}: não está rodando e não tem continuação marcada.", job.title))
    })
}

/// Pauses a schedule.
pub async fn pause<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let (job, schedule) = scheduled(visit)?;
    let Some(reason) = reason(visit) else { return lacking(visit, job).await };
    let given = visit.form.text("horas");
    let hours = PAUSES.iter().find(|(value, _)| *value == given).map(|(value, _)| value.parse::<u64>().ok());
    let Some(hours) = hours else {
        return wrong(visit, job, "horas", "Escolha por quanto tempo.").await;
    };
    let until = hours.map(|hours| clock::later(visit.now, std::time::Duration::from_hours(hours)));
    let note = format!("{reason} ({})", visit.session.name);
    visit.world.jobs().pause(&schedule, &note, until).await?;
    Ok(visit.done(&href(&["jobs", job.name]), format!("{}: {} pausada.", job.title, job.label_of(&schedule))))
}

/// Resumes it.
pub async fn resume<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let (job, schedule) = scheduled(visit)?;
    if reason(visit).is_none() {
        return lacking(visit, job).await;
    }
    visit.world.jobs().resume(&schedule).await?;
    Ok(visit
        .done(&href(&["jobs", job.name]), format!("{}: {} retomada.", job.title, job.label_of(&schedule))))
}

/// A form that must be corrected is no success.
pub(super) fn status(problems: &Problems) -> StatusCode {
    if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// Why, as the operator put it; none when they did not.
pub(super) fn reason<'v, W>(visit: &'v Visit<'_, W>) -> Option<&'v str> {
    visit.form.filled("motivo").filter(|text| text.chars().count() <= 500)
}

/// What a form without a reason is told.
pub(super) const REASON: &str = "Escreva o motivo, com até 500 caracteres.";

async fn lacking<W: World>(visit: &Visit<'_, W>, job: Job) -> Result<Done, Trouble> {
    wrong(visit, job, "motivo", REASON).await
}

async fn wrong<W: World>(visit: &Visit<'_, W>, job: Job, field: &str, text: &str) -> Result<Done, Trouble> {
    let problems = vec![(field.to_owned(), text.to_owned())];
    let page = shown(visit, job, &problems).await?;
    Ok(Done::with_problems(page, text))
}

pub(super) fn named<W: World>(visit: &Visit<'_, W>) -> Result<Job, Trouble> {
    let name = visit.param("job");
    jobs::named(name).ok_or_else(|| Trouble::Missing(format!("o agendamento {name}")))
}

/// The job and the name of one of its schedules.
pub(super) fn scheduled<W: World>(visit: &Visit<'_, W>) -> Result<(Job, String), Trouble> {
    let (job, schedule) = (named(visit)?, visit.param("schedule").to_owned());
    if job.schedules.iter().any(|(known, _)| *known == schedule) {
        return Ok((job, schedule));
    }
    Err(Trouble::Missing(format!("o agendamento {schedule}")))
}
