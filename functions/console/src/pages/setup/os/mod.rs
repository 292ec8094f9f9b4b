//! Senior X ↔ Sismetro: how both are reached, which branches take part with which account, and the addresses that both
//! partners tell their news to.

pub mod branches;
pub mod connections;
pub mod doors;

use engine::Expected;
use maud::html;
use serde_json::Value;
use service_orders::branches::Branch;
use service_orders::{Settings, SetupError};

use super::status;
use crate::ports::{Integration, Vault as _, World};
use crate::trouble::Trouble;
use crate::view::{Nav, Problems, Tone, notice};
use crate::visit::{Done, Page, Visit};
use crate::web::{Form, Response, href};

/// The page.
fn address() -> String {
    href(&["configuracao", "os"])
}

/// What is known of the integration.
struct Known {
    secret: Value,
    settings: Settings,
    stored: Expected,
    /// Why the stored settings cannot be used.
    wrong: Option<String>,
    branches: Vec<Branch>,
}

impl Known {
    async fn of<W: World>(visit: &Visit<'_, W>) -> Result<Self, Trouble> {
        if !visit.place().has_senior_sismetro {
            return Err(Trouble::Missing("integração Senior X ↔ Sismetro nesta instalação".to_owned()));
        }
        let (settings, stored, wrong) = match Settings::load(visit.state()).await {
            Ok(Some((settings, version))) => (settings, Expected::Version(version), None),
            Ok(None) => (Settings::default(), Expected::Absent, None),
            // What is stored is not overwritten unseen: the command line corrects it.
            Err(wrong @ SetupError::Incomplete(_)) => {
                (Settings::default(), Expected::Absent, Some(wrong.to_string()))
            }
            Err(SetupError::State(error)) => return Err(error.into()),
        };
        let secret = visit.world.vault().read(Integration::SeniorSismetro).await?;
        Ok(Self { secret, settings, stored, wrong, branches: Branch::all(visit.state()).await? })
    }

    /// The names of the accounts in the secret that have a key; an installation begins with one that has none.
    fn accounts(&self) -> Vec<String> {
        let has_key = |name: &String| self.kept(&format!("/sismetro/{name}/key")).is_some();
        let all = self.secret["sismetro"].as_object();
        all.map(|all| all.keys().filter(|name| has_key(name)).cloned().collect()).unwrap_or_default()
    }

    /// Whether the access to either partner is missing.
    fn is_bare(&self) -> bool {
        let has_senior = ["/senior/access_key", "/senior/secret"].iter().all(|key| self.kept(key).is_some());
        !has_senior || self.accounts().is_empty()
    }

    /// What is in the secret at this place; nothing when it is empty.
    fn kept(&self, pointer: &str) -> Option<&str> {
        self.secret.pointer(pointer).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }
}

/// Whether the access to either partner is missing.
pub(in crate::pages) async fn is_bare<W: World>(visit: &Visit<'_, W>) -> Result<bool, Trouble> {
    Ok(Known::of(visit).await?.is_bare())
}

/// Everything of the integration.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    Ok(shown(visit, &Known::of(visit).await?, &Problems::new()))
}

fn shown<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Response {
    let body = html! {
        (crate::view::problems(problems))
        @if let Some(wrong) = &known.wrong {
            (notice(Tone::Bad, "Os parâmetros guardados não podem ser usados", &html! { p { (wrong) } }))
        }
        (connections::cards(visit, known, problems))
        (branches::cards(visit, known, problems))
        (doors::cards(visit, known, problems))
    };
    let above = vec![("Configuração".to_owned(), href(&["configuracao"]))];
    visit.page(status(problems), Page { title: "Senior X ↔ Sismetro", nav: Nav::Setup, above, body })
}

/// The page again, with what is wrong.
fn again<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Done {
    let text = problems.first().map_or("há campos a corrigir", |(_, text)| text.as_str());
    Done::with_problems(shown(visit, known, problems), text)
}

/// Whether the form with this field is the one that came back with problems; the others show what is kept.
fn is_sent<W>(visit: &Visit<'_, W>, problems: &Problems, field: &str) -> bool {
    !problems.is_empty() && visit.form.fields().any(|(name, _)| name == field)
}

/// What was typed into the form with this field, when it is that which came back.
fn typed<W>(visit: &Visit<'_, W>, problems: &Problems, field: &str) -> Form {
    if is_sent(visit, problems, field) { visit.form.clone() } else { Form::default() }
}

/// One problem of a form.
fn problem(field: &str, text: impl Into<String>) -> Problems {
    vec![(field.to_owned(), text.into())]
}
