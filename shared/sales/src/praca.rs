//! Which praça a client gets, and whether a price table is valid today (mapping §4.10).
//!
//! Omie has price tables and says who may use each; Máxima has regions and praças and wants one praça on
//! every client. The reference gave all clients the first one. The rule, among tables in status A:
//!
//! ```text
//! 1  table for some, its tag is one of the client's
//! 2  table for some, its state is the client's
//! 3  table for all clients
//! 4  the setting TabelaPrecoPadrao
//!    (ties: the smallest nCodTabPreco)
//! ```

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::text::{code, txt};

/// The code of the region and of the praça that stand in when Omie has no price table at all.
pub const PADRAO: &str = "0";
/// Their name.
pub const NOME_PADRAO: &str = "PADRAO";

/// The day in São Paulo, by which validity is judged. The offset is fixed: Brazil has had no summer time since
/// 2019, and a Lambda carries no time zone database.
pub fn day_in_sao_paulo(now: Timestamp) -> Date {
    in_sao_paulo(now).date()
}

/// The date and time in São Paulo, as Omie's filters by time read them (`contracts/omie.md` §6).
pub fn in_sao_paulo(now: Timestamp) -> DateTime {
    now.to_zoned(TimeZone::fixed(Offset::constant(-3))).datetime()
}

/// What the rest of the system needs to know of a price table: the fact that `Regiao` keeps in the ledger.
/// A stored format: a new member must be optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tabela {
    /// `nCodTabPreco`.
    pub codigo: i64,
    /// `cNome`, clean, at most 50 characters (the longer of the two names it becomes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nome: Option<String>,
    /// `cAtiva` is "S".
    pub ativa: bool,
    /// `caracteristicas.cTemValidade` is "S": the two dates below count.
    #[serde(default)]
    pub tem_validade: bool,
    /// First day of validity, `caracteristicas.dDtInicial`; none: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inicio: Option<Date>,
    /// Last day of validity, `caracteristicas.dDtFinal`; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fim: Option<Date>,
    /// `clientes.cTodosClientes` is "S". What is not said is "N" (mapping §0, `sn`).
    pub todos: bool,
    /// `clientes.cTag`, as written in Omie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// `clientes.nCodTag`, when Omie names the tag only by number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cod_tag: Option<i64>,
    /// `caracteristicas.nPercDescMax`: the greatest discount, per cent, on items that say nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal")]
    pub desconto_maximo: Option<Decimal>,
    /// `clientes.cUF`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uf: Option<String>,
}

impl Tabela {
    /// Status A: marked active and, when it has a validity, `today` (the day in São Paulo) is inside it, both
    /// ends included.
    pub fn is_active(&self, today: Date) -> bool {
        let started = self.inicio.is_none_or(|first| first <= today);
        let ended = self.fim.is_some_and(|last| last < today);
        self.ativa && (!self.tem_validade || (started && !ended))
    }
}

/// The price tables in force on a day, indexed for one question: which praça does this client get? Its JSON is the
/// same while the answers are.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pracas {
    by_tag: BTreeMap<String, i64>,
    by_uf: BTreeMap<String, i64>,
    general: Option<i64>,
    padrao: Padrao,
}

/// What the setting `TabelaPrecoPadrao` is worth on this day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
enum Padrao {
    #[default]
    Unset,
    Active(String),
    Unusable(String),
    /// Omie has no price table: all clients get the praça "0".
    NoTables,
}

/// Why no praça could be given. `Display` is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPraca {
    /// No table in force serves the client and the setting is empty.
    #[error(
        "nenhuma tabela de preço em vigor atende este cliente: em Omie, inclua uma tabela para todos os clientes \
         (ou com a etiqueta ou o estado dele), ou preencha TabelaPrecoPadrao nos parâmetros"
    )]
    NoneServes,
    /// The setting names a table that is not in force or does not exist.
    #[error(
        "nenhuma tabela de preço em vigor atende este cliente, e a TabelaPrecoPadrao ({0}) não existe, está inativa \
         ou fora da validade: reative-a em Omie ou escolha outra nos parâmetros"
    )]
    DefaultUnusable(String),
}

