//! The world in the Lambda.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use bytes::Bytes;
use clock::Clock;
use jiff::Timestamp;
use partner_http::{Effect, Lane, LanePolicy, Limits, Outgoing, PartnerHttp, Secret, Transport, story};
use runtime::{Edge, Failure, Invocation};
use sales::credentials::{Credentials, MaximaLogin, OmieKeys};
use sales::desk::{self, Kind};
use sales::orders::InErp;
use sales::setup::{self, Draft, List, Listed};
use sales::{Tenant, Wires};
use schedules::{Frequency, Schedule, ScheduleError};
use serde_json::{Value, json};
use store::Store;
use tokio::sync::Mutex;

use super::{Delivered, Integration, Jobs, Machine, Partners, Place, PortError, Vault, World, merged};
use crate::access::Keys;

/// New access keys count so much later at the latest.
const KEYS_KEPT: Duration = Duration::from_mins(1);
/// Reading all schedules takes one call for each. Another instance may have changed one meanwhile: who is about to change
/// something reads them anew.
const SCHEDULES_KEPT: Duration = Duration::from_secs(30);
/// What names the one-time schedules that go on with a function's work (`runtime::Edge`).
const CONTINUATIONS: [&str; 3] = ["continue", "f-continue", "e-continue"];

/// What a warm instance keeps from one request to the next.
#[derive(Debug, Default)]
pub(crate) struct Warm {
    schedules: Mutex<Option<(Timestamp, Vec<Schedule>)>>,
}

/// The world of one request.
pub(crate) struct Aws {
    edge: Arc<Edge>,
    invocation: Invocation,
    warm: Arc<Warm>,
    /// Whether what was read of the schedules a moment ago is good enough.
    may_be_old: bool,
    place: Place,
    machines_clock: Clock,
}

impl Aws {
    pub(crate) fn new(
        edge: Arc<Edge>,
        invocation: Invocation,
        (warm, may_be_old): (Arc<Warm>, bool),
        address: String,
    ) -> Self {
        let console = &edge.config.console;
        let place = Place {
            tenant: edge.config.tenant.clone(),
            address,
            has_omie_maxima: console.omie_maxima.is_some(),
            has_senior_sismetro: console.senior_sismetro.is_some(),
            banner: console.banner.clone(),
        };
        Self { edge, invocation, warm, may_be_old, place, machines_clock: Clock::system() }
    }

    fn full(&self, name: &str) -> String {
        format!("ponte-{}-{name}", self.edge.config.tenant)
    }

    /// What was read of the schedules is no longer so.
    async fn changed<T>(&self, done: Result<T, ScheduleError>) -> Result<T, PortError> {
        *self.warm.schedules.lock().await = None;
        done.map_err(scheduler)
    }

    fn secret_id(&self, of: Integration) -> Result<&str, PortError> {
        let console = &self.edge.config.console;
        let id = match of {
            Integration::OmieMaxima => &console.omie_maxima,
            Integration::SeniorSismetro => &console.senior_sismetro,
        };
        id.as_deref().ok_or_else(|| PortError::new("esta integração não está instalada"))
    }

    /// The partners with the stored credentials, or with these.
    async fn tenant(&self, given: Option<Credentials>) -> Result<Tenant, PortError> {
        let edge = &self.edge;
        let credentials = if let Some(given) = given {
            given
        } else {
            let secret = edge
                .secret_of(self.secret_id(Integration::OmieMaxima)?)
                .await
                .map_err(|failure| vault(&failure))?;
            Credentials::parse(secret.expose()).map_err(|incomplete| {
                tracing::info!(%incomplete, "credentials are not complete");
                PortError::new("as credenciais de Omie e Máxima ainda não estão completas")
            })?
        };
        // While the set-up goes on, the addresses of the partners are in its draft.
        let settings = Draft::open(&edge.store).await.map_err(PortError::new)?.settings;
        let transport = edge.transport().map_err(|failure| vault(&failure))?;
        let wires = Wires { omie: transport.clone(), maxima: transport };
        let tenant = Tenant::open(settings, credentials, wires, edge.clock(), self.invocation.rng());
        // Somebody waits for the page: what takes longer than the function may is told instead.
        tenant.wait_no_longer_than(self.invocation.budget(edge.config.reserve));
        Ok(tenant.with_own_address(edge.config.has_own_address))
    }
}

impl Aws {
    /// The partners of the service orders, as these say.
    fn service_orders(
        &self,
        settings: &service_orders::Settings,
        credentials: &service_orders::Credentials,
    ) -> Result<service_orders::Tenant, PortError> {
        let edge = &self.edge;
        let senior = Transport::reqwest(senior::timeouts()).map_err(|error| {
            tracing::error!(error = story(&error), "no network client");
            PortError::new("a rede desta instalação não está disponível")
        })?;
        let sismetro = edge.transport().map_err(|failure| vault(&failure))?;
        let wires = service_orders::Wires { senior, sismetro };
        let rng = self.invocation.rng();
        let tenant = service_orders::Tenant::open(settings.clone(), credentials, wires, edge.clock(), rng);
        // Somebody waits for the page.
        let budget = self.invocation.budget(edge.config.reserve);
        tenant.set_deadline(Some(budget.deadline.checked_sub(budget.reserve).unwrap_or(budget.deadline)));
        Ok(tenant)
    }
}

