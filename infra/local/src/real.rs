//! The real partners, for a pilot on one computer: nothing of them is here, and nobody is set up but by the console.

use clock::Clock;
use store::Store;
use tokio::task::JoinSet;

use crate::cli::Options;
use crate::folder::Folder;
use crate::secrets::Secrets;
use crate::services::ServicePartners;
use crate::stack::Counterparts;
use crate::template::Template;
use crate::tenant::{Partners, SetupError};
use crate::vault::random_text;

/// Omie and Máxima as they are.
pub type RealSales = Real<false>;
/// Senior X and Sismetro as they are.
pub type RealServices = Real<true>;

/// Real partners: with `SERVICES` those of the service orders.
#[derive(Clone, Copy, Debug)]
pub struct Real<const SERVICES: bool>;

impl<const SERVICES: bool> Counterparts for Real<SERVICES> {
    const PARAMETERS: &'static [(&'static str, &'static str)] =
        if SERVICES { ServicePartners::PARAMETERS } else { Partners::PARAMETERS };

    async fn open(_: &Options, _: &Folder, _: &Clock, _: &mut JoinSet<()>) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn set_up(&self, store: &Store, secrets: &Secrets, template: &Template) -> Result<(), SetupError> {
        self.leave_to_wizard(store, secrets, template).await
    }

    /// As a deployment leaves it: no credentials, and a secret of its own for what partners show us. The addresses are
    /// those that the settings begin with.
    async fn leave_to_wizard(
        &self,
        _: &Store,
        secrets: &Secrets,
        template: &Template,
    ) -> Result<(), SetupError> {
        for secret in template.credentials() {
            secrets.store_first(&secret.name, &secret.first(random_text)).map_err(SetupError::Secret)?;
        }
        Ok(())
    }

    fn addresses(&self) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    fn listen(&self, _: &str, _: bool, _: &mut JoinSet<()>) {}
}
