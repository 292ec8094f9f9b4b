//! Fields that choose from Omie's lists.

use maud::{Markup, html};
use sales::setup::{Choice, List, Listed, Lists};

use crate::view::{self, Field, Problems};

/// More choices than this are no help in a menu, and large: the code is typed.
const MENU: usize = 150;

/// Bytes that the menus of one page may take together.
const MENUS: usize = 24_000;
/// More boxes than this are typed as one list of codes.
const BOXES: usize = 40;

/// Which lists of a page are menus. The shortest are first, so that one long list takes the menu from no other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Menus {
    /// The size of the first list that has no room; lists of that size and larger ones are typed.
    too_large: usize,
}

impl Menus {
    /// Of a page with these lists.
    pub(super) fn of<'c>(lists: impl IntoIterator<Item = &'c [Choice]>) -> Self {
        let mut sizes: Vec<usize> = lists.into_iter().map(size).collect();
        sizes.sort_unstable();
        let mut sum = 0;
        let too_large = sizes.into_iter().find(|size| {
            sum += size;
            sum > MENUS
        });
        Self { too_large: too_large.unwrap_or(usize::MAX) }
    }

    fn has(self, choices: &[Choice]) -> bool {
        choices.len() <= MENU && size(choices) < self.too_large
    }
}

/// What surrounds an option.
const OPTION: usize = 35;

/// What a list takes as a menu, in bytes.
fn size(choices: &[Choice]) -> usize {
    choices.iter().map(|choice| OPTION + choice.code.len() * 2 + choice.name.len()).sum()
}

/// A list as it was fetched, or an empty one.
pub(super) fn listed(lists: &Lists, list: List) -> Listed {
    lists.get(&list).cloned().unwrap_or_default()
}

/// "15 − Boleto"
pub(super) fn label(choice: &Choice) -> String {
    if choice.name == choice.code {
        choice.code.clone()
    } else {
        format!("{} − {}", choice.code, choice.name)
    }
}

/// What is wrong with a field; empty when nothing is.
pub(super) fn error_of<'p>(problems: &'p Problems, name: &str) -> &'p str {
    problems.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text.as_str())
}

/// One of a list; `blank` is what choosing none means.
pub(super) fn choose(field: Field<'_>, choices: &[Choice], menus: Menus, blank: &str) -> Markup {
    if !menus.has(choices) {
        let chosen = choices.iter().find(|choice| choice.code == field.value);
        let chosen = chosen.map_or(String::new(), |choice| format!(" Agora: {}.", choice.name));
        let help = format!(
            "{} São {} opções: digite o código como está no Omie.{chosen}",
            field.help,
            choices.len()
        );
        return Field { help: help.trim(), ..field }.input("text");
    }
    let mut all = vec![view::Choice::new("", blank)];
    all.extend(choices.iter().map(|choice| view::Choice::new(&*choice.code, label(choice))));
    // What was chosen and is gone is shown, and refused when it is sent again.
    if !all.iter().any(|choice| choice.value == field.value) {
        all.push(view::Choice::new(field.value, format!("{} (não está mais na lista)", field.value)));
    }
    field.select(&all)
}

/// Several boxes under one heading.
pub(super) fn boxes(field: Field<'_>, choices: &[Choice], is_on: impl Fn(&str) -> bool) -> Markup {
    if choices.len() > BOXES {
        let help =
            format!("{} São {} opções: digite os códigos, separados por vírgula.", field.help, choices.len());
        let chosen: Vec<&str> =
            choices.iter().map(|it| it.code.as_str()).filter(|code| is_on(code)).collect();
        return Field { help: help.trim(), ..field }.value(&chosen.join(", ")).optional().input("text");
    }
    html! {
        fieldset id={ "f-" (field.name) } tabindex="-1" {
            legend { (field.label) }
            @if !field.help.is_empty() { p class="help" { (field.help) } }
            @if !field.error.is_empty() { p class="error" { (field.error) } }
            @for choice in choices {
                @let id = format!("f-{}-{}", field.name, choice.code);
                div class="field tick" {
                    input type="checkbox" id=(id) name=(field.name) value=(choice.code) checked[is_on(&choice.code)];
                    label for=(id) { (label(choice)) }
                }
            }
        }
    }
}
