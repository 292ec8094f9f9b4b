//! The array of a listing, read row by row: what one record holds must not stop thousands of others.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::formats;
use crate::types::{Identity, Record};

/// Rows of a page: those that are as agreed, and what is wrong with the others.
///
/// Only the inside of a row may be wrong. A document without the array, or with something else in its place,
/// is an error: it must never look like an empty page (`contracts/omie-maxima-mapping.md §12`, C16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    /// The rows, in the order sent.
    pub items: Vec<T>,
    /// The rows that cannot be read, in the order sent.
    pub unreadable: Vec<Unreadable>,
}

/// A row that is not as agreed. It never holds what was found in its place: that is the partner's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The record's identity, written as for a record that can be read; nothing when that is what is wrong.
    /// Two parts are joined by `/`: location and product of a stock position, product and table of a price.
    pub id: Option<String>,
    /// Where inside the row: `recomendacoes.codigo_vendedor`, or `.` for the row itself.
    pub path: String,
    /// What is wrong there, in Portuguese: `não é um número decimal`.
    pub problem: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, path, problem } = self;
        write!(f, "registro {} do Omie ilegível: {path}: {problem}", id.as_deref().unwrap_or("sem código"))
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { items: Vec::new(), unreadable: Vec::new() }
    }
}

impl<'de, T: Record + DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(RowByRow(PhantomData))
    }
}

struct RowByRow<T>(PhantomData<T>);

impl<'de, T: Record + DeserializeOwned> Visitor<'de> for RowByRow<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rows of a listing")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<T>, A::Error> {
        let mut rows = Rows::default();
        // As text, so that decimals are still their digits.
        while let Some(row) = seq.next_element::<Box<RawValue>>()? {
            match serde_json::from_str(row.get()) {
                Ok(item) => rows.items.push(item),
                Err(error) => rows.unreadable.push(Unreadable::new::<T>(row.get(), &error)),
            }
        }
        Ok(rows)
    }
}

impl Unreadable {
    pub(crate) fn new<T: Record + DeserializeOwned>(row: &str, error: &serde_json::Error) -> Self {
        let complaint = error.to_string();
        let path = missing_member(&complaint).map_or_else(|| path_of::<T>(row), str::to_owned);
        Self { id: id_in(row, T::IDENTITY), path, problem: problem(&complaint) }
    }
}

/// Where reading the row fails. Looked for only then: it is dear to know at every step.
fn path_of<T: DeserializeOwned>(row: &str) -> String {
    let mut json = serde_json::Deserializer::from_str(row);
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut json);
    read.err().map_or_else(|| ".".to_owned(), |error| error.path().to_string())
}

/// The identity, read alone.
fn id_in(row: &str, identity: Identity) -> Option<String> {
    let members = members(row)?;
    match identity {
        Identity::Number(name) => number(&members, name),
        Identity::Text(name) => formats::text(*members.get(name)?).ok().flatten(),
        Identity::Inside(object, name) => number(&self::members(members.get(object)?.get())?, name),
        Identity::Pair(first, second) => {
            Some(format!("{}/{}", number(&members, first)?, number(&members, second)?))
        }
    }
}

type Members<'a> = HashMap<Cow<'a, str>, &'a RawValue>;

fn members(object: &str) -> Option<Members<'_>> {
    serde_json::from_str(object).ok()
}

fn number(members: &Members<'_>, name: &str) -> Option<String> {
    formats::integer(*members.get(name)?).ok().flatten().map(|number| number.to_string())
}

/// The member that a type of ours requires and the row lacks.
fn missing_member(complaint: &str) -> Option<&str> {
    complaint.strip_prefix("missing field `")?.split('`').next()
}

