//! The parameters of Omie ↔ Máxima as they are, and who changed what of them, when. They are changed in the steps of the
//! set-up, which show first what a change [touches](super::setup::pending).

use maud::{Markup, html};
use sales::settings::Settings;
use sales::settings::versions::{self, Change, Version};
use sales::setup::{List, Lists, Step};

use super::setup::{self, lists, names, pending};
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Column, Nav, Table, Tone, many, moment, notice, section};
use crate::visit::{Page, Visit};
use crate::web::{Response, href};

/// Changes shown of a version, and parameters of a step: with hundreds of payment means the page would be too large for
/// a phone.
const CHANGES: usize = 5;
const PARAMETERS: usize = 60;
/// Where the parameters are changed.
const EDITED: [Step; 3] = [Step::DePara, Step::Contas, Step::Padroes];

/// The parameters and their versions.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let stored = Settings::stored(visit.state()).await?;
    let latest = versions::latest(visit.state(), pending::RESTORABLE).await?;
    let settings = stored.as_ref().map(|(settings, _)| settings.clone()).unwrap_or_default();
    let problems = settings.problems();
    let lists = lists::read(visit, &List::ALL).await?;
    let body = html! {
        @if stored.is_none() {
            (notice(Tone::Idle, "Nada foi gravado ainda: estes são os valores padrão.", &html! {}))
        } @else if !problems.is_empty() {
            (notice(Tone::Warn, "Precisa de correção", &html! { ul { @for problem in &problems {
                li { (names::told(problem)) }
            } } }))
        }
        @for step in EDITED { (part(visit, step, &settings, &lists)) }
        (part_of_none(visit, &settings, &lists))
        (section("Versões", &html! {
            @if latest.is_empty() { p class="empty" { "Nenhuma mudança pelo console ainda." } }
            ul class="plain" { @for (number, version) in &latest { li { (one(visit, *number, version, &lists)) } } }
        }))
    };
    Ok(visit.show(Page { title: "De-para", nav: Nav::Mappings, above: Vec::new(), body }))
}

/// What a step of the set-up has decided, and the way there.
fn part<W: World>(visit: &Visit<'_, W>, step: Step, settings: &Settings, lists: &Lists) -> Markup {
    section(
        step.title(),
        &html! {
            (parameters(settings, lists, Some(step)))
            @if visit.may_operate() { div class="acts" { a class="button" href=(setup::address(step)) { "Editar" } } }
        },
    )
}

fn part_of_none<W: World>(visit: &Visit<'_, W>, settings: &Settings, lists: &Lists) -> Markup {
    section(
        "Outros parâmetros",
        &html! {
            (parameters(settings, lists, None))
            @if visit.may_operate() {
                div class="acts" { a class="button" href=(setup::others::address()) { "Editar" } }
            }
        },
    )
}

/// The parameters of a step that are not the default.
fn parameters(settings: &Settings, lists: &Lists, step: Option<Step>) -> Markup {
    let row = |change: &Change| {
        let value = |value| html! { (names::value(&change.setting, value, lists)) };
        vec![html! { (names::name(&change.setting, lists)) }, value(&change.to), value(&change.from)]
    };
    let changes = versions::changes(None, settings);
    let of_step: Vec<_> =
        changes.iter().filter(|change| names::step(&change.setting) == step).map(row).collect();
    let more = of_step.len().saturating_sub(PARAMETERS);
    let table = Table {
        caption: "Parâmetros diferentes do padrão",
        columns: &[Column::Name("Parâmetro"), Column::Text("Valor"), Column::Text("Padrão")],
        rows: of_step.into_iter().take(PARAMETERS).collect(),
        empty: "Tudo como no padrão.",
    };
    let rest = match step {
        Some(Step::DePara) => ": uma etapa que não está na lista tem a posição padrão.",
        Some(Step::Contas) => ": um meio de pagamento que não está na lista não tem conta.",
        _ => ".",
    };
    html! {
        p class="dim" { "Só aparece o que é diferente do padrão" (rest) }
        (table.show())
        @if more > 0 { p class="dim" { "E mais " (many(more, "parâmetro", "parâmetros")) ": todos estão em Editar." } }
    }
}

fn one<W: World>(visit: &Visit<'_, W>, number: u64, version: &Version, lists: &Lists) -> Markup {
    let shown = &version.changes[..version.changes.len().min(CHANGES)];
    html! {
        details {
            summary { strong { "Versão " (number) } " · " (moment(version.at)) " · " (version.by) " · "
                (many(version.changes.len(), "mudança", "mudanças")) }
            @if let Some(reason) = &version.reason { p { "Motivo: " (reason) } }
            (pending::table(shown, lists, "O que mudou nesta versão"))
            @if version.changes.len() > shown.len() {
                p class="dim" { "Mostradas as primeiras " (shown.len()) "." }
            }
            @if visit.may_operate() {
                (visit.form(&href(&["de-para", "voltar"]), &html! {
                    input type="hidden" name="versao" value=(number);
                    button { "Voltar a esta versão" }
                }))
            }
        }
    }
}
