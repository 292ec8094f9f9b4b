//! What a step would change once the load has finished: kept for its operator, shown with what it touches, then saved
//! or dropped.

use std::time::Duration;

use engine::{Cases as _, Documents as _, Expected, Fingerprint, Mark};
use maud::{Markup, html};
use sales::desk::Kind;
use sales::settings::versions::{self, Change, Signature};
use sales::settings::{Settings, SetupError};
use sales::setup::{List, Lists};
use serde::{Deserialize, Serialize};

use super::{conflict, lists, names};
use crate::pages::jobs::{REASON, reason};
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Column, Nav, Problems, Table, Tone, confirm, many, notice, section};
use crate::visit::{Done, Page, Visit};
use crate::web::{Response, href};

/// The kind of the documents; the id is the session.
const KIND: &str = "console-previa";
/// A proposal is looked at at once, or not at all.
const KEPT: Duration = Duration::from_hours(8);
/// Versions that can be had again.
pub(in crate::pages) const RESTORABLE: usize = 20;
/// More held orders than this are "200+".
const COUNTED: usize = 200;

/// Settings that somebody is about to save.
#[derive(Serialize, Deserialize)]
struct Proposal {
    /// Where they were made.
    back: String,
    /// The version they were made from.
    version: u64,
    settings: Settings,
}

impl Proposal {
    /// What tells it from every other.
    fn name(&self) -> String {
        Fingerprint::of(self).as_str().to_owned()
    }
}

fn here() -> String {
    href(&["de-para", "previa"])
}

/// Keeps what a step came to and goes where it is shown.
pub(super) async fn propose<W: World>(
    visit: &Visit<'_, W>,
    before: &Settings,
    settings: Settings,
    back: &str,
) -> Result<Done, Trouble> {
    if *before == settings {
        return Ok(visit.done(back, "Nada mudou: já está assim."));
    }
    let version = Settings::stored(visit.state()).await?.map_or(0, |(_, version)| version);
    let body = serde_json::to_value(Proposal { back: back.to_owned(), version, settings })
        .expect("settings have text keys");
    let until = clock::later(visit.now, KEPT);
    visit.state().put(KIND, &visit.session.id, &body, Expected::Any, Some(until)).await?;
    Ok(visit.done(&here(), "Confira o que muda e confirme: nada foi salvo ainda."))
}

async fn proposed<W: World>(visit: &Visit<'_, W>) -> Result<Option<Proposal>, Trouble> {
    let document = visit.state().get(KIND, &visit.session.id).await?;
    // One of another version of the program is no proposal any more.
    Ok(document.and_then(|document| serde_json::from_value(document.body).ok()))
}

/// What it would change.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    shown(visit, &Vec::new()).await
}

async fn shown<W: World>(visit: &Visit<'_, W>, problems: &Problems) -> Result<Response, Trouble> {
    let above = vec![("De-para".to_owned(), href(&["de-para"]))];
    let title = "O que muda";
    let Some(proposal) = proposed(visit).await? else {
        let body = notice(
            Tone::Idle,
            "Não há mudança esperando confirmação.",
            &html! {
                p { a href=(href(&["de-para"])) { "Ver os parâmetros" } }
            },
        );
        return Ok(visit.show(Page { title, nav: Nav::Mappings, above, body }));
    };
    let of_it = proposal.name();
    let Proposal { back, settings, .. } = proposal;
    let stored = Settings::stored(visit.state()).await?.map(|(settings, _)| settings);
    let changes = versions::changes(stored.as_ref(), &settings);
    let lists = lists::read(visit, &List::ALL).await?;
    let body = html! {
        (crate::view::problems(problems))
        (section("Mudanças", &table(&changes, &lists, "Mudanças")))
        (consequences(visit, &changes).await?)
        @if visit.may_operate() {
            div class="acts" {
                (confirm(&href(&["de-para", "gravar"]), "Salvar", "Vale a partir da próxima execução de cada agendamento.")
                    .show(visit, problems, &html! { input type="hidden" name="proposta" value=(of_it); }))
                a class="button" href=(back) { "Voltar e corrigir" }
                (super::button(visit, &href(&["de-para", "descartar"]), "Descartar", false))
            }
        }
    };
    Ok(visit.page(super::status(problems), Page { title, nav: Nav::Mappings, above, body }))
}

