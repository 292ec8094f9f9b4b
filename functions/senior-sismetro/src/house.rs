//! What outlives an invocation: the partners, with their tokens and their pace.

use std::sync::Arc;

use partner_http::{Secret, Transport};
use runtime::{Edge, Failure, Invocation};
use service_orders::{Credentials, Settings, Tenant, Wires};
use tokio::sync::Mutex;

/// The partners of a process, opened at its first turn and again when settings or secret have changed.
#[derive(Clone, Debug, Default)]
pub struct House(Arc<Mutex<Option<Opened>>>);

#[derive(Debug)]
struct Opened {
    settings: Settings,
    secret: Secret,
    tenant: Arc<Tenant>,
}

impl House {
    /// The partners as `settings` and the secret of this moment describe them. Nothing is asked of them yet.
    pub(crate) async fn tenant(
        &self,
        edge: &Edge,
        settings: Settings,
        invocation: &Invocation,
    ) -> Result<Arc<Tenant>, Failure> {
        let secret = edge.secret().await?;
        let mut opened = self.0.lock().await;
        if let Some(opened) = opened.as_ref()
            && (&opened.settings, &opened.secret) == (&settings, &secret)
        {
            return Ok(Arc::clone(&opened.tenant));
        }
        let credentials = credentials(&secret)?;
        let problems = settings.problems_with(&credentials);
        if let Some(first) = problems.first() {
            return Err(Failure::fix_config(format!("{}: {}", first.setting, first.text)));
        }
        // One network for both: what an exchange with Senior X may take is in its timeouts, Sismetro's are in each call.
        let senior = Transport::reqwest(senior::timeouts())
            .map_err(|error| Failure::bug(format!("no network client: {error}")))?;
        let wires = Wires { senior, sismetro: edge.transport()? };
        let tenant = Tenant::open(settings.clone(), &credentials, wires, edge.clock(), invocation.rng());
        let tenant = Arc::new(tenant);
        *opened = Some(Opened { settings, secret, tenant: Arc::clone(&tenant) });
        Ok(tenant)
    }
}

/// Reads the secret; the failure names the field to fill in.
pub(crate) fn credentials(secret: &Secret) -> Result<Credentials, Failure> {
    Credentials::parse(secret.expose()).map_err(|error| Failure::fix_config(error.to_string()))
}
