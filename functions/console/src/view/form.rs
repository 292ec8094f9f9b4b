//! Fields, and forms that ask for a reason.

use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::parts::{Tone, notice};
use super::words::sentence;
use crate::ports::World;
use crate::visit::Visit;
use crate::web::Form;

/// What is wrong with a form: the field's name and the text.
pub type Problems = Vec<(String, String)>;

/// A field with its label, its help and what is wrong with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    /// Its name in the form.
    pub name: &'a str,
    /// What it asks.
    pub label: &'a str,
    /// What may be written there.
    pub help: &'a str,
    /// What is in it.
    pub value: &'a str,
    /// What is wrong with it; empty when nothing is.
    pub error: &'a str,
    /// Whether it may be empty.
    pub is_optional: bool,
    /// Ends its id, where the page has several fields of this name.
    pub scope: &'a str,
}

/// One of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

impl<'a> Field<'a> {
    /// A field that must be filled in.
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Self { name, label, ..Self::default() }
    }

    /// With what the form says, and what is wrong with that.
    #[must_use]
    pub fn filled(self, form: &'a Form, problems: &'a Problems) -> Self {
        let error = problems.iter().find(|(name, _)| name == self.name);
        Self { value: form.text(self.name), error: error.map_or("", |(_, text)| text.as_str()), ..self }
    }

    /// With a help text.
    #[must_use]
    pub fn help(self, help: &'a str) -> Self {
        Self { help, ..self }
    }

    /// With a value.
    #[must_use]
    pub fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    /// One of several of its name on the page: `scope` is what the form is for.
    #[must_use]
    pub fn within(self, scope: &'a str) -> Self {
        Self { scope, ..self }
    }

    /// May be empty.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    /// One line; `kind` is the type of the input: `text`, `number`, `date`, `time`, `password`, `url`, `search`. What
    /// a password field says is never shown again.
    pub fn input(self, kind: &str) -> Markup {
        let value = if kind == "password" { "" } else { self.value };
        self.around(&html! {
            input id={ "f-" (self.name) (self.scope) } name=(self.name) type=(kind) value=(value) required[!self.is_optional]
                aria-describedby=[self.described()] aria-invalid=[self.is_wrong()]
                autocomplete=(if kind == "password" { "current-password" } else { "off" });
        })
    }

    /// One line for a secret: what is in it is never shown, and no browser fills it in.
    pub fn secret(self) -> Markup {
        self.around(&html! {
            input id={ "f-" (self.name) (self.scope) } name=(self.name) type="password" required[!self.is_optional]
                aria-describedby=[self.described()] aria-invalid=[self.is_wrong()]
                autocomplete="new-password" spellcheck="false";
        })
    }

    /// Several lines.
    pub fn area(self) -> Markup {
        self.long_area(3, 500)
    }

    /// So many lines, and so many letters at most.
    pub fn long_area(self, rows: u32, letters: u32) -> Markup {
        self.around(&html! {
            textarea id={ "f-" (self.name) (self.scope) } name=(self.name) rows=(rows) maxlength=(letters) required[!self.is_optional]
                aria-describedby=[self.described()] aria-invalid=[self.is_wrong()] { (self.value) }
        })
    }

    /// One of these.
    pub fn select(self, choices: &[Choice]) -> Markup {
        self.around(&html! {
            select id={ "f-" (self.name) (self.scope) } name=(self.name) required[!self.is_optional]
                aria-describedby=[self.described()] aria-invalid=[self.is_wrong()] {
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == self.value] { (choice.label) }
                }
            }
        })
    }

    /// The same without its label, which stands elsewhere.
    pub fn bare_select(self, choices: &[Choice]) -> Markup {
        html! {
            select id={ "f-" (self.name) (self.scope) } name=(self.name) aria-describedby=[self.described()] aria-invalid=[self.is_wrong()] {
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == self.value] { (choice.label) }
                }
            }
            (self.notes())
        }
    }

    /// A box to tick; on when its value is not empty.
    pub fn tick(self) -> Markup {
        html! {
            div class="field tick" {
                input id={ "f-" (self.name) (self.scope) } name=(self.name) type="checkbox" value="sim" checked[!self.value.is_empty()]
                    aria-describedby=[self.described()];
                label for={ "f-" (self.name) (self.scope) } { (self.label) }
                (self.notes())
            }
        }
    }

    fn around(self, input: &Markup) -> Markup {
        html! {
            div class="field" {
                label for={ "f-" (self.name) (self.scope) } {
                    (self.label) @if self.is_optional { " " span class="dim" { "(opcional)" } }
                }
                (input)
                (self.notes())
            }
        }
    }

    fn notes(self) -> Markup {
        html! {
            @if !self.help.is_empty() { p class="help" id={ "h-" (self.name) (self.scope) } { (self.help) } }
            @if !self.error.is_empty() {
                p class="error" id={ "e-" (self.name) (self.scope) } { (icon(Icon::Cross)) (sentence(self.error)) }
            }
        }
    }

    fn described(self) -> Option<String> {
        let help = (!self.help.is_empty()).then(|| format!("h-{}{}", self.name, self.scope));
        let error = (!self.error.is_empty()).then(|| format!("e-{}{}", self.name, self.scope));
        let both: Vec<String> = error.into_iter().chain(help).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }

    fn is_wrong(self) -> Option<&'static str> {
        (!self.error.is_empty()).then_some("true")
    }
}

