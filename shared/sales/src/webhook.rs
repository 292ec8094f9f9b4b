//! What Omie's webhooks bring (`contracts/omie.md` §9): stored raw and once, then turned into chores. A notice is only
//! a trigger; the truth is read from Omie.

use std::fmt::Write as _;
use std::time::Duration;

use clock::Clock;
use engine::flow::{Change, FilingOf, Flow, FlowError, open};
use engine::{Cases, FlowState, Mark};
use jiff::Timestamp;
use partner_http::story;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::chores::{self, Task};

/// How long what came in is kept.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// When a notice that could not be routed is tried again.
const SOON: Duration = Duration::from_mins(1);
/// The largest body that is taken, in bytes.
pub const LARGEST: usize = 64 * 1024;

/// What became of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Omie tries whether we are there.
    Ping,
    /// Stored for the first time.
    Stored,
    /// Stored before: a repetition.
    Known,
    /// It is for another Omie application: nothing is stored.
    Foreign,
    /// It is not JSON, or not an object: nothing is stored.
    Unreadable,
}

/// One notice as it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The topic in lower case; empty when there is none.
    pub topic: String,
    /// The body, as it came but for the application's key.
    pub body: String,
    /// When it came.
    pub received: Timestamp,
    /// What it asks for; none for a topic that is nothing to us.
    pub task: Option<Wanted>,
    /// When it is to be routed; none once it was.
    pub due: Option<Timestamp>,
}

/// What a notice asks for, as far as the notice itself tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// Look at an order: by our key, or by Omie's id.
    Order {
        /// `codIntPedido`.
        ours: Option<String>,
        /// `idPedido`.
        codigo: Option<i64>,
    },
    /// Run a job early.
    Job(String),
}

/// Stores what came in. `app_key` is the one whose notices are ours.
pub async fn receive(
    state: &impl Cases,
    clock: &Clock,
    app_key: &str,
    body: &[u8],
) -> Result<Received, FlowError> {
    let Ok(text) = std::str::from_utf8(body) else { return Ok(Received::Unreadable) };
    let Ok(Value::Object(envelope)) = serde_json::from_str::<Value>(text) else {
        return Ok(Received::Unreadable);
    };
    let topic = envelope.get("topic").and_then(Value::as_str).unwrap_or_default().trim().to_lowercase();
    if topic.is_empty() && envelope.contains_key("ping") {
        return Ok(Received::Ping);
    }
    if envelope.get("appKey").and_then(text_of).is_some_and(|theirs| theirs != app_key) {
        return Ok(Received::Foreign);
    }
    let now = clock.now();
    let task = wanted(&topic, envelope.get("event").unwrap_or(&Value::Null));
    let due = task.is_some().then_some(now);
    // The key is of no use here, and is a secret.
    let body = if app_key.is_empty() { text.to_owned() } else { text.replace(app_key, "***") };
    let notice = Notice { topic, body, received: now, task, due };
    let id = match envelope.get("messageId").and_then(text_of).filter(|id| is_usable(id)) {
        Some(id) => id,
        None => hex(&Sha256::digest(text)),
    };
    let is_new = open::<Filed>(state, &id, &notice).await?;
    Ok(if is_new { Received::Stored } else { Received::Known })
}

/// What a topic asks for (`contracts/omie.md` §9). Topics are compared in lower case.
fn wanted(topic: &str, event: &Value) -> Option<Wanted> {
    let order = || Wanted::Order {
        ours: event.get("codIntPedido").and_then(text_of).filter(|key| is_usable(key)),
        codigo: event.get("idPedido").and_then(text_of).and_then(|id| id.parse().ok()),
    };
    let job = |name: &str| Some(Wanted::Job(name.to_owned()));
    match topic {
        _ if topic.starts_with("vendaproduto.") => Some(order()),
        _ if topic.starts_with("nfe.") && event.get("idPedido").is_some() => Some(order()),
        "produto.movimentacaoestoque" | "produto.ajusteestoque" => job("estoques"),
        _ if topic.starts_with("localestoque.") => job("estoques"),
        _ if topic.starts_with("produto.") => job("produtos"),
        _ if topic.starts_with("clientefornecedor.") => job("clientes"),
        _ if topic.starts_with("vendedor.") => job("vendedores"),
        _ if topic.starts_with("financas.contareceber.") => job("titulos"),
        _ if topic.starts_with("tabelaprecoitem") => job("precos"),
        _ => None,
    }
}

