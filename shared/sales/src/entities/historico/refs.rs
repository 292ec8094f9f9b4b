//! What the map of past orders needs besides the order.

use std::collections::BTreeMap;

use engine::State;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::super::{Filial, Refs};
use crate::settings::{Posicao, Settings, SetupError};

/// What all orders share, and where each stage stands.
#[derive(Clone, Debug, Serialize)]
pub struct HistoricoRefs {
    pub(super) filial: String,
    pub(super) vendedor_padrao: Option<String>,
    pub(super) cobranca_padrao: String,
    pub(super) plano_padrao: String,
    pub(super) etapas: BTreeMap<String, Posicao>,
    /// Days back, by inclusion.
    pub(super) janela: u32,
    #[serde(skip)]
    pub(super) today: Date,
}

impl Refs for HistoricoRefs {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        Ok(Self {
            filial: Filial::padrao(state, settings).await?,
            vendedor_padrao: settings.vendedor_padrao.clone(),
            cobranca_padrao: settings.cobranca_padrao.clone(),
            plano_padrao: settings.plano_padrao.clone(),
            etapas: settings.etapas.clone(),
            janela: settings.janela_historico_dias,
            today,
        })
    }
}

impl HistoricoRefs {
    /// The first day of inclusion that a whole reading of today covers.
    pub(super) fn first_day(&self) -> Date {
        self.today.saturating_sub(i64::from(self.janela).days())
    }
}
