//! Which branches take part, with which account.

use maud::{Markup, html};
use sales::text::txt;
use service_orders::Settings;
use service_orders::branches::Branch;

use super::super::form_of;
use super::{Known, again};
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Choice, Column, Field, Problems, Table, Tone, badge, moment, section};
use crate::visit::{Done, Visit};
use crate::web::{Form, encoded, href};

/// The branches, and how one is changed.
pub(super) fn cards<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Markup {
    html! {
        (section("Filiais", &html! {
            (table(&known.branches))
            p class="dim" { (others(&known.settings)) }
        }))
        (section("Incluir ou mudar uma filial", &form(visit, known, problems)))
    }
}

fn others(settings: &Settings) -> String {
    let word = if settings.default_branch_active { "participam" } else { "não participam" };
    let account = settings.default_account.as_ref();
    let account = account.map(|name| format!(", com a conta {name}")).unwrap_or_default();
    format!("Filiais que não estão aqui {word}{account}.")
}

fn table(all: &[Branch]) -> Markup {
    let row = |branch: &Branch| {
        let which = match branch.branch_code {
            Some(code) => format!("Empresa {}, filial {code}", branch.company_code),
            None => format!("Empresa {}, todas as outras", branch.company_code),
        };
        vec![
            html! { a href={ (super::address()) "?mudar=" (encoded(&branch.id())) "#f-empresa" } { (which) } },
            if branch.active { badge(Tone::Good, "participa") } else { badge(Tone::Idle, "não participa") },
            html! { (branch.account.as_deref().unwrap_or("a padrão")) },
            html! {
                @if let Some(at) = branch.updated_at { (moment(at)) }
                @if let Some(by) = &branch.updated_by { div class="dim" { (by) } }
            },
        ]
    };
    Table {
        caption: "Filiais configuradas",
        columns: &[
            Column::Name("Filial"),
            Column::Text("Situação"),
            Column::Text("Conta"),
            Column::Text("Mudada em"),
        ],
        rows: all.iter().map(row).collect(),
        empty: "Nenhuma filial configurada ainda.",
    }
    .show()
}

/// One of the accounts in the secret.
pub(super) fn choices(accounts: &[String], blank: &str) -> Vec<Choice> {
    let named = accounts.iter().map(|name| Choice::new(name, name));
    std::iter::once(Choice::new("", blank)).chain(named).collect()
}

/// What the form begins with: what was typed, or the branch whose line was followed.
fn begun<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Form {
    if super::is_sent(visit, problems, "empresa") {
        return visit.form.clone();
    }
    let Some(branch) =
        visit.form.filled("mudar").and_then(|id| known.branches.iter().find(|it| it.id() == id))
    else {
        return Form::of([("ativa", "sim")]);
    };
    let company = branch.company_code.to_string();
    let code = branch.branch_code.map(|code| code.to_string()).unwrap_or_default();
    let account = branch.account.as_deref().unwrap_or_default();
    let is_on = if branch.active { "sim" } else { "" };
    Form::of([("empresa", company.as_str()), ("filial", &code), ("conta", account), ("ativa", is_on)])
}

fn form<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Markup {
    let typed = begun(visit, known, problems);
    let field = |name, label| Field::new(name, label).filled(&typed, problems);
    let inside = html! {
        (field("empresa", "Código da empresa no ERP").input("number"))
        (field("filial", "Código da filial no ERP").optional().help("Em branco: todas as outras da empresa.").input("number"))
        (field("conta", "Conta do Sismetro").optional().select(&choices(&known.accounts(), "a padrão")))
        (field("ativa", "Participa da integração").tick())
    };
    let save = html! { button class="primary" { "Salvar a filial" } };
    form_of(visit, &href(&["configuracao", "os", "filial"]), &inside, &save)
}

/// Saves a branch.
pub async fn save<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let known = Known::of(visit).await?;
    let branch = match read(&visit.form, &known.accounts()) {
        Ok(branch) => branch,
        Err(problems) => return Ok(again(visit, &known, &problems)),
    };
    // What this page does not ask for stays as it is.
    let before = known.branches.iter().find(|before| before.id() == branch.id());
    let branch = Branch {
        cancel_strategy: before.and_then(|before| before.cancel_strategy),
        open_body_mode: before.and_then(|before| before.open_body_mode),
        updated_at: Some(visit.now),
        updated_by: Some(visit.session.name.clone()),
        ..branch
    };
    branch.save(visit.state()).await?;
    Ok(visit.done(&super::address(), "A filial foi salva."))
}

fn read(form: &Form, accounts: &[String]) -> Result<Branch, Problems> {
    let mut problems = Problems::new();
    let code = |name: &str| form.text(name).parse::<i64>().ok().filter(|code| *code > 0);
    let company = code("empresa");
    if company.is_none() {
        problems.push(("empresa".to_owned(), "Informe o código da empresa, um número.".to_owned()));
    }
    let branch = code("filial");
    if form.filled("filial").is_some() && branch.is_none() {
        problems.push((
            "filial".to_owned(),
            "Informe o código da filial, um número, ou deixe em branco.".to_owned(),
        ));
    }
    let account = txt(form.text("conta"), 60);
    if let Some(account) = account.as_ref().filter(|account| !accounts.contains(account)) {
        problems.push(("conta".to_owned(), format!("A conta {account} não está no cofre de segredos.")));
    }
    match company {
        Some(company_code) if problems.is_empty() => Ok(Branch {
            company_code,
            branch_code: branch,
            active: form.is_on("ativa"),
            account,
            cancel_strategy: None,
            open_body_mode: None,
            updated_at: None,
            updated_by: None,
        }),
        _ => Err(problems),
    }
}
