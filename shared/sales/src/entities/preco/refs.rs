//! What the map of prices needs besides the item.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Entity as _, State};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use super::super::accepted::Known;
use super::super::{Praca, Produto, Refs, Regiao};
use crate::praca::PADRAO;
use crate::settings::{Settings, SetupError};

/// The price tables in force today, the tax figure, and the products that may have a price.
#[derive(Clone, Debug, Serialize)]
pub struct PrecoRefs {
    /// By `nCodTabPreco`. Part of the mark: a table that comes into force is read whole.
    pub(super) tabelas: BTreeMap<i64, TabelaAtiva>,
    /// Omie has no price table at all.
    pub(super) sem_tabelas: bool,
    pub(super) tributo: String,
    /// Known and not in force, or gone from Omie.
    #[serde(skip)]
    pub(super) encerradas: BTreeSet<i64>,
    /// Not part of the mark: a new product is no reason to read everything again.
    #[serde(skip)]
    pub(super) produtos: Known,
}

/// A price table in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TabelaAtiva {
    /// `nPercDescMax`, per cent, for items that say nothing of a discount.
    #[serde(with = "crate::decimal")]
    pub desconto_maximo: Option<Decimal>,
}

impl Refs for PrecoRefs {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        let known = Praca::records(state).await?;
        let (active, over): (Vec<_>, Vec<_>) =
            known.iter().filter(|table| table.codigo > 0).partition(|table| table.is_active(today));
        let gone = Regiao::let_go(state).await?;
        let gone = gone.iter().filter_map(|key| key.as_str().parse().ok());
        let in_force = |desconto_maximo| TabelaAtiva { desconto_maximo };
        Ok(Self {
            tabelas: active.iter().map(|table| (table.codigo, in_force(table.desconto_maximo))).collect(),
            sem_tabelas: known.is_empty(),
            tributo: settings.tributo_padrao.clone(),
            encerradas: over.iter().map(|table| table.codigo).chain(gone).collect(),
            produtos: Known::load(state, Produto::NAME).await?,
        })
    }
}

impl PrecoRefs {
    /// Whether we know why the prices of this table are not shown any more.
    pub(super) fn is_over(&self, table: i64) -> bool {
        let is_stand_in = table.to_string() == PADRAO;
        self.encerradas.contains(&table) || (is_stand_in && !self.sem_tabelas)
    }
}
