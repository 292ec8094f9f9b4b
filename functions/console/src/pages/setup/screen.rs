//! A step that is a form over [`Typed`]: shown, checked, kept.

use maud::{Markup, html};
use sales::settings::Settings;
use sales::setup::{Lists, Step, Typed};

use super::{Wizard, address, form_of, lists, page, pending, status};
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Problems, Tone, notice, section};
use crate::visit::{Done, Visit};
use crate::web::{Form, Response};

/// A form of the wizard.
pub trait Screen: Typed {
    /// Its step.
    const STEP: Step;
    /// What it is about, in a sentence.
    const INTRO: &'static str;
    /// A field that has the name of a list; empty: none has.
    const TAKEN: &'static str = "";

    /// What was typed.
    fn read(form: &Form) -> Self;

    /// Its fields, with what is in them and what is wrong with it.
    fn fields(&self, settings: &Settings, lists: &Lists, problems: &Problems) -> Markup;
}

/// The form, filled in with what is in use.
pub async fn show<W: World, S: Screen>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(S::STEP) {
        return Ok(wizard.elsewhere());
    }
    let lists = lists::read(visit, S::LISTS).await?;
    Ok(shown(visit, &wizard, &S::of(&wizard.draft.settings), &lists, &Vec::new()))
}

fn shown<W: World, S: Screen>(
    visit: &Visit<'_, W>,
    wizard: &Wizard,
    typed: &S,
    lists: &Lists,
    problems: &Problems,
) -> Response {
    let label = if wizard.has_loaded { "Conferir o que muda" } else { "Salvar e continuar" };
    let body = html! {
        @if lists::are_here(lists) {
            (section(S::STEP.title(), &html! {
                p class="dim" { (S::INTRO) }
                (form_of(visit, &address(S::STEP), &typed.fields(&wizard.draft.settings, lists, problems),
                    &html! { button class="primary" { (label) } }))
            }))
        } @else {
            (notice(Tone::Warn, "As opções deste passo ainda não vieram do Omie.", &html! {
                "Busque as listas abaixo; se o Omie recusar, o motivo aparece ao lado de cada uma."
            }))
        }
        (lists::card(visit, S::STEP, lists, if lists::are_here(lists) { S::TAKEN } else { "" }))
    };
    visit.page(status(problems), page(wizard, S::STEP, problems, &body))
}

/// Checks what was typed and keeps it, or, once the load has finished, shows what it would change.
pub async fn save<W: World, S: Screen>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(S::STEP) {
        return Ok(wizard.too_early(visit));
    }
    let lists = lists::read(visit, S::LISTS).await?;
    let typed = S::read(&visit.form);
    let settings = match typed.applied(&wizard.draft.settings, &lists) {
        Ok(settings) => settings,
        Err(invalid) => {
            let problems: Problems = invalid.into_iter().map(|it| (it.field, it.text)).collect();
            let text = format!("{} campos a corrigir", problems.len());
            return Ok(Done::with_problems(shown(visit, &wizard, &typed, &lists, &problems), &text));
        }
    };
    if wizard.has_loaded {
        return pending::propose(visit, &wizard.draft.settings, settings, &address(S::STEP)).await;
    }
    wizard.keep(visit, S::STEP, settings, &format!("{}: salvo.", S::STEP.title())).await
}
