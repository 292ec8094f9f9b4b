//! Praca: the bridge from a client to a region (mapping §4.10). One praça per price table; its records are the
//! facts that [`Regiao`](super::Regiao) left in the ledger, so Omie is not asked twice for one list.

use std::collections::BTreeSet;

use engine::{Absence, Entity, Key, Ledger, Mapped, Retirement, Source, State, StateError};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::regiao::{NAME_IT, status};
use super::{Refs, Regiao, change};
use crate::praca::{NOME_PADRAO, PADRAO, Tabela};
use crate::settings::{Settings, SetupError};
use crate::source::Local;
use crate::synced::Sourced;
use crate::tenant::Tenant;
use crate::text::txt;

/// A praça.
pub struct Praca;

/// The day on which validity is judged, and what there is to let go of. No reason to read everything: the records are
/// always read whole.
#[derive(Clone, Debug, Serialize)]
pub struct PracaRefs {
    #[serde(skip)]
    today: Date,
    /// Price tables whose regions were let go.
    #[serde(skip)]
    retiradas: BTreeSet<Key>,
    /// Máxima has the stand-in.
    #[serde(skip)]
    tem_padrao: bool,
}

impl Refs for PracaRefs {
    async fn load(state: &impl State, _: &Settings, today: Date) -> Result<Self, SetupError> {
        let retiradas = Regiao::let_go(state).await?;
        let tem_padrao = state.is_known(Praca::NAME, &PADRAO.into()).await?;
        Ok(Self { today, retiradas, tem_padrao })
    }
}

impl Entity for Praca {
    const NAME: &'static str = "pracas";
    const AFTER: &'static [&'static str] = &[Regiao::NAME];
    type Record = Tabela;
    type Row = maxima::Praca;
    type Refs = PracaRefs;

    fn key(table: &Tabela) -> Key {
        table.codigo.into()
    }

    fn map(table: Tabela, refs: &PracaRefs) -> Mapped<maxima::Praca> {
        let mut reasons = Reasons::default();
        let codigo = reasons.code("nCodTabPreco", table.codigo);
        let row = maxima::Praca {
            codpraca: codigo.clone(),
            numregiao: codigo,
            situacao: status(table.is_active(refs.today)),
            praca: reasons.required("cNome", txt(table.nome.as_deref(), 50), NAME_IT),
        };
        reasons.verdict(row)
    }

    /// As for [`Regiao`](super::Regiao): without a praça every client would be refused.
    fn guaranteed(rows_in_source: u64, refs: &PracaRefs) -> Vec<(Key, maxima::Praca)> {
        let is_needed = rows_in_source == 0;
        let padrao = || maxima::Praca {
            codpraca: PADRAO.to_owned(),
            numregiao: PADRAO.to_owned(),
            situacao: status(is_needed),
            praca: NOME_PADRAO.to_owned(),
        };
        (is_needed || refs.tem_padrao).then(|| (PADRAO.into(), padrao())).into_iter().collect()
    }

    /// A region that was let go has no facts any more, so its praça is not among the records and follows it at once:
    /// the second word was spoken over the region.
    fn absence(key: &Key, _: Option<&Value>, refs: &PracaRefs) -> Absence {
        if refs.retiradas.contains(key) { Absence::Ended } else { Absence::Gone }
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &PracaRefs) -> Retirement {
        change(json!({"Codpraca": key, "Situacao": status(false)}))
    }
}

impl Sourced for Praca {
    async fn source<'a>(
        _tenant: &'a Tenant,
        state: &'a impl State,
        _refs: &'a PracaRefs,
    ) -> Result<impl Source<Tabela> + 'a, SetupError> {
        Ok(Local::new(Self::NAME, Self::records(state).await?))
    }
}

impl Praca {
    /// The records: every price table that the sync of [`Regiao`](super::Regiao) has seen.
    pub(super) async fn records(ledger: &impl Ledger) -> Result<Vec<Tabela>, StateError> {
        let facts = super::facts(ledger, Regiao::NAME).await?;
        Ok(facts.into_iter().map(|(_, table)| table).collect())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{
        TODAY, changed, learn, let_go, memory, record, rejected_fields, row, settings,
    };
    use super::*;

    const REFS: PracaRefs = PracaRefs { today: TODAY, retiradas: BTreeSet::new(), tem_padrao: false };
    const ATACADO: &str = include_str!("../../testdata/tabela_atacado_com_validade.json");

    #[tokio::test]
    async fn every_price_table_that_was_seen_becomes_a_praca_of_its_own_region() {
        let state = memory();
        learn::<Regiao>(&state, &[record(ATACADO)]).await;

        let tables = Praca::records(&state).await.expect("read");

        assert_eq!((tables.len(), Praca::key(&tables[0])), (1, "6002".into()));
        assert_eq!(
            row(Praca::map(tables[0].clone(), &REFS)),
            maxima::Praca {
                codpraca: "6002".into(),
                situacao: "A",
                numregiao: "6002".into(),
                praca: "ATACADO".into(),
            }
        );
    }

    #[test]
    fn a_praca_follows_the_validity_of_its_table() {
        let expired = Tabela {
            codigo: 1,
            nome: Some("X".into()),
            ativa: true,
            tem_validade: true,
            fim: Some(date(2025, 2, 1)),
            ..Tabela::default()
        };

        assert_eq!(row(Praca::map(expired, &REFS)).situacao, "I");
    }

    #[tokio::test]
    async fn the_praca_of_a_region_that_was_let_go_is_inactive() {
        let state = memory();
        let_go::<Regiao>(&state, "6002").await;

        assert_eq!(Praca::records(&state).await.expect("read"), []);
        let refs = PracaRefs::load(&state, &settings(), TODAY).await.expect("loaded");
        let absence = |key: i64| Praca::absence(&key.into(), None, &refs);
        assert_eq!([absence(6002), absence(6001)], [Absence::Ended, Absence::Gone]);
        let retirement = Praca::retirement(&6002.into(), None, &REFS);
        assert_eq!(changed(retirement), json!({"Codpraca": "6002", "Situacao": "I"}));
    }

    #[test]
    fn a_praca_without_name_is_rejected() {
        let nameless = Tabela { codigo: 1, ..Tabela::default() };

        assert_eq!(rejected_fields(Praca::map(nameless, &REFS)), ["cNome"]);
    }

    #[test]
    fn the_stand_in_is_made_only_without_price_tables() {
        let rows = Praca::guaranteed(0, &REFS);

        assert_eq!((rows.len(), rows[0].1.codpraca.as_str(), rows[0].1.numregiao.as_str()), (1, "0", "0"));
        assert!(Praca::guaranteed(3, &REFS).is_empty());
    }

    #[test]
    fn the_stand_in_is_inactive_as_long_as_there_are_tables() {
        let refs = PracaRefs { tem_padrao: true, ..REFS };

        let on = |tables| Praca::guaranteed(tables, &refs).remove(0).1.situacao;

        assert_eq!([on(0), on(3), on(0)], ["A", "I", "A"]);
    }
}
