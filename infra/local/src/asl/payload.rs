//! Payload templates (`Parameters`, `ItemSelector`, `ResultSelector`) and the intrinsic functions they use.

use serde_json::{Map, Value};

use super::Failure;
use super::path::Path;

/// A document whose keys ending in `.$` are filled from the data.
#[derive(Clone, Debug)]
pub(super) enum Payload {
    Literal(Value),
    Object(Vec<(String, Payload)>),
    Array(Vec<Payload>),
    Filled(Expression),
}

/// What may stand after a key that ends in `.$`.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Path(Path),
    Text(String),
    Format { text: String, arguments: Vec<Expression> },
}

impl Payload {
    pub(super) fn parse(document: &Value) -> Result<Self, String> {
        match document {
            Value::Object(object) => object.iter().map(field).collect::<Result<_, _>>().map(Self::Object),
            Value::Array(items) => items.iter().map(Self::parse).collect::<Result<_, _>>().map(Self::Array),
            literal => Ok(Self::Literal(literal.clone())),
        }
    }

    pub(super) fn fill(&self, data: &Value, context: &Value) -> Result<Value, Failure> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Array(items) => items.iter().map(|item| item.fill(data, context)).collect(),
            Self::Filled(expression) => expression.value(data, context),
            Self::Object(fields) => {
                let filled =
                    fields.iter().map(|(name, field)| Ok((name.clone(), field.fill(data, context)?)));
                filled.collect::<Result<Map<_, _>, Failure>>().map(Value::Object)
            }
        }
    }
}

fn field((name, value): (&String, &Value)) -> Result<(String, Payload), String> {
    let Some(bare) = name.strip_suffix(".$") else {
        return Ok((name.clone(), Payload::parse(value)?));
    };
    let text = value.as_str().ok_or_else(|| format!("{name} não é um texto"))?;
    Ok((bare.to_owned(), Payload::Filled(Expression::parse(text)?)))
}

impl Expression {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (expression, rest) = expression(text.trim())?;
        if rest.is_empty() { Ok(expression) } else { Err(format!("sobrou {rest:?} em {text:?}")) }
    }

    pub(super) fn value(&self, data: &Value, context: &Value) -> Result<Value, Failure> {
        match self {
            Self::Path(path) => path.get(data, context).cloned(),
            Self::Text(text) => Ok(Value::String(text.clone())),
            Self::Format { text, arguments } => {
                let values = arguments.iter().map(|argument| argument.value(data, context));
                format(text, &values.collect::<Result<Vec<_>, _>>()?).map(Value::String)
            }
        }
    }
}

/// Reads one expression at the start of `text`; gives it and what follows.
fn expression(text: &str) -> Result<(Expression, &str), String> {
    if let Some(inside) = text.strip_prefix('\'') {
        let (literal, rest) = literal(inside).ok_or_else(|| format!("texto sem fim em {text:?}"))?;
        return Ok((Expression::Text(literal), rest));
    }
    if text.starts_with('$') {
        let end = text.find([',', ')']).unwrap_or(text.len());
        let (path, rest) = text.split_at(end);
        return Ok((Expression::Path(Path::parse(path.trim())?), rest));
    }
    let (name, arguments) =
        text.split_once('(').ok_or_else(|| format!("{text:?} não é caminho nem função intrínseca"))?;
    if name != "States.Format" {
        return Err(format!("função intrínseca {name} não é suportada"));
    }
    let (mut arguments, rest) = list(arguments)?;
    if arguments.is_empty() {
        return Err("States.Format sem texto".to_owned());
    }
    let Expression::Text(text) = arguments.remove(0) else {
        return Err("States.Format: o primeiro argumento não é um texto".to_owned());
    };
    Ok((Expression::Format { text, arguments }, rest))
}

fn list(mut text: &str) -> Result<(Vec<Expression>, &str), String> {
    let mut arguments = Vec::new();
    loop {
        let (argument, rest) = expression(text.trim_start())?;
        arguments.push(argument);
        let rest = rest.trim_start();
        if let Some(rest) = rest.strip_prefix(')') {
            return Ok((arguments, rest));
        }
        text = rest.strip_prefix(',').ok_or_else(|| format!("esperava , ou ) antes de {rest:?}"))?;
    }
}

/// A quoted text. `\{` and `\}` keep their backslash: `format` must still tell them from a placeholder.
fn literal(inside: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => return Some((text, &inside[at + 1..])),
            '\\' => match chars.next()?.1 {
                c @ ('{' | '}') => text.extend(['\\', c]),
                c => text.push(c),
            },
            c => text.push(c),
        }
    }
    None
}

fn format(text: &str, arguments: &[Value]) -> Result<String, Failure> {
    let fault = |cause| Failure::new("States.IntrinsicFailure", cause);
    let mut out = String::new();
    let mut arguments = arguments.iter();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(&brace @ ('{' | '}'))) => {
                chars.next();
                out.push(brace);
            }
            ('{', Some('}')) => {
                chars.next();
                let argument = arguments.next().ok_or_else(|| fault("States.Format: too few arguments"))?;
                match argument {
                    Value::String(text) => out.push_str(text),
                    Value::Array(_) | Value::Object(_) => {
                        return Err(fault("States.Format: an argument is not a scalar"));
                    }
                    scalar => out.push_str(&scalar.to_string()),
                }
            }
            (c, _) => out.push(c),
        }
    }
    if arguments.next().is_some() {
        return Err(fault("States.Format: too many arguments"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fill(template: &Value, data: &Value) -> Result<Value, Failure> {
        Payload::parse(template).expect("a template").fill(data, &json!({}))
    }

    #[test]
    fn keys_ending_in_a_dollar_are_filled_at_any_depth() {
        let template = json!({ "a": { "b.$": "$.x" }, "c": [{ "d.$": "$.x[0]" }], "e": "$.x" });

        let filled = fill(&template, &json!({ "x": [1] }));

        assert_eq!(filled, Ok(json!({ "a": { "b": [1] }, "c": [{ "d": 1 }], "e": "$.x" })));
    }

    #[test]
    fn format_replaces_each_placeholder_in_turn() {
        let template = json!({ "t.$": "States.Format('ponte-{}-{} \\{\\} it\\'s', $.a, $.b)" });

        assert_eq!(fill(&template, &json!({ "a": "x", "b": 2 })), Ok(json!({ "t": "ponte-x-2 {} it's" })));
    }

    #[test]
    fn format_with_too_few_or_too_many_arguments_fails() {
        for text in ["States.Format('{}{}', $.a)", "States.Format('{}', $.a, $.a)"] {
            let error = fill(&json!({ "t.$": text }), &json!({ "a": 1 })).expect_err(text).error;
            assert_eq!(error, "States.IntrinsicFailure", "{text}");
        }
    }

    #[test]
    fn an_intrinsic_function_we_do_not_have_is_refused_by_name() {
        let refused = Payload::parse(&json!({ "t.$": "States.UUID()" })).expect_err("not supported");

        assert!(refused.contains("States.UUID"), "{refused}");
    }

    #[test]
    fn a_path_to_nothing_is_a_runtime_failure() {
        let failure = fill(&json!({ "a.$": "$.x" }), &json!({})).expect_err("nothing there");

        assert_eq!(failure.error, "States.Runtime");
        assert!(failure.cause.contains("'$.x'"), "{}", failure.cause);
    }
}