impl World for Aws {
    type State = Store;
    type Jobs = Self;
    type Vault = Self;
    type Machine = Self;
    type Partners = Self;

    fn state(&self) -> &Store {
        &self.edge.store
    }

    fn clock(&self) -> &Clock {
        self.edge.clock()
    }

    fn peoples_clock(&self) -> &Clock {
        &self.machines_clock
    }

    fn jobs(&self) -> &Self {
        self
    }

    fn vault(&self) -> &Self {
        self
    }

    fn machine(&self) -> &Self {
        self
    }

    fn partners(&self) -> &Self {
        self
    }

    fn place(&self) -> &Place {
        &self.place
    }

    async fn keys(&self) -> Result<Keys, PortError> {
        let secret = self.edge.recent_secret(KEYS_KEPT).await.map_err(|failure| vault(&failure))?;
        Keys::parse(secret.expose()).map_err(PortError::new)
    }
}

impl Jobs for Aws {
    async fn schedules(&self) -> Result<Vec<Schedule>, PortError> {
        let mut kept = self.warm.schedules.lock().await;
        let now = self.clock().now();
        if let Some((read, schedules)) = kept.as_ref()
            && self.may_be_old
            && clock::until(*read, now) < SCHEDULES_KEPT
        {
            return Ok(schedules.clone());
        }
        let prefix = self.full("");
        let mut schedules = self.edge.schedules.list(&prefix).await.map_err(scheduler)?;
        for schedule in &mut schedules {
            schedule.name = schedule.name.strip_prefix(&prefix).unwrap_or(&schedule.name).to_owned();
        }
        *kept = Some((now, schedules.clone()));
        Ok(schedules)
    }

    async fn change(&self, name: &str, frequency: Frequency) -> Result<(), PortError> {
        self.changed(self.edge.schedules.change(&self.full(name), frequency, self.clock().now()).await).await
    }

    async fn pause(&self, name: &str, reason: &str, until: Option<Timestamp>) -> Result<(), PortError> {
        self.changed(self.edge.schedules.pause(&self.full(name), reason, until).await).await
    }

    async fn resume(&self, name: &str) -> Result<(), PortError> {
        self.changed(self.edge.schedules.resume(&self.full(name)).await).await
    }

    async fn start(&self, binary: &str, input: &Value) -> Result<(), PortError> {
        let started = self.edge.start(&self.invocation, binary, Duration::ZERO, input).await;
        self.changed(Ok(())).await?;
        started.map_err(|failure| failed(&failure, "o agendador não aceitou iniciar a execução"))
    }

    async fn announce(&self, kind: &str) -> Result<(), PortError> {
        let told = self.edge.announce(kind, &self.invocation.request_id).await;
        told.map_err(|failure| failed(&failure, "o barramento de eventos não aceitou o aviso"))
    }

    async fn cancel(&self, binary: &str) -> Result<bool, PortError> {
        let mut was_planned = false;
        for ending in CONTINUATIONS {
            let name = format!("{}-{ending}", self.full(binary));
            was_planned |= self.changed(self.edge.schedules.forget(&name).await).await?;
        }
        Ok(was_planned)
    }
}

impl Vault for Aws {
    async fn read(&self, of: Integration) -> Result<Value, PortError> {
        let secret = self.edge.secret_of(self.secret_id(of)?).await.map_err(|failure| vault(&failure))?;
        // A text that is not JSON yet is a placeholder.
        Ok(serde_json::from_str(secret.expose()).unwrap_or_else(|_| json!({})))
    }

    async fn merge(&self, of: Integration, members: &Value) -> Result<(), PortError> {
        let mut all = self.read(of).await?;
        merged(&mut all, members);
        let text = Secret::new(all.to_string());
        self.edge.put_secret_of(self.secret_id(of)?, &text).await.map_err(|failure| vault(&failure))
    }
}

impl Machine for Aws {
    async fn start(&self, dry: bool) -> Result<(), PortError> {
        let machine = self.edge.config.console.load_machine.as_deref();
        let machine = machine.ok_or_else(|| PortError::new("a carga inicial não está instalada"))?;
        let started = self.edge.start_target("initial-load", machine, &json!({ "dry": dry })).await;
        started.map_err(|failure| failed(&failure, "o agendador não aceitou iniciar a carga"))
    }

    async fn take_back(&self) -> Result<bool, PortError> {
        let name = format!("{}-e-continue", self.full("initial-load"));
        self.changed(self.edge.schedules.forget(&name).await).await
    }
}

