//! ClienteInteiro: a client's record as Omie sent it, every member of it (`contracts/omie.md §8.9, §8.10`).

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::rows::Unreadable;
use crate::types::Cliente;
use crate::{NovoCliente, formats};

const ID: &str = "codigo_cliente_omie";
const KEY: &str = "codigo_cliente_integracao";

/// Members of an object, with their values as sent: decimals are still their digits.
type Members = BTreeMap<String, Box<RawValue>>;

/// A client's record as Omie sent it, to be changed and sent back whole: `AlterarCliente` refuses half a record.
///
/// It holds members that nothing else of ours reads, bank data among them. So it can be neither written nor shown,
/// only sent back to Omie by [`AlterarCliente`](crate::AlterarCliente): it must not be stored.
#[derive(Clone)]
pub struct ClienteInteiro {
    codigo_cliente_omie: i64,
    members: Members,
}

impl ClienteInteiro {
    /// Identity.
    pub fn codigo_cliente_omie(&self) -> i64 {
        self.codigo_cliente_omie
    }

    /// What we read of the record. The error names the member that is not as agreed, never its value.
    pub fn cliente(&self) -> Result<Cliente, Unreadable> {
        // Members that were read as JSON are written as the same JSON.
        let row = serde_json::to_string(&self.members).unwrap_or_default();
        serde_json::from_str(&row).map_err(|error| Unreadable::new::<Cliente>(&row, &error))
    }

    /// The whole record with `changes` in it, without what must not be sent.
    pub(crate) fn changed(
        &self,
        changes: &NovoCliente,
    ) -> serde_json::Result<BTreeMap<String, Box<RawValue>>> {
        let mut members = self.members.clone();
        for (name, value) in object(&serde_json::value::to_raw_value(changes)?)? {
            if name == "cidade" {
                // It names the city that the record had before.
                members.remove("cidade_ibge");
            }
            let value = match members.get(&name) {
                Some(before) if name == "tags" => both_lists(before, &value)?,
                Some(before) if is_object(before) && is_object(&value) => both_objects(before, &value)?,
                _ => value,
            };
            members.insert(name, value);
        }
        members.retain(|name, value| !NEVER_SENT.contains(&name.as_str()) && !is_nothing(value));
        for value in members.values_mut().filter(|value| is_object(value)) {
            let mut inside = object(value)?;
            inside.retain(|_, value| !is_nothing(value));
            *value = serde_json::value::to_raw_value(&inside)?;
        }
        // Nothing in place of the key: the id names the record.
        if members.get(KEY).is_some_and(|key| key.get().trim_matches(['"', ' ']).is_empty()) {
            members.remove(KEY);
        }
        Ok(members)
    }
}

/// What Omie computes itself, or no longer wants (`contracts/omie.md §8.10`).
const NEVER_SENT: [&str; 6] =
    ["pessoa_fisica", "exterior", "importado_api", "info", "logradouro", "bloqueado"];

fn is_nothing(value: &RawValue) -> bool {
    value.get() == "null"
}

fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

fn object(value: &RawValue) -> serde_json::Result<Members> {
    serde_json::from_str(value.get())
}

/// The members of both; those of `after` win.
fn both_objects(before: &RawValue, after: &RawValue) -> serde_json::Result<Box<RawValue>> {
    let mut members = object(before)?;
    members.extend(object(after)?);
    serde_json::value::to_raw_value(&members)
}

/// The tags of both. A client's tags are added to, never taken away: prices hang on them
/// (`contracts/omie-maxima-mapping.md §8`).
fn both_lists(before: &RawValue, after: &RawValue) -> serde_json::Result<Box<RawValue>> {
    if !before.get().starts_with('[') {
        return Ok(after.to_owned());
    }
    let mut tags: Vec<Box<RawValue>> = serde_json::from_str(before.get())?;
    let mut known: Vec<String> = tags.iter().filter_map(|tag| tag_text(tag)).collect();
    for tag in serde_json::from_str::<Vec<Box<RawValue>>>(after.get())? {
        let text = tag_text(&tag);
        if text.as_ref().is_some_and(|text| !known.contains(text)) {
            known.extend(text);
            tags.push(tag);
        }
    }
    serde_json::value::to_raw_value(&tags)
}

/// Omie matches the text of a tag; here letter case does not make another of it.
fn tag_text(tag: &RawValue) -> Option<String> {
    let tag: crate::Tag = serde_json::from_str(tag.get()).ok()?;
    Some(tag.tag?.trim().to_lowercase())
}

impl<'de> Deserialize<'de> for ClienteInteiro {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let members = Members::deserialize(from)?;
        let id = members.get(ID).ok_or_else(|| D::Error::missing_field(ID))?;
        let codigo_cliente_omie =
            formats::id(&**id).map_err(|_| formats::unlike("another value", formats::INTEGER))?;
        Ok(Self { codigo_cliente_omie, members })
    }
}

impl fmt::Debug for ClienteInteiro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClienteInteiro")
            .field("codigo_cliente_omie", &self.codigo_cliente_omie)
            .finish_non_exhaustive()
    }
}
