//! Secao: one section for each department (mapping §4.11). Its records are the facts that
//! [`Departamento`](super::Departamento) left in the ledger, so Omie is not asked twice for one list.

use engine::{Entity, Key, Ledger, Mapped, Source, State, StateError};

use super::Departamento;
use super::departamento::{Familia, NAME_IT, NOME_SEM_FAMILIA, SEM_FAMILIA};
use super::reasons::Reasons;
use crate::settings::SetupError;
use crate::source::Local;
use crate::synced::Sourced;
use crate::tenant::Tenant;
use crate::text::txt;

/// A section.
pub struct Secao;

impl Entity for Secao {
    const NAME: &'static str = "secoes";
    const AFTER: &'static [&'static str] = &[Departamento::NAME];
    type Record = Familia;
    type Row = maxima::Secao;
    type Refs = ();

    fn key(familia: &Familia) -> Key {
        familia.codigo.into()
    }

    fn map(familia: Familia, (): &()) -> Mapped<maxima::Secao> {
        let mut reasons = Reasons::default();
        let codigo = reasons.code("codigo", familia.codigo);
        let row = maxima::Secao {
            codsec: codigo.clone(),
            codepto: codigo,
            descricao: reasons.required("nomeFamilia", txt(familia.nome.as_str(), 40), NAME_IT),
        };
        reasons.verdict(row)
    }

    /// As for [`Departamento`]: Máxima's dictionary demands a section of every product.
    fn guaranteed(_: u64, (): &()) -> Vec<(Key, maxima::Secao)> {
        let sem_familia = maxima::Secao {
            codsec: SEM_FAMILIA.to_owned(),
            codepto: SEM_FAMILIA.to_owned(),
            descricao: NOME_SEM_FAMILIA.to_owned(),
        };
        vec![(SEM_FAMILIA.into(), sem_familia)]
    }

    // No retirement: as departments, sections have no mark.
}

impl Sourced for Secao {
    async fn source<'a>(
        _tenant: &'a Tenant,
        state: &'a impl State,
        _refs: &'a (),
    ) -> Result<impl Source<Familia> + 'a, SetupError> {
        Ok(Local::new(Self::NAME, Self::records(state).await?))
    }
}

impl Secao {
    /// The records: every family that can be sent.
    async fn records(ledger: &impl Ledger) -> Result<Vec<Familia>, StateError> {
        let facts = super::facts(ledger, Departamento::NAME).await?;
        Ok(facts.into_iter().map(|(_, familia)| familia).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{learn, memory, record, row};
    use super::*;

    #[tokio::test]
    async fn every_family_becomes_a_section_of_its_own_department() {
        let state = memory();
        let named = r#"{"codigo":777001,"nomeFamilia":"BEBIDAS ALCOOLICAS E NAO ALCOOLICAS EM GERAL"}"#;
        let nameless = r#"{"codigo":777002}"#;
        learn::<Departamento>(&state, &[record(named), record(nameless)]).await;

        let families = Secao::records(&state).await.expect("read");

        assert_eq!((families.len(), Secao::key(&families[0])), (1, "777001".into()));
        assert_eq!(
            row(Secao::map(families[0].clone(), &())),
            maxima::Secao {
                codsec: "777001".into(),
                codepto: "777001".into(),
                descricao: "BEBIDAS ALCOOLICAS E NAO ALCOOLICAS EM G".into(),
            }
        );
    }

    #[test]
    fn there_is_always_a_section_for_products_without_family() {
        let rows = Secao::guaranteed(3, &());

        assert_eq!((rows.len(), &rows[0].0), (1, &"0".into()));
        assert_eq!([&rows[0].1.codsec, &rows[0].1.codepto, &rows[0].1.descricao], ["0", "0", "SEM FAMILIA"]);
    }
}