impl Partners for Aws {
    async fn check_maxima(&self, login: &str, password: &str) -> Result<(), PortError> {
        let tenant = self.tenant(Some(credentials(("", ""), (login, password)))).await?;
        Box::pin(setup::check_maxima(&tenant.maxima)).await.map_err(PortError)
    }

    async fn check_omie(&self, app_key: &str, app_secret: &str) -> Result<(), PortError> {
        let tenant = self.tenant(Some(credentials((app_key, app_secret), ("", "")))).await?;
        Box::pin(setup::check_omie(&tenant.omie)).await.map_err(PortError)
    }

    async fn refresh(&self, list: List) -> Result<Listed, PortError> {
        let tenant = self.tenant(None).await?;
        let listed = Box::pin(setup::refresh(&tenant.omie, &self.edge.store, self.clock(), list)).await;
        listed.map_err(|error| {
            tracing::error!(error = story(&error), "a list was not kept");
            PortError::new("o armazenamento da integração não respondeu: tente de novo em instantes")
        })
    }

    async fn check_senior(
        &self,
        settings: &service_orders::Settings,
        credentials: &service_orders::Credentials,
    ) -> Result<(), PortError> {
        let tenant = self.service_orders(settings, credentials)?;
        Box::pin(service_orders::check_senior(&tenant.senior)).await.map_err(PortError)
    }

    async fn check_sismetro(
        &self,
        settings: &service_orders::Settings,
        credentials: &service_orders::Credentials,
        account: &str,
    ) -> Result<(), PortError> {
        let tenant = self.service_orders(settings, credentials)?;
        let account = tenant.account(account).ok_or_else(|| PortError::new("a conta não existe"))?;
        Box::pin(service_orders::check_sismetro(account)).await.map_err(PortError)
    }

    async fn deliver(
        &self,
        address: &str,
        headers: &[(&'static str, String)],
        body: &str,
    ) -> Result<Delivered, PortError> {
        let mut request = http::Request::post(address);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Bytes::copy_from_slice(body.as_bytes()));
        let request = request.map_err(|_| PortError::new("o endereço desta instalação não é conhecido"))?;
        let http = PartnerHttp::new(
            "ponte",
            self.edge.transport().map_err(|failure| vault(&failure))?,
            self.clock().clone(),
            self.invocation.rng(),
            Limits { body_bytes: 64 * 1024, ..Limits::default() },
        );
        let status = AtomicU16::new(0);
        // Whatever is answered is what is asked for.
        let classify = |said, _: &[u8]| {
            status.store(said, Ordering::Relaxed);
            Ok(())
        };
        let answer = http.send(to_our_door(request), classify).await;
        let answer = answer.map_err(|_| PortError::new("ninguém respondeu no endereço desta instalação"))?;
        let body = serde_json::from_slice(&answer).unwrap_or(Value::Null);
        Ok(Delivered { status: status.into_inner(), body })
    }

    async fn adoptable(&self, id: &str, numero: i64) -> Result<InErp, PortError> {
        let tenant = self.tenant(None).await?;
        let asked = Box::pin(desk::adoptable(&tenant, &self.edge.store, self.clock(), id, numero)).await;
        asked.map_err(PortError)
    }

    async fn carry_on(&self, kind: Kind, id: &str) -> Result<(), PortError> {
        let tenant = self.tenant(None).await?;
        let budget = self.invocation.budget(self.edge.config.reserve);
        let done = Box::pin(desk::carry_on(&tenant, &self.edge.store, self.clock(), kind, id, budget)).await;
        done.map(drop).map_err(|error| PortError::new(story(&error)))
    }
}

/// One request, tried once.
fn to_our_door(request: http::Request<Bytes>) -> Outgoing {
    Outgoing {
        lane: Lane { credential: "ponte".to_owned(), method: "teste".to_owned() },
        policy: LanePolicy {
            per_minute: 60,
            burst: 1,
            concurrency: 1,
            redundancy: None,
            failures_allowed: u32::MAX,
            misuse_allowed: None,
        },
        effect: Effect::AskFirst,
        request,
        repeat_key: None,
    }
}

fn credentials((app_key, app_secret): (&str, &str), (login, password): (&str, &str)) -> Credentials {
    Credentials {
        omie: OmieKeys { app_key: Secret::new(app_key), app_secret: Secret::new(app_secret) },
        maxima: MaximaLogin { login: Secret::new(login), password: Secret::new(password) },
        webhook: None,
    }
}

fn scheduler(error: ScheduleError) -> PortError {
    tracing::error!(error = story(&error), "the scheduler failed");
    PortError::new(error)
}

fn vault(failure: &Failure) -> PortError {
    failed(failure, "o cofre de segredos não respondeu")
}

/// The operator reads what it is about; the rest is for the log.
fn failed(failure: &Failure, text: &str) -> PortError {
    tracing::error!(error_type = failure.error_type, message = failure.message, "a port failed");
    PortError::new(format!("{text}: tente de novo em instantes"))
}