/// A text, or a number as text: Omie sends ids and keys as either.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether it can be a key of ours: a foreign text must not become an endless one.
fn is_usable(id: &str) -> bool {
    !id.is_empty() && id.len() <= 200
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What happens to a notice.
#[derive(Clone, Debug)]
pub enum Event {
    /// Its time has come.
    Due,
    /// Its chore was asked for, or there is none.
    Routed,
    /// The store failed.
    Failed(String),
}

/// The chore is to be asked for.
#[derive(Clone, Debug)]
pub struct Route;

/// The kind of the cases.
const KIND: &str = "webhook";

/// Turns notices into chores.
#[derive(Debug)]
pub struct Router<'a, S> {
    /// Where notices, chores and orders are.
    pub state: &'a S,
    /// Our clock.
    pub clock: &'a Clock,
}

impl<S: FlowState> Flow for Router<'_, S> {
    const KIND: &'static str = KIND;
    type Case = Notice;
    type Event = Event;
    type Effect = Route;

    fn next(notice: &Notice, event: &Event, now: Timestamp) -> Option<Change<Notice, Route>> {
        let mut notice = notice.clone();
        match event {
            Event::Due => {
                notice.due = Some(clock::later(now, SOON));
                Some(Change::and(notice, Route))
            }
            Event::Routed => {
                notice.due = None;
                Some(Change::to(notice))
            }
            // It is due again by itself.
            Event::Failed(_) => None,
        }
    }

    fn due() -> Event {
        Event::Due
    }

    fn filing(notice: &Notice) -> FilingOf {
        filing(notice)
    }

    async fn perform(&self, notice: &Notice, _: Route) -> Event {
        match self.route(notice).await {
            Ok(()) => Event::Routed,
            Err(error) => Event::Failed(story(&error)),
        }
    }
}

impl<S: FlowState> Router<'_, S> {
    async fn route(&self, notice: &Notice) -> Result<(), FlowError> {
        let task = match &notice.task {
            None => None,
            Some(Wanted::Job(job)) => Some(Task::Run(job.clone())),
            Some(Wanted::Order { ours, codigo }) => {
                self.order(ours.as_deref(), *codigo).await?.map(Task::Look)
            }
        };
        match task {
            Some(task) => chores::ask(self.state, self.clock, task).await,
            None => Ok(()),
        }
    }

    /// Which of our orders it is, if it is one of ours.
    async fn order(&self, ours: Option<&str>, codigo: Option<i64>) -> Result<Option<String>, FlowError> {
        const ORDERS: &str = crate::orders::KIND;
        if let Some(ours) = ours
            && self.state.case(ORDERS, ours).await?.is_some()
        {
            return Ok(Some(ours.to_owned()));
        }
        let Some(codigo) = codigo else { return Ok(None) };
        let mark = Mark::new("codigo", codigo.to_string());
        Ok(self.state.marked(ORDERS, &mark, None, 1).await?.pop())
    }
}

fn filing(notice: &Notice) -> FilingOf {
    FilingOf { due: notice.due, marks: Vec::new(), expires: clock::later(notice.received, KEPT) }
}

/// The flow of those who only store.
struct Filed;

impl Flow for Filed {
    const KIND: &'static str = KIND;
    type Case = Notice;
    type Event = ();
    type Effect = ();

    fn next(_: &Notice, (): &(), _: Timestamp) -> Option<Change<Notice, ()>> {
        None
    }

    fn due() {}

    fn filing(notice: &Notice) -> FilingOf {
        filing(notice)
    }

    async fn perform(&self, _: &Notice, (): ()) {}
}

#[cfg(test)]
mod tests {
    use engine::flow::work;
    use engine::{Budget, Filing, Memory};
    use serde_json::json;

    use super::*;

    /// `contracts/omie.md` §9.
    fn stage_changed() -> Value {
        json!({"messageId": "3f0c", "topic": "VendaProduto.EtapaAlterada",
            "event": {"idPedido": 5_366_599_001_i64, "codIntPedido": "900100200", "etapa": "50"},
            "appKey": "1111111111111"})
    }

    struct House {
        clock: Clock,
        state: Memory,
    }

    impl House {
        fn new() -> Self {
            let clock = Clock::paused("2025-02-02T11:00:00Z".parse().expect("an instant"));
            Self { state: Memory::new(clock.clone()), clock }
        }

        async fn receives(&self, body: &Value) -> Received {
            self.receives_bytes(body.to_string().as_bytes()).await
        }

        async fn receives_bytes(&self, body: &[u8]) -> Received {
            receive(&self.state, &self.clock, "1111111111111", body).await.expect("the store works")
        }

        /// Our order, as far as the router looks.
        async fn has_order(&self, id: &str, codigo: i64) {
            let filing = Filing {
                body: json!({}),
                due: None,
                marks: vec![Mark::new("codigo", codigo.to_string())],
                expires: Timestamp::MAX,
            };
            self.state.file("pedido", id, None, filing).await.expect("filed");
        }

