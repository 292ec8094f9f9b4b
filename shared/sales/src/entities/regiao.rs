//! Regiao: price tables as regions (mapping §4.10). Its facts are what [`Praca`](super::Praca) and
//! [`Cliente`](super::Cliente) know of price tables.

use engine::{Entity, Key, Mapped, Retirement, Scope, State};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::{Filial, Refs, change};
use crate::praca::{NOME_PADRAO, PADRAO, Tabela};
use crate::settings::{Settings, SetupError};
use crate::source::EVER;
use crate::synced::FromOmie;
use crate::text::txt;

/// A region: the header of a price table.
pub struct Regiao;

/// The branch of all price tables, and the day on which validity is judged.
#[derive(Clone, Debug, Serialize)]
pub struct RegiaoRefs {
    filial: String,
    /// Not a reason to read everything: the list is read whole on each run anyway (mapping §13.12).
    #[serde(skip)]
    today: Date,
}

impl Refs for RegiaoRefs {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        Ok(Self { filial: Filial::padrao(state, settings).await?, today })
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

    /// Without a price table no client would have a praça, and every client would be refused.
    fn guaranteed(rows_in_source: u64, refs: &RegiaoRefs) -> Vec<(Key, maxima::Regiao)> {
        let padrao = || maxima::Regiao {
            numregiao: PADRAO.to_owned(),
            regiao: NOME_PADRAO.to_owned(),
            status: status(true),
            codfilial: refs.filial.clone(),
        };
        (rows_in_source == 0).then(|| (PADRAO.into(), padrao())).into_iter().collect()
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &RegiaoRefs) -> Retirement {
        change(json!({"Numregiao": key, "Status": status(false)}))
    }
}

impl FromOmie for Regiao {
    type Listing = omie::ListarTabelasPreco;

    fn listing(_refs: &Self::Refs, _scope: Scope, _part: &str) -> omie::ListarTabelasPreco {
        omie::ListarTabelasPreco { dt_inc_de: Some(EVER.0), dt_inc_ate: Some(EVER.1), ..Default::default() }
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

    use super::super::testing::{TODAY, changed, record, rejected_fields, row};
    use super::*;

    const ATACADO: &str = include_str!("../../testdata/tabela_atacado_com_validade.json");

    fn refs_on(today: Date) -> RegiaoRefs {
        RegiaoRefs { filial: "3456789012".into(), today }
    }

    fn status_of(json: &str) -> &'static str {
        row(Regiao::map(record(json), &refs_on(TODAY))).status
    }

    #[test]
    fn price_tables_of_any_age_are_asked_for() {
        let asked =
            serde_json::to_value(Regiao::listing(&refs_on(TODAY), Scope::Full, "")).expect("a request");

        assert_eq!((&asked["dDtIncDe"], &asked["dDtIncAte"]), (&"01/01/2000".into(), &"31/12/2099".into()));
        assert!(asked.get("dDtAltDe").is_none(), "a table that was never changed is asked for too");
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
    fn the_stand_in_exists_only_without_price_tables() {
        let rows = Regiao::guaranteed(0, &refs_on(TODAY));

        assert_eq!((rows.len(), rows[0].1.numregiao.as_str(), rows[0].1.status), (1, "0", "A"));
        assert!(Regiao::guaranteed(1, &refs_on(TODAY)).is_empty());
    }
}
