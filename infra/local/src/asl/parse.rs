//! Reads a definition, refusing by name what the interpreter does not run.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::choice::Rule;
use super::machine::{Kind, Machine, Next, Seconds, State, Text};
use super::parse_parts::Fields;
use super::path::Path;
use super::payload::Payload;

/// Why a definition is not run: where, and what is not supported or does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct Refused {
    /// The state, or `máquina` for the top level.
    pub at: String,
    /// The feature, by its name in the language, and what is wrong with it.
    pub what: String,
}

/// Reads the definition of a state machine.
///
/// # Errors
///
/// The first feature that is not supported, by name, or the first `Next` that leads nowhere.
pub fn machine(definition: &Value) -> Result<Machine, Refused> {
    let mut fields = Fields::of("máquina", definition)?;
    fields.pass_over(&["Comment", "Version"]);
    if let Some(language) = fields.text("QueryLanguage")?
        && language != "JSONPath"
    {
        return Err(fields.refuse(format!("QueryLanguage {language} não é suportada")));
    }
    let timeout = fields.seconds("TimeoutSeconds")?;
    scope(fields, timeout)
}

/// What the machine and the processor of a Map share: a start and states.
fn scope(mut fields: Fields<'_>, timeout: Option<std::time::Duration>) -> Result<Machine, Refused> {
    let start = fields.required_text("StartAt")?;
    let all = fields.required("States")?;
    let all = all.as_object().ok_or_else(|| fields.refuse("States não é um objeto"))?;
    let states = all.iter().map(|(name, body)| Ok((name.clone(), state(name, body)?)));
    let states: BTreeMap<_, _> = states.collect::<Result<_, Refused>>()?;
    if !states.contains_key(&start) {
        return Err(fields.refuse(format!("StartAt leva a {start:?}, que não existe")));
    }
    for (name, state) in &states {
        if let Some(lost) = state.ways().find(|way| !states.contains_key(*way)) {
            let what = format!("leva a {lost:?}, que não existe");
            return Err(Refused { at: format!("estado {name:?}"), what });
        }
    }
    fields.finish()?;
    Ok(Machine { start, states, timeout })
}

fn state(name: &str, body: &Value) -> Result<State, Refused> {
    let mut fields = Fields::of(&format!("estado {name:?}"), body)?;
    fields.pass_over(&["Comment"]);
    let kind = fields.required_text("Type")?;
    let kind = match kind.as_str() {
        "Task" => task(&mut fields)?,
        "Map" => map(&mut fields)?,
        "Pass" => pass(&mut fields)?,
        "Choice" => choice(&mut fields)?,
        "Wait" => wait(&mut fields)?,
        "Succeed" => Kind::Succeed,
        "Fail" => Kind::Fail { error: text(&mut fields, "Error")?, cause: text(&mut fields, "Cause")? },
        other => return Err(fields.refuse(format!("Type {other} não é suportado"))),
    };
    let input = fields.selection("InputPath")?;
    let output = fields.selection("OutputPath")?;
    fields.finish()?;
    Ok(State { input, output, kind })
}

fn task(fields: &mut Fields<'_>) -> Result<Kind, Refused> {
    let resource = fields.required_text("Resource")?;
    if resource != "arn:aws:states:::lambda:invoke" {
        return Err(fields.refuse(format!("Resource {resource} não é suportado")));
    }
    let parameters = fields.payload("Parameters")?.ok_or_else(|| fields.refuse("falta Parameters"))?;
    let timeout = fields.seconds("TimeoutSeconds")?;
    Ok(Kind::Task { work: fields.work()?, parameters, timeout })
}

