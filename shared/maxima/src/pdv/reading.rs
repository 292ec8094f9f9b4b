//! Reading an app's document: members by name, whatever their case (`contracts/maxima.md` §1), and the path of the
//! one that cannot be read.

use std::{collections::HashMap, fmt};

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::scalar::{self, Scalar, scalar};
use crate::members::members;

/// What cannot be read: where, and why in Portuguese; never the value, which is a customer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Path of the member, `Produtos[2].Quantidade`; empty for the document itself.
    pub path: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(self.reason);
        }
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl std::error::Error for Unreadable {}

pub(super) const NOT_AN_OBJECT: &str = "não é um objeto JSON completo: reenvie pelo aplicativo";

/// An object of the document.
pub(super) struct Object<'a> {
    path: String,
    /// By name in lower case.
    members: HashMap<String, &'a RawValue>,
}

impl<'a> Object<'a> {
    /// The object that a whole document is.
    pub(super) fn document(json: &'a str) -> Result<Self, Unreadable> {
        Self::at(String::new(), json)
    }

    fn at(path: String, json: &'a str) -> Result<Self, Unreadable> {
        let Some(all) = members(json) else { return Err(Unreadable { path, reason: NOT_AN_OBJECT }) };
        let mut members: HashMap<String, &RawValue> = HashMap::with_capacity(all.len());
        for (name, value) in all {
            let name = name.to_lowercase();
            // Of two spellings of one name, the one that says something.
            if value.get() != "null" || !members.contains_key(&name) {
                members.insert(name, value);
            }
        }
        Ok(Self { path, members })
    }

    /// Text, also from a number; blank is none.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        Ok(self.scalar(name, "não é um texto")?.into_text())
    }

    pub(super) fn decimal(&self, name: &str) -> Result<Option<Decimal>, Unreadable> {
        const REASON: &str = "não é um número";
        self.scalar(name, REASON)?.into_decimal().map_err(|()| self.unreadable(name, REASON))
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Unreadable> {
        const REASON: &str = "não é um número inteiro";
        self.scalar(name, REASON)?.into_integer().map_err(|()| self.unreadable(name, REASON))
    }

    /// Yes or no; nothing when it says nothing.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Unreadable> {
        const REASON: &str = "não é sim nem não";
        self.scalar(name, REASON)?.into_flag().map_err(|()| self.unreadable(name, REASON))
    }

    /// Whether the flag says yes.
    pub(super) fn is(&self, name: &str) -> Result<bool, Unreadable> {
        Ok(self.flag(name)?.unwrap_or(false))
    }

    /// A moment of the seller's clock. What is none is nothing: no date of an order decides alone.
    pub(super) fn moment(&self, name: &str) -> Option<DateTime> {
        scalar(self.json(name)?)?.into_moment()
    }

    /// What `read` makes of the object in this member; its default when there is none.
    pub(super) fn part<T: Default>(
        &self,
        name: &str,
        read: impl Fn(&Object<'a>) -> Result<T, Unreadable>,
    ) -> Result<T, Unreadable> {
        Ok(self.maybe(name, read)?.unwrap_or_default())
    }

    /// What `read` makes of the object in this member; nothing when there is none.
    pub(super) fn maybe<T>(
        &self,
        name: &str,
        read: impl Fn(&Object<'a>) -> Result<T, Unreadable>,
    ) -> Result<Option<T>, Unreadable> {
        match self.structure(name) {
            Some(json) => read(&Object::at(self.path_of(name), json)?).map(Some),
            None => Ok(None),
        }
    }

    /// What `read` makes of each object in the list of this member.
    pub(super) fn parts<T>(
        &self,
        name: &str,
        read: impl Fn(&Object<'a>) -> Result<T, Unreadable>,
    ) -> Result<Vec<T>, Unreadable> {
        let Some(json) = self.structure(name) else { return Ok(Vec::new()) };
        let items: Vec<&RawValue> =
            serde_json::from_str(json).map_err(|_| self.unreadable(name, "não é uma lista"))?;
        let items = items.into_iter().enumerate().filter(|(_, item)| item.get() != "null");
        items
            .map(|(at, item)| read(&Object::at(format!("{}[{at}]", self.path_of(name)), item.get())?))
            .collect()
    }

    /// A document inside this member: JSON in text, or bare.
    pub(super) fn inner(&self, name: &str) -> Result<String, Unreadable> {
        let json = self.structure(name).ok_or_else(|| self.unreadable(name, "está vazio"))?;
        if json.starts_with('"') {
            scalar::text(json).ok_or_else(|| self.unreadable(name, "não é um texto"))
        } else {
            Ok(json.to_owned())
        }
    }

    pub(super) fn unreadable(&self, name: &str, reason: &'static str) -> Unreadable {
        Unreadable { path: self.path_of(name), reason }
    }

    fn scalar(&self, name: &str, reason: &'static str) -> Result<Scalar, Unreadable> {
        match self.json(name) {
            None => Ok(Scalar::Nothing),
            Some(json) => scalar(json).ok_or_else(|| self.unreadable(name, reason)),
        }
    }

    /// The JSON of a member that holds something.
    fn structure(&self, name: &str) -> Option<&'a str> {
        let json = self.json(name)?;
        (scalar(json) != Some(Scalar::Nothing)).then_some(json)
    }

    fn json(&self, name: &str) -> Option<&'a str> {
        self.members.get(&name.to_lowercase()).map(|value| value.get())
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: &str) -> Object<'_> {
        Object::document(json).expect("an object")
    }

    #[test]
    fn a_member_is_found_in_any_case_and_the_spelling_that_speaks_wins() {
        let order = object(r#"{"codigo":null,"CODIGO":"7","Codigo":null}"#);

        assert_eq!(order.text("Codigo"), Ok(Some("7".to_owned())));
        assert_eq!(order.text("Outro"), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_path_and_not_by_its_value() {
        let order =
            object(r#"{"Produtos":[null,{"Quantidade":"canary"}],"Cliente":"canary","Codigo":["canary"]}"#);

        let quantity = order.parts("Produtos", |item| item.decimal("Quantidade")).expect_err("unreadable");
        let client = order.part("Cliente", |client| client.text("Codigo")).expect_err("unreadable");
        let code = order.text("Codigo").expect_err("unreadable");

        assert_eq!(quantity.to_string(), "Produtos[1].Quantidade: não é um número");
        assert_eq!(client.path, "Cliente");
        assert_eq!(code.to_string(), "Codigo: não é um texto");
    }

    #[test]
    fn an_empty_structure_is_no_structure() {
        for empty in ["null", "\"\"", "{}", "[]"] {
            let json = format!(r#"{{"Cliente":{empty}}}"#);
            let order = object(&json);
            assert_eq!(order.maybe("Cliente", |_| Ok(())), Ok(None), "{empty}");
            assert_eq!(order.parts("Cliente", |_| Ok(())), Ok(Vec::new()), "{empty}");
            assert!(order.inner("Cliente").is_err(), "{empty}");
        }
    }

    #[test]
    fn a_document_inside_a_member_is_text_or_bare() {
        let row = object(r#"{"a":"{\"x\":1.10}","b":{"x":1.10}}"#);

        assert_eq!(row.inner("a").as_deref(), Ok(r#"{"x":1.10}"#));
        assert_eq!(row.inner("b").as_deref(), Ok(r#"{"x":1.10}"#));
    }
}
