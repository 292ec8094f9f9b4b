//! The simulated Senior X and Sismetro, and what their tenant's operator has set up.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clock::Clock;
use engine::Expected;
use senior::SeniorOptions;
use serde_json::json;
use service_orders::branches::Branch;
use service_orders::{Settings, SetupError as NotSet};
use simulators::{
    ACCESS_KEY, ACCESS_SECRET, CALLBACK_KEY, CLIENT_ID, Retries, ServiceOptions, ServiceSimulators, TENANT,
    UNIT, UNIT_KEY, post_with_headers, push,
};
use sismetro::SismetroOptions;
use store::Store;
use tokio::task::JoinSet;

use crate::cli::Options;
use crate::folder::Folder;
use crate::secrets::Secrets;
use crate::stack::Counterparts;
use crate::template::Template;
use crate::tenant::{SetupError, serve};
use crate::vault::random_text;

/// What the Events hub of the simulated Senior X shows when it calls; a development value like the others.
pub const WEBHOOK_SECRET: &str = "segredo-do-webhook-simulado";
/// The header in which it does (`contracts/senior-x.md` §7.4).
pub const WEBHOOK_HEADER: &str = "x-webhook-secret";
/// The Sismetro account of the demo tenant.
const ACCOUNT: &str = "principal";
/// Company and branch that take part; others do not.
const ACTIVE: (i64, i64) = (1, 3);
/// How often the partners try again what is not taken. Nobody says how often they do; so often that an order is told
/// even by a machine that is too busy to answer in a tenant's ten seconds.
const PERSISTENT: Retries = Retries { times: 60, pause: Duration::from_mins(1) };

/// The simulated Senior X and Sismetro, listening.
#[derive(Debug)]
pub struct ServicePartners {
    /// The simulators, to be asked and worked with in process.
    pub simulators: ServiceSimulators,
    /// Address of Senior X.
    pub senior_at: String,
    /// Address of Sismetro.
    pub sismetro_at: String,
    /// Where both call us, once somebody listens.
    gateway: Mutex<Option<String>>,
}

impl ServicePartners {
    /// Registers our webhook in the Events hub, as a person does on its screen; what was closed before is told now.
    pub fn register_webhook(&self) {
        let gateway = self.gateway.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(gateway) = gateway else { return };
        let url = format!("{gateway}/webhooks/senior/service-order-finished");
        self.simulators.senior.hub().register(&url, &[(WEBHOOK_HEADER, WEBHOOK_SECRET)]);
    }
}

impl Counterparts for ServicePartners {
    const PARAMETERS: &'static [(&'static str, &'static str)] =
        &[("OmieMaxima", "off"), ("SeniorSismetro", "on")];

    async fn open(
        _: &Options,
        folder: &Folder,
        clock: &Clock,
        servers: &mut JoinSet<()>,
    ) -> Result<Self, SetupError> {
        if folder.tables().exists() {
            return Err(SetupError::NotFresh(folder.path().to_owned()));
        }
        let simulators = ServiceSimulators::open(ServiceOptions::new(clock.clone()));
        let senior_at = serve(simulators.senior.router(), servers).await.map_err(SetupError::Port)?;
        let sismetro_at = serve(simulators.sismetro.router(), servers).await.map_err(SetupError::Port)?;
        Ok(Self { simulators, senior_at, sismetro_at, gateway: Mutex::default() })
    }

    async fn set_up(&self, store: &Store, secrets: &Secrets, template: &Template) -> Result<(), SetupError> {
        let credentials = json!({
            "senior": { "access_key": ACCESS_KEY, "secret": ACCESS_SECRET, "client_id": CLIENT_ID },
            "sismetro": { (ACCOUNT): { "unit": UNIT, "key": UNIT_KEY } },
            "inbound": { "senior": [WEBHOOK_SECRET], "sismetro": [CALLBACK_KEY] },
        });
        for secret in template.credentials() {
            secrets.store_first(&secret.name, &credentials.to_string()).map_err(SetupError::Secret)?;
        }
        let expected = match Settings::load(store).await? {
            Some((_, version)) => Expected::Version(version),
            None => Expected::Absent,
        };
        self.settings().save(store, expected).await?;
        Ok(branch().save(store).await.map_err(NotSet::State)?)
    }

    /// The addresses are known, and which account is the usual one; neither credentials nor branches are.
    async fn leave_to_wizard(
        &self,
        store: &Store,
        secrets: &Secrets,
        template: &Template,
    ) -> Result<(), SetupError> {
        for secret in template.credentials() {
            secrets.store_first(&secret.name, &secret.first(random_text)).map_err(SetupError::Secret)?;
        }
        self.settings().save(store, Expected::Absent).await?;
        Ok(())
    }

    fn addresses(&self) -> Vec<(&'static str, &str)> {
        vec![("senior", &self.senior_at), ("sismetro", &self.sismetro_at)]
    }

    fn logins(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Senior X", format!("access key {ACCESS_KEY}   secret {ACCESS_SECRET}   client id {CLIENT_ID}")),
            ("Sismetro", format!("conta {ACCOUNT}   unit {UNIT}   key {UNIT_KEY}")),
        ]
    }

    fn listen(&self, gateway: &str, by_wizard: bool, servers: &mut JoinSet<()>) {
        *self.gateway.lock().unwrap_or_else(PoisonError::into_inner) = Some(gateway.to_owned());
        let (hub, callbacks) = (self.simulators.senior.hub(), self.simulators.sismetro.callbacks());
        if !by_wizard {
            callbacks.register(&format!("{gateway}/webhooks/sismetro"), &[]);
        }
        for outbox in [hub.clone(), callbacks.clone()] {
            outbox.set_retries(PERSISTENT);
            servers.spawn(async move { push(&outbox, post_with_headers).await });
        }
    }
}

impl ServicePartners {
    fn settings(&self) -> Settings {
        Settings {
            default_account: Some(ACCOUNT.to_owned()),
            senior: SeniorOptions {
                tenant_name: TENANT.to_owned(),
                base_url: self.senior_at.clone(),
                ..SeniorOptions::default()
            },
            sismetro: SismetroOptions {
                open_url: format!("{}/serviceOrder/open", self.sismetro_at),
                read_base_url: self.sismetro_at.clone(),
                ..SismetroOptions::default()
            },
            ..Settings::default()
        }
    }
}

fn branch() -> Branch {
    let (company_code, branch_code) = ACTIVE;
    Branch {
        company_code,
        branch_code: Some(branch_code),
        active: true,
        account: Some(ACCOUNT.to_owned()),
        cancel_strategy: None,
        open_body_mode: None,
        updated_at: None,
        updated_by: None,
    }
}
