//! One tenant, its store, its partners and its clock.

use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use engine::flow::FlowError;
use engine::{Budget, Faults, FlowState, Memory};
use partner_http::Transport;
use senior::SeniorOptions;
use serde_json::{Value, json};
use service_orders::inbound::{Answer, Inbound};
use service_orders::{
    Credentials, Order, Orders, Settings, State, Tenant, Wires, commands, inbound, poll, records,
};

use super::partners::Partners;

pub(crate) const ORDER: &str = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";
pub(crate) const WEBHOOK: &str = "CANARY-webhook-secret-current";
pub(crate) const CALLBACK_KEY: &str = "CANARY-callback-key-current";
pub(crate) const HMAC_KEY: &str = "CANARY-hmac-key-0000";
pub(crate) const PATH_SECRET: &str = "CANARYpathsecret0000";
pub(crate) const OUTBOUND_KEY: &str = "CANARYoutboundkey0123456789abcde";

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) state: Memory,
    pub(crate) partners: Arc<Partners>,
    pub(crate) settings: Settings,
    pub(crate) credentials: Credentials,
    tenant: Tenant,
}

pub(crate) fn settings() -> Settings {
    Settings {
        default_branch_active: true,
        default_account: Some("principal".to_owned()),
        senior: SeniorOptions { tenant_name: "acme".to_owned(), ..SeniorOptions::default() },
        ..Settings::default()
    }
}

fn credentials() -> Credentials {
    let text = json!({
        "senior": {"access_key": "CANARY-access-key", "secret": "CANARY-app-secret", "client_id": "CANARY-client-id"},
        "sismetro": {"principal": {"unit": "417", "key": OUTBOUND_KEY}},
        "inbound": {
            "senior": [WEBHOOK, "CANARY-webhook-secret-previous"],
            "sismetro": [CALLBACK_KEY, "CANARY-callback-key-previous"],
            "hmac": [HMAC_KEY],
            "path_secret": PATH_SECRET
        }
    });
    Credentials::parse(&text.to_string()).expect("good credentials")
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(settings())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let clock = Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"));
        let faults = Faults::default();
        let state = Memory::with_faults(clock.clone(), faults.clone());
        let partners = Arc::new(Partners::new(clock.clone(), faults.clone()));
        let credentials = credentials();
        let tenant = tenant(&settings, &credentials, &partners, &clock);
        let world = Self { clock, faults, state, partners, settings, credentials, tenant };
        world.partners.data().orders.insert(ORDER.to_owned(), "AGUARDANDO_INTEGRACAO");
        world
    }

    /// A new process: what only memory knew is gone.
    pub(crate) fn restart(&mut self) {
        self.tenant = tenant(&self.settings, &self.credentials, &self.partners, &self.clock);
    }

    pub(crate) fn orders(&self) -> Orders<'_, Memory> {
        Orders::new(&self.tenant, &self.state, &self.clock)
    }

    pub(crate) async fn hears(&self, body: &Value) -> Answer {
        self.hears_with(&[("X-Webhook-Secret", WEBHOOK)], body.to_string().as_bytes()).await
    }

    pub(crate) async fn hears_with(&self, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let headers = owned(headers);
        let path = "/webhooks/senior/service-order-finished";
        let inbound = Inbound { method: "POST", path, headers: &headers, body };
        inbound::senior(&self.state, &self.clock, &self.settings, &self.credentials, inbound).await
    }

    pub(crate) async fn is_called(&self, body: &Value) -> Answer {
        let headers = [("unit", "417"), ("key", CALLBACK_KEY)];
        self.is_called_at("/webhooks/sismetro/service-order", &headers, body.to_string().as_bytes()).await
    }

    pub(crate) async fn is_called_at(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let headers = owned(headers);
        let inbound = Inbound { method: "POST", path, headers: &headers, body };
        inbound::sismetro(&self.state, &self.clock, &self.settings, &self.credentials, inbound).await
    }

    pub(crate) async fn works(&self) {
        let worked = self.orders().work(Budget::unlimited()).await;
        // A store that fails is tried again; a record that cannot be read would stay so.
        let failed = worked.map(|worked| worked.failed).unwrap_or_default();
        let unreadable = |error: &FlowError| matches!(error, FlowError::Unreadable { .. });
        assert!(!failed.iter().any(|(_, error)| unreadable(error)), "{failed:?}");
    }

    /// Works each minute for so long.
    pub(crate) async fn works_for(&self, time: Duration) {
        let end = clock::later(self.clock.now(), time);
        while self.clock.now() < end {
            self.works().await;
            self.clock.sleep(Duration::from_mins(1)).await;
        }
        self.works().await;
    }

    pub(crate) async fn polls(&self) -> poll::Polled {
        poll::turn(&self.orders(), "test", Budget::unlimited()).await.expect("polled")
    }

    pub(crate) async fn order(&self, id: &str) -> Order {
        records::order(&self.state, id).await.expect("the store works").expect("an order")
    }

    pub(crate) async fn state_of(&self, id: &str) -> State {
        self.order(id).await.state
    }

    pub(crate) async fn told(&self, command: Value) -> Result<Value, commands::Refused> {
        let command = commands::Command::read(&command)?;
        let reply = commands::run(&self.state, &self.clock, &self.settings, "ana", command).await?;
        Ok(reply.body)
    }

    /// Sismetro finishes all its SS so.
    pub(crate) fn finishes(&self, status: &str) {
        for ss in self.partners.data().ss.values_mut() {
            status.clone_into(&mut ss.status);
        }
    }

    pub(crate) fn situation(&self, id: &str) -> &'static str {
        self.partners.data().orders[id]
    }
}

fn tenant(settings: &Settings, credentials: &Credentials, partners: &Arc<Partners>, clock: &Clock) -> Tenant {
    let wire = || Transport::in_process(Arc::clone(partners) as Arc<dyn partner_http::Exchange>);
    let wires = Wires { senior: wire(), sismetro: wire() };
    Tenant::open(settings.clone(), credentials, wires, clock, fastrand::Rng::with_seed(7))
}

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The fixture of `contracts/senior-x.md` §11.2.
pub(crate) fn event(id: &str) -> Value {
    json!({
        "order": {"id": id, "number": 48_213, "issueDate": "2026-11-20"},
        "company": {"id": "c0a8", "code": 1},
        "branch": {"id": "b7d2", "code": 3},
        "customer": {"code": 2_207, "name": "Metalúrgica Rio Verde Ltda", "document": "00000000000191"},
        "equipment": {"id": "88121", "description": "Balança rodoviária 80 t"},
        "newEquipment": null,
        "services": [{"sequence": 1, "code": "SV-CALIB-01", "description": "Calibração", "quantity": 1}],
        "observation": "Atender pela manhã"
    })
}

pub(crate) fn completed(ss: u64) -> Value {
    json!({"event": "SS_COMPLETED", "eventId": "cb-1", "ss": ss})
}

pub(crate) fn cancelled(ss: u64) -> Value {
    json!({"event": "SS_CANCELLED", "eventId": "cb-2", "ss": ss, "reason": "Cliente desistiu"})
}

/// What the store holds, as text.
pub(crate) async fn stored(state: &impl FlowState, kinds: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (kind, id) in kinds {
        if let Ok(Some(case)) = state.case(kind, id).await {
            text += &case.filing.body.to_string();
        }
    }
    text
}
