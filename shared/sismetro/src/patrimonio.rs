//! Equipment as Sismetro lists it (`contracts/sismetro.md` §9; the list is assumed).

use serde_json::Value;

use crate::member::{self, text_of};

/// A *patrimônio*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patrimonio {
    /// `idPatrimonio`.
    pub id: String,
    /// `tipoTec`, the technology type.
    pub tipo_tec: Option<String>,
    /// `tag`.
    pub tag: Option<String>,
    /// `marca`.
    pub marca: Option<String>,
    /// `modelo`.
    pub modelo: Option<String>,
    /// `numeroSerie`.
    pub numero_serie: Option<String>,
    /// `numeroPatrimonio`.
    pub numero_patrimonio: Option<String>,
}

impl Patrimonio {
    /// The record in `value`; nothing when it has no id.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let record = value.as_object()?;
        Some(Self {
            id: member::member(record, "idPatrimonio").and_then(member::number)?,
            tipo_tec: text_of(record, "tipoTec"),
            tag: text_of(record, "tag"),
            marca: text_of(record, "marca"),
            modelo: text_of(record, "modelo"),
            numero_serie: text_of(record, "numeroSerie"),
            numero_patrimonio: text_of(record, "numeroPatrimonio"),
        })
    }
}
