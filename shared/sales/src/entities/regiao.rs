//! Regiao: price tables as regions (mapping §4.10). Its facts are what [`Praca`](super::Praca) and
//! [`Cliente`](super::Cliente) know of price tables.

mod source;

use std::collections::BTreeSet;

use engine::{Entity, Entry, Key, Ledger, Mapped, Retirement, Source, State, StateError};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::{Filial, Refs, change, each};
use crate::praca::{NOME_PADRAO, PADRAO, Tabela};
use crate::settings::{Settings, SetupError};
use crate::synced::Sourced;
use crate::tenant::Tenant;
use crate::text::txt;
use source::Tabelas;

/// A region: the header of a price table.
pub struct Regiao;

/// The branch of all price tables, and the day on which validity is judged. Nothing else is a reason to read
/// everything: the list is read whole on each run anyway (mapping §13.12).
#[derive(Clone, Debug, Serialize)]
pub struct RegiaoRefs {
    filial: String,
    #[serde(skip)]
    today: Date,
    /// The price tables whose regions Máxima holds as in use.
    #[serde(skip)]
    em_uso: Vec<i64>,
    /// Máxima has the stand-in.
    #[serde(skip)]
    tem_padrao: bool,
}

impl Refs for RegiaoRefs {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        let mut refs = Self::of(Filial::padrao(state, settings).await?, today);
        refs.tem_padrao = state.is_known(Regiao::NAME, &PADRAO.into()).await?;
        let note = |key: Key, entry: Entry| {
            if entry.is_in_use() && !entry.guaranteed {
                refs.em_uso.extend(key.as_str().parse::<i64>());
            }
        };
        each(state, Regiao::NAME, note).await?;
        Ok(refs)
    }
}

impl RegiaoRefs {
    /// Of an account whose price tables nobody has read yet.
    fn of(filial: impl Into<String>, today: Date) -> Self {
        Self { filial: filial.into(), today, em_uso: Vec::new(), tem_padrao: false }
    }
}

impl Entity for Regiao {
    const NAME: &'static str = "regioes";
    const AFTER: &'static [&'static str] = &[Filial::NAME];
    type Record = omie::TabelaPreco;
    type Row = maxima::Regiao;
    type Refs = RegiaoRefs;

    fn key(tabela: &omie::TabelaPreco) -> Key {
        tabela.cod_tab_preco.into()
    }

    fn map(tabela: omie::TabelaPreco, refs: &RegiaoRefs) -> Mapped<maxima::Regiao> {
        let mut reasons = Reasons::default();
        let row = maxima::Regiao {
            numregiao: reasons.code("nCodTabPreco", tabela.cod_tab_preco),
            regiao: reasons.required("cNome", txt(tabela.nome.as_deref(), 40), NAME_IT),
            status: status(table_of(&tabela).is_active(refs.today)),
            codfilial: refs.filial.clone(),
        };
        reasons.verdict(row)
    }

    fn facts(tabela: &omie::TabelaPreco) -> Option<Value> {
        serde_json::to_value(table_of(tabela)).ok()
    }

    /// Without a price table no client would have a praça, and every client would be refused. Once there is one the
    /// stand-in is inactive, where it was ever needed, until there is none again.
    fn guaranteed(rows_in_source: u64, refs: &RegiaoRefs) -> Vec<(Key, maxima::Regiao)> {
        let is_needed = rows_in_source == 0;
        let padrao = || maxima::Regiao {
            numregiao: PADRAO.to_owned(),
            regiao: NOME_PADRAO.to_owned(),
            status: status(is_needed),
            codfilial: refs.filial.clone(),
        };
        (is_needed || refs.tem_padrao).then(|| (PADRAO.into(), padrao())).into_iter().collect()
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &RegiaoRefs) -> Retirement {
        change(json!({"Numregiao": key, "Status": status(false)}))
    }
}

impl Sourced for Regiao {
    async fn source<'a>(
        tenant: &'a Tenant,
        _state: &'a impl State,
        refs: &'a RegiaoRefs,
    ) -> Result<impl Source<omie::TabelaPreco> + 'a, SetupError> {
        Ok(Tabelas::new(&tenant.omie, refs))
    }
}

impl Regiao {
    /// The price tables that are gone from Omie and whose regions were let go: what belongs to them follows.
    pub(super) async fn let_go(ledger: &impl Ledger) -> Result<BTreeSet<Key>, StateError> {
        let mut gone = BTreeSet::new();
        let note = |key, entry: Entry| {
            if entry.removed.is_some() {
                gone.insert(key);
            }
        };
        each(ledger, Self::NAME, note).await?;
        Ok(gone)
    }
}

/// What to do about a table without name.
pub(super) const NAME_IT: &str = "preencha o nome da tabela de preço no Omie";

/// `A` for what is in force.
pub(super) fn status(is_active: bool) -> &'static str {
    if is_active { "A" } else { "I" }
}

