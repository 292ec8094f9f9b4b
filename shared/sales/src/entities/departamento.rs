//! Departamento: families of products (mapping §4.11). Inactive ones too: Máxima has no mark for them, and products
//! may still belong to one. [`Secao`](super::Secao) is made of the same families.

use engine::{Entity, Key, Mapped, Scope};
use serde::{Deserialize, Serialize};

use super::reasons::Reasons;
use crate::source::days;
use crate::synced::FromOmie;
use crate::text::{code, txt};

/// A department.
pub struct Departamento;

/// The department, and the section, of products without a family.
pub(super) const SEM_FAMILIA: &str = "0";
/// Its name.
pub(super) const NOME_SEM_FAMILIA: &str = "SEM FAMILIA";
/// What to do about a family without name.
pub(super) const NAME_IT: &str = "preencha o nome da família de produtos no Omie";

/// What sections and products need to know of a family: a fact in the ledger, told of those that can be sent. A
/// stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Familia {
    /// `codigo`.
    pub codigo: i64,
    /// `nomeFamilia`, clean, at most 50 characters.
    pub nome: String,
}

impl Entity for Departamento {
    const NAME: &'static str = "departamentos";
    const AFTER: &'static [&'static str] = &[];
    type Record = omie::Familia;
    type Row = maxima::Departamento;
    type Refs = ();

    fn key(familia: &omie::Familia) -> Key {
        familia.codigo.into()
    }

    fn map(familia: omie::Familia, (): &()) -> Mapped<maxima::Departamento> {
        let mut reasons = Reasons::default();
        let row = maxima::Departamento {
            codepto: reasons.code("codigo", familia.codigo),
            descricao: reasons.required("nomeFamilia", txt(familia.nome_familia.as_deref(), 50), NAME_IT),
        };
        reasons.verdict(row)
    }

    fn facts(familia: &omie::Familia) -> Option<serde_json::Value> {
        code(familia.codigo)?;
        let nome = txt(familia.nome_familia.as_deref(), 50)?;
        serde_json::to_value(Familia { codigo: familia.codigo, nome }).ok()
    }

    /// Máxima's dictionary demands a department of every product.
    fn guaranteed(_: u64, (): &()) -> Vec<(Key, maxima::Departamento)> {
        let sem_familia =
            maxima::Departamento { codepto: SEM_FAMILIA.to_owned(), descricao: NOME_SEM_FAMILIA.to_owned() };
        vec![(SEM_FAMILIA.into(), sem_familia)]
    }

    // No retirement: Máxima's departments have no mark. Products leave it once its facts are forgotten.
}

/// Always the whole list: it is short, and one page is all a window could save.
impl FromOmie for Departamento {
    type Listing = omie::PesquisarFamilias;

    fn listing(_refs: &Self::Refs, scope: Scope, _part: &str) -> omie::PesquisarFamilias {
        let (first, last) = days(scope);
        omie::PesquisarFamilias {
            filtrar_por_data_de: Some(first),
            filtrar_por_data_ate: Some(last),
            ..omie::PesquisarFamilias::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{record, rejected_fields, row};
    use super::*;

    #[test]
    fn a_family_is_a_department_be_it_active_or_not() {
        for inativo in ["S", "N"] {
            let familia: omie::Familia = record(&format!(
                r#"{{"codigo":777001,"codInt":"","codFamilia":"01","nomeFamilia":"BEBIDAS","inativo":"{inativo}"}}"#
            ));

            assert_eq!(Departamento::key(&familia), "777001".into());
            assert_eq!(
                row(Departamento::map(familia, &())),
                maxima::Departamento { codepto: "777001".into(), descricao: "BEBIDAS".into() }
            );
        }
    }

    #[test]
    fn a_family_without_name_is_rejected_and_unknown_to_products() {
        let nameless: omie::Familia = record(r#"{"codigo":777002,"nomeFamilia":" "}"#);

        assert_eq!(Departamento::facts(&nameless), None);
        assert_eq!(rejected_fields(Departamento::map(nameless, &())), ["nomeFamilia"]);
    }

    #[test]
    fn the_fact_is_the_name() {
        let familia: omie::Familia = record(r#"{"codigo":777001,"nomeFamilia":"BEBIDAS"}"#);

        assert_eq!(Departamento::facts(&familia), Some(json!({"codigo": 777_001, "nome": "BEBIDAS"})));
    }

    #[test]
    fn families_of_any_age_are_asked_for() {
        let asked = serde_json::to_value(Departamento::listing(&(), Scope::Full, "")).expect("a request");

        assert_eq!(Departamento::OVERLAP, None);
        assert_eq!(
            [&asked["filtrar_por_data_de"], &asked["filtrar_por_data_ate"]],
            ["01/01/2000", "31/12/2099"]
        );
    }

    #[test]
    fn there_is_always_a_department_for_products_without_family() {
        let rows = Departamento::guaranteed(3, &());

        assert_eq!((rows.len(), &rows[0].0), (1, &"0".into()));
        assert_eq!([&rows[0].1.codepto, &rows[0].1.descricao], ["0", "SEM FAMILIA"]);
    }
}
