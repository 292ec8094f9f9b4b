//! One tenant, its partners and its people.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, later};
use engine::{Budget, Cases as _, Counters, Expected, Memory, Wanted};
use jiff::Timestamp;
use partner_http::story;
use sales::customers::Customers;
use sales::flows::FlowFailure;
use sales::orders::Orders;
use sales::settings::Settings;
use sales::status::{self, Starter};
use sales::turn::{Told, Turn};
use sales::webhook::{self, Received};
use sales::{Cadastros, Run, Synced as _, Tenant, Wires, history, reconcile};
use simulators::{MaximaOptions, MaximaSim, OmieOptions, OmieSim, TopicCase};

use crate::chaos::{Life, Shared, Weather};
use crate::content::Terms;
use crate::late::Late;
use crate::sabotage::Sabotage;
use crate::secrets;
use crate::table::Table;
use crate::template::template;
use crate::wire::{Seat, transport};

/// 2026-03-02 12:00 UTC, a Monday.
const START: i64 = 1_772_452_800;
/// When the platform ends an invocation (template.yaml).
pub(crate) const TIMEOUT: Duration = Duration::from_mins(2);
/// What an invocation keeps back of that.
const RESERVE: Duration = Duration::from_secs(10);
/// The kinds of cases.
pub(crate) const ORDER: &str = "pedido";
pub(crate) const CUSTOMER: &str = sales::customers::KIND;
pub(crate) const CHORE: &str = sales::chores::KIND;
pub(crate) const NOTICE: &str = "webhook";

/// A job, as a schedule starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Orders,
    Customers,
    Status,
    Reconcile,
}

/// How many jobs there are.
pub(crate) const JOBS: usize = 4;

impl Job {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Orders => "import-pedidos",
            Self::Customers => "import-clientes",
            Self::Status => "status-pedidos",
            Self::Reconcile => "reconcile-pedidos",
        }
    }
}

/// How a world begins.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Opening {
    pub(crate) weather: Weather,
    /// How far our clock is ahead of the partners', in milliseconds.
    pub(crate) skew_ms: i64,
    pub(crate) odd_rows: bool,
    pub(crate) cancellation_rows: bool,
    pub(crate) use_critiques: bool,
    pub(crate) late: Late,
    pub(crate) keep_trace: bool,
    pub(crate) keep_crossings: bool,
    pub(crate) sabotage: Option<Sabotage>,
    pub(crate) rng: fastrand::Rng,
}

/// What became of an invocation.
#[derive(Debug, Default)]
pub(crate) struct Lived {
    /// The settings that it found.
    pub(crate) terms: Terms,
    /// When it came to its end by itself.
    pub(crate) ended: Option<Timestamp>,
    /// What it was to do; none for the webhook and the catalogue.
    pub(crate) job: Option<Job>,
    pub(crate) began: Option<Timestamp>,
    /// When it was over, however.
    pub(crate) gone: Option<Timestamp>,
}

pub(crate) struct World {
    /// The partners' clock, and everybody's but ours.
    pub(crate) clock: Clock,
    pub(crate) ours: Clock,
    /// The clock of each job's machine.
    clocks: [Clock; JOBS],
    /// How long after its stamp Omie lists a stage.
    pub(crate) rows_after: Duration,
    pub(crate) omie: OmieSim,
    pub(crate) maxima: MaximaSim,
    pub(crate) memory: Arc<Memory>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) settings: Settings,
    /// What our secret store says of Omie's secret.
    pub(crate) omie_secret: Cell<&'static str>,
    /// And of Máxima's password.
    pub(crate) maxima_password: Cell<&'static str>,
    /// What happened to each order in the ERP: when, and where it stood since.
    pub(crate) truth: RefCell<BTreeMap<u64, Vec<(Timestamp, char)>>>,
    /// Orders whose last event in the ERP was brought by a notice that we acknowledged.
    pub(crate) noticed: RefCell<BTreeMap<u64, bool>>,
    /// Orders that the seller changed, by identity.
    pub(crate) edited: RefCell<BTreeMap<u64, u32>>,
    /// Orders and customers in the order they came.
    pub(crate) placed: RefCell<Vec<u64>>,
    pub(crate) registered: RefCell<Vec<u64>>,
    pub(crate) reports: RefCell<Vec<reconcile::Report>>,
    /// Every invocation, by its number less one.
    lives: RefCell<Vec<Lived>>,
    sabotage: Option<Sabotage>,
    invocations: Cell<u64>,
    rng: RefCell<fastrand::Rng>,
    /// Whether starting a catalogue job fails.
    pub(crate) starter_is_down: Cell<bool>,
}

