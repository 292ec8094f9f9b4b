//! Paths into the data: `$.a.b[0]`, `$['a']`, and the same from `$$`, the context object.

use std::fmt;

use serde_json::{Map, Value};

use super::Failure;

/// Where in the state's data, or in the context object, a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    in_context: bool,
    steps: Vec<Step>,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(usize),
}

impl Path {
    /// Reads a path; the error is what is not understood about it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let refuse = || format!("caminho {text:?}: só são aceitos $.a.b, $['a'] e [0]");
        let rest = text.strip_prefix('$').ok_or_else(refuse)?;
        let (in_context, mut rest) = rest.strip_prefix('$').map_or((false, rest), |rest| (true, rest));
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest).ok_or_else(refuse)?;
            steps.push(step);
            rest = after;
        }
        Ok(Self { in_context, steps, text: text.to_owned() })
    }

    /// The value it leads to, if there is one.
    pub(super) fn find<'a>(&self, data: &'a Value, context: &'a Value) -> Option<&'a Value> {
        let start = if self.in_context { context } else { data };
        self.steps.iter().try_fold(start, |value, step| match step {
            Step::Field(name) => value.get(name),
            Step::Index(index) => value.get(index),
        })
    }

    /// The value it leads to, or the failure AWS raises for a path that leads nowhere.
    pub(super) fn get<'a>(&self, data: &'a Value, context: &'a Value) -> Result<&'a Value, Failure> {
        self.find(data, context).ok_or_else(|| {
            Failure::runtime(format!("The JSONPath '{}' could not be found in the input", self.text))
        })
    }

    /// Whether a result may be stored there: inside the state's data, by field names only.
    pub(super) fn is_reference(&self) -> bool {
        !self.in_context && self.steps.iter().all(|step| matches!(step, Step::Field(_)))
    }

    /// `data` with `result` stored where a reference path leads, making the objects on the way.
    pub(super) fn put(&self, mut data: Value, result: Value) -> Result<Value, Failure> {
        let mut place = &mut data;
        for step in &self.steps {
            let Step::Field(name) = step else { return Err(self.misfit()) };
            let object = place.as_object_mut().ok_or_else(|| self.misfit())?;
            place = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
        }
        *place = result;
        Ok(data)
    }

    fn misfit(&self) -> Failure {
        let cause = format!("Unable to apply ReferencePath {} to the input", self.text);
        Failure::new("States.ResultPathMatchFailure", cause)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn step(rest: &str) -> Option<(Step, &str)> {
    if let Some(rest) = rest.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        return plain.then(|| (Step::Field(name.to_owned()), after));
    }
    let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
    if let Some(name) = inside.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')) {
        return Some((Step::Field(name.to_owned()), after));
    }
    Some((Step::Index(inside.parse().ok()?), after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find(text: &str, data: &Value) -> Option<Value> {
        Path::parse(text).expect("a path").find(data, &json!({ "State": { "Name": "Here" } })).cloned()
    }

    #[test]
    fn a_path_walks_fields_and_indexes() {
        let data = json!({ "a": { "b": [10, 20] }, "with space": 3 });

        assert_eq!(find("$", &data), Some(data.clone()));
        assert_eq!(find("$.a.b[1]", &data), Some(json!(20)));
        assert_eq!(find("$['with space']", &data), Some(json!(3)));
        assert_eq!(find("$.a.b[2]", &data), None);
        assert_eq!(find("$$.State.Name", &data), Some(json!("Here")));
    }

    #[test]
    fn a_filter_a_wildcard_and_a_bare_word_are_refused() {
        for text in ["a", "$.a[*]", "$..a", "$.a[?(@.b)]", "$.a[-1]", "$.", "$a"] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn storing_makes_the_objects_on_the_way() {
        let path = Path::parse("$.a.b").expect("a path");

        assert_eq!(path.put(json!({ "c": 1 }), json!(2)), Ok(json!({ "a": { "b": 2 }, "c": 1 })));
        let error = path.put(json!({ "a": 7 }), json!(2)).expect_err("a number has no fields").error;
        assert_eq!(error, "States.ResultPathMatchFailure");
    }
}
