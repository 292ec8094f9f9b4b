//! The set-up of Omie ↔ Máxima, over [`sales::setup`]: a page per step, each checked on the server, each to be done
//! again at any time. Until the first load has finished a step saves at once; after that, what it would change is shown
//! [first](pending).

pub mod agendas;
pub mod carga;
mod contas;
mod depara;
pub mod ensaio;
mod fields;
pub mod lists;
pub mod logins;
pub(super) mod names;
pub mod os;
pub mod others;
mod padroes;
pub mod pending;
mod progress;
mod screen;
pub mod webhook;

use http::StatusCode;
use maud::{Markup, html};
use sales::load;
use sales::settings::{Problem, Settings, SetupError};
pub use sales::setup::{Contas, DePara, Padroes};
use sales::setup::{Draft, Step};
pub use screen::{save, show};

use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Icon, Nav, Problems, Tone, badge, icon, moment, notice, section};
use crate::visit::{Done, Page, Visit};
use crate::web::{Response, href};

/// The address of a step.
pub(super) fn address(step: Step) -> String {
    href(&["configuracao", step.id()])
}

/// The set-up as it stands.
struct Wizard {
    draft: Draft,
    has_loaded: bool,
}

/// Where somebody must go before anything else: the step that is next, while the first load has not finished.
pub(super) async fn next_step<W: World>(visit: &Visit<'_, W>) -> Result<Option<String>, Trouble> {
    let wizard = Wizard::open(visit).await?;
    Ok((!wizard.has_loaded).then(|| address(wizard.current())))
}

impl Wizard {
    async fn open<W: World>(visit: &Visit<'_, W>) -> Result<Self, Trouble> {
        let draft = Draft::open(visit.state()).await?;
        Ok(Self { draft, has_loaded: load::has_loaded(visit.state()).await? })
    }

    fn current(&self) -> Step {
        self.draft.current().unwrap_or(Step::Carga)
    }

    fn is_open(&self, step: Step) -> bool {
        self.has_loaded || self.draft.is_open(step)
    }

    /// A load that was asked for is done when it has ended well; then the rest is set up, by whatever hand.
    fn is_done(&self, step: Step) -> bool {
        match step {
            Step::Carga => self.has_loaded,
            Step::Ensaio => self.draft.done.contains_key(&step),
            _ => self.has_loaded || self.draft.done.contains_key(&step),
        }
    }

    /// To whoever asks for a step that is not open yet.
    fn elsewhere(&self) -> Response {
        Response::see(&address(self.current()))
    }

    /// The same to whoever fills one in.
    fn too_early<W: World>(&self, visit: &Visit<'_, W>) -> Done {
        let text = format!("Antes deste passo, conclua: {}.", self.current().title());
        visit.refused(&address(self.current()), text)
    }

    /// Keeps what a step came to, and goes on.
    async fn keep<W: World>(
        self,
        visit: &Visit<'_, W>,
        step: Step,
        settings: Settings,
        text: &str,
    ) -> Result<Done, Trouble> {
        let next = step.next().map_or_else(|| address(step), address);
        let to = if self.has_loaded { address(step) } else { next };
        match self.draft.finish(visit.state(), step, settings, &visit.session.name, visit.now).await {
            Ok(_) => Ok(visit.done(&to, text)),
            Err(error) => conflict(visit, &address(step), error),
        }
    }
}

/// Somebody else was faster: the page is to be looked at again.
fn conflict<W: World>(visit: &Visit<'_, W>, path: &str, error: SetupError) -> Result<Done, Trouble> {
    if matches!(error, SetupError::State(engine::StateError::Conflict { .. })) {
        let text = "Outra pessoa mudou a configuração ao mesmo tempo: confira e salve de novo.";
        return Ok(visit.refused(path, text));
    }
    Err(error.into())
}

/// Every step, and where to go on.
pub async fn overview<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let body = html! {
        @if visit.place().has_omie_maxima {
            @let wizard = Wizard::open(visit).await?;
            (section("Omie ↔ Máxima", &html! {
                ol class="plain-steps" { @for (number, step) in (1..).zip(Step::ALL) { li {
                    @if wizard.is_open(step) { a href=(address(step)) { (number) ". " (step.title()) } }
                    @else { span class="dim" { (number) ". " (step.title()) } }
                    " "
                    @if wizard.is_done(step) { (badge(Tone::Good, "feito")) }
                    @else if step == wizard.current() && !wizard.has_loaded { (badge(Tone::Busy, "é o próximo")) }
                    @if let Some(done) = wizard.draft.done.get(&step) {
                        div class="dim" { (moment(done.at)) " · " (done.by) }
                    }
                } } }
                @if !wizard.has_loaded {
                    p { a class="button" href=(address(wizard.current())) { "Continuar: " (wizard.current().title()) } }
                }
            }))
        }
        @if visit.place().has_senior_sismetro {
            (section("Senior X ↔ Sismetro", &html! {
                p { a href=(href(&["configuracao", "os"])) { "Filiais, contas e endereços dos avisos" } }
            }))
        }
    };
    Ok(visit.show(Page { title: "Configuração", nav: Nav::Setup, above: Vec::new(), body }))
}

/// What must be corrected, each with the way to its step.
fn corrections(wrong: &[Problem]) -> Markup {
    let way = |problem: &Problem| names::place(problem.setting);
    html! { ul { @for problem in wrong { li {
        @match way(problem) {
            Some(step) => a href=(address(step)) { (names::told(problem)) },
            None => a href=(others::address()) { (names::told(problem)) },
        }
    } } } }
}

/// A form that must be corrected is no success.
fn status(problems: &Problems) -> StatusCode {
    if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// What is around the page of a step.
fn page<'p>(wizard: &Wizard, step: Step, problems: &Problems, body: &Markup) -> Page<'p> {
    let body = html! {
        (steps(wizard, step))
        (crate::view::problems(problems))
        (body)
    };
    let above = vec![("Configuração".to_owned(), href(&["configuracao"]))];
    Page { title: step.title(), nav: Nav::Setup, above, body }
}

fn steps(wizard: &Wizard, here: Step) -> Markup {
    html! {
        nav class="steps" aria-label="Passos" { ol { @for (number, step) in (1..).zip(Step::ALL) {
            @let is_done = wizard.is_done(step);
            @let mark = html! {
                span class="dot" { @if is_done { (icon(Icon::Check)) } @else { (number) } }
                span { (step.title()) @if is_done { span class="hidden" { " (feito)" } } }
            };
            li class=[is_done.then_some("done")] {
                @if step == here { strong aria-current="step" { (mark) } }
                @else if wizard.is_open(step) { a href=(address(step)) { (mark) } }
                @else { span { (mark) } }
            }
        } } }
    }
}

/// A form; to whoever may only look, its fields without the way to send them.
fn form_of<W: World>(visit: &Visit<'_, W>, action: &str, inside: &Markup, buttons: &Markup) -> Markup {
    if visit.may_operate() {
        return visit.form(action, &html! { (inside) div class="acts" { (buttons) } });
    }
    html! {
        (notice(Tone::Idle, "Você entrou com a chave de leitura: nada pode ser mudado.", &html! {}))
        fieldset class="bare" disabled { (inside) }
    }
}

/// A button that does one thing; nothing to whoever may only look.
fn button<W: World>(visit: &Visit<'_, W>, action: &str, label: &str, is_main: bool) -> Markup {
    html! {
        @if visit.may_operate() {
            (visit.form(action, &html! { button class=[is_main.then_some("primary")] { (label) } }))
        }
    }
}
