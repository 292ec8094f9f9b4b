//! Records that were kept out: why, what to do, and letting them try again.

use engine::{Key, Quarantine as _, Quarantined, StateError, Why};
use futures_util::future::try_join_all;
use maud::{Markup, html};
use sales::quarantine::{self, Selection};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::jobs::{REASON, reason, status};
use super::runs::shortened;
use crate::jobs;
use crate::ports::{Jobs as _, World};
use crate::trouble::Trouble;
use crate::view::{
    Column, Field, Nav, Problems, Room, Table, Tone, beginning, count, many, moment, more, notice, problems,
    section, tabs,
};
use crate::visit::{Done, Page, Visit};
use crate::web::{Form, Response, hex, href};

/// Records read of each entity; what lies beyond is like them.
const READ: usize = 2_000;
/// Records read of each entity for the list of all.
const LISTED: usize = 500;
/// Causes shown of each entity in the list.
const CAUSES: usize = 8;
/// Records shown on one page of an entity.
const SHOWN: usize = 30;
/// Letters of a cause in its tab: it stands whole in the table below.
const TAB: usize = 60;
/// Bytes that causes may take on the list of all, the tables around them, and further reasons on the page of an entity.
const ROOM: usize = 50_000;
const AROUND: usize = 900;
const REASONS: usize = 8_000;

/// Everything that is out, by cause.
pub async fn list<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let entities = jobs::all().into_iter().flat_map(|job| job.entities);
    let read = entities.map(async |entity| {
        let records = visit.state().in_quarantine(entity, LISTED).await?;
        Ok::<_, StateError>((*entity, records))
    });
    let mut all = try_join_all(read).await?;
    all.retain(|(_, records)| !records.is_empty());
    all.sort_by_key(|(_, records)| std::cmp::Reverse(records.len()));
    let body = html! {
        p class="dim" {
            "O que a Máxima não aceita, ou o que falta no Omie. Corrija no Omie: o registro é tentado de novo sozinho \
             quando muda. Libere para tentar já."
        }
        @if all.is_empty() { (notice(Tone::Good, "Nada em quarentena", &html! {})) }
        @for group in groups(&all) { (group) }
    };
    Ok(visit.show(Page { title: "Quarentena", nav: Nav::Quarantine, above: Vec::new(), body }))
}

/// Each entity with its causes: the most frequent of each is always there, the others as far as there is room.
fn groups(all: &[(&str, Vec<(Key, Quarantined)>)]) -> Vec<Markup> {
    let mut room = Room::new(ROOM.saturating_sub(all.len() * AROUND));
    let mut rows: Vec<_> = all.iter().map(|(entity, records)| causes(entity, records)).collect();
    for rows in &rows {
        rows.first().map(|first| room.takes(first));
    }
    for rows in &mut rows {
        let others = rows.iter().skip(1).take(CAUSES - 1).take_while(|row| room.takes(row)).count();
        rows.truncate(1 + others);
    }
    all.iter().zip(rows).map(|((entity, records), rows)| group(entity, records, rows)).collect()
}

fn causes(entity: &str, records: &[(Key, Quarantined)]) -> Vec<Vec<Markup>> {
    let page = href(&["quarentena", entity]);
    let row = |cause: engine::CauseGroup| {
        let address = format!("{page}?causa={}", digest(&cause.field, &cause.rule));
        vec![
            html! { (cause.rule) @if !cause.field.is_empty() { div class="dim" { "campo " (cause.field) } } },
            html! { (count(cause.count)) },
            html! { (cause.example) },
            html! { a href=(address) { "ver e liberar" } },
        ]
    };
    engine::causes(records).into_iter().map(row).collect()
}

fn group(entity: &str, records: &[(Key, Quarantined)], rows: Vec<Vec<Markup>>) -> Markup {
    let page = href(&["quarentena", entity]);
    let others = engine::causes(records).len() - rows.len();
    let table = Table {
        caption: "Motivos, o mais frequente primeiro",
        columns: &[
            Column::Name("Motivo e o que fazer"),
            Column::Number("Registros"),
            Column::Text("Exemplo"),
            Column::Text("Ação"),
        ],
        rows,
        empty: "",
    };
    let is_cut = records.len() >= LISTED;
    let number = if is_cut { format!("{LISTED} ou mais") } else { count(records.len() as u64) };
    section(
        &format!("{} · {number}", jobs::entity(entity)),
        &html! {
            (table.show())
            @if is_cut { p { "Os números são dos primeiros " (LISTED) " registros: " a href=(page) { "veja todos" } "." } }
            @else if others > 0 { p { a href=(page) { "e mais " (many(others, "motivo", "motivos")) } } }
        },
    )
}

