//! The runs of a job, and one of them.

use engine::{Document, Documents as _, Quarantine as _, RunRecord, RunState};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use maud::{Markup, html};
use partner_http::story;
use sales::desk::words::local;
use sales::history::{KIND, runs};

use crate::jobs::Job;
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{
    Choice, Column, Field, Nav, Table, Tone, badge, bar, confirm, count, duration, facts, live, moment, more,
    notice, percent, second, section,
};
use crate::visit::{Page, Visit};
use crate::web::{Response, href};

/// Runs on one page, and pages.
const SHOWN: usize = 40;
const PAGES: usize = 50;
/// Without JavaScript the page of a run that goes on is fetched anew this often, in seconds.
const REFRESH: u32 = 5;
/// Rejected records shown on a run's page.
const REJECTED: usize = 20;
/// What Omie takes of one key and method in a minute (`contracts/omie.md` §3).
const PER_MINUTE: u64 = 240;

/// The columns of the table of runs.
const COLUMNS: [Column<'static>; 7] = [
    Column::Name("Início"),
    Column::Text("Situação"),
    Column::Number("Lidos"),
    Column::Number("Gravados"),
    Column::Number("Fora"),
    Column::Text("Duração"),
    Column::Text("Resultado"),
];

/// The table of the runs that the page's query asks for: a day, a state, a text, a place in the list.
pub(super) async fn history<W: World>(visit: &Visit<'_, W>, job: &Job) -> Result<Markup, Trouble> {
    let asked = visit.request.asked();
    let day: Option<Date> = asked.text("dia").parse().ok();
    let state = state_named(asked.text("situacao"));
    let page = asked.text("p").parse().unwrap_or(0_usize).min(PAGES);
    let text = asked.text("q").to_lowercase();
    let found = match day {
        Some(day) => of_day(visit, job, day).await?,
        None if state.is_none() && text.is_empty() => {
            runs(visit.state(), job.name, (page + 1) * SHOWN + 1).await?
        }
        None => runs(visit.state(), job.name, (PAGES + 1) * SHOWN).await?,
    };
    let is_meant = |run: &RunRecord| state.is_none_or(|state| run.state == state) && mentions(run, &text);
    let meant = found.into_iter().filter(|(_, run)| is_meant(run));
    let mut meant = meant.skip(page * SHOWN);
    let shown: Vec<_> = meant.by_ref().take(SHOWN).collect();
    // A form of the job that was refused gives this list back too, and has another address.
    let here = href(&["jobs", job.name]);
    let numbered = |page: usize| asked.address(&here, "p", &page.to_string());
    let older = (meant.next().is_some() && page < PAGES).then(|| numbered(page + 1));
    let newer = (page > 0).then(|| numbered(page - 1));
    let rows = shown.iter().map(|(id, run)| row(job, id, run, visit.now)).collect();
    let table = Table {
        caption: "Execuções, a mais recente primeiro",
        columns: &COLUMNS,
        rows,
        empty: "Nenhuma execução encontrada. Turnos em que nada aconteceu não ficam na lista.",
    };
    let states =
        [("", "todas"), ("feita", "concluídas"), ("falhou", "com falha"), ("rodando", "em andamento")];
    let states = states.map(|(value, label)| Choice::new(value, label));
    Ok(section(
        "Execuções",
        &html! {
            form class="search" method="get" action=(here) role="search" {
                (Field { is_optional: true, ..Field::new("dia", "Dia") }.value(asked.text("dia")).input("date"))
                (Field { is_optional: true, ..Field::new("situacao", "Situação") }.value(asked.text("situacao")).select(&states))
                (Field { is_optional: true, ..Field::new("q", "Texto") }.value(asked.text("q"))
                    .help("Do resultado, de um erro, de um método.").input("search"))
                button { "Procurar" }
            }
            (table.show())
            (more(newer.as_deref(), older.as_deref()))
        },
    ))
}

/// Whether this text, in small letters, is in what is told of the run; an empty one is in all.
fn mentions(run: &RunRecord, text: &str) -> bool {
    let told = run.outcome.iter().chain(&run.because).chain(&run.incomplete);
    let told = told.chain(run.errors.iter().map(|error| &error.text));
    let told = told.chain(run.skipped.keys()).chain(run.calls.keys()).chain([&run.holder]);
    text.is_empty() || told.into_iter().any(|part| part.to_lowercase().contains(text))
}

/// The runs that began on a day of São Paulo; ids are moments of UTC.
async fn of_day<W: World>(
    visit: &Visit<'_, W>,
    job: &Job,
    day: Date,
) -> Result<Vec<(String, RunRecord)>, Trouble> {
    let mut all = Vec::new();
    for utc in [day.saturating_add(1.day()), day] {
        let prefix = format!("{}/{utc}", job.name);
        for (id, document) in visit.state().latest(KIND, &prefix, 2_000).await? {
            all.extend(
                read(&id, document).filter(|run| local(run.started).date() == day).map(|run| (id, run)),
            );
        }
    }
    Ok(all)
}