impl World {
    pub(crate) async fn open(opening: Opening) -> Self {
        let start = later(Timestamp::from_second(START).expect("a valid second"), opening.late.start);
        let clock = Clock::paused(start);
        let ahead = |ms: i64| {
            let at = Timestamp::from_millisecond(start.as_millisecond() + opening.skew_ms + ms);
            Clock::paused(at.expect("a valid time"))
        };
        let ours = ahead(0);
        let clocks = opening.late.apart.map(ahead);
        let template = template();
        let omie = OmieOptions {
            app_key: secrets::OMIE_KEY.to_owned(),
            app_secret: secrets::OMIE_SECRET.to_owned(),
            webhooks: true,
            topic_case: TopicCase::Mixed,
            cancellation_rows: opening.cancellation_rows,
            cancellation_hours: opening.late.has_hours,
            stage_rows_after: opening.late.rows_after,
            ..OmieOptions::default()
        };
        let maxima = MaximaOptions {
            login: secrets::MAXIMA_LOGIN.to_owned(),
            password: secrets::MAXIMA_PASSWORD.to_owned(),
            token_name: secrets::MAXIMA_TOKEN.to_owned(),
            odd_rows: opening.odd_rows,
            ..MaximaOptions::default()
        };
        let memory = Arc::new(Memory::new(ours.clone()));
        template.pour(&memory).await;
        let settings = settings(opening.use_critiques);
        settings.save(&*memory, Expected::Absent).await.expect("valid settings");
        let shared = Shared::new(clock.clone(), opening.weather, opening.keep_trace, opening.keep_crossings);
        shared.state().more = opening.late.weather;
        shared.state().mistake = opening.sabotage.and_then(Sabotage::mistake);
        Self {
            omie: OmieSim::new(template.dataset.clone(), clock.clone(), omie),
            maxima: MaximaSim::preloaded(clock.clone(), maxima),
            clock,
            ours,
            clocks,
            rows_after: opening.late.rows_after,
            memory,
            shared,
            settings,
            omie_secret: Cell::new(secrets::OMIE_SECRET),
            maxima_password: Cell::new(secrets::MAXIMA_PASSWORD),
            truth: RefCell::default(),
            noticed: RefCell::default(),
            edited: RefCell::default(),
            placed: RefCell::default(),
            registered: RefCell::default(),
            reports: RefCell::default(),
            lives: RefCell::default(),
            sabotage: opening.sabotage,
            invocations: Cell::new(0),
            rng: RefCell::new(opening.rng),
            starter_is_down: Cell::new(false),
        }
    }

    pub(crate) fn note(&self, what: std::fmt::Arguments<'_>) {
        self.shared.note(what);
    }

    fn life(&self) -> Arc<Life> {
        let number = self.invocations.get() + 1;
        self.invocations.set(number);
        self.lives.borrow_mut().push(Lived { began: Some(self.clock.now()), ..Lived::default() });
        Arc::new(Life { number, ..Life::default() })
    }

    /// An invocation, by its number.
    pub(crate) fn lived<T>(&self, number: u64, with: impl FnOnce(&mut Lived) -> T) -> T {
        let nth = usize::try_from(number.saturating_sub(1)).unwrap_or_default();
        with(&mut self.lives.borrow_mut()[nth])
    }

    /// The clock of a job's machine.
    pub(crate) fn clock_of(&self, job: Job) -> &Clock {
        &self.clocks[job as usize]
    }

    /// What the clock of an invocation's machine said then.
    pub(crate) fn said_to(&self, by: u64, at: Timestamp) -> Timestamp {
        let job = self.lived(by, |lived| lived.job);
        self.said_by(job.map_or(&self.ours, |job| self.clock_of(job)), at)
    }

    /// What a clock of ours said then.
    pub(crate) fn said_by(&self, ours: &Clock, at: Timestamp) -> Timestamp {
        let ahead = ours.now().duration_since(self.clock.now());
        at.saturating_add(ahead).unwrap_or(at)
    }

    fn table(&self, life: &Arc<Life>) -> Table {
        Table {
            memory: self.memory.clone(),
            shared: self.shared.clone(),
            life: life.clone(),
            spoil: self.sabotage.and_then(Sabotage::spoil),
            sabotage: self.sabotage,
        }
    }

