//! Omie's lists: what is here of them, and fetching them.

use futures_util::future::join_all;
use maud::{Markup, html};
use sales::setup::{List, Lists, Step, Typed, stored};

use super::{Contas, DePara, Padroes, Wizard, address};
use crate::ports::{Partners as _, World};
use crate::trouble::Trouble;
use crate::view::{Column, Table, Tone, ago, badge, count, moment, section};
use crate::visit::{Done, Visit};
use crate::web::href;

/// These lists as they were last fetched.
pub(in crate::pages) async fn read<W: World>(
    visit: &Visit<'_, W>,
    wanted: &[List],
) -> Result<Lists, Trouble> {
    let mut lists = Lists::new();
    for list in wanted {
        lists.insert(*list, stored(visit.state(), *list).await?);
    }
    Ok(lists)
}

/// Whether all of them have come once.
pub(super) fn are_here(lists: &Lists) -> bool {
    lists.values().all(|list| list.fetched.is_some())
}

/// What is here of them, and the button that fetches them. `taken` names a field of the form, whose link leads there.
pub(super) fn card<W: World>(visit: &Visit<'_, W>, step: Step, lists: &Lists, taken: &str) -> Markup {
    let row = |(list, listed): (&List, &sales::setup::Listed)| {
        let id = (list.id() != taken).then(|| format!("f-{}", list.id()));
        vec![
            html! { span id=[id] { (list.title()) } },
            html! { (count(listed.choices.len() as u64)) },
            html! {
                @match listed.fetched {
                    Some(at) => { (moment(at)) " " span class="dim" { "(" (ago(at, visit.now)) ")" } }
                    None => (badge(Tone::Warn, "ainda não veio")),
                }
                @if let Some(error) = &listed.error { p class="error" { (error) } }
            },
        ]
    };
    let table = Table {
        caption: "Listas do Omie",
        columns: &[Column::Name("Lista"), Column::Number("Opções"), Column::Text("Buscada em")],
        rows: lists.iter().map(row).collect(),
        empty: "Nenhuma lista.",
    };
    section(
        "Listas do Omie",
        &html! {
            p class="dim" { "As opções desta página vêm do Omie. Mudou algo lá? Atualize as listas." }
            (table.show())
            div class="acts" {
                (super::button(visit, &href(&["configuracao", step.id(), "listas"]), "Atualizar do Omie", !are_here(lists)))
            }
        },
    )
}

/// Fetches the lists of a step.
pub async fn refresh<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let step = Step::named(visit.param("passo"));
    let wanted = match step {
        Some(Step::DePara) => DePara::LISTS,
        Some(Step::Contas) => Contas::LISTS,
        Some(Step::Padroes) => Padroes::LISTS,
        _ => return Err(Trouble::Missing("listas neste passo".to_owned())),
    };
    let step = step.unwrap_or(Step::DePara);
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(step) {
        return Ok(wizard.too_early(visit));
    }
    let failures = fetch(visit, wanted).await;
    if failures.is_empty() {
        return Ok(visit.done(&address(step), "As listas estão atualizadas."));
    }
    Ok(visit.refused(&address(step), failures.join(" ")))
}

/// Fetches lists; gives why some did not come.
pub(super) async fn fetch<W: World>(visit: &Visit<'_, W>, wanted: &[List]) -> Vec<String> {
    let asked = wanted.iter().map(async |list| {
        let why = match visit.world.partners().refresh(*list).await {
            Ok(listed) => listed.error?,
            Err(error) => error.to_string(),
        };
        Some(format!("{}: {why}.", list.title()))
    });
    join_all(asked).await.into_iter().flatten().collect()
}
