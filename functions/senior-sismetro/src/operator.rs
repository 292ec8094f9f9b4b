//! Operators' words, by direct invocation (flow §9). The words about orders are those of `service_orders::commands`;
//! here are the ones about the integration itself.

use clock::Clock;
use engine::flow::FlowError;
use engine::{Documents, Expected, FlowState, Mark, StateError};
use partner_http::Secret;
use runtime::{Edge, Failure, Invocation};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service_orders::branches::Branch;
use service_orders::commands::{self, Command, Refused, Reply};
use service_orders::{Credentials, Settings, SetupError, equipment, records, settings, show, watch};

use crate::event::{OperatorAnswer, Told};
use crate::turn::{failure, setup};
use crate::{Function, wake};

/// Whoever does not say who he is.
const NOBODY: &str = "operador";
/// Every word there is.
const WORDS: [&str; 18] = [
    "status",
    "list",
    "find",
    "show",
    "quarantine",
    "unmatched",
    "dismiss_callback",
    "redrive",
    "attach_ss",
    "allow_resend",
    "skip_note",
    "force_outcome",
    "close",
    "replay_event",
    "branches",
    "set_branch",
    "settings",
    "configure",
];
/// Orders in the answer to a search.
const FOUND: usize = 50;

/// A word about the integration itself.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Own {
    /// How everything stands, and what is missing.
    Status {},
    /// The stored settings.
    Settings {},
    /// Changes the members that are named; `null` gives one its default back.
    Configure { settings: Map<String, Value> },
    /// The configured branches.
    Branches {},
    /// Orders by number, SS or id.
    Find { text: String },
}

/// Obeys a word. One that cannot be obeyed is answered with why, and is no failure of the function.
pub(crate) async fn told(
    function: Function,
    edge: &Edge,
    told: Told,
    invocation: &Invocation,
) -> Result<OperatorAnswer, Failure> {
    // Only for what it lacks: a word is obeyed without it.
    let secret = edge.secret().await.ok();
    let (answer, wakes) = Box::pin(obeyed(&edge.store, edge.clock(), secret.as_ref(), told)).await?;
    if wakes {
        wake(function, edge, invocation).await;
    }
    Ok(answer)
}

/// The answer, and whether there is work now.
pub(crate) async fn obeyed(
    state: &impl FlowState,
    clock: &Clock,
    secret: Option<&Secret>,
    told: Told,
) -> Result<(OperatorAnswer, bool), Failure> {
    let word = told.so.get("op").and_then(Value::as_str).unwrap_or_default();
    if !WORDS.contains(&word) {
        let words = WORDS.join(", ");
        let text = match word {
            "" => format!("informe o comando (op): {words}"),
            _ => format!("comando desconhecido \"{word}\": use um destes: {words}"),
        };
        return Ok((refused(text), false));
    }
    let own = match word {
        "status" | "settings" | "configure" | "branches" | "find" => Some(own(word, &told.so)),
        _ => None,
    };
    match own {
        Some(Ok(own)) => Ok((Box::pin(about_ourselves(state, clock, secret, own)).await?, false)),
        Some(Err(why)) => Ok((refused(why), false)),
        None => {
            let (answer, wakes) = Box::pin(about_orders(state, clock, told)).await?;
            Ok((with_account(answer, secret), wakes))
        }
    }
}

/// Warns of a branch whose account is not in the secret; without the secret nobody can tell.
fn with_account(mut answer: OperatorAnswer, secret: Option<&Secret>) -> OperatorAnswer {
    if let Some(name) = answer.result["branch"]["account"].as_str()
        && let Ok(credentials) = credentials(secret)
        && !credentials.sismetro.contains_key(name)
    {
        let warning = format!("o segredo não tem a conta \"{name}\": inclua-a antes do próximo pedido");
        answer.result["warning"] = json!(warning);
    }
    answer
}

fn own(word: &str, body: &Value) -> Result<Own, String> {
    serde_json::from_value(body.clone())
        .map_err(|error| format!("comando inválido em \"{word}\": {}", commands::spoken(&error)))
}

async fn about_orders(
    state: &impl FlowState,
    clock: &Clock,
    told: Told,
) -> Result<(OperatorAnswer, bool), Failure> {
    let command = match Command::read(&told.so) {
        Ok(command) => command,
        Err(unreadable) => return Ok((refused(unreadable.to_string()), false)),
    };
    let settings = match Settings::load(state).await {
        Ok(Some((settings, _))) => settings,
        Ok(None) => {
            let text = "a integração ainda não tem parâmetros: envie-os com o comando configure";
            return Ok((refused(text.to_owned()), false));
        }
        Err(error @ SetupError::Incomplete(_)) => return Ok((refused(error.to_string()), false)),
        Err(error) => return Err(setup(&error)),
    };
    let actor = match told.actor.trim() {
        "" => NOBODY,
        actor => actor,
    };
    match commands::run(state, clock, &settings, actor, command).await {
        Ok(Reply { body, wake }) => {
            Ok((OperatorAnswer { done: true, text: String::new(), result: body }, wake))
        }
        Err(Refused::Flow(error)) => Err(failure(&error)),
        Err(why) => Ok((refused(why.to_string()), false)),
    }
}

