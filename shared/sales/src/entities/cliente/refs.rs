//! What the map of a client needs besides the client.

use std::collections::BTreeSet;

use engine::{Entity, State};
use jiff::civil::Date;
use serde::Serialize;

use super::super::cadastro::Etiqueta;
use super::super::plano_pagamento::A_VISTA;
use super::super::{Cidade, Municipios, PlanoPagamento, Praca, Refs, facts};
use crate::praca::Pracas;
use crate::settings::{EnderecoIncompleto, Settings, SetupError};

/// Cities, price tables and plans as other entities left them, and the defaults of the settings. The day shows only
/// in which tables are in force, so a day that changes nothing is no reason to read every client again.
#[derive(Clone, Debug, Serialize)]
pub struct ClienteRefs {
    pub(super) etiqueta: Etiqueta,
    pub(super) municipios: Municipios,
    pub(super) pracas: Pracas,
    pub(super) planos: BTreeSet<String>,
    pub(super) vendedor_padrao: Option<String>,
    pub(super) cobranca_padrao: String,
    pub(super) plano_padrao: String,
    pub(super) ramo_padrao: String,
    pub(super) bonificacao: bool,
    pub(super) endereco_incompleto: EnderecoIncompleto,
}

impl Refs for ClienteRefs {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        let municipios = Municipios::load(state).await?;
        if municipios.is_empty() {
            let text = format!("nenhuma cidade foi lida do Omie: sincronize {} primeiro", Cidade::NAME);
            return Err(SetupError::one("Cidades", text));
        }
        let tables = Praca::records(state).await?;
        let tag = |code| settings.etiquetas.por_codigo.get(&code).cloned();
        Ok(Self {
            etiqueta: Etiqueta::new(&settings.etiquetas.cliente),
            municipios,
            pracas: Pracas::new(&tables, today, tag, settings.tabela_preco_padrao.as_deref()),
            planos: plans(state, settings).await?,
            vendedor_padrao: settings.vendedor_padrao.clone(),
            cobranca_padrao: settings.cobranca_padrao.clone(),
            plano_padrao: settings.plano_padrao.clone(),
            ramo_padrao: settings.ramo_padrao.clone(),
            bonificacao: settings.bonificacao,
            endereco_incompleto: settings.endereco_incompleto,
        })
    }
}

/// The plans a client may name. A default plan that is none of them would keep out every client that names none.
async fn plans(state: &impl State, settings: &Settings) -> Result<BTreeSet<String>, SetupError> {
    let facts = facts::<serde_json::Value>(state, PlanoPagamento::NAME).await?;
    let mut plans: BTreeSet<String> = facts.into_iter().map(|(key, _)| key.to_string()).collect();
    plans.insert(A_VISTA.to_owned());
    if plans.contains(&settings.plano_padrao) {
        return Ok(plans);
    }
    let text =
        format!("o plano {} não existe no Omie: escolha um plano existente ou 000", settings.plano_padrao);
    Err(SetupError::one("PlanoPadrao", text))
}