    /// One invocation of a job, from its start to its end, whichever it is. `alone` takes the job's turn, as a Lambda
    /// does; without it, it is one whose turn was taken for over.
    pub(crate) async fn invoke(&self, job: Job, alone: bool) {
        let life = self.life();
        self.note(format_args!("#{} {} begins", life.number, job.name()));
        self.lived(life.number, |lived| lived.job = Some(job));
        let ended = tokio::select! {
            biased;
            ended = Box::pin(self.work(job, alone, &life)) => {
                self.lived(life.number, |lived| lived.ended = Some(self.clock.now()));
                ended
            }
            () = life.gone.notified() => "killed".to_owned(),
            () = self.clock.sleep(TIMEOUT) => "timed out".to_owned(),
        };
        self.lived(life.number, |lived| lived.gone = Some(self.clock.now()));
        self.note(format_args!("#{} {} ended: {ended}", life.number, job.name()));
    }

    async fn work(&self, job: Job, alone: bool, life: &Arc<Life>) -> String {
        let (table, ours) = (self.table(life), self.clock_of(job));
        let budget = Budget::new(later(ours.now(), TIMEOUT), RESERVE);
        let holder = format!("sim ({})", life.number);
        let turn = if alone {
            match Turn::take(&table, ours, job.name(), &holder, budget).await {
                Ok(Ok(turn)) => Some(turn),
                Ok(Err(taken)) => return format!("{} has the turn", taken.holder),
                Err(error) => return self.said(&story(&error)),
            }
        } else {
            None
        };
        let tenant = match self.tenant(&table, life, ours).await {
            Ok(tenant) => tenant,
            Err(why) => return why,
        };
        let work = Box::pin(self.done(job, &table, &tenant, budget));
        let done = match turn {
            Some(turn) => turn.work(&tenant, &table, ours, work).await,
            None => work.await,
        };
        match done {
            Ok(done) => self.said(&done.text),
            Err(error) => self.said(&story(&error)),
        }
    }

    async fn tenant(&self, table: &Table, life: &Arc<Life>, ours: &Clock) -> Result<Tenant, String> {
        let settings = Settings::load(table).await.map_err(|error| self.said(&error.to_string()))?;
        let seat = Seat::new(life.clone());
        let wires = Wires {
            omie: transport(self.omie.clone(), self.shared.clone(), seat.clone()),
            maxima: transport(self.maxima.clone(), self.shared.clone(), seat),
        };
        let credentials = secrets::credentials(self.omie_secret.get(), self.maxima_password.get());
        self.lived(life.number, |lived| lived.terms = Terms::of(&settings));
        let rng = self.rng.borrow_mut().fork();
        Ok(Tenant::open(settings, credentials, wires, ours, rng))
    }

    async fn done(
        &self,
        job: Job,
        table: &Table,
        tenant: &Tenant,
        budget: Budget,
    ) -> Result<Done, FlowFailure> {
        let clock = self.clock_of(job);
        let orders = Orders { tenant, state: table, clock };
        match job {
            Job::Orders => {
                let done = Box::pin(orders.import(budget)).await?;
                Ok(Done { text: format!("{done:?}"), told: Box::new(done) })
            }
            Job::Customers => {
                let customers = Customers { tenant, state: table, clock };
                let done = Box::pin(customers.import(budget)).await?;
                Ok(Done { text: format!("{done:?}"), told: Box::new(done) })
            }
            Job::Status => {
                let starter = Desk { is_down: self.starter_is_down.get() };
                let done = Box::pin(status::turn(&orders, &starter, budget)).await?;
                Ok(Done { text: format!("{done:?}"), told: Box::new(done) })
            }
            Job::Reconcile => {
                let report = reconcile::turn(&orders, budget).await?;
                self.reports.borrow_mut().push(report.clone());
                Ok(Done { text: report.to_string(), told: Box::new(report) })
            }
        }
    }

    /// The catalogue's run of the customers, when nothing goes wrong any more.
    pub(crate) async fn read_customers(&self) {
        let life = self.life();
        let table = self.table(&life);
        let run = Run {
            budget: Budget::unlimited(),
            holder: "sim".to_owned(),
            record: history::record(Cadastros::JOB, self.ours.now()),
            wanted: Wanted::Changes,
            accept_removals: false,
        };
        let done = match self.tenant(&table, &life, &self.ours).await {
            Ok(tenant) => sales::sync::<Cadastros>(&tenant, &table, &self.ours, run).await,
            Err(why) => return self.note(format_args!("#{} sync-clientes: {why}", life.number)),
        };
        self.note(format_args!("#{} sync-clientes: {:?}", life.number, done.map(|report| report.counters)));
    }

    /// Everything an invocation says ends in a log: no secret may be in it.
    fn said(&self, text: &str) -> String {
        if text.contains(secrets::CANARY) {
            self.shared.state().leaks.push(format!("a secret in what an invocation said: {text}"));
        }
        text.to_owned()
    }