/// What is wrong with the whole form, each with a link to its field.
pub fn problems(all: &Problems) -> Markup {
    if all.is_empty() {
        return html! {};
    }
    let list = html! {
        ul { @for (name, text) in all {
            @let text = sentence(text);
            li { @if name.is_empty() { (text) } @else { a href={ "#f-" (name) } { (text) } } }
        } }
    };
    notice(Tone::Bad, "Corrija antes de continuar", &list)
}

/// A change that asks for a reason before it is made: a button that unfolds a form. `inside` are fields of its own. It
/// is open, with what was typed, when the form that came back was this one.
#[derive(Clone, Copy, Debug)]
pub struct Confirm<'a> {
    pub(crate) action: &'a str,
    pub(crate) label: &'a str,
    pub(crate) means: &'a str,
    pub(crate) is_grave: bool,
}

/// A [`Confirm`] to `action`.
pub fn confirm<'a>(action: &'a str, label: &'a str, means: &'a str) -> Confirm<'a> {
    Confirm { action, label, means, is_grave: false }
}

impl Confirm<'_> {
    /// In the colour of what cannot be taken back.
    #[must_use]
    pub fn grave(self) -> Self {
        Self { is_grave: true, ..self }
    }

    /// Tells its fields from those of the page's other forms.
    pub fn scope(&self) -> String {
        self.action.replace('/', "-")
    }

    /// With the reason.
    pub fn show<W: World>(self, visit: &Visit<'_, W>, problems: &Problems, inside: &Markup) -> Markup {
        if !visit.may_operate() {
            return html! {};
        }
        let is_this = visit.request.path == self.action && !problems.is_empty();
        let (blank, none) = (Form::default(), Vec::new());
        let (form, mine) = if is_this { (&visit.form, problems) } else { (&blank, &none) };
        // The summary of what is wrong leads to the form that came back.
        let scope = if is_this { String::new() } else { self.scope() };
        let reason = Field::new("motivo", "Motivo")
            .help("Fica no histórico e na auditoria.")
            .filled(form, mine)
            .within(&scope);
        html! {
            details class="act" open[is_this] {
                summary class=(if self.is_grave { "button grave" } else { "button" }) { (self.label) }
                (visit.form(self.action, &html! {
                    @if !self.means.is_empty() { p class="means" { (self.means) } }
                    (inside)
                    (reason.area())
                    button class=(if self.is_grave { "primary grave" } else { "primary" }) { "Confirmar: " (self.label) }
                }))
            }
        }
    }
}
