//! What a write method's parameter must look like, member by member, checked before anything else is.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::dataset::seconds;

/// A complex type: its name, which the fault about an unknown member states, and its members.
#[derive(Debug)]
pub(super) struct Structure {
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
}

/// A member.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
}

/// What a member holds.
#[derive(Debug)]
pub(super) enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    Whole,
    /// A number, never a text (`contracts/omie.md` §6).
    Amount,
    Day,
    /// "S" or "N".
    Yes,
    OneOf(&'static [&'static str]),
    Object(&'static Structure),
    List(&'static Structure),
    /// Exists and is Omie's to fill.
    Automatic,
}

/// A member that may be absent.
pub(super) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// A member that has to be filled.
pub(super) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

impl Structure {
    /// Unknown members first, then those that hold the wrong thing, then those that are missing.
    pub(super) fn check(&self, given: &Map<String, Value>) -> Result<(), Refusal> {
        let known = |name: &str| self.fields.iter().find(|field| field.name == name);
        if let Some(unknown) = given.keys().find(|name| known(name).is_none()) {
            return Err(Refusal::unknown_member(unknown, self.name));
        }
        for field in self.fields {
            if let Some(value) = given.get(field.name) {
                field.check(value)?;
            }
        }
        self.check_filled(given)
    }

    /// Only whether what has to be filled is.
    pub(super) fn check_filled(&self, given: &Map<String, Value>) -> Result<(), Refusal> {
        let missing = |field: &&Field| field.required && given.get(field.name).is_none_or(is_empty);
        self.fields.iter().find(missing).map_or(Ok(()), |field| Err(Refusal::missing_member(field.name)))
    }
}

impl Field {
    fn check(&self, value: &Value) -> Result<(), Refusal> {
        let fits = match (&self.kind, value) {
            (Kind::Automatic, _) => return Err(Refusal::automatic(self.name)),
            (Kind::Object(structure), Value::Object(members)) => return structure.check(members),
            (Kind::List(structure), Value::Array(elements)) => {
                return elements.iter().try_for_each(|element| match element {
                    Value::Object(members) => structure.check(members),
                    _ => Err(Refusal::bad_member(self.name)),
                });
            }
            (Kind::Text(most), Value::String(text)) => {
                if text.chars().count() > *most {
                    return Err(Refusal::too_long(self.name, *most));
                }
                true
            }
            (Kind::Whole, Value::Number(number)) => number.is_u64(),
            (Kind::Amount, Value::Number(_)) => amount(value) >= Decimal::ZERO,
            (Kind::Day | Kind::Yes | Kind::OneOf(_), Value::String(text)) if text.is_empty() => true,
            (Kind::Day, Value::String(text)) => {
                let read = seconds(text, "00:00:00").ok_or_else(|| Refusal::bad_member(self.name))?;
                if read < YEAR_1901 {
                    return Err(Refusal::bad_year(self.name));
                }
                true
            }
            (Kind::Yes, Value::String(text)) => text == "S" || text == "N",
            (Kind::OneOf(choices), Value::String(text)) => {
                if !choices.contains(&text.as_str()) {
                    return Err(Refusal::not_a_choice(self.name, text, choices));
                }
                true
            }
            _ => false,
        };
        if fits { Ok(()) } else { Err(Refusal::bad_member(self.name)) }
    }
}

/// The first of January 1901.
const YEAR_1901: i64 = -2_177_452_800;

/// Whether Omie takes the member as not filled.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) => false,
        Value::Number(_) => amount(value).is_zero(),
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

/// The digits of a number; zero when it is none.
pub(super) fn amount(value: &Value) -> Decimal {
    let text = crate::dataset::text_of(value);
    text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap_or_default()
}

/// A number as Omie writes it.
pub(super) fn number(amount: Decimal) -> Value {
    serde_json::from_str(&amount.normalize().to_string()).unwrap_or_default()
}
