//! A tenant whose partners are the simulators.

use std::pin::Pin;
use std::sync::Arc;

use ::console::access::Keys;
use ::console::ports::memory::{MemoryJobs, MemoryMachine, MemoryVault, OPERATE, READ};
use ::console::ports::{Delivered, Integration, Partners, Place, PortError, Vault as _, World};
use bytes::Bytes;
use clock::Clock;
use engine::{Documents as _, Expected, Memory};
use http::{Request, Response};
use partner_http::{Exchange, Lost, Secret, Transport};
use sales::credentials::{Credentials, MaximaLogin, OmieKeys};
use sales::desk::Kind;
use sales::orders::InErp;
use sales::settings::Settings;
use sales::setup::{self, Draft, List, Listed};
use sales::{Tenant, Wires};
use serde_json::json;
use simulators::{AnswerLost, MaximaSim, OmieSim, Options, Preset};

/// The end of the webhook's address.
pub(crate) const WEBHOOK: &str = "CANARIO-webhook";

/// A tenant nobody has set up; one of its branches is incomplete.
pub(crate) struct Tenancy {
    pub(crate) world: e2e::World,
    pub(crate) jobs: MemoryJobs,
    pub(crate) vault: MemoryVault,
    pub(crate) machine: MemoryMachine,
    place: Place,
}

impl Tenancy {
    pub(crate) async fn fresh() -> Self {
        let options = |clock| Options { branch_incomplete: true, ..Options::new(Preset::Small, 7, clock) };
        let world = e2e::World::with(options).await;
        world.state.delete("settings", "omie-maxima", Expected::Any).await.expect("deleted");
        // Where the partners are: a runner seeds the draft with it.
        let addresses = json!({ "settings": {
            "UrlOmie": "http://omie.invalid/api/v1/", "UrlIntext": "http://maxima.invalid",
            "UrlIntpdv": "http://maxima.invalid",
        } });
        world.state.put("setup", "omie-maxima", &addresses, Expected::Absent, None).await.expect("seeded");
        let vault = MemoryVault::default();
        console::ports::Vault::merge(&vault, Integration::OmieMaxima, &json!({ "webhook": WEBHOOK }))
            .await
            .expect("kept");
        let place = Place {
            tenant: "demo".to_owned(),
            address: "https://ponte.example".to_owned(),
            has_omie_maxima: true,
            has_senior_sismetro: false,
            banner: None,
        };
        Self { world, jobs: MemoryJobs::deployed(), vault, machine: MemoryMachine::default(), place }
    }

    pub(crate) async fn settings(&self) -> Settings {
        Draft::open(&self.world.state).await.expect("readable").settings
    }

    async fn tenant(&self, omie: (&str, &str), maxima: (&str, &str)) -> Tenant {
        let secret = Secret::new;
        let credentials = Credentials {
            omie: OmieKeys { app_key: secret(omie.0), app_secret: secret(omie.1) },
            maxima: MaximaLogin { login: secret(maxima.0), password: secret(maxima.1) },
            webhook: None,
        };
        let wires = Wires {
            omie: Transport::in_process(Arc::new(Omie(self.world.partners.omie.clone()))),
            maxima: Transport::in_process(Arc::new(Maxima(self.world.partners.maxima.clone()))),
        };
        let rng = fastrand::Rng::with_seed(7);
        Tenant::open(self.settings().await, credentials, wires, &self.world.clock, rng)
    }
}

struct Omie(OmieSim);
struct Maxima(MaximaSim);

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + 'a>>;

impl Exchange for Omie {
    fn exchange(&self, request: Request<Bytes>) -> Answer<'_> {
        Box::pin(async move { self.0.handle(request).await.map_err(|AnswerLost| Lost::Unclear) })
    }
}

impl Exchange for Maxima {
    fn exchange(&self, request: Request<Bytes>) -> Answer<'_> {
        Box::pin(async move { self.0.handle(request).await.map_err(|AnswerLost| Lost::Unclear) })
    }
}

impl World for Tenancy {
    type State = Memory;
    type Jobs = MemoryJobs;
    type Vault = MemoryVault;
    type Machine = MemoryMachine;
    type Partners = Self;

    fn state(&self) -> &Memory {
        &self.world.state
    }

    fn clock(&self) -> &Clock {
        &self.world.clock
    }

    fn jobs(&self) -> &MemoryJobs {
        &self.jobs
    }

    fn vault(&self) -> &MemoryVault {
        &self.vault
    }

    fn machine(&self) -> &MemoryMachine {
        &self.machine
    }

    fn partners(&self) -> &Self {
        self
    }

    fn place(&self) -> &Place {
        &self.place
    }

    async fn keys(&self) -> Result<Keys, PortError> {
        Keys::parse(&json!({ "operate": OPERATE, "read": READ }).to_string()).map_err(PortError::new)
    }
}

impl Partners for Tenancy {
    async fn check_maxima(&self, login: &str, password: &str) -> Result<(), PortError> {
        let tenant = self.tenant(("", ""), (login, password)).await;
        setup::check_maxima(&tenant.maxima).await.map_err(PortError)
    }

    async fn check_omie(&self, app_key: &str, app_secret: &str) -> Result<(), PortError> {
        let tenant = self.tenant((app_key, app_secret), ("", "")).await;
        setup::check_omie(&tenant.omie).await.map_err(PortError)
    }

    async fn refresh(&self, list: List) -> Result<Listed, PortError> {
        let secret = self.vault.read(Integration::OmieMaxima).await?;
        let text = |name: &str| secret["omie"][name].as_str().unwrap_or_default().to_owned();
        let tenant = self.tenant((&text("app_key"), &text("app_secret")), ("", "")).await;
        let listed = setup::refresh(&tenant.omie, &self.world.state, &self.world.clock, list).await;
        listed.map_err(PortError::new)
    }

    async fn check_senior(
        &self,
        _settings: &service_orders::Settings,
        _credentials: &service_orders::Credentials,
    ) -> Result<(), PortError> {
        unreachable!("this tenant has no service orders")
    }

    async fn check_sismetro(
        &self,
        _settings: &service_orders::Settings,
        _credentials: &service_orders::Credentials,
        _account: &str,
    ) -> Result<(), PortError> {
        unreachable!("this tenant has no service orders")
    }

    async fn deliver(
        &self,
        _address: &str,
        _headers: &[(&'static str, String)],
        _body: &str,
    ) -> Result<Delivered, PortError> {
        unreachable!("this tenant has no service orders")
    }

    async fn adoptable(&self, _id: &str, _numero: i64) -> Result<InErp, PortError> {
        unreachable!("the set-up adopts nothing")
    }

    async fn carry_on(&self, _kind: Kind, _id: &str) -> Result<(), PortError> {
        unreachable!("the set-up carries nothing on")
    }
}
