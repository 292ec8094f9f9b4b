//! The conditions of a Choice state.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::Failure;
use super::path::Path;

/// A condition on the data.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    All(Vec<Rule>),
    Any(Vec<Rule>),
    Not(Box<Rule>),
    Test { variable: Path, test: Test },
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    Present(bool),
    Null(bool),
    Boolean(bool),
    Text(String),
    Number { value: f64, accepts: &'static [Ordering] },
}

impl Rule {
    /// Reads a condition; `Next` and `Comment` belong to the caller and are passed over.
    pub(super) fn parse(rule: &Value) -> Result<Self, String> {
        let object = rule.as_object().ok_or("uma condição de Choices não é um objeto")?;
        let several = |name: &str| -> Result<Vec<Self>, String> {
            let rules = object[name].as_array().ok_or_else(|| format!("{name} não é uma lista"))?;
            rules.iter().map(Self::parse).collect()
        };
        let mut operators =
            object.keys().filter(|key| !matches!(key.as_str(), "Next" | "Comment" | "Variable"));
        let operator = operators.next().ok_or("condição sem operador")?;
        if let Some(second) = operators.next() {
            return Err(format!("condição com dois operadores: {operator} e {second}"));
        }
        match operator.as_str() {
            "And" => Ok(Self::All(several("And")?)),
            "Or" => Ok(Self::Any(several("Or")?)),
            "Not" => Ok(Self::Not(Box::new(Self::parse(&object["Not"])?))),
            name => Ok(Self::Test { variable: variable(object)?, test: Test::parse(name, &object[name])? }),
        }
    }

    /// Whether it holds. A variable that is not there fails the state, except when presence is the question.
    pub(super) fn holds(&self, data: &Value, context: &Value) -> Result<bool, Failure> {
        match self {
            Self::All(rules) => {
                rules.iter().try_fold(true, |all, rule| Ok(all && rule.holds(data, context)?))
            }
            Self::Any(rules) => {
                rules.iter().try_fold(false, |any, rule| Ok(any || rule.holds(data, context)?))
            }
            Self::Not(rule) => Ok(!rule.holds(data, context)?),
            Self::Test { variable, test: Test::Present(wanted) } => {
                Ok(variable.find(data, context).is_some() == *wanted)
            }
            Self::Test { variable, test } => Ok(test.holds(variable.get(data, context)?)),
        }
    }
}

fn variable(object: &Map<String, Value>) -> Result<Path, String> {
    let text = object.get("Variable").and_then(Value::as_str).ok_or("condição sem Variable")?;
    Path::parse(text)
}

impl Test {
    fn parse(operator: &str, value: &Value) -> Result<Self, String> {
        let misfit = || format!("{operator}: o valor {value} não serve");
        let boolean = || value.as_bool().ok_or_else(misfit);
        let number = |accepts| Ok(Self::Number { value: value.as_f64().ok_or_else(misfit)?, accepts });
        match operator {
            "IsPresent" => Ok(Self::Present(boolean()?)),
            "IsNull" => Ok(Self::Null(boolean()?)),
            "BooleanEquals" => Ok(Self::Boolean(boolean()?)),
            "StringEquals" => Ok(Self::Text(value.as_str().ok_or_else(misfit)?.to_owned())),
            "NumericEquals" => number(&[Ordering::Equal]),
            "NumericLessThan" => number(&[Ordering::Less]),
            "NumericLessThanEquals" => number(&[Ordering::Less, Ordering::Equal]),
            "NumericGreaterThan" => number(&[Ordering::Greater]),
            "NumericGreaterThanEquals" => number(&[Ordering::Greater, Ordering::Equal]),
            name => Err(format!("operador de Choice {name} não é suportado")),
        }
    }

    /// A value of another type than the operator's is not an error: it does not match, like in AWS.
    fn holds(&self, found: &Value) -> bool {
        match self {
            Self::Present(_) => true,
            Self::Null(wanted) => found.is_null() == *wanted,
            Self::Boolean(wanted) => found.as_bool() == Some(*wanted),
            Self::Text(wanted) => found.as_str() == Some(wanted),
            Self::Number { value, accepts } => found
                .as_f64()
                .and_then(|found| found.partial_cmp(value))
                .is_some_and(|order| accepts.contains(&order)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(rule: &Value, data: &Value) -> Result<bool, Failure> {
        Rule::parse(rule).expect("a rule").holds(data, &json!({}))
    }

    #[test]
    fn each_operator_tells_its_values_apart() {
        let yes = [
            (json!({ "Variable": "$.x", "IsPresent": true }), json!({ "x": null })),
            (json!({ "Variable": "$.x", "IsPresent": false }), json!({})),
            (json!({ "Variable": "$.x", "IsNull": true }), json!({ "x": null })),
            (json!({ "Variable": "$.x", "BooleanEquals": true }), json!({ "x": true })),
            (json!({ "Variable": "$.x", "StringEquals": "a" }), json!({ "x": "a" })),
            (json!({ "Variable": "$.x", "NumericEquals": 2 }), json!({ "x": 2.0 })),
            (json!({ "Variable": "$.x", "NumericGreaterThan": 0 }), json!({ "x": 1 })),
            (json!({ "Variable": "$.x", "NumericGreaterThanEquals": 1 }), json!({ "x": 1 })),
            (json!({ "Variable": "$.x", "NumericLessThan": 2 }), json!({ "x": 1 })),
            (json!({ "Variable": "$.x", "NumericLessThanEquals": 1 }), json!({ "x": 1 })),
        ];
        for (rule, data) in &yes {
            assert_eq!(holds(rule, data), Ok(true), "{rule}");
            let not = json!({ "Not": rule });
            assert_eq!(holds(&not, data), Ok(false), "{not}");
        }
    }

    #[test]
    fn and_and_or_combine() {
        let is = |name: &str| json!({ "Variable": format!("$.{name}"), "BooleanEquals": true });
        let data = json!({ "yes": true, "no": false });

        assert_eq!(holds(&json!({ "And": [is("yes"), is("no")] }), &data), Ok(false));
        assert_eq!(holds(&json!({ "Or": [is("no"), is("yes")] }), &data), Ok(true));
        assert_eq!(
            holds(&json!({ "And": [is("no"), is("absent")] }), &data),
            Ok(false),
            "it stops at the first"
        );
    }

    #[test]
    fn another_type_does_not_match_and_an_absent_variable_fails() {
        let rule = json!({ "Variable": "$.x", "BooleanEquals": true });

        assert_eq!(holds(&rule, &json!({ "x": "true" })), Ok(false));
        assert_eq!(holds(&rule, &json!({})).expect_err("absent").error, "States.Runtime");
    }

    #[test]
    fn an_operator_we_do_not_have_is_refused_by_name() {
        let rule = json!({ "Variable": "$.x", "StringMatches": "a*" });

        assert!(Rule::parse(&rule).expect_err("refused").contains("StringMatches"));
    }
}