impl Pracas {
    /// Indexes `tables` as of `today`. `tags` resolves `nCodTag` where Omie gives no text; `padrao` is the
    /// setting `TabelaPrecoPadrao`.
    pub fn new<'a>(
        tables: impl IntoIterator<Item = &'a Tabela>,
        today: Date,
        tags: impl Fn(i64) -> Option<String>,
        padrao: Option<&str>,
    ) -> Self {
        let (mut pracas, mut any, mut active) = (Self::default(), false, BTreeSet::new());
        for table in tables {
            any = true;
            // A table without a code cannot be sent, so nobody may be given it; and "0" is the stand-in's.
            if table.codigo > 0 && table.is_active(today) {
                active.insert(table.codigo.to_string());
                pracas.offer(table, &tags);
            }
        }
        pracas.padrao = match padrao {
            _ if !any => Padrao::NoTables,
            None => Padrao::Unset,
            Some(code) if active.contains(code) => Padrao::Active(code.to_owned()),
            Some(code) => Padrao::Unusable(code.to_owned()),
        };
        pracas
    }

    /// The praça of a client with these tags in this state (`estado`).
    pub fn of<'a>(
        &self,
        tags: impl IntoIterator<Item = &'a str>,
        estado: Option<&str>,
    ) -> Result<String, NoPraca> {
        let by_tag = tags.into_iter().filter_map(|tag| self.by_tag.get(&folded(tag)?)).min();
        let by_uf = || self.by_uf.get(&folded(estado?)?);
        if let Some(table) = by_tag.or_else(by_uf).or(self.general.as_ref()) {
            return code(*table).ok_or(NoPraca::NoneServes);
        }
        match &self.padrao {
            Padrao::Active(code) => Ok(code.clone()),
            Padrao::NoTables => Ok(PADRAO.to_owned()),
            Padrao::Unset => Err(NoPraca::NoneServes),
            Padrao::Unusable(code) => Err(NoPraca::DefaultUnusable(code.clone())),
        }
    }

    fn offer(&mut self, table: &Tabela, tags: impl Fn(i64) -> Option<String>) {
        let smallest = |slot: &mut i64| *slot = (*slot).min(table.codigo);
        if table.todos {
            self.general = Some(self.general.map_or(table.codigo, |held| held.min(table.codigo)));
            return;
        }
        let tag = table.tag.clone().or_else(|| tags(table.cod_tag?));
        if let Some(tag) = tag.as_deref().and_then(folded) {
            self.by_tag.entry(tag).and_modify(smallest).or_insert(table.codigo);
        }
        if let Some(uf) = table.uf.as_deref().and_then(folded) {
            self.by_uf.entry(uf).and_modify(smallest).or_insert(table.codigo);
        }
    }
}

