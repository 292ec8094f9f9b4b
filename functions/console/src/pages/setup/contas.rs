//! Payment means × account.

use maud::{Markup, html};
use sales::settings::Settings;
use sales::setup::{Choice, Contas, List, Lists, Step};

use super::depara::by_prefix;
use super::fields::{error_of, label, listed};
use super::screen::Screen;
use crate::view::{self, Field, Problems, Tone, many, notice};
use crate::web::Form;

/// More options in all make the page large: then one list serves every line.
const MENUS: usize = 400;
/// Between code and name of what is chosen from that list.
const BETWEEN: &str = " · ";

impl Screen for Contas {
    const STEP: Step = Step::Contas;
    const INTRO: &'static str = "Em que conta corrente do Omie entra o dinheiro de cada meio de pagamento.";

    fn read(form: &Form) -> Self {
        let code = |value: String| value.split(BETWEEN).next().unwrap_or_default().trim().to_owned();
        let contas = by_prefix(form, "conta-").into_iter().map(|(means, account)| (means, code(account)));
        Self { contas: contas.collect() }
    }

    fn fields(&self, _settings: &Settings, lists: &Lists, problems: &Problems) -> Markup {
        let (means, accounts) =
            (listed(lists, List::MeiosPagamento).choices, listed(lists, List::Contas).choices);
        let inactive = self.inactive(lists);
        let is_menu = means.len() * accounts.len() <= MENUS;
        html! {
            (notice(Tone::Idle, "Sem conta, o meio de pagamento fica inativo.", &html! {
                "Ele vai para a Máxima, mas nenhum vendedor consegue escolhê-lo. Nada é associado por conta própria."
                @if !inactive.is_empty() && inactive.len() < means.len() {
                    p { (many(inactive.len(), "fica inativo agora", "ficam inativos agora")) ": " (shortened(&inactive)) "." }
                }
            }))
            @if !is_menu {
                datalist id="contas" { @for account in &accounts { option value=(written(account)) {} } }
                p class="dim" { "Escolha a conta na lista do campo, ou digite o código dela." }
            }
            table class="pairs" {
                caption { "Meio de pagamento e conta corrente" }
                thead { tr { th scope="col" { "Meio de pagamento" } th scope="col" { "Conta corrente" } } }
                tbody { @for one in &means { (row(self, one, &accounts, is_menu, problems)) } }
            }
        }
    }
}

/// A line of the table, short: there may be hundreds.
fn row(typed: &Contas, means: &Choice, accounts: &[Choice], is_menu: bool, problems: &Problems) -> Markup {
    let name = format!("conta-{}", means.code);
    let value = typed.contas.get(&means.code).map(String::as_str).unwrap_or_default();
    let error = error_of(problems, &name);
    let field = Field { error, ..Field::new(&name, "").value(value) };
    html! {
        tr {
            th scope="row" { label for={ "f-" (name) } { (label(means)) } }
            td {
                @if is_menu { (field.bare_select(&menu(value, accounts))) }
                @else { (typed_in(field, accounts)) }
            }
        }
    }
}

fn menu(value: &str, accounts: &[Choice]) -> Vec<view::Choice> {
    let mut all = vec![view::Choice::new("", "sem conta: inativo")];
    all.extend(accounts.iter().map(|account| view::Choice::new(&*account.code, label(account))));
    if !all.iter().any(|choice| choice.value == value) {
        all.push(view::Choice::new(value, format!("{value} (não está mais na lista)")));
    }
    all
}

fn typed_in(field: Field<'_>, accounts: &[Choice]) -> Markup {
    let chosen = accounts.iter().find(|account| account.code == field.value);
    let chosen = chosen.map_or_else(|| field.value.to_owned(), written);
    let is_wrong = !field.error.is_empty();
    html! {
        input id={ "f-" (field.name) } name=(field.name) list="contas" value=(chosen) aria-invalid=[is_wrong.then_some("true")];
        @if is_wrong { p class="error" { (field.error) } }
    }
}

fn written(account: &Choice) -> String {
    format!("{}{BETWEEN}{}", account.code, account.name)
}

fn shortened(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} e mais {}", names.len() - SHOWN) } else { shown }
}