async fn about_ourselves(
    state: &impl FlowState,
    clock: &Clock,
    secret: Option<&Secret>,
    own: Own,
) -> Result<OperatorAnswer, Failure> {
    match own {
        Own::Status {} => status(state, clock, secret).await.map_err(|error| failure(&error)),
        Own::Settings {} => Ok(done(stored(state).await?.map_or(Value::Null, |(body, _)| body))),
        Own::Branches {} => {
            let branches = Branch::all(state).await?;
            Ok(done(json!({ "branches": branches })))
        }
        Own::Find { text } => find(state, text.trim()).await.map_err(|error| failure(&error)),
        Own::Configure { settings } => configure(state, secret, settings).await,
    }
}

fn done(result: Value) -> OperatorAnswer {
    OperatorAnswer { done: true, text: String::new(), result }
}

fn refused(text: String) -> OperatorAnswer {
    OperatorAnswer { done: false, text, result: Value::Null }
}

async fn stored(state: &impl Documents) -> Result<Option<(Value, u64)>, StateError> {
    let document = state.get(settings::KIND, settings::ID).await?;
    Ok(document.map(|document| (document.body, document.version)))
}

/// How the orders stand, and what still keeps the integration from working.
async fn status(
    state: &impl FlowState,
    clock: &Clock,
    secret: Option<&Secret>,
) -> Result<OperatorAnswer, FlowError> {
    let credentials = credentials(secret);
    let (settings, mut missing) = match Settings::load(state).await {
        Ok(Some((settings, _))) => (Some(settings), Vec::new()),
        Ok(None) => (None, vec!["a integração ainda não tem parâmetros: comando configure".to_owned()]),
        Err(SetupError::State(error)) => return Err(error.into()),
        Err(error) => (None, vec![error.to_string()]),
    };
    missing.extend(credentials.as_ref().err().cloned());
    let mut result = json!({ "summary": watch::inspected(state).await?.0 });
    if let (Some(settings), Ok(credentials)) = (&settings, &credentials) {
        missing.extend(lacking(settings, credentials));
        let accounts = credentials.sismetro.keys();
        result["equipment"] = json!(equipment::standing(state, accounts).await?);
    }
    if let Some(settings) = &settings {
        result["late"] = json!(watch::stale(state, clock, settings).await?);
    }
    result["missing"] = json!(missing);
    Ok(done(result))
}

fn credentials(secret: Option<&Secret>) -> Result<Credentials, String> {
    let secret = secret.ok_or_else(|| "o segredo da integração não pôde ser lido".to_owned())?;
    Credentials::parse(secret.expose()).map_err(|error| format!("o segredo da integração: {error}"))
}

fn lacking(settings: &Settings, credentials: &Credentials) -> Vec<String> {
    let problems = settings.problems_with(credentials);
    problems.into_iter().map(|problem| format!("{}: {}", problem.setting, problem.text)).collect()
}

/// The orders that `text` names: by number, by SS, by id.
async fn find(state: &impl FlowState, text: &str) -> Result<OperatorAnswer, FlowError> {
    if text.is_empty() {
        return Ok(refused("informe o que procurar: número do pedido, da SS, ou o id do pedido".to_owned()));
    }
    let mut orders: Vec<Value> =
        records::order(state, text).await?.as_ref().map(show::line).into_iter().collect();
    for mark in ["numero", "ss"] {
        for line in show::found(state, &Mark::new(mark, text.to_owned()), FOUND).await? {
            if orders.iter().all(|known| known["order_id"] != line["order_id"]) {
                orders.push(line);
            }
        }
    }
    Ok(done(json!({ "orders": orders })))
}

/// Changes the stored settings; all that is wrong with them is said, and then nothing is changed.
async fn configure(
    state: &impl FlowState,
    secret: Option<&Secret>,
    changes: Map<String, Value>,
) -> Result<OperatorAnswer, Failure> {
    let stored = stored(state).await?;
    let (mut document, expected) = match stored {
        Some((body, version)) => (body, Expected::Version(version)),
        None => (json!({}), Expected::Absent),
    };
    merge(&mut document, Value::Object(changes));
    let settings = match Settings::read(&document) {
        Ok(settings) => settings,
        Err(wrong) => return Ok(refused(wrong.to_string())),
    };
    match settings.save(state, expected).await {
        Ok(_) => {}
        Err(SetupError::State(StateError::Conflict { .. })) => {
            return Ok(refused("alguém alterou os parâmetros ao mesmo tempo: repita".to_owned()));
        }
        Err(error) => return Err(setup(&error)),
    }
    tracing::info!("the settings were changed");
    let missing = match credentials(secret) {
        Ok(credentials) => lacking(&settings, &credentials),
        Err(why) => vec![why],
    };
    Ok(done(json!({ "settings": settings, "missing": missing })))
}

/// A JSON merge patch (RFC 7386): objects are merged, `null` removes.
fn merge(into: &mut Value, changes: Value) {
    let Value::Object(changes) = changes else {
        *into = changes;
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    let Some(into) = into.as_object_mut() else { return };
    for (name, change) in changes {
        if change.is_null() {
            into.remove(&name);
        } else {
            merge(into.entry(name).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests;
