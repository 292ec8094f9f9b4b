//! Who did what.

use maud::html;

use crate::audit::{self, Outcome};
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Column, Nav, Table, Tone, badge, more, second};
use crate::visit::{Page, Visit};
use crate::web::Response;

const SHOWN: usize = 50;
const PAGES: usize = 200;

/// The actions, the latest first.
pub async fn list<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let page = visit.form.text("p").parse().unwrap_or(0_usize).min(PAGES);
    let mut found = audit::latest(visit.state(), page * SHOWN, SHOWN + 1).await?;
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
        empty: "Nenhuma ação ainda.",
    };
    let newer = (page > 0).then(|| visit.here_with("p", &(page - 1).to_string()));
    let older = (has_more && page < PAGES).then(|| visit.here_with("p", &(page + 1).to_string()));
    let body = html! {
        p class="dim" { "Cada ação fica guardada por 400 dias." }
        div class="card" { (table.show()) (more(newer.as_deref(), older.as_deref())) }
    };
    Ok(visit.show(Page { title: "Auditoria", nav: Nav::Audit, above: Vec::new(), body }))
}
