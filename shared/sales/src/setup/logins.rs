//! The two logins, each tried by a real call.

use maxima::Maxima;
use omie::{Omie, PesquisarCidades};
use partner_http::Fault;

use super::said;

/// Whether Máxima takes the login; else what it said.
pub async fn check_maxima(maxima: &Maxima) -> Result<(), String> {
    maxima.log_in().await.map_err(|error| said(&error))
}

/// Whether Omie takes the pair of keys; else what it said. Costs one row of its cities (mapping §9).
pub async fn check_omie(omie: &Omie) -> Result<(), String> {
    let one = PesquisarCidades { registros_por_pagina: 1, ..PesquisarCidades::default() };
    match omie.list(&one, 1).await {
        Ok(_) => Ok(()),
        // It knows who asks; only not again so soon.
        Err(error) if matches!(error.fault, Fault::Redundant | Fault::Busy) => Ok(()),
        Err(error) => Err(said(&error)),
    }
}
