//! Atividade: lines of business (mapping §4.3).

use engine::{Entity, Key, Mapped, State};
use jiff::civil::Date;
use serde::Serialize;

use super::Refs;
use super::reasons::Reasons;
use crate::settings::{Settings, SetupError};
use crate::synced::FromOmie;
use crate::text::txt;

/// A line of business.
pub struct Atividade;

/// The line of business that must exist, because clients fall back to it.
#[derive(Clone, Debug, Serialize)]
pub struct AtividadeRefs {
    ramo_padrao: String,
}

impl Refs for AtividadeRefs {
    async fn load(_: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(Self { ramo_padrao: settings.ramo_padrao.clone() })
    }
}

impl Entity for Atividade {
    const NAME: &'static str = "atividades";
    const AFTER: &'static [&'static str] = &[];
    type Record = omie::TipoAtividade;
    type Row = maxima::Atividade;
    type Refs = AtividadeRefs;

    fn key(tipo: &omie::TipoAtividade) -> Key {
        txt(tipo.codigo.as_str(), 50).unwrap_or_default().into()
    }

    fn map(tipo: omie::TipoAtividade, _: &AtividadeRefs) -> Mapped<maxima::Atividade> {
        let mut reasons = Reasons::default();
        let codativ = reasons.required("cCodigo", txt(tipo.codigo.as_str(), 50), MEND);
        let ramo = reasons.required("cDescricao", txt(tipo.descricao.as_deref(), 100), MEND);
        reasons.verdict(maxima::Atividade { codativ, ramo, ..maxima::Atividade::default() })
    }

    fn guaranteed(_: u64, refs: &AtividadeRefs) -> Vec<(Key, maxima::Atividade)> {
        let padrao = maxima::Atividade {
            codativ: refs.ramo_padrao.clone(),
            ramo: "RAMO PADRAO".to_owned(),
            ..maxima::Atividade::default()
        };
        vec![(refs.ramo_padrao.as_str().into(), padrao)]
    }

    // No retirement: Máxima's lines of business have no mark, and clients may still name one.
}

impl FromOmie for Atividade {
    type Listing = omie::ListarTipoAtiv;
}

const MEND: &str = "a tabela de tipos de atividade é do próprio Omie; informe o suporte do Omie";

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::testing::{record, rejected_fields, row};
    use super::*;

    fn refs() -> AtividadeRefs {
        AtividadeRefs { ramo_padrao: "4".into() }
    }

    #[test]
    fn a_line_of_business_has_no_discount_and_no_st() {
        let tipo: omie::TipoAtividade = record(r#"{"cCodigo":"0","cDescricao":"Industria"}"#);

        assert_eq!(Atividade::key(&tipo), "0".into());
        assert_eq!(
            row(Atividade::map(tipo, &refs())),
            maxima::Atividade {
                codativ: "0".into(),
                ramo: "Industria".into(),
                percdesc: Decimal::ZERO,
                calculast: "N"
            }
        );
    }

    #[test]
    fn a_line_of_business_without_description_is_rejected() {
        let tipo = record(r#"{"cCodigo":"7","cDescricao":" "}"#);

        assert_eq!(rejected_fields(Atividade::map(tipo, &refs())), ["cDescricao"]);
    }

    #[test]
    fn the_line_of_business_that_clients_fall_back_to_always_exists() {
        let rows = Atividade::guaranteed(12, &refs());

        assert_eq!(rows.len(), 1);
        assert_eq!((&rows[0].0, rows[0].1.codativ.as_str()), (&"4".into(), "4"));
        assert!(!rows[0].1.ramo.is_empty());
    }
}
