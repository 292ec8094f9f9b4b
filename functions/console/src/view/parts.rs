//! The parts of pages.

use engine::History;
use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::words::second;

/// What a thing means to whoever looks: a colour, and always a word and a drawing with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Going on.
    Busy,
    /// Nothing to say.
    Idle,
    /// To be looked at.
    Warn,
    /// Wrong.
    Bad,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Busy => "busy",
            Self::Idle => "idle",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    pub(super) fn icon(self) -> Icon {
        match self {
            Self::Good => Icon::Check,
            Self::Busy => Icon::Turn,
            Self::Idle => Icon::Dash,
            Self::Warn => Icon::Bell,
            Self::Bad => Icon::Cross,
        }
    }
}

/// A state: drawing and word.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (icon(tone.icon())) (text) } }
}

/// Something to read first.
pub fn notice(tone: Tone, title: &str, inside: &Markup) -> Markup {
    html! {
        div class={ "notice " (tone.class()) } role=[(tone >= Tone::Warn).then_some("alert")] {
            (icon(tone.icon()))
            div { strong { (title) } @if !inside.0.is_empty() { div { (inside) } } }
        }
    }
}

/// Nothing is here, and what that means.
pub fn empty(text: &str) -> Markup {
    html! { p class="empty" { (text) } }
}

/// A part of the page with its own heading.
pub fn section(title: &str, inside: &Markup) -> Markup {
    html! { section class="card" { h2 { (title) } (inside) } }
}

/// A number that leads to its page.
pub fn tile(tone: Tone, href: &str, number: &str, label: &str) -> Markup {
    html! {
        a class={ "tile " (tone.class()) } href=(href) {
            span class="number" { (number) }
            span class="label" { (icon(tone.icon())) (label) }
        }
    }
}

/// Tiles side by side.
pub fn tiles(inside: &Markup) -> Markup {
    html! { div class="tiles" { (inside) } }
}

/// Names and values; one whose value is empty is left out.
pub fn facts(all: &[(&str, Markup)]) -> Markup {
    html! {
        dl class="facts" {
            @for (name, value) in all.iter().filter(|(_, value)| !value.0.is_empty()) {
                div { dt { (name) } dd { (value) } }
            }
        }
    }
}

/// How far something is, with words: "3.000 de 10.000".
pub fn bar(part: u64, whole: u64, words: &str) -> Markup {
    html! {
        div class="bar" {
            progress value=(part.min(whole)) max=(whole.max(1)) aria-label=(words) {}
            span { (words) }
        }
    }
}

/// A part of the page that is fetched anew every few seconds, from the page's own address. Without JavaScript it is as
/// it was.
pub fn live(id: &str, address: &str, seconds: u32, inside: &Markup) -> Markup {
    let trigger = format!("every {seconds}s");
    let part = format!("#{id}");
    html! {
        div id=(id) aria-live="polite" hx-get=(address) hx-trigger=(trigger) hx-select=(part) hx-swap="outerHTML" {
            (inside)
        }
    }
}

/// Addresses of the same list seen otherwise; the one that is shown is marked.
pub fn tabs(label: &str, all: &[(String, String, bool)]) -> Markup {
    html! {
        nav class="tabs" aria-label=(label) {
            @for (name, href, is_here) in all {
                a href=(href) aria-current=[is_here.then_some("true")] { (name) }
            }
        }
    }
}

/// To the pages before and after.
pub fn more(newer: Option<&str>, older: Option<&str>) -> Markup {
    html! {
        @if newer.is_some() || older.is_some() {
            nav class="more" aria-label="Páginas" {
                @if let Some(newer) = newer { a class="button" href=(newer) { "← Mais recentes" } }
                @if let Some(older) = older { a class="button" href=(older) { "Mais antigos →" } }
            }
        }
    }
}

/// The way on from a page that is not full: what comes next has not been looked into yet.
pub fn further(older: Option<&str>) -> Markup {
    html! {
        @if let Some(older) = older {
            nav class="more" aria-label="Páginas" { a class="button" href=(older) { "Procurar em dias mais antigos →" } }
        }
    }
}

/// What a page has room for: texts stand whole, and where they are long there are fewer of them.
#[derive(Debug)]
pub struct Room(usize);

impl Room {
    /// What a cell is wrapped in.
    const CELL: usize = 50;

    /// Room for so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Whether a row fits too; one that does has taken its place.
    pub fn takes(&mut self, row: &[Markup]) -> bool {
        let size: usize = row.iter().map(|cell| cell.0.len() + Self::CELL).sum();
        let left = self.0.checked_sub(size);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    /// The first rows that fit; never none, where there is one.
    pub fn cut(&mut self, rows: Vec<Vec<Markup>>) -> Vec<Vec<Markup>> {
        let mut kept = Vec::new();
        for row in rows {
            if !self.takes(&row) && !kept.is_empty() {
                break;
            }
            kept.push(row);
        }
        kept
    }
}

/// One step of what happened.
#[derive(Clone, Debug)]
pub struct Step {
    /// When.
    pub when: Markup,
    /// The state it led to.
    pub to: String,
    /// Why.
    pub cause: String,
    /// How often in a row.
    pub times: u32,
}

/// What happened, the latest first.
pub fn history(steps: impl DoubleEndedIterator<Item = Step>) -> Markup {
    html! {
        ol class="history" reversed {
            @for Step { when, to, cause, times } in steps.rev() {
                li {
                    div class="when" { (when) @if times > 1 { " " span class="dim" { "· " (times) " vezes" } } }
                    div { strong { (to) } ": " (cause) }
                }
            }
        }
    }
}

impl Step {
    /// The steps of a history, with the states' names as `name` gives them.
    pub fn all(history: &History, name: impl Fn(&str) -> String) -> Vec<Self> {
        let step = |step: &engine::Step| Self {
            when: second(step.at),
            to: name(&step.to),
            cause: step.cause.clone(),
            times: step.times,
        };
        history.steps().iter().map(step).collect()
    }
}