    /// The first event that waits for the webhook arrives. What came of it; none when there is none.
    pub(crate) async fn deliver(&self) -> Option<bool> {
        let deliveries = self.omie.deliveries();
        let delivery = deliveries.take_next()?;
        let life = self.life();
        let table = self.table(&life);
        let received = tokio::select! {
            biased;
            received = webhook::receive(&table, &self.ours, secrets::OMIE_KEY, &delivery.body) => Some(received),
            () = life.gone.notified() => None,
        };
        let acknowledged = matches!(&received, Some(Ok(Received::Stored | Received::Known)));
        self.note(format_args!(
            "#{} notice {} {}: {acknowledged}",
            life.number, delivery.topic, delivery.message_id
        ));
        if acknowledged {
            deliveries.ack(&delivery.message_id);
            self.acknowledged(&delivery.body, delivery.at);
        } else {
            deliveries.put_back(&delivery.message_id);
        }
        Some(matches!(received, Some(Ok(Received::Stored))))
    }

    fn acknowledged(&self, body: &[u8], at: Timestamp) {
        let Ok(notice) = serde_json::from_slice::<serde_json::Value>(body) else { return };
        let key = &notice["event"]["codIntPedido"];
        let key = key.as_str().and_then(|key| key.parse().ok()).or_else(|| key.as_u64());
        let Some(key) = key else { return };
        let last = self.truth.borrow().get(&key).and_then(|truth| truth.last().map(|(at, _)| *at));
        if last == Some(at) {
            self.noticed.borrow_mut().insert(key, true);
        }
    }

    /// The ERP has put an order somewhere.
    pub(crate) fn moved(&self, order: u64, to: char) {
        self.truth.borrow_mut().entry(order).or_default().push((self.clock.now(), to));
        self.noticed.borrow_mut().insert(order, false);
    }

    /// Where the ERP has an order.
    pub(crate) fn truth_of(&self, order: u64) -> char {
        self.truth.borrow().get(&order).and_then(|truth| truth.last()).map_or('P', |(_, place)| *place)
    }

    /// A case, past every boundary.
    pub(crate) async fn case(&self, kind: &str, id: &str) -> Option<serde_json::Value> {
        self.memory.case(kind, id).await.expect("a memory without faults").map(|case| case.filing.body)
    }

    /// The cases of a kind that are ever due, and when, by our clock.
    pub(crate) async fn due(&self, kind: &str) -> Vec<(String, Timestamp, serde_json::Value)> {
        let ids = self.memory.due(kind, Timestamp::MAX, usize::MAX).await.expect("a memory without faults");
        let mut found = Vec::new();
        for id in ids {
            let case = self.memory.case(kind, &id).await.expect("a memory without faults");
            if let Some(case) = case
                && let Some(due) = case.filing.due
            {
                found.push((id, due, case.filing.body));
            }
        }
        found
    }
}

/// What a turn came to.
struct Done {
    text: String,
    told: Box<dyn Told>,
}

impl Told for Done {
    fn counters(&self) -> Counters {
        self.told.counters()
    }

    fn cases(&self) -> u64 {
        self.told.cases()
    }

    fn says(&self) -> String {
        self.told.says()
    }

    fn stops(&self) -> Vec<(&'static str, String)> {
        self.told.stops()
    }
}

/// Starts jobs of the catalogue: only whether it can be asked matters here.
struct Desk {
    is_down: bool,
}

impl Starter for Desk {
    async fn start(&self, _: &str) -> Result<(), String> {
        if self.is_down { Err("o agendador não respondeu".to_owned()) } else { Ok(()) }
    }
}

fn settings(use_critiques: bool) -> Settings {
    let accounts = ["01", "03", "15", "17", "90"].map(|means| (means.to_owned(), 5_366_579_915));
    let mut settings = Settings {
        tabela_preco_padrao: Some("6001".to_owned()),
        vendedor_padrao: Some("4567890123".to_owned()),
        contas: BTreeMap::from(accounts),
        url_omie: "http://omie.invalid/api/v1/".to_owned(),
        url_intext: "http://maxima.invalid".to_owned(),
        url_intpdv: "http://maxima.invalid".to_owned(),
        ..Settings::default()
    };
    settings.local_estoque_omie = Some(4_401);
    settings.pedidos.categoria_omie = Some("1.01.03".to_owned());
    settings.pedidos.categoria_bonificacao = Some("1.01.97".to_owned());
    settings.pedidos.valor_parcela_boleto_omie = "2.50".parse().unwrap_or_default();
    settings.pedidos.usar_status_criticas = use_critiques;
    settings
}