/// Changes by the names that people know.
pub(in crate::pages) fn table(changes: &[Change], lists: &Lists, caption: &str) -> Markup {
    let row = |change: &Change| {
        let value = |value| html! { (names::value(&change.setting, value, lists)) };
        vec![html! { (names::name(&change.setting, lists)) }, value(&change.from), value(&change.to)]
    };
    Table {
        caption,
        columns: &[Column::Name("Parâmetro"), Column::Text("Antes"), Column::Text("Depois")],
        rows: changes.iter().map(row).collect(),
        empty: "Nada muda.",
    }
    .show()
}

async fn consequences<W: World>(visit: &Visit<'_, W>, changes: &[Change]) -> Result<Markup, Trouble> {
    let (entities, has_orders) = names::touched(changes);
    let held = Mark::new("estado", "held");
    let held = visit.state().marked(Kind::Pedidos.stored(), &held, None, COUNTED).await?.len();
    let many_held = if held >= COUNTED {
        format!("{COUNTED} ou mais pedidos estão retidos")
    } else {
        many(held, "pedido está retido", "pedidos estão retidos")
    };
    Ok(section(
        "O que isso toca",
        &html! {
            ul {
                @if !entities.is_empty() { li {
                    "São lidos por inteiro na próxima execução, e só o que ficar diferente é enviado de novo à Máxima: "
                    strong { (entities.join(", ")) } "."
                } }
                @if has_orders {
                    li { "Os próximos pedidos entram no Omie com os novos parâmetros; os que já estão lá não mudam." }
                    @if held > 0 { li {
                        a href=(format!("{}?q=retidos", href(&["pedidos"]))) { (many_held) }
                        " agora. Os que esperam por um parâmetro são verificados de novo sozinhos, em até cinco minutos."
                    } }
                }
                @if entities.is_empty() && !has_orders { li { "Nenhum cadastro é reenviado." } }
            }
        },
    ))
}

/// Saves what was shown.
pub async fn save<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let Some(proposal) = proposed(visit).await? else {
        return Ok(visit.refused(&href(&["de-para"]), "Não há mudança esperando confirmação."));
    };
    // Another window of the same session may have proposed something else since.
    if visit.form.filled("proposta").is_some_and(|shown| shown != proposal.name()) {
        return Ok(
            visit.refused(&here(), "A mudança é outra desde que esta página foi aberta: confira de novo.")
        );
    }
    let Proposal { version, settings, .. } = proposal;
    let Some(reason) = reason(visit) else {
        let problems = vec![("motivo".to_owned(), REASON.to_owned())];
        return Ok(Done::with_problems(shown(visit, &problems).await?, REASON));
    };
    let signature = Signature { reason: Some(reason), ..Signature::new(&visit.session.name, visit.now) };
    let expected = if version == 0 { Expected::Absent } else { Expected::Version(version) };
    match versions::save(&settings, visit.state(), expected, signature).await {
        Ok(version) => {
            visit.state().delete(KIND, &visit.session.id, Expected::Any).await?;
            Ok(visit.done(&href(&["de-para"]), format!("Salvo: é a versão {version}.")))
        }
        Err(incomplete @ SetupError::Incomplete(_)) => {
            Ok(visit.refused(&here(), names::said(&incomplete.to_string())))
        }
        Err(error) => {
            // Made from settings that are no longer there: it can never be saved.
            visit.state().delete(KIND, &visit.session.id, Expected::Any).await?;
            conflict(visit, &href(&["de-para"]), error)
        }
    }
}

/// Proposes the settings of an earlier version once more.
pub async fn restore<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let wanted = visit.form.text("versao").parse::<u64>().ok();
    let known = versions::latest(visit.state(), RESTORABLE).await?;
    let back = href(&["de-para"]);
    let Some((_, version)) = known.into_iter().find(|(number, _)| Some(*number) == wanted) else {
        return Ok(visit.refused(&back, "Esta versão não existe mais."));
    };
    let stored = Settings::stored(visit.state()).await?.map(|(settings, _)| settings).unwrap_or_default();
    propose(visit, &stored, version.settings, &back).await
}

/// Drops it.
pub async fn discard<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    visit.state().delete(KIND, &visit.session.id, Expected::Any).await?;
    Ok(visit.done(&href(&["de-para"]), "A mudança foi descartada."))
}
