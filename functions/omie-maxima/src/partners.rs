//! The partners of a run, built from settings and secret.

use runtime::{Edge, Failure, Invocation};
use sales::credentials::Credentials;
use sales::settings::Settings;
use sales::{Tenant, Wires};

/// Reads settings and credentials and opens both clients. Nothing is asked of a partner yet.
pub(crate) async fn tenant(edge: &Edge, invocation: &Invocation) -> Result<Tenant, Failure> {
    let settings =
        Settings::load(&edge.store).await.map_err(|error| Failure::of(&error.remedy(), error.to_string()))?;
    let secret = edge.secret().await?;
    let credentials =
        Credentials::parse(secret.expose()).map_err(|error| Failure::fix_config(error.to_string()))?;
    let transport = edge.transport()?;
    let wires = Wires { omie: transport.clone(), maxima: transport };
    let tenant = Tenant::open(settings, credentials, wires, edge.clock(), invocation.rng());
    Ok(tenant.with_own_address(edge.config.has_own_address))
}