fn table_of(tabela: &omie::TabelaPreco) -> Tabela {
    let clientes = tabela.clientes.as_ref();
    let validity = tabela.caracteristicas.as_ref();
    Tabela {
        codigo: tabela.cod_tab_preco,
        nome: txt(tabela.nome.as_deref(), 50),
        ativa: tabela.ativa == Some(true),
        tem_validade: validity.is_some_and(|validity| validity.tem_validade == Some(true)),
        inicio: validity.and_then(|validity| validity.dt_inicial),
        fim: validity.and_then(|validity| validity.dt_final),
        todos: clientes.is_some_and(|clientes| clientes.todos_clientes == Some(true)),
        tag: clientes.and_then(|clientes| txt(clientes.tag.as_deref(), 60)),
        cod_tag: clientes.and_then(|clientes| clientes.cod_tag).filter(|code| *code > 0),
        desconto_maximo: validity.and_then(|validity| validity.perc_desc_max),
        uf: clientes.and_then(|clientes| txt(clientes.uf.as_deref(), 2)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{
        TODAY, accept, changed, learn, let_go, memory, record, rejected_fields, row, settings,
    };
    use super::*;

    const ATACADO: &str = include_str!("../../testdata/tabela_atacado_com_validade.json");

    fn refs_on(today: Date) -> RegiaoRefs {
        RegiaoRefs::of("3456789012", today)
    }

    fn status_of(json: &str) -> &'static str {
        row(Regiao::map(record(json), &refs_on(TODAY))).status
    }

    #[test]
    fn a_price_table_becomes_a_region_of_the_default_branch() {
        let tabela: omie::TabelaPreco = record(
            r#"{"nCodTabPreco":6001,"cNome":"PADRAO DE VENDA DA DISTRIBUIDORA EXEMPLO","cAtiva":"S"}"#,
        );

        assert_eq!(Regiao::key(&tabela), "6001".into());
        assert_eq!(
            row(Regiao::map(tabela, &refs_on(TODAY))),
            maxima::Regiao {
                numregiao: "6001".into(),
                regiao: "PADRAO DE VENDA DA DISTRIBUIDORA EXEMPLO".into(),
                status: "A",
                codfilial: "3456789012".into(),
            }
        );
    }

    #[test]
    fn what_is_not_said_to_be_active_is_inactive() {
        assert_eq!(status_of(r#"{"nCodTabPreco":1,"cNome":"X","cAtiva":"N"}"#), "I");
        assert_eq!(status_of(r#"{"nCodTabPreco":1,"cNome":"X"}"#), "I");
    }

    #[test]
    fn a_table_is_inactive_outside_its_validity() {
        let on = |today| row(Regiao::map(record(ATACADO), &refs_on(today))).status;

        assert_eq!([on(date(2024, 12, 31)), on(date(2025, 1, 1))], ["I", "A"]);
        assert_eq!([on(date(2025, 3, 31)), on(date(2025, 4, 1))], ["A", "I"]);
    }

    #[test]
    fn the_region_of_a_table_that_is_gone_is_inactive() {
        let retirement = Regiao::retirement(&6001.into(), None, &refs_on(TODAY));

        assert_eq!(changed(retirement), json!({"Numregiao": "6001", "Status": "I"}));
    }

    #[test]
    fn the_fact_says_who_may_use_the_table_and_when() {
        let fact = Regiao::facts(&record(ATACADO)).expect("a fact");
        let table: Tabela = serde_json::from_value(fact).expect("a table");

        assert_eq!(
            table,
            Tabela {
                codigo: 6002,
                nome: Some("ATACADO".into()),
                ativa: true,
                tem_validade: true,
                inicio: Some(date(2025, 1, 1)),
                fim: Some(date(2025, 3, 31)),
                todos: false,
                tag: Some("ATACADO".into()),
                cod_tag: Some(222),
                desconto_maximo: Some(rust_decimal::Decimal::new(125, 1)),
                uf: None,
            }
        );
    }

    #[test]
    fn a_table_without_name_or_code_is_rejected() {
        let nameless = record(r#"{"nCodTabPreco":0,"cAtiva":"S"}"#);

        assert_eq!(rejected_fields(Regiao::map(nameless, &refs_on(TODAY))), ["nCodTabPreco", "cNome"]);
    }

    #[test]
    fn the_stand_in_is_made_only_without_price_tables() {
        let rows = Regiao::guaranteed(0, &refs_on(TODAY));

        assert_eq!((rows.len(), rows[0].1.numregiao.as_str(), rows[0].1.status), (1, "0", "A"));
        assert!(Regiao::guaranteed(1, &refs_on(TODAY)).is_empty());
    }

    #[test]
    fn the_stand_in_is_inactive_as_long_as_there_are_tables() {
        let refs = RegiaoRefs { tem_padrao: true, ..refs_on(TODAY) };

        let on = |tables| Regiao::guaranteed(tables, &refs).remove(0).1.status;

        assert_eq!([on(0), on(1), on(0)], ["A", "I", "A"]);
    }

    #[tokio::test]
    async fn the_tables_that_maxima_has_are_known_and_so_is_the_stand_in() {
        let state = memory();
        learn::<Filial>(&state, &[record(include_str!("../../testdata/empresa_completa.json"))]).await;
        accept::<Regiao>(&state, &[record(ATACADO)]).await;
        learn::<Regiao>(&state, &[record(r#"{"nCodTabPreco":7,"cAtiva":"S"}"#)]).await;
        let_go::<Regiao>(&state, "6001").await;
        let before = RegiaoRefs::load(&state, &settings(), TODAY).await.expect("loaded");
        let fingerprint = Some(engine::Fingerprint::of(&"stand-in"));
        let stand_in = Entry { fingerprint, guaranteed: true, ..Entry::default() };
        state.record(Regiao::NAME, &[(PADRAO.into(), stand_in)]).await.expect("stored");

        let after = RegiaoRefs::load(&state, &settings(), TODAY).await.expect("loaded");

        assert_eq!((&before.em_uso, before.tem_padrao), (&vec![6002], false));
        assert_eq!((after.em_uso, after.tem_padrao), (vec![6002], true));
        assert_eq!(Regiao::let_go(&state).await.expect("read"), ["6001".into()].into());
    }
}
