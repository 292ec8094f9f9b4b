//! Cidade: the registry of cities (mapping §4.1). Its code is the value of `cidade` in companies and clients.

use std::collections::BTreeMap;

use engine::{Entity, Key, Mapped, State};
use serde::{Deserialize, Serialize};

use super::reasons::Reasons;
use crate::settings::SetupError;
use crate::synced::FromOmie;
use crate::text::txt;

/// A city.
pub struct Cidade;

impl Entity for Cidade {
    const NAME: &'static str = "cidades";
    const AFTER: &'static [&'static str] = &[];
    type Record = omie::Cidade;
    type Row = maxima::Cidade;
    type Refs = ();

    fn key(cidade: &omie::Cidade) -> Key {
        txt(cidade.cod.as_str(), 50).unwrap_or_default().into()
    }

    fn map(cidade: omie::Cidade, (): &()) -> Mapped<maxima::Cidade> {
        let mut reasons = Reasons::default();
        let row = maxima::Cidade {
            codcidade: reasons.required("cCod", txt(cidade.cod.as_str(), 50), MEND),
            nomecidade: reasons.required("cNome", txt(cidade.nome.as_deref(), 100), MEND),
            uf: reasons.required("cUF", txt(cidade.uf.as_deref(), 2), MEND),
            codibge: reasons.required("nCodIBGE", txt(cidade.cod_ibge.as_deref(), 50), MEND),
        };
        reasons.verdict(row)
    }

    fn facts(cidade: &omie::Cidade) -> Option<serde_json::Value> {
        let municipio = Municipio {
            nome: txt(cidade.nome.as_deref(), 100)?,
            uf: txt(cidade.uf.as_deref(), 2),
            ibge: txt(cidade.cod_ibge.as_deref(), 50),
        };
        serde_json::to_value(municipio).ok()
    }

    // No retirement: Máxima's cities have no mark, and clients who moved away may still name one.
}

impl FromOmie for Cidade {
    type Listing = omie::PesquisarCidades;
}

const MEND: &str = "a tabela de cidades é do próprio Omie; informe o suporte do Omie";

/// What a client needs to know of its city: a fact in the ledger. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Municipio {
    /// Name, without the state.
    pub nome: String,
    /// State.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uf: Option<String>,
    /// IBGE code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ibge: Option<String>,
}

/// "GOIANIA (GO)" without its state, for a city that is known only by its code.
pub(super) fn without_state(code: &str) -> &str {
    code.rsplit_once('(').map_or(code, |(name, _)| name)
}

/// All cities, by code and by IBGE code. About 5,570: one megabyte.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Municipios {
    by_code: BTreeMap<String, Municipio>,
    /// Follows from the others.
    #[serde(skip)]
    code_by_ibge: BTreeMap<String, String>,
}

impl Municipios {
    /// Reads the facts of [`Cidade`].
    pub async fn load(state: &impl State) -> Result<Self, SetupError> {
        let facts = super::facts(state, Cidade::NAME).await?;
        Ok(Self::new(facts.into_iter().map(|(key, municipio)| (key.to_string(), municipio))))
    }

    /// Indexes cities by code. Of two with one IBGE code the first stands.
    pub fn new(cities: impl IntoIterator<Item = (String, Municipio)>) -> Self {
        let mut index = Self::default();
        for (code, municipio) in cities {
            if let Some(ibge) = &municipio.ibge {
                index.code_by_ibge.entry(ibge.clone()).or_insert_with(|| code.clone());
            }
            index.by_code.insert(code, municipio);
        }
        index
    }

    /// Whether no city is known.
    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }

    /// The city of this code.
    pub fn get(&self, code: &str) -> Option<&Municipio> {
        self.by_code.get(code)
    }

    /// The code of the city that IBGE numbers so.
    pub fn code_of_ibge(&self, ibge: &str) -> Option<&str> {
        self.code_by_ibge.get(ibge).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{record, rejected_fields, row};
    use super::*;

    #[test]
    fn a_city_is_sent_as_it_is() {
        let cidade: omie::Cidade = record(
            r#"{"cCod":"SITIO D'ABADIA (GO)","cNome":"SITIO D'ABADIA","cUF":"GO","nCodIBGE":"5220702","nCodSIAFI":9623}"#,
        );

        assert_eq!(Cidade::key(&cidade), "SITIO D'ABADIA (GO)".into());
        assert_eq!(
            row(Cidade::map(cidade, &())),
            maxima::Cidade {
                codcidade: "SITIO D'ABADIA (GO)".into(),
                nomecidade: "SITIO D'ABADIA".into(),
                uf: "GO".into(),
                codibge: "5220702".into(),
            }
        );
    }

    #[test]
    fn a_city_without_ibge_code_is_rejected_and_still_known_by_name() {
        let cidade: omie::Cidade =
            record(r#"{"cCod":"EXTERIOR (EX)","cNome":"EXTERIOR","cUF":"EX","nCodIBGE":""}"#);

        let fact = Cidade::facts(&cidade).expect("a fact");

        assert_eq!(fact, serde_json::json!({"nome": "EXTERIOR", "uf": "EX"}));
        assert_eq!(rejected_fields(Cidade::map(cidade, &())), ["nCodIBGE"]);
    }

    #[test]
    fn every_empty_field_is_named_at_once() {
        let cidade: omie::Cidade = record(r#"{"cCod":"X"}"#);

        assert_eq!(rejected_fields(Cidade::map(cidade, &())), ["cNome", "cUF", "nCodIBGE"]);
    }

    #[test]
    fn a_city_is_found_by_its_ibge_code() {
        let goiania =
            Municipio { nome: "GOIANIA".into(), uf: Some("GO".into()), ibge: Some("5208707".into()) };
        let cities = Municipios::new([("GOIANIA (GO)".to_owned(), goiania.clone())]);

        assert_eq!(cities.code_of_ibge("5208707"), Some("GOIANIA (GO)"));
        assert_eq!(cities.get("GOIANIA (GO)"), Some(&goiania));
        assert_eq!(cities.code_of_ibge("1"), None);
    }
}