/// Names a cause in an address.
fn digest(field: &str, rule: &str) -> String {
    let digest = Sha256::new().chain_update(field).chain_update([0]).chain_update(rule).finalize();
    hex(&digest[..8])
}

/// The entity of the address.
fn entity<W: World>(visit: &Visit<'_, W>) -> Result<&'static str, Trouble> {
    let name = visit.param("entidade");
    let known = jobs::all().into_iter().flat_map(|job| job.entities).find(|known| **known == name).copied();
    known.ok_or_else(|| Trouble::Missing(format!("a quarentena de {name}")))
}

/// The records of one entity.
pub async fn one<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    shown(visit, &Vec::new()).await
}

async fn shown<W: World>(visit: &Visit<'_, W>, wrong: &Problems) -> Result<Response, Trouble> {
    let entity = entity(visit)?;
    let asked = if wrong.is_empty() { visit.request.asked() } else { visit.form.clone() };
    let cause = asked.text("causa");
    let records = visit.state().in_quarantine(entity, READ).await?;
    let page = href(&["quarentena", entity]);
    let causes = engine::causes(&records);
    let tabs_of = std::iter::once(("Todos".to_owned(), page.clone(), cause.is_empty())).chain(
        causes.iter().take(CAUSES).map(|group| {
            let id = digest(&group.field, &group.rule);
            let name = if group.field.is_empty() {
                group.rule.clone()
            } else {
                format!("{}: {}", group.field, group.rule)
            };
            (
                format!("{} ({})", beginning(&name, TAB), group.count),
                format!("{page}?causa={id}"),
                id == cause,
            )
        }),
    );
    let meant = records.iter().filter(|(_, held)| {
        cause.is_empty() || held.why.first().is_some_and(|why| digest(&why.field, &why.rule) == cause)
    });
    let number = asked.text("p").parse().unwrap_or(0_usize);
    let mut meant = meant.skip(number.saturating_mul(SHOWN));
    let some: Vec<_> = meant.by_ref().take(SHOWN).collect();
    // A refused form gives this page back, and has another address.
    let here = Form::of([("causa", cause)]);
    let numbered = |number: usize| here.address(&page, "p", &number.to_string());
    let older = meant.next().is_some().then(|| numbered(number.saturating_add(1)));
    let newer = (number > 0).then(|| numbered(number - 1));
    let body = html! {
        (problems(wrong))
        (tabs("Motivos", &tabs_of.collect::<Vec<_>>()))
        div class="card" {
            @if records.len() >= READ { p class="dim" {
                "São vistos aqui os primeiros " (count(READ as u64)) " registros; o que for liberado por motivo, ou tudo, alcança os demais."
            } }
            (releasing(visit, entity, (cause, number), &some, wrong))
            (more(newer.as_deref(), older.as_deref()))
        }
    };
    let title = format!("Quarentena: {}", jobs::entity(entity));
    let above = vec![("Quarentena".to_owned(), href(&["quarentena"]))];
    Ok(visit.page(status(wrong), Page { title: &title, nav: Nav::Quarantine, above, body }))
}

fn releasing<W: World>(
    visit: &Visit<'_, W>,
    entity: &str,
    (cause, page): (&str, usize),
    records: &[&(Key, Quarantined)],
    wrong: &Problems,
) -> Markup {
    let table = table(visit, records).show();
    if !visit.may_operate() || records.is_empty() {
        return table;
    }
    let form = &visit.form;
    let now = if wrong.is_empty() { "sim" } else { form.text("rodar") };
    visit.form(&href(&["quarentena", entity, "liberar"]), &html! {
        input type="hidden" name="causa" value=(cause);
        input type="hidden" name="p" value=(page);
        (table)
        h3 { "Liberar" }
        p class="means" { "O que for liberado é tentado de novo na próxima execução, mesmo sem ter mudado no Omie." }
        (Field::new("motivo", "Motivo").filled(form, wrong).area())
        (Field { is_optional: true, ..Field::new("rodar", "Rodar agora, em até um minuto") }.value(now).tick())
        div class="acts" {
            button class="primary" name="quais" value="marcados" { "Liberar os marcados" }
            @if !cause.is_empty() { button name="quais" value="causa" { "Liberar todos deste motivo" } }
            button name="quais" value="todos" { "Liberar todos" }
        }
    })
}