fn read(id: &str, document: Document) -> Option<RunRecord> {
    match serde_json::from_value(document.body) {
        Ok(run) => Some(run),
        // One that cannot be read hides no other.
        Err(error) => {
            tracing::error!(id, error = story(&error), "a run record cannot be read");
            None
        }
    }
}

fn row(job: &Job, id: &str, run: &RunRecord, now: Timestamp) -> Vec<Markup> {
    let counters = run.counters;
    let start = id.split_once('/').map_or(id, |(_, start)| start);
    let (tone, word) = state(run);
    vec![
        html! { a href=(href(&["jobs", job.name, "runs", start])) { (moment(run.started)) } },
        badge(tone, word),
        html! { (count(counters.read)) },
        html! { (count(counters.created + counters.updated)) },
        html! { (count(counters.quarantined())) },
        html! { (duration(clock::until(run.started, run.ended.unwrap_or(now)))) },
        html! { @if let Some(outcome) = &run.outcome { (shortened(outcome)) } },
    ]
}

fn state(run: &RunRecord) -> (Tone, &'static str) {
    match run.state {
        RunState::Running => (Tone::Busy, "em andamento"),
        RunState::Done if run.braked.is_some() => (Tone::Warn, "espera confirmação"),
        RunState::Done => (Tone::Good, "concluída"),
        RunState::Failed => (Tone::Bad, "falhou"),
    }
}

fn state_named(name: &str) -> Option<RunState> {
    Some(match name {
        "feita" => RunState::Done,
        "falhou" => RunState::Failed,
        "rodando" => RunState::Running,
        _ => return None,
    })
}

/// A text for a cell, where the whole of it stands elsewhere.
pub(super) fn shortened(text: &str) -> String {
    let short: String = text.chars().take(140).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// One run.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let job = super::jobs::named(visit)?;
    let start = visit.param("run");
    let missing = || Trouble::Missing(format!("a execução {start} de {}", job.title));
    let _: Timestamp = start.parse().map_err(|_| missing())?;
    let id = format!("{}/{start}", job.name);
    let document = visit.state().get(KIND, &id).await?.ok_or_else(missing)?;
    let run = read(&id, document).ok_or_else(missing)?;
    let whole = whole(visit, &job, &run).await?;
    let is_going = run.state == RunState::Running;
    let body = if is_going { live("execucao", &visit.request.path, 3, &whole) } else { whole };
    let title = format!("{}: execução de {}", job.title, local(run.started).strftime("%d/%m/%Y %H:%M"));
    let above =
        vec![("Agendamentos".to_owned(), href(&["jobs"])), (job.title.to_owned(), href(&["jobs", job.name]))];
    let page = Page { title: &title, nav: Nav::Jobs, above, body };
    Ok(if is_going { visit.page_refreshed(page, REFRESH) } else { visit.show(page) })
}

async fn whole<W: World>(visit: &Visit<'_, W>, job: &Job, run: &RunRecord) -> Result<Markup, Trouble> {
    let rejected = rejected(visit, job, run).await?;
    Ok(html! {
        (summary(run, visit.now))
        @if let Some(gone) = run.braked { (braked(visit, job, gone)) }
        @if !run.errors.is_empty() {
            (section("Erros", &html! { ul class="plain" { @for error in &run.errors {
                li { div class="dim" { (second(error.at)) " · " (remedy(&error.remedy)) } (error.text) }
            } } }))
        }
        div class="two" {
            div { (counters(run)) (rejected) }
            div { (calls(run, visit.now)) }
        }
    })
}

fn summary(run: &RunRecord, now: Timestamp) -> Markup {
    let (tone, word) = state(run);
    let eta = run.eta(now).filter(|_| run.state == RunState::Running);
    let all = [
        ("Situação", badge(tone, word)),
        ("Início", second(run.started)),
        ("Fim", html! { @if let Some(ended) = run.ended { (second(ended)) } }),
        ("Duração", html! { (duration(clock::until(run.started, run.ended.unwrap_or(now)))) }),
        ("Ritmo", html! { (count(run.rate(now))) " registros por minuto" }),
        ("Falta", html! { @if let Some(eta) = eta { "cerca de " (duration(eta)) } }),
        ("Origem", html! { (run.holder) }),
        ("Leu tudo porque", html! { @if let Some(because) = &run.because { (because) } }),
        ("Não viu tudo porque", html! { @if let Some(why) = &run.incomplete { (why) } }),
        ("Resultado", html! { @if let Some(outcome) = &run.outcome { (outcome) } }),
    ];
    let read = run.counters.read;
    let words = format!("{} de {} ({} %)", count(read), count(run.expected), percent(read, run.expected));
    section(
        "Resumo",
        &html! {
            @if run.expected > 0 { (bar(read, run.expected, &words)) }
            (facts(&all))
        },
    )
}