        /// The chores that are asked for once all notices are routed.
        async fn chores(&self) -> Vec<String> {
            let router = Router { state: &self.state, clock: &self.clock };
            work(&router, &self.state, &self.clock, Budget::unlimited()).await.expect("routed");
            self.state.due(chores::KIND, self.clock.now(), 100).await.expect("due")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_notice_is_stored_once_however_often_it_comes() {
        let house = House::new();
        house.has_order("900100200", 5_366_599_001).await;

        assert_eq!(house.receives(&stage_changed()).await, Received::Stored);
        assert_eq!(house.receives(&stage_changed()).await, Received::Known);

        assert_eq!(house.chores().await, ["pedido/900100200"]);
    }

    #[tokio::test(start_paused = true)]
    async fn topics_are_the_same_in_any_letters() {
        for topic in ["VENDAPRODUTO.CANCELADA", "vendaproduto.faturada", "VendaProduto.Excluida"] {
            let house = House::new();
            house.has_order("900100200", 5_366_599_001).await;
            let mut notice = stage_changed();
            notice["topic"] = json!(topic);

            house.receives(&notice).await;

            assert_eq!(house.chores().await, ["pedido/900100200"], "{topic}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_is_found_by_omies_id_when_the_notice_lacks_our_key() {
        let house = House::new();
        house.has_order("900100200", 5_366_599_001).await;
        let mut notice = stage_changed();
        notice["event"] = json!({"idPedido": "5366599001"});

        house.receives(&notice).await;

        assert_eq!(house.chores().await, ["pedido/900100200"]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_that_is_not_ours_asks_for_nothing() {
        let house = House::new();

        assert_eq!(house.receives(&stage_changed()).await, Received::Stored);

        assert_eq!(house.chores().await, Vec::<String>::new());
    }

    #[tokio::test(start_paused = true)]
    async fn other_topics_start_their_listing_early_and_once() {
        let house = House::new();
        let topics = [
            ("Produto.MovimentacaoEstoque", "job/estoques"),
            ("Produto.AjusteEstoque", "job/estoques"),
            ("Produto.Alterado", "job/produtos"),
            ("ClienteFornecedor.Incluido", "job/clientes"),
            ("Financas.ContaReceber.BaixaRealizada", "job/titulos"),
            ("TabelaPrecoItem.Alterado", "job/precos"),
            ("Vendedor.Excluido", "job/vendedores"),
        ];

        for (n, (topic, _)) in topics.iter().enumerate() {
            let notice =
                json!({"messageId": n, "topic": topic, "event": {}, "appKey": 1_111_111_111_111_i64});
            assert_eq!(house.receives(&notice).await, Received::Stored, "{topic}");
        }

        let mut wanted: Vec<&str> = topics.iter().map(|(_, chore)| *chore).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut chores = house.chores().await;
        chores.sort();
        assert_eq!(chores, wanted);
    }

    #[test]
    fn every_job_that_a_topic_starts_exists() {
        let topics = [
            "produto.ajusteestoque",
            "produto.alterado",
            "clientefornecedor.x",
            "vendedor.x",
            "financas.contareceber.x",
            "tabelaprecoitem.x",
            "localestoque.x",
        ];
        let jobs: Vec<&str> = crate::catalog::catalog().iter().map(|job| job.name).collect();

        for topic in topics {
            let Some(Wanted::Job(job)) = wanted(topic, &Value::Null) else { panic!("{topic}") };
            assert!(jobs.contains(&job.as_str()), "{topic} starts {job}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn unknown_topics_are_kept_and_ask_for_nothing() {
        let house = House::new();
        let notice = json!({"messageId": "x", "topic": "Categoria.Alterada", "appKey": "1111111111111"});

        assert_eq!(house.receives(&notice).await, Received::Stored);

        assert_eq!(house.chores().await, Vec::<String>::new());
        assert!(house.state.case(KIND, "x").await.expect("the store works").is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_notice_of_ours_is_not_stored() {
        let house = House::new();
        let mut foreign = stage_changed();
        foreign["appKey"] = json!("2222222222222");

        assert_eq!(house.receives(&json!({"ping": "omie"})).await, Received::Ping);
        assert_eq!(house.receives(&foreign).await, Received::Foreign);
        for body in [&b"[]"[..], b"null", b"\"x\"", b"{", b"", b"\xff\xfe"] {
            assert_eq!(house.receives_bytes(body).await, Received::Unreadable, "{body:?}");
        }
        assert!(house.state.case(KIND, "3f0c").await.expect("the store works").is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_notice_without_an_id_is_known_by_its_content() {
        let house = House::new();
        let mut nameless = stage_changed();
        nameless["messageId"] = json!("x".repeat(5_000));

        assert_eq!(house.receives(&nameless).await, Received::Stored);
        assert_eq!(house.receives(&nameless).await, Received::Known);
    }
}
