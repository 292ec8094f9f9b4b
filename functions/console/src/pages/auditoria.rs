//! Who did what.

use maud::{Markup, html};

use crate::audit::{self, Outcome};
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Choice, Column, Field, Nav, Table, Tone, badge, count, more, second};
use crate::visit::{Page, Visit};
use crate::web::{Response, href};

const SHOWN: usize = 50;
const PAGES: usize = 200;
/// Actions looked through for those that a search means.
const LOOKED_THROUGH: usize = 5_000;

/// The actions, the latest first.
pub async fn list<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let page = visit.form.text("p").parse().unwrap_or(0_usize).min(PAGES);
    let (text, result) = (visit.form.text("q"), visit.form.text("resultado"));
    let mut found = if text.is_empty() && result.is_empty() {
        audit::latest(visit.state(), page * SHOWN, SHOWN + 1).await?
    } else {
        let all = audit::latest(visit.state(), 0, LOOKED_THROUGH).await?;
        let meant = all.into_iter().filter(|entry| entry.mentions(text) && entry.result.is_named(result));
        meant.skip(page * SHOWN).take(SHOWN + 1).collect()
    };
    let has_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let row = |entry: &audit::Entry| {
        let tone = match entry.result {
            Outcome::Done => Tone::Good,
            Outcome::Refused => Tone::Warn,
            Outcome::Failed => Tone::Bad,
            Outcome::Begun => Tone::Idle,
        };
        vec![
            second(entry.at),
            html! { (entry.name) div class="dim" { (entry.source) } },
            html! { (entry.action) @if !entry.target.is_empty() { div class="dim" { (entry.target) } } },
            html! { @if let Some(reason) = &entry.reason { (reason) } },
            html! { (badge(tone, entry.result.label())) @if !entry.detail.is_empty() { div class="dim" { (entry.detail) } } },
        ]
    };
    let table = Table {
        caption: "Ações, a mais recente primeiro",
        columns: &[
            Column::Name("Quando"),
            Column::Text("Quem"),
            Column::Text("O quê"),
            Column::Text("Motivo"),
            Column::Text("Resultado"),
        ],
        rows: found.iter().map(row).collect(),
        empty: "Nenhuma ação encontrada.",
    };
    let newer = (page > 0).then(|| visit.here_with("p", &(page - 1).to_string()));
    let older = (has_more && page < PAGES).then(|| visit.here_with("p", &(page + 1).to_string()));
    let body = html! {
        (search(text, result))
        p class="dim" { "Cada ação fica guardada por 400 dias; a busca olha as últimas " (count(LOOKED_THROUGH as u64)) "." }
        div class="card" { (table.show()) (more(newer.as_deref(), older.as_deref())) }
    };
    Ok(visit.show(Page { title: "Auditoria", nav: Nav::Audit, above: Vec::new(), body }))
}

fn search(text: &str, result: &str) -> Markup {
    let all = Outcome::ALL.map(|outcome| Choice::new(outcome.name(), outcome.label()));
    let results: Vec<_> = std::iter::once(Choice::new("", "todos")).chain(all).collect();
    html! {
        form class="search" method="get" action=(href(&["auditoria"])) role="search" {
            (Field::new("q", "Procurar").optional().value(text)
                .help("Quem, o quê, o registro ou parte do motivo.").input("search"))
            (Field::new("resultado", "Resultado").optional().value(result).select(&results))
            button class="primary" { "Procurar" }
        }
    }
}
