//! The fields of a state, taken one by one; what nobody takes is refused by name.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::machine::{Catcher, Next, Place, Retrier, Selection, Work};
use super::parse::Refused;
use super::path::Path;
use super::payload::Payload;

/// The fields of one object of the definition, and which of them were understood.
pub(super) struct Fields<'a> {
    at: String,
    object: &'a Map<String, Value>,
    taken: BTreeSet<&'static str>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(at: &str, body: &'a Value) -> Result<Self, Refused> {
        let refused = || Refused { at: at.to_owned(), what: "não é um objeto".to_owned() };
        let object = body.as_object().ok_or_else(refused)?;
        Ok(Self { at: at.to_owned(), object, taken: BTreeSet::new() })
    }

    pub(super) fn at(&self) -> &str {
        &self.at
    }

    pub(super) fn refuse(&self, what: impl Into<String>) -> Refused {
        Refused { at: self.at.clone(), what: what.into() }
    }

    pub(super) fn pass_over(&mut self, names: &[&'static str]) {
        self.taken.extend(names);
    }

    /// Ends the reading: a field that was not taken is a feature we do not have.
    pub(super) fn finish(self) -> Result<(), Refused> {
        match self.object.keys().find(|name| !self.taken.contains(name.as_str())) {
            None => Ok(()),
            Some(name) => Err(self.refuse(format!("o campo {name} não é suportado"))),
        }
    }

    pub(super) fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.taken.insert(name);
        self.object.get(name)
    }

    pub(super) fn required(&mut self, name: &'static str) -> Result<&'a Value, Refused> {
        self.value(name).ok_or_else(|| self.refuse(format!("falta {name}")))
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<&'a str>, Refused> {
        let read =
            |value: &'a Value| value.as_str().ok_or_else(|| self.refuse(format!("{name} não é um texto")));
        self.object.get(name).map(read).transpose().inspect(|_| {
            self.taken.insert(name);
        })
    }

    pub(super) fn required_text(&mut self, name: &'static str) -> Result<String, Refused> {
        self.text(name)?.map(str::to_owned).ok_or_else(|| self.refuse(format!("falta {name}")))
    }

    pub(super) fn count(&mut self, name: &'static str) -> Result<Option<usize>, Refused> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        number.map(Some).ok_or_else(|| self.refuse(format!("{name} não é um número inteiro")))
    }

    pub(super) fn seconds(&mut self, name: &'static str) -> Result<Option<Duration>, Refused> {
        Ok(self.count(name)?.map(|seconds| Duration::from_secs(seconds as u64)))
    }

    pub(super) fn path(&mut self, name: &'static str) -> Result<Option<Path>, Refused> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        Path::parse(text).map(Some).map_err(|what| self.refuse(format!("{name}: {what}")))
    }

    pub(super) fn payload(&mut self, name: &'static str) -> Result<Option<Payload>, Refused> {
        self.value(name).map(|document| Payload::read(document, self)).transpose()
    }

    pub(super) fn selection(&mut self, name: &'static str) -> Result<Selection, Refused> {
        if self.value(name).is_some_and(Value::is_null) {
            return Ok(Selection::Nothing);
        }
        let whole = Path::parse("$").map_err(|what| self.refuse(what))?;
        Ok(Selection::At(self.path(name)?.unwrap_or(whole)))
    }

    pub(super) fn place(&mut self, name: &'static str) -> Result<Place, Refused> {
        match self.selection(name)? {
            Selection::Nothing => Ok(Place::Dropped),
            Selection::At(path) if path.is_reference() => Ok(Place::At(path)),
            Selection::At(path) => Err(self.refuse(format!("{name} {path} não é um lugar nos dados"))),
        }
    }

    pub(super) fn next(&mut self) -> Result<Next, Refused> {
        let end = self.value("End").and_then(Value::as_bool).unwrap_or(false);
        match (self.text("Next")?, end) {
            (Some(name), false) => Ok(Next::State(name.to_owned())),
            (None, true) => Ok(Next::End),
            _ => Err(self.refuse("precisa de Next ou de End, e só de um")),
        }
    }

    pub(super) fn work(&mut self) -> Result<Work, Refused> {
        Ok(Work {
            selector: self.payload("ResultSelector")?,
            place: self.place("ResultPath")?,
            retry: self.each("Retry", retrier)?,
            catch: self.each("Catch", catcher)?,
            next: self.next()?,
        })
    }

    fn each<T>(
        &mut self,
        name: &'static str,
        read: fn(&mut Fields<'_>) -> Result<T, Refused>,
    ) -> Result<Vec<T>, Refused> {
        let Some(list) = self.value(name) else { return Ok(Vec::new()) };
        let list = list.as_array().ok_or_else(|| self.refuse(format!("{name} não é uma lista")))?;
        let item = |(index, body)| {
            let mut fields = Fields::of(&format!("{}, {name}[{index}]", self.at), body)?;
            fields.pass_over(&["Comment"]);
            let item = read(&mut fields)?;
            fields.finish()?;
            Ok(item)
        };
        list.iter().enumerate().map(item).collect()
    }

    fn errors(&mut self) -> Result<Vec<String>, Refused> {
        let names = self.required("ErrorEquals")?.as_array();
        let names =
            names.and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect());
        names.ok_or_else(|| self.refuse("ErrorEquals não é uma lista de textos"))
    }
}

fn retrier(fields: &mut Fields<'_>) -> Result<Retrier, Refused> {
    let rate = fields.value("BackoffRate").map_or(Some(2.0), Value::as_f64);
    let attempts = fields.count("MaxAttempts")?.unwrap_or(3);
    Ok(Retrier {
        errors: fields.errors()?,
        interval: fields.seconds("IntervalSeconds")?.unwrap_or(Duration::from_secs(1)),
        rate: rate.ok_or_else(|| fields.refuse("BackoffRate não é um número"))?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        longest: fields.seconds("MaxDelaySeconds")?,
    })
}

fn catcher(fields: &mut Fields<'_>) -> Result<Catcher, Refused> {
    let (errors, place) = (fields.errors()?, fields.place("ResultPath")?);
    Ok(Catcher { errors, place, next: Next::State(fields.required_text("Next")?) })
}
