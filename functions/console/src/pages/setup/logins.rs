//! The logins of both partners: tried, then kept; never shown again.

use maud::html;
use sales::setup::{List, Step};
use serde_json::{Value, json};

use super::{Wizard, form_of, lists, page, status};
use crate::ports::{Integration, Partners as _, PortError, Vault as _, World};
use crate::trouble::Trouble;
use crate::view::{Field, Problems, section};
use crate::visit::{Done, Visit};
use crate::web::Response;

/// One member of the secret, as the form asks for it.
struct Part {
    name: &'static str,
    label: &'static str,
    help: &'static str,
}

/// What a step asks for: the member of the secret, and the two in it.
struct Login {
    step: Step,
    member: &'static str,
    parts: [Part; 2],
    intro: &'static str,
}

const MAXIMA: Login = Login {
    step: Step::Maxima,
    member: "maxima",
    parts: [
        Part { name: "login", label: "Login", help: "Fornecido pela Máxima para a integração." },
        Part { name: "password", label: "Senha", help: "Fornecida pela Máxima junto com o login." },
    ],
    intro: "O acesso é testado com um login de verdade antes de ser guardado, cifrado, no cofre de segredos.",
};

const OMIE: Login = Login {
    step: Step::Omie,
    member: "omie",
    parts: [
        Part { name: "app_key", label: "App Key", help: "No Omie: Configurações, Integrações de API." },
        Part { name: "app_secret", label: "App Secret", help: "Ao lado da App Key, no mesmo lugar." },
    ],
    intro: "As chaves são testadas com uma consulta de verdade antes de serem guardadas, cifradas, no cofre de segredos.",
};

/// Asks for Máxima's login.
pub async fn maxima<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    asked(visit, &MAXIMA).await
}

/// Asks for Omie's keys.
pub async fn omie<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    asked(visit, &OMIE).await
}

/// Tries Máxima's login and keeps it.
pub async fn save_maxima<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let wizard = Wizard::open(visit).await?;
    let given = match given(visit, &MAXIMA).await? {
        Ok(given) => given,
        Err(problems) => return again(visit, &wizard, &MAXIMA, &problems).await,
    };
    let tried = visit.world.partners().check_maxima(&given[0], &given[1]).await;
    kept(visit, wizard, &MAXIMA, &given, tried, "A Máxima aceitou o acesso.").await
}

/// Tries Omie's keys, keeps them, and fetches the lists that the next steps choose from.
pub async fn save_omie<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(Step::Omie) {
        return Ok(wizard.too_early(visit));
    }
    let given = match given(visit, &OMIE).await? {
        Ok(given) => given,
        Err(problems) => return again(visit, &wizard, &OMIE, &problems).await,
    };
    let tried = visit.world.partners().check_omie(&given[0], &given[1]).await;
    let is_right = tried.is_ok();
    let done = kept(visit, wizard, &OMIE, &given, tried, "O Omie aceitou as chaves.").await?;
    if is_right {
        // A list that does not come says so in its own step.
        lists::fetch(visit, &List::ALL).await;
    }
    Ok(done)
}

async fn asked<W: World>(visit: &Visit<'_, W>, login: &Login) -> Result<Response, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(login.step) {
        return Ok(wizard.elsewhere());
    }
    shown(visit, &wizard, login, &Vec::new()).await
}

async fn shown<W: World>(
    visit: &Visit<'_, W>,
    wizard: &Wizard,
    login: &Login,
    problems: &Problems,
) -> Result<Response, Trouble> {
    let secret = visit.world.vault().read(Integration::OmieMaxima).await?;
    let inside = html! {
        @for part in &login.parts {
            @let is_there = known(&secret, login, part).is_some();
            @let help = if is_there { format!("Já guardado; deixe em branco para manter. {}", part.help) } else { part.help.to_owned() };
            @let field = Field::new(part.name, part.label).help(&help);
            @let field = Field { error: super::fields::error_of(problems, part.name), is_optional: is_there, ..field };
            (field.secret())
        }
    };
    let body = section(
        "Credenciais",
        &html! {
            p { (login.intro) " Depois disso não aparecem mais em lugar nenhum." }
            (form_of(visit, &super::address(login.step), &inside, &html! { button class="primary" { "Testar e salvar" } }))
        },
    );
    Ok(visit.page(status(problems), page(wizard, login.step, problems, &body)))
}

async fn again<W: World>(
    visit: &Visit<'_, W>,
    wizard: &Wizard,
    login: &Login,
    problems: &Problems,
) -> Result<Done, Trouble> {
    let text = problems.first().map_or("", |(_, text)| text.as_str());
    Ok(Done::with_problems(shown(visit, wizard, login, problems).await?, text))
}

/// What is kept of a part already.
fn known<'s>(secret: &'s Value, login: &Login, part: &Part) -> Option<&'s str> {
    secret[login.member][part.name].as_str().filter(|text| !text.trim().is_empty())
}

/// What was typed, or is kept already; else what is missing.
async fn given<W: World>(
    visit: &Visit<'_, W>,
    login: &Login,
) -> Result<Result<[String; 2], Problems>, Trouble> {
    let secret = visit.world.vault().read(Integration::OmieMaxima).await?;
    let of =
        |part: &Part| visit.form.filled(part.name).or_else(|| known(&secret, login, part)).map(str::to_owned);
    let [one, other] = &login.parts;
    Ok(match (of(one), of(other)) {
        (Some(one), Some(other)) => Ok([one, other]),
        (first, second) => {
            let missing = [(one, first), (other, second)].into_iter().filter(|(_, given)| given.is_none());
            Err(missing
                .map(|(part, _)| (part.name.to_owned(), format!("Informe: {}.", part.label)))
                .collect())
        }
    })
}

async fn kept<W: World>(
    visit: &Visit<'_, W>,
    wizard: Wizard,
    login: &Login,
    given: &[String; 2],
    tried: Result<(), PortError>,
    text: &str,
) -> Result<Done, Trouble> {
    let [one, other] = &login.parts;
    if let Err(error) = tried {
        let problems = vec![(one.name.to_owned(), error.to_string())];
        return again(visit, &wizard, login, &problems).await;
    }
    let members = json!({ login.member: { one.name: given[0], other.name: given[1] } });
    visit.world.vault().merge(Integration::OmieMaxima, &members).await?;
    let settings = wizard.draft.settings.clone();
    wizard.keep(visit, login.step, settings, text).await
}