/// What serde complains about, in words that are ours: what it found stands in its message too.
fn problem(complaint: &str) -> &'static str {
    let complaint = complaint.rsplit_once(" at line ").map_or(complaint, |(complaint, _)| complaint);
    if complaint.starts_with("missing field `") {
        return "não veio na resposta";
    }
    if complaint.starts_with("invalid value: nothing, ") {
        return "está vazio";
    }
    let expected = complaint.rsplit_once(", expected ").map(|(_, expected)| expected);
    match expected {
        Some(formats::INTEGER) => "não é um número inteiro",
        Some(formats::DECIMAL) => "não é um número decimal",
        Some("text") => "não é um texto",
        Some("one value") => "não é um valor só",
        Some("an object" | "a list" | "a structure") => "não tem a estrutura combinada",
        Some(row) if row.starts_with("struct ") => "não é um registro",
        _ => "não é como combinado",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Banco, Cidade, Cliente};

    fn rows<T: Record + DeserializeOwned>(json: &str) -> Rows<T> {
        partner_http::decode("omie", "Listar", json.as_bytes()).expect("an array")
    }

    fn unreadable<T: Record + DeserializeOwned>(row: &str) -> (Option<String>, String, &'static str) {
        let mut rows = rows::<T>(&format!("[{row}]"));
        assert!(rows.items.is_empty(), "{row}");
        let Unreadable { id, path, problem } = rows.unreadable.pop().expect("one row");
        (id, path, problem)
    }

    #[test]
    fn each_problem_is_named_by_its_place_and_kind() {
        let id = || Some("7".to_owned());
        for (row, path, problem) in [
            (r#""valor_limite_credito":"a combinar""#, "valor_limite_credito", "não é um número decimal"),
            (r#""valor_limite_credito":[1]"#, "valor_limite_credito", "não é um valor só"),
            (
                r#""recomendacoes":{"codigo_vendedor":"x"}"#,
                "recomendacoes.codigo_vendedor",
                "não é um número inteiro",
            ),
            (r#""tags":[{"tag":"a"},{"tag":{"a":1}}]"#, "tags[1].tag", "não é um valor só"),
            (r#""info":"ontem""#, "info", "não tem a estrutura combinada"),
            (r#""info":{},"info":{}"#, ".", "não é como combinado"),
        ] {
            let found = unreadable::<Cliente>(&format!(r#"{{"codigo_cliente_omie":7,{row}}}"#));
            assert_eq!(found, (id(), path.to_owned(), problem), "{row}");
        }
    }

    #[test]
    fn what_has_no_identity_is_told_all_the_same() {
        for (row, path, problem) in [
            (r#"{"codigo_cliente_omie":null}"#, "codigo_cliente_omie", "está vazio"),
            (r#"{"codigo_cliente_omie":"x"}"#, "codigo_cliente_omie", "não é um número inteiro"),
            ("{}", "codigo_cliente_omie", "não veio na resposta"),
            ("null", ".", "não é um registro"),
            ("\"canary, expected canary\"", ".", "não é um registro"),
        ] {
            assert_eq!(unreadable::<Cliente>(row), (None, path.to_owned(), problem), "{row}");
        }
    }

    #[test]
    fn an_identity_in_text_is_kept_as_sent_and_a_number_is_its_digits() {
        let of_cidade = unreadable::<Cidade>(r#"{"cCod":"GOIANIA (GO)","cNome":["x"]}"#).0;
        let of_banco = unreadable::<Banco>(r#"{"codigo":"001","nome":{"a":1}}"#).0;
        let of_cliente = unreadable::<Cliente>(r#"{"codigo_cliente_omie":"007","email":[1]}"#).0;

        assert_eq!(of_cidade.as_deref(), Some("GOIANIA (GO)"));
        assert_eq!(of_banco.as_deref(), Some("001"));
        assert_eq!(of_cliente.as_deref(), Some("7"));
    }

    #[test]
    fn the_rows_around_an_unreadable_one_are_read() {
        let rows = rows::<Banco>(r#"[{"codigo":"001"},7,{"codigo":"104"}]"#);

        let read: Vec<&str> = rows.items.iter().map(|banco| banco.codigo.as_str()).collect();
        assert_eq!((read, rows.unreadable.len()), (vec!["001", "104"], 1));
    }

    #[test]
    fn what_is_not_an_array_is_an_error() {
        for json in ["null", "{}", r#""""#, "[{\"codigo\":\"001\"}", "[{]"] {
            let read = partner_http::decode::<Rows<Banco>>("omie", "Listar", json.as_bytes());
            assert!(read.is_err(), "{json}");
        }
    }
}
