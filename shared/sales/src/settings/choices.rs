//! The settings that are a choice between named things.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `Tipovend` of Máxima that a setting may choose (mapping §4.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tipovend {
    /// External.
    #[default]
    E,
    /// Representative.
    R,
}

impl Tipovend {
    /// As Máxima takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::E => "E",
            Self::R => "R",
        }
    }
}

/// The policy for addresses that lack a required field (mapping §4.12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnderecoIncompleto {
    /// The client is kept out and listed with what is missing.
    #[default]
    Rejeitar,
    /// "NAO INFORMADO" and "00000000" stand in.
    Preencher,
}

/// Tags, as text; Omie matches them by text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Etiquetas {
    /// Clients.
    pub cliente: String,
    /// Suppliers.
    pub fornecedor: String,
    /// Carriers.
    pub transportadora: String,
    /// `nCodTag` → text, for price tables that name their tag only by number (`contracts/omie.md` §8.11).
    pub por_codigo: BTreeMap<i64, String>,
}

impl Default for Etiquetas {
    fn default() -> Self {
        Self {
            cliente: "Cliente".to_owned(),
            fornecedor: "Fornecedor".to_owned(),
            transportadora: "Transportadora".to_owned(),
            por_codigo: BTreeMap::new(),
        }
    }
}

/// What a DELETE names a record by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeleteSelector {
    /// Its key.
    #[default]
    Key,
    /// Its control hash.
    Hash,
}

/// How much of the stock may be sold (mapping §4.14). Nobody knows whether Omie's pending orders contain what is
/// reserved, so never both are subtracted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegraEstoque {
    /// All of it.
    Saldo,
    /// What is not reserved.
    #[default]
    SaldoMenosReservado,
    /// What no open order waits for.
    SaldoMenosPendente,
}

/// Where an order stands, as far as its stage in Omie tells (mapping §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Posicao {
    /// Pendente.
    P,
    /// Liberado.
    L,
    /// Montado.
    M,
    /// Faturado.
    F,
}

impl Posicao {
    /// As Máxima takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::P => "P",
            Self::L => "L",
            Self::M => "M",
            Self::F => "F",
        }
    }

    /// The stages that Omie has from the start, as the mapping §7.1 reads them.
    pub(super) fn of_the_usual_stages() -> BTreeMap<String, Self> {
        let usual = [
            ("00", Self::P),
            ("10", Self::P),
            ("20", Self::L),
            ("50", Self::M),
            ("60", Self::F),
            ("70", Self::F),
        ];
        usual.into_iter().map(|(stage, position)| (stage.to_owned(), position)).collect()
    }
}