/// Tags and states are compared as a person reads them: without case and without loose white space.
pub(crate) fn folded(text: &str) -> Option<String> {
    txt(text, 60).map(|text| text.to_uppercase())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2025, 2, 2);

    fn general(codigo: i64) -> Tabela {
        Tabela { codigo, ativa: true, todos: true, ..Tabela::default() }
    }

    fn tagged(codigo: i64, tag: &str) -> Tabela {
        Tabela { codigo, ativa: true, tag: Some(tag.into()), ..Tabela::default() }
    }

    fn of_state(codigo: i64, uf: &str) -> Tabela {
        Tabela { codigo, ativa: true, uf: Some(uf.into()), ..Tabela::default() }
    }

    fn pracas(tables: &[Tabela], padrao: Option<&str>) -> Pracas {
        Pracas::new(tables, TODAY, |_| None, padrao)
    }

    /// Acceptance check 14 of the mapping §11.
    #[test]
    fn a_client_tagged_atacado_gets_atacado_and_an_untagged_one_the_general_table() {
        let pracas = pracas(&[general(6001), tagged(6002, "ATACADO")], None);

        assert_eq!(pracas.of(["Cliente", "atacado "], Some("GO")).as_deref(), Ok("6002"));
        assert_eq!(pracas.of(["Cliente"], Some("GO")).as_deref(), Ok("6001"));
    }

    #[test]
    fn a_tag_wins_over_a_state_and_a_state_over_the_general_table() {
        let pracas = pracas(&[general(1), of_state(2, "GO"), tagged(3, "ATACADO")], Some("1"));

        assert_eq!(pracas.of(["ATACADO"], Some("GO")).as_deref(), Ok("3"));
        assert_eq!(pracas.of(["VAREJO"], Some("go")).as_deref(), Ok("2"));
        assert_eq!(pracas.of(["VAREJO"], Some("SP")).as_deref(), Ok("1"));
        assert_eq!(pracas.of([], None).as_deref(), Ok("1"));
    }

    #[test]
    fn the_smallest_code_wins_a_tie_in_any_order() {
        let pracas = pracas(
            &[
                general(30),
                general(9),
                tagged(8, "A"),
                tagged(7, "A"),
                tagged(6, "B"),
                of_state(5, "GO"),
                of_state(4, "GO"),
            ],
            None,
        );

        assert_eq!(pracas.of(["A"], None).as_deref(), Ok("7"));
        assert_eq!(pracas.of(["A", "B"], None).as_deref(), Ok("6"), "also between two tags of one client");
        assert_eq!(pracas.of([], Some("GO")).as_deref(), Ok("4"));
        assert_eq!(pracas.of([], None).as_deref(), Ok("9"), "smallest as a number, not as text");
    }

    #[test]
    fn inactive_and_expired_tables_serve_nobody() {
        let off = Tabela { ativa: false, ..tagged(1, "A") };
        let expired = Tabela { tem_validade: true, fim: Some(date(2025, 2, 1)), ..tagged(2, "A") };
        let pracas = pracas(&[off, expired, general(3)], None);

        assert_eq!(pracas.of(["A"], None).as_deref(), Ok("3"));
    }

    #[test]
    fn validity_includes_both_ends_and_either_may_be_open() {
        let valid = |inicio, fim| Tabela { tem_validade: true, inicio, fim, ..general(1) }.is_active(TODAY);

        assert!(valid(Some(TODAY), Some(TODAY)));
        assert!(valid(None, None) && valid(Some(TODAY), None) && valid(None, Some(TODAY)));
        assert!(!valid(Some(date(2025, 2, 3)), None), "not yet");
        assert!(!valid(None, Some(date(2025, 2, 1))), "no longer");
        assert!(
            Tabela { fim: Some(date(2000, 1, 1)), ..general(1) }.is_active(TODAY),
            "dates do not count without cTemValidade"
        );
    }

    #[test]
    fn the_day_changes_at_midnight_in_sao_paulo() {
        let day = |text: &str| day_in_sao_paulo(text.parse().expect("a timestamp"));

        assert_eq!(day("2025-02-03T02:59:59Z"), TODAY);
        assert_eq!(day("2025-02-03T03:00:00Z"), date(2025, 2, 3));
    }

    #[test]
    fn the_default_table_serves_who_nothing_else_serves() {
        let tables = [tagged(6002, "ATACADO")];

        assert_eq!(pracas(&tables, Some("6002")).of(["X"], None).as_deref(), Ok("6002"));
        assert_eq!(pracas(&tables, None).of(["X"], None), Err(NoPraca::NoneServes));
    }

    #[test]
    fn a_default_table_out_of_force_is_named() {
        let off = Tabela { ativa: false, ..general(6001) };
        let refused = pracas(&[off], Some("6001")).of([], None);

        assert_eq!(refused, Err(NoPraca::DefaultUnusable("6001".into())));
        assert!(refused.unwrap_err().to_string().contains("TabelaPrecoPadrao (6001)"));
    }

    #[test]
    fn without_any_price_table_every_client_gets_the_stand_in() {
        assert_eq!(pracas(&[], Some("6001")).of(["X"], Some("GO")).as_deref(), Ok(PADRAO));
    }

    #[test]
    fn a_tag_known_only_by_number_is_resolved_by_the_settings() {
        let table = Tabela { cod_tag: Some(222), tag: None, ..tagged(6002, "") };
        let tags = |code| (code == 222).then(|| "ATACADO".to_owned());

        assert_eq!(Pracas::new([&table], TODAY, tags, None).of(["ATACADO"], None).as_deref(), Ok("6002"));
        assert_eq!(pracas(&[table], None).of(["ATACADO"], None), Err(NoPraca::NoneServes));
    }
}
