//! What clients, suppliers and carriers have in common: all are records of Omie's one registry, told apart by their
//! tags (mapping §4.9, §4.12).

use engine::State;
use serde::Serialize;

use super::Municipios;
use super::cidade::without_state;
use super::reasons::Reasons;
use crate::praca::folded;
use crate::settings::{EnderecoIncompleto, Settings, SetupError};
use crate::text::{phone, street, txt};

/// What stands in for a street, a district or a city under the policy `preencher`, and for a phone always.
pub(super) const NOT_SAID: &str = "NAO INFORMADO";

/// A tag, compared as Omie's own filter compares it: without case and without loose white space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Etiqueta(String);

impl Etiqueta {
    /// The tag with this text.
    pub(super) fn new(text: &str) -> Self {
        Self(folded(text).unwrap_or_default())
    }

    /// Whether the record carries it.
    pub(super) fn is_on(&self, cliente: &omie::Cliente) -> bool {
        cliente.tags.iter().filter_map(|tag| folded(tag.tag.as_deref()?)).any(|tag| tag == self.0)
    }
}

/// What the maps of suppliers and carriers need.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cadastro {
    pub(super) etiqueta: Etiqueta,
    municipios: Municipios,
    endereco_incompleto: EnderecoIncompleto,
}

/// How much of an address Máxima takes.
pub(super) struct Room {
    pub(super) street: usize,
    pub(super) city: usize,
    pub(super) phone: usize,
    /// What an operator is told about a member that is missing.
    pub(super) mend: &'static str,
}

/// Where a supplier or a carrier is.
pub(super) struct Domicilio {
    pub(super) street: String,
    pub(super) district: String,
    pub(super) city: String,
    pub(super) state: String,
    pub(super) phone: String,
}

impl Cadastro {
    /// Reads the cities; `etiqueta` is the tag of the records that are meant.
    pub(super) async fn load(
        state: &impl State,
        settings: &Settings,
        etiqueta: &str,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            etiqueta: Etiqueta::new(etiqueta),
            municipios: Municipios::load(state).await?,
            endereco_incompleto: settings.endereco_incompleto,
        })
    }

    /// The address, which Máxima's dictionary wants whole. What is missing is treated like a client's, by the
    /// policy `EnderecoIncompleto`; but for a phone nobody is kept out (`contracts/maxima.md` §10.4).
    pub(super) fn domicilio(&self, cliente: &omie::Cliente, room: &Room, reasons: &mut Reasons) -> Domicilio {
        let fills = self.endereco_incompleto == EnderecoIncompleto::Preencher;
        let fill = || fills.then(|| NOT_SAID.to_owned());
        let code = self.city_code(cliente);
        let municipio = code.as_deref().and_then(|code| self.municipios.get(code));
        let uf = || municipio.and_then(|municipio| municipio.uf.clone()).filter(|_| fills);
        let city = code.as_deref().and_then(|code| match municipio {
            _ if code.chars().count() <= room.city => Some(code.to_owned()),
            Some(municipio) => txt(municipio.nome.as_str(), room.city),
            None => txt(without_state(code), room.city),
        });
        let lines = street(cliente.endereco.as_deref(), cliente.endereco_numero.as_deref(), room.street);
        let number = phone(cliente.telefone1_ddd.as_deref(), cliente.telefone1_numero.as_deref(), room.phone);
        let mut required = |field, value| reasons.required(field, value, room.mend);
        Domicilio {
            street: required("endereco", lines.or_else(fill)),
            district: required("bairro", txt(cliente.bairro.as_deref(), 20).or_else(fill)),
            city: required("cidade", city.or_else(fill)),
            // A state has no stand-in; its city knows it.
            state: required("estado", txt(cliente.estado.as_deref(), 2).or_else(uf)),
            phone: number.unwrap_or_else(|| NOT_SAID.to_owned()),
        }
    }

    /// `cidade`, or the city of `cidade_ibge` when that is empty.
    fn city_code(&self, cliente: &omie::Cliente) -> Option<String> {
        txt(cliente.cidade.as_deref(), 50).or_else(|| {
            let ibge = txt(cliente.cidade_ibge.as_deref(), 50)?;
            self.municipios.code_of_ibge(&ibge).map(str::to_owned)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::record;
    use super::*;

    #[test]
    fn a_tag_is_found_in_any_case_and_only_whole() {
        let carries = |tags: &str| {
            let cliente = record(&format!(r#"{{"codigo_cliente_omie":1,"tags":{tags}}}"#));
            Etiqueta::new("Fornecedor").is_on(&cliente)
        };

        assert!(carries(r#"[{"tag":"ATACADO"},{"tag":" fornecedor "}]"#));
        assert!(!carries(r#"[{"tag":"Fornecedor de embalagem"},{"tag":null},{}]"#));
        assert!(!carries("[]"));
    }
}