fn braked<W: World>(visit: &Visit<'_, W>, job: &Job, gone: u64) -> Markup {
    let text = format!("{} registros sumiram do Omie de uma vez: nada foi retirado da Máxima.", count(gone));
    let run = href(&["jobs", job.name, "rodar"]);
    let label = "Retirar mesmo assim";
    notice(
        Tone::Warn,
        &text,
        &html! {
            p { "Confira no Omie se eles deixaram mesmo de existir." }
            (confirm(&run, label, "Tudo é lido de novo, e o que não existe mais sai da Máxima.").grave().show(
                visit, &Vec::new(), &html! { input type="hidden" name="aceitar" value="sim"; }
            ))
        },
    )
}

fn counters(run: &RunRecord) -> Markup {
    let all = run.counters;
    let rows = [
        ("Lidos", all.read),
        ("Criados", all.created),
        ("Alterados", all.updated),
        ("Sem mudança", all.unchanged),
        ("Não se aplicam", all.skipped),
        ("Rejeitados por nós", all.rejected),
        ("Recusados pelo parceiro", all.failed),
        ("Repetidos na página", all.repeated),
        ("Garantidos", all.guaranteed),
        ("Retirados", all.removed),
    ];
    let rows = rows.into_iter().filter(|(_, number)| *number > 0);
    let rows = rows.map(|(name, number)| vec![html! { (name) }, html! { (count(number)) }]).collect();
    let table = Table {
        caption: "O que houve com os registros",
        columns: &[Column::Name("Registros"), Column::Number("Quantos")],
        rows,
        empty: "Nenhum registro.",
    };
    section(
        "Registros",
        &html! {
            (table.show())
            @if !run.skipped.is_empty() {
                h3 { "Por que não se aplicam" }
                ul { @for (why, number) in &run.skipped { li { (why) ": " (count(*number)) } } }
            }
        },
    )
}

fn calls(run: &RunRecord, now: Timestamp) -> Markup {
    let minutes = clock::until(run.started, run.ended.unwrap_or(now)).as_secs().div_ceil(60).max(1);
    let row = |(method, number): (&String, &u64)| {
        vec![
            html! { code { (method) } },
            html! { (count(*number)) },
            html! {
                @if is_of_maxima(method) { span class="wrap" { "sem limite informado" } }
                @else { (count(PER_MINUTE.saturating_sub(number.div_ceil(minutes)))) }
            },
        ]
    };
    let table = Table {
        caption: "Consultas por método",
        columns: &[
            Column::Name("Método"),
            Column::Number("Consultas"),
            Column::Number("Folga média por minuto"),
        ],
        rows: run.calls.iter().map(row).collect(),
        empty: "Nenhuma consulta a um parceiro.",
    };
    section(
        "Consultas aos parceiros",
        &html! {
            (table.show())
            p class="dim" { "O Omie aceita " (PER_MINUTE) " consultas por minuto de cada método." }
            @if run.write_units > 0 { p class="dim" { (count(run.write_units)) " unidades de gravação na tabela." } }
        },
    )
}

/// Máxima's methods are a verb and a path (`POST Clientes`); it documents no limit (`contracts/maxima.md` §10.7).
fn is_of_maxima(method: &str) -> bool {
    method.contains(' ')
}

/// The records that this run kept out and that are out still.
async fn rejected<W: World>(visit: &Visit<'_, W>, job: &Job, run: &RunRecord) -> Result<Markup, Trouble> {
    if run.counters.quarantined() == 0 {
        return Ok(html! {});
    }
    let ended = run.ended.unwrap_or(visit.now);
    let mut rows = Vec::new();
    for entity in job.entities {
        for (key, held) in visit.state().in_quarantine(entity, 500).await? {
            if rows.len() < REJECTED && held.last >= run.started && held.last <= ended {
                let why = held.why.first();
                rows.push(vec![
                    html! { (key) },
                    html! { @if let Some(why) = why { @if !why.field.is_empty() { (why.field) ": " } (why.rule) } },
                    html! { a href=(href(&["quarentena", entity])) { "ver" } },
                ]);
            }
        }
    }
    let table = Table {
        caption: "Registros que ficaram fora",
        columns: &[Column::Name("Registro"), Column::Text("Motivo"), Column::Text("Quarentena")],
        rows,
        empty: "Os que ficaram fora já foram tentados de novo.",
    };
    Ok(section("Ficaram fora", &table.show()))
}

/// What to do, by the name of the remedy.
fn remedy(name: &str) -> &str {
    match name {
        "RetryLater" => "passa sozinho",
        "FixConfig" => "corrija a configuração",
        "FixData" => "corrija o cadastro",
        "AskPartner" => "pergunte ao parceiro",
        "Bug" => "avise o suporte da integração",
        other => other,
    }
}