fn map(fields: &mut Fields<'_>) -> Result<Kind, Refused> {
    let items = fields.path("ItemsPath")?.map_or_else(|| Path::parse("$"), Ok);
    let items = items.map_err(|what| fields.refuse(what))?;
    let selector = fields.payload("ItemSelector")?;
    let concurrency = fields.count("MaxConcurrency")?.unwrap_or(0);
    let processor = fields.required("ItemProcessor")?;
    let mut each = Fields::of(&format!("ItemProcessor de {}", fields.at()), processor)?;
    each.pass_over(&["Comment"]);
    if let Some(config) = each.value("ProcessorConfig")
        && *config != serde_json::json!({ "Mode": "INLINE" })
    {
        return Err(each.refuse(format!("ProcessorConfig {config} não é suportada: só Mode INLINE")));
    }
    let each = Arc::new(scope(each, None)?);
    Ok(Kind::Map { work: fields.work()?, items, selector, concurrency, each })
}

fn pass(fields: &mut Fields<'_>) -> Result<Kind, Refused> {
    let (parameters, result) = (fields.payload("Parameters")?, fields.value("Result").cloned());
    if parameters.is_some() && result.is_some() {
        return Err(fields.refuse("Parameters junto com Result não é suportado"));
    }
    Ok(Kind::Pass { parameters, result, place: fields.place("ResultPath")?, next: fields.next()? })
}

fn choice(fields: &mut Fields<'_>) -> Result<Kind, Refused> {
    let choices = fields.required("Choices")?;
    let choices = choices.as_array().ok_or_else(|| fields.refuse("Choices não é uma lista"))?;
    let rule = |choice: &Value| -> Result<(Rule, Next), String> {
        let next = choice.get("Next").and_then(Value::as_str).ok_or("uma condição de Choices sem Next")?;
        Ok((Rule::parse(choice)?, Next::State(next.to_owned())))
    };
    let rules = choices.iter().map(rule).collect::<Result<_, _>>().map_err(|what| fields.refuse(what))?;
    let default = fields.text("Default")?.map(|name| Next::State(name.to_owned()));
    Ok(Kind::Choice { rules, default })
}

fn wait(fields: &mut Fields<'_>) -> Result<Kind, Refused> {
    let seconds = match (fields.seconds("Seconds")?, fields.path("SecondsPath")?) {
        (Some(fixed), None) => Seconds::Fixed(fixed.as_secs()),
        (None, Some(path)) => Seconds::At(path),
        _ => return Err(fields.refuse("precisa de Seconds ou de SecondsPath")),
    };
    Ok(Kind::Wait { seconds, next: fields.next()? })
}

/// `Error`/`ErrorPath` and `Cause`/`CausePath`.
fn text(fields: &mut Fields<'_>, name: &'static str) -> Result<Text, Refused> {
    let by_path = if name == "Error" { "ErrorPath" } else { "CausePath" };
    let fixed = fields.text(name)?.map(str::to_owned);
    match (fixed, fields.path(by_path)?) {
        (None, None) => Ok(Text::None),
        (Some(fixed), None) => Ok(Text::Fixed(fixed)),
        (None, Some(path)) => Ok(Text::At(path)),
        (Some(_), Some(_)) => Err(fields.refuse(format!("{name} junto com {by_path}"))),
    }
}

impl State {
    /// The names of the states that may follow.
    fn ways(&self) -> impl Iterator<Item = &str> {
        let mut ways: Vec<&Next> = Vec::new();
        match &self.kind {
            Kind::Task { work, .. } | Kind::Map { work, .. } => {
                ways.push(&work.next);
                ways.extend(work.catch.iter().map(|catcher| &catcher.next));
            }
            Kind::Pass { next, .. } | Kind::Wait { next, .. } => ways.push(next),
            Kind::Choice { rules, default } => {
                ways.extend(rules.iter().map(|(_, next)| next).chain(default));
            }
            Kind::Succeed | Kind::Fail { .. } => {}
        }
        ways.into_iter().filter_map(|next| match next {
            Next::State(name) => Some(name.as_str()),
            Next::End => None,
        })
    }
}

impl Payload {
    pub(super) fn read(document: &Value, fields: &Fields<'_>) -> Result<Self, Refused> {
        Self::parse(document).map_err(|what| fields.refuse(what))
    }
}
