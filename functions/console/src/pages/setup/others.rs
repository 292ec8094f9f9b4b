//! The settings that no step of the set-up asks for: few tenants ever change one.

use maud::html;
use sales::settings::Settings;
use sales::settings::versions;
use sales::setup::Lists;
use serde_json::{Map, Value, json};

use super::{form_of, names, pending, status};
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Choice, Field, Nav, Problems, section};
use crate::visit::{Done, Page, Visit};
use crate::web::{Response, href, listed};

/// Lists whose members are numbers.
const NUMBERS: [&str; 1] = ["Pedidos.TiposVendaNormais"];
/// A map, written as one line per entry: `5366 = 1`.
const STOCK: &str = "LocaisEstoque";

/// The page.
pub(in crate::pages) fn address() -> String {
    href(&["de-para", "outros"])
}

/// One setting as the form shows it.
struct Other {
    setting: String,
    value: Value,
}

/// All of them, in the order of their names.
fn all(settings: &Settings) -> Vec<Other> {
    let whole = versions::flat(settings);
    let stock = settings.locais_estoque.iter().map(|(code, branch)| format!("{code} = {branch}"));
    let stock = Value::String(stock.collect::<Vec<_>>().join("\n"));
    // Where the credentials are sent is decided by whoever installs.
    let is_ours = |setting: &str| {
        names::is_other(setting) && !setting.starts_with(STOCK) && !setting.starts_with("Url")
    };
    let others = whole.into_iter().filter(|(setting, _)| is_ours(setting));
    let mut all: Vec<Other> = others.map(|(setting, value)| Other { setting, value }).collect();
    all.push(Other { setting: STOCK.to_owned(), value: stock });
    all.sort_by_key(|other| names::name(&other.setting, &Lists::new()));
    all
}

/// The settings that no step asks for.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let settings = stored(visit).await?;
    Ok(shown(visit, &settings, &Problems::new()))
}

async fn stored<W: World>(visit: &Visit<'_, W>) -> Result<Settings, Trouble> {
    Ok(Settings::stored(visit.state()).await?.map(|(settings, _)| settings).unwrap_or_default())
}

fn shown<W: World>(visit: &Visit<'_, W>, settings: &Settings, problems: &Problems) -> Response {
    let fields = all(settings).into_iter().map(|other| {
        let text =
            if problems.is_empty() { text(&other.value) } else { visit.form.text(&other.setting).to_owned() };
        let title = names::name(&other.setting, &Lists::new());
        let field = Field {
            error: super::fields::error_of(problems, &other.setting),
            ..Field::new(&other.setting, &title)
        };
        let field = Field { is_optional: may_be_blank(settings, &other), ..field.value(&text) };
        let field = field.help(help(&other.setting));
        match &other.value {
            Value::Bool(_) => field.select(&[Choice::new("sim", "sim"), Choice::new("não", "não")]),
            Value::Number(_) => field.input("number"),
            Value::Array(_) => field.help("Separados por vírgula; em branco, todos.").input("text"),
            _ if other.setting == STOCK => {
                field.help("Um por linha: código do local no Omie = código da filial.").long_area(3, 4_000)
            }
            _ => field.input("text"),
        }
    });
    let inside = html! { @for field in fields { (field) } };
    let body = html! {
        (crate::view::problems(problems))
        (section("Parâmetros que raramente mudam", &html! {
            p class="dim" { "Nada é salvo antes de mostrar o que a mudança toca." }
            (form_of(visit, &address(), &inside, &html! { button class="primary" { "Ver o que muda" } }))
        }))
    };
    let above = vec![("De-para".to_owned(), href(&["de-para"]))];
    visit.page(status(problems), Page { title: "Outros parâmetros", nav: Nav::Mappings, above, body })
}

/// What a name does not say.
fn help(setting: &str) -> &'static str {
    match setting {
        "DeleteSelector" => {
            "Por que nome a Máxima apaga um registro: key, o código dele (recomendado), ou hash, a marca de controle. \
             Mude só se a Máxima pedir."
        }
        "Pedidos.UsarStatusCriticas" => {
            "Para onde vai a situação de um pedido que já está no Omie: sim, para StatusCriticas; não, para \
             StatusPedidos (recomendado). Mude só se a Máxima pedir."
        }
        _ => "",
    }
}