fn table<'t, W: World>(visit: &Visit<'_, W>, records: &[&(Key, Quarantined)]) -> Table<'t> {
    let mut room = Room::new(REASONS);
    let mut row = |(key, held): &&(Key, Quarantined)| {
        let id = format!("k-{key}");
        let ticked = visit.form.all("chave").any(|ticked| ticked == key.to_string());
        vec![
            html! {
                @if visit.may_operate() {
                    div class="tick" {
                        input type="checkbox" id=(id) name="chave" value=(key) checked[ticked];
                        label for=(id) { (key) }
                    }
                } @else { (key) }
            },
            reasons(held, &mut room),
            html! { (if held.refused { "a Máxima" } else { "a integração" }) },
            moment(held.since),
            html! { (count(held.attempts)) },
        ]
    };
    Table {
        caption: "Registros em quarentena",
        columns: &[
            Column::Name("Registro"),
            Column::Text("Motivos"),
            Column::Text("Recusado por"),
            Column::Text("Desde"),
            Column::Number("Tentativas"),
        ],
        rows: records.iter().map(&mut row).collect(),
        empty: "Nenhum registro com esse motivo.",
    }
}

/// The first reason whole, and as many others as there is room for.
fn reasons(held: &Quarantined, room: &mut Room) -> Markup {
    let one = |why: &Why| {
        vec![html! { div {
            @if !why.field.is_empty() { strong { (why.field) } " " }
            @if !why.value.is_empty() { code { (shortened(&why.value)) } " " }
            (why.rule)
        } }]
    };
    let mut all = held.why.iter().map(one);
    let first: Vec<Markup> = all.next().unwrap_or_default();
    let others: Vec<Vec<Markup>> = all.take_while(|reason| room.takes(reason)).collect();
    let more = held.why.len().saturating_sub(1 + others.len());
    html! {
        @for part in first.iter().chain(others.iter().flatten()) { (part) }
        @if more > 0 { div class="dim" { "e mais " (many(more, "motivo", "motivos")) } }
    }
}

/// Lets records try again.
pub async fn release<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let entity = entity(visit)?;
    let selection = match selected(visit, entity).await? {
        Ok(selection) => selection,
        Err(problem) => {
            let text = problem.1.clone();
            return Ok(Done::with_problems(shown(visit, &vec![problem]).await?, &text));
        }
    };
    let has_loaded = sales::load::has_loaded(visit.state()).await?;
    let number = quarantine::release(visit.state(), entity, &selection).await?;
    let page = href(&["quarentena"]);
    if number == 0 {
        return Ok(visit.refused(&page, "Nenhum desses registros está mais em quarentena."));
    }
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    let mut text =
        format!("{}: {}.", jobs::entity(entity), many(number, "registro liberado", "registros liberados"));
    if !has_loaded {
        text.push_str(UNLOADED);
    } else if visit.form.is_on("rodar") {
        text.push_str(&started(visit, entity).await);
    }
    Ok(visit.done(&page, text))
}

/// Before the load has ended nothing that was started would run.
const UNLOADED: &str = " A carga inicial ainda não terminou, e antes disso nenhum agendamento roda: são tentados por \
                        ela, ou na primeira execução depois dela.";

async fn started<W: World>(visit: &Visit<'_, W>, entity: &str) -> String {
    let Some(job) = jobs::all().into_iter().find(|job| job.entities.contains(&entity)) else {
        return String::new();
    };
    let input = json!({ "trigger": "manual", "full": true });
    match visit.world.jobs().start(&job.binary, &input).await {
        Ok(()) => " São tentados em até um minuto.".to_owned(),
        Err(why) => format!(" São tentados na próxima execução, porque agora não foi possível: {why}"),
    }
}

/// What the form selects; the error names the field.
async fn selected<W: World>(
    visit: &Visit<'_, W>,
    entity: &str,
) -> Result<Result<Selection, (String, String)>, Trouble> {
    let wrong = |field: &str, text: &str| Ok(Err((field.to_owned(), text.to_owned())));
    if reason(visit).is_none() {
        return wrong("motivo", REASON);
    }
    let selection = match visit.form.text("quais") {
        "marcados" => Selection::Keys(visit.form.all("chave").map(str::to_owned).collect()),
        "causa" => {
            let records = visit.state().in_quarantine(entity, READ).await?;
            let meant = visit.form.text("causa");
            let found = engine::causes(&records);
            let found = found.into_iter().find(|group| digest(&group.field, &group.rule) == meant);
            let Some(group) = found else {
                return wrong("", "Esse motivo não existe mais: volte à lista.");
            };
            Selection::Cause { field: group.field, rule: group.rule }
        }
        "todos" => Selection::All,
        _ => return wrong("", "Escolha o que liberar."),
    };
    if selection == Selection::Keys(Vec::new()) {
        return wrong("", "Marque ao menos um registro.");
    }
    Ok(Ok(selection))
}
