//! The parameters of Omie ↔ Máxima as they are, and who changed what of them, when.

use maud::{Markup, html};
use sales::settings::Settings;
use sales::settings::versions::{self, Change, Version};
use serde_json::Value;

use super::runs::shortened;
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Column, Nav, Table, Tone, many, moment, notice, section};
use crate::visit::{Page, Visit};
use crate::web::Response;

/// Versions shown, and changes of each.
const SHOWN: usize = 20;
const CHANGES: usize = 30;

/// The parameters and their versions.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let stored = Settings::stored(visit.state()).await?;
    let latest = versions::latest(visit.state(), SHOWN).await?;
    let settings = stored.as_ref().map(|(settings, _)| settings.clone()).unwrap_or_default();
    let problems = settings.problems();
    let body = html! {
        @if stored.is_none() {
            (notice(Tone::Idle, "Nada foi gravado ainda: estes são os valores padrão.", &html! {}))
        }
        @if !problems.is_empty() {
            (notice(Tone::Warn, "Precisa de correção", &html! { ul { @for problem in &problems {
                li { strong { (problem.setting) } ": " (problem.text) }
            } } }))
        }
        (section("Versões", &html! {
            @if latest.is_empty() { p class="empty" { "Nenhuma mudança pelo console ainda." } }
            ul class="plain" { @for (number, version) in &latest { li { (one(*number, version)) } } }
        }))
        (section("Parâmetros", &parameters(&settings)))
    };
    Ok(visit.show(Page { title: "De-para", nav: Nav::Mappings, above: Vec::new(), body }))
}

fn one(number: u64, version: &Version) -> Markup {
    let row = |change: &Change| {
        vec![html! { (change.setting) }, html! { (written(&change.from)) }, html! { (written(&change.to)) }]
    };
    let table = Table {
        caption: "O que mudou nesta versão",
        columns: &[Column::Name("Parâmetro"), Column::Text("Antes"), Column::Text("Depois")],
        rows: version.changes.iter().take(CHANGES).map(row).collect(),
        empty: "Nada mudou.",
    };
    html! {
        details {
            summary { strong { "Versão " (number) } " · " (moment(version.at)) " · " (version.by) " · "
                (many(version.changes.len(), "mudança", "mudanças")) }
            (table.show())
        }
    }
}

/// Every parameter that is not the default.
fn parameters(settings: &Settings) -> Markup {
    let changes = versions::changes(None, settings);
    let row = |change: &Change| {
        vec![html! { (change.setting) }, html! { (written(&change.to)) }, html! { (written(&change.from)) }]
    };
    Table {
        caption: "Parâmetros diferentes do padrão",
        columns: &[Column::Name("Parâmetro"), Column::Text("Valor"), Column::Text("Padrão")],
        rows: changes.iter().map(row).collect(),
        empty: "Todos os parâmetros têm o valor padrão.",
    }
    .show()
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "sim".to_owned(),
        Value::Bool(false) => "não".to_owned(),
        Value::String(text) => shortened(text),
        other => shortened(&other.to_string()),
    }
}