/// Whether blank is a value of the setting, and not one that is refused.
fn may_be_blank(settings: &Settings, other: &Other) -> bool {
    match &other.value {
        Value::Bool(_) | Value::Number(_) => false,
        value => read(&other.setting, value, "").is_some_and(|blank| {
            with(settings, &other.setting, blank).is_some_and(|after| {
                let known = settings.problems();
                after.problems().iter().all(|problem| known.contains(problem))
            })
        }),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(is_on) => if *is_on { "sim" } else { "não" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Shows what the changes touch, once they can be used.
pub async fn save<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let before = stored(visit).await?;
    match applied(&before, |setting| {
        visit.form.fields().find(|(name, _)| *name == setting).map(|(_, text)| text)
    }) {
        Ok(settings) => pending::propose(visit, &before, settings, &address()).await,
        Err(problems) => {
            let text = problems.first().map_or("há campos a corrigir", |(_, text)| text.as_str()).to_owned();
            Ok(Done::with_problems(shown(visit, &before, &problems), &text))
        }
    }
}

/// `before` with what was typed; a field that was not sent stays as it was.
fn applied<'t>(before: &Settings, typed: impl Fn(&str) -> Option<&'t str>) -> Result<Settings, Problems> {
    let mut problems = Problems::new();
    let mut settings = before.clone();
    for Other { setting, value } in all(before) {
        let Some(typed) = typed(&setting).map(str::trim) else { continue };
        if typed == text(&value) {
            continue;
        }
        let changed = read(&setting, &value, typed).and_then(|value| with(&settings, &setting, value));
        if let Some(changed) = changed {
            settings = changed;
        } else {
            let title = names::name(&setting, &Lists::new());
            problems.push((setting, format!("{title}: o valor não pode ser usado.")));
        }
    }
    // What was wrong before is said where it can be corrected.
    let known = before.problems();
    for problem in settings.problems().iter().filter(|problem| !known.contains(problem)) {
        let field = all(before).into_iter().find(|other| other.setting.ends_with(problem.setting));
        let field = field.map_or_else(String::new, |other| other.setting);
        problems.push((field, format!("{}.", names::told(problem))));
    }
    if problems.is_empty() { Ok(settings) } else { Err(problems) }
}

/// What was typed, as a value of the same kind.
fn read(setting: &str, before: &Value, typed: &str) -> Option<Value> {
    let number = |text: &str| text.trim().parse::<i64>().ok().map(Value::from);
    match before {
        _ if setting == STOCK => stock(typed),
        Value::Bool(_) => Some(Value::Bool(typed == "sim")),
        Value::Number(_) => number(typed),
        Value::Array(_) => {
            let one = |text: &str| if NUMBERS.contains(&setting) { number(text) } else { Some(json!(text)) };
            listed(typed).map(one).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        Value::Null | Value::String(_) | Value::Object(_) if typed.is_empty() => Some(Value::Null),
        _ => Some(json!(typed)),
    }
}

fn stock(typed: &str) -> Option<Value> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    let entry = |line: &str| {
        let (code, branch) = line.split_once('=')?;
        Some((code.trim().parse::<i64>().ok()?.to_string(), json!(branch.trim())))
    };
    lines.map(entry).collect::<Option<Map<_, _>>>().map(Value::Object)
}

/// The settings with one of them changed; nothing when it cannot have that value.
fn with(settings: &Settings, setting: &str, value: Value) -> Option<Settings> {
    let mut whole = serde_json::to_value(settings).ok()?;
    let (group, member) =
        setting.split_once('.').map_or((None, setting), |(group, member)| (Some(group), member));
    let place = match group {
        Some(group) => &mut whole[group],
        None => &mut whole,
    };
    place.as_object_mut()?.insert(member.to_owned(), value);
    serde_json::from_value(whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed<'t>(fields: &'t [(&'t str, &'t str)]) -> impl Fn(&str) -> Option<&'t str> {
        |setting| fields.iter().find(|(name, _)| *name == setting).map(|(_, text)| *text)
    }

    #[test]
    fn each_kind_of_setting_is_read_as_it_is_shown() {
        let before = Settings { local_estoque_omie: Some(5365), ..Settings::default() };
        let fields = [
            ("JanelaTitulosDias", "90"),
            ("EnviarTitulosAvulsos", "não"),
            ("SupervisorPadrao", "7"),
            ("TiposProduto", "00, 04"),
            ("Pedidos.TiposVendaNormais", "2, 3"),
            ("Etiquetas.Cliente", "Comprador"),
            ("LocaisEstoque", "5366 = 2\n 5367=3"),
        ];

        let after = applied(&before, typed(&fields)).expect("they can be used");

        assert_eq!((after.janela_titulos_dias, after.enviar_titulos_avulsos), (90, false));
        assert_eq!(after.supervisor_padrao.as_deref(), Some("7"));
        assert_eq!(after.tipos_produto, ["00", "04"]);
        assert_eq!(after.pedidos.tipos_venda_normais, [2, 3]);
        assert_eq!(after.etiquetas.cliente, "Comprador");
        let stock = [(5366, "2".to_owned()), (5367, "3".to_owned())];
        assert_eq!(after.locais_estoque, stock.into());
        let shown: Vec<(String, String)> =
            all(&after).into_iter().map(|other| (other.setting, text(&other.value))).collect();
        let shown: Vec<_> = shown.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(applied(&after, typed(&shown)), Ok(after.clone()), "what is shown is what is read");
    }

    #[test]
    fn what_is_called_optional_may_be_left_blank_and_nothing_else() {
        let before = Settings::default();
        let (mut optional, mut demanded) = (0, 0);
        for other in all(&before) {
            let taken = applied(&before, |setting| (setting == other.setting).then_some(""));
            if may_be_blank(&before, &other) {
                assert!(taken.is_ok(), "{}: {taken:?}", other.setting);
                optional += 1;
            } else {
                demanded += 1;
                let is_choice = matches!(other.value, Value::Bool(_));
                assert!(is_choice || taken.is_err(), "{} may be blank", other.setting);
            }
        }
        assert!(optional > 2 && demanded > 5, "{optional} and {demanded}");
    }

    #[test]
    fn what_cannot_be_used_is_said_at_its_field() {
        let fields = [("JanelaTitulosDias", "muitos"), ("Tipovend", "Z9"), ("JanelaHistoricoDias", "0")];

        let problems = applied(&Settings::default(), typed(&fields)).expect_err("they cannot be used");

        let mut named: Vec<_> = problems.iter().map(|(field, _)| field.as_str()).collect();
        named.sort_unstable();
        assert_eq!(named, ["JanelaHistoricoDias", "JanelaTitulosDias", "Tipovend"]);
    }
}
