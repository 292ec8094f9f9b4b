//! Runs: of the jobs that read catalogues as records, of the turns by taking them.

use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use engine::flow::Worked;
use engine::{Budget, Counters, Documents as _, Expected, Memory, RunError, RunRecord, RunState, Scope};
use http::{Request, Response};
use jiff::Timestamp;
use partner_http::{Exchange, Lost, Secret, Transport};
use sales::credentials::{Credentials, MaximaLogin, OmieKeys};
use sales::orders::Imported;
use sales::settings::Settings;
use sales::turn::Turn;
use sales::{Tenant, Wires, catalog, history};

use super::before;

/// A network without anybody in it.
struct Nobody;

impl Exchange for Nobody {
    fn exchange(
        &self,
        _request: Request<bytes::Bytes>,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Response<bytes::Bytes>, Lost>> + Send + '_>> {
        Box::pin(async { Err(Lost::NotSent) })
    }
}

pub(super) async fn fill(state: &Memory, clock: &Clock) {
    for (at, job) in catalog::catalog().iter().enumerate() {
        let at = at as u64;
        for run in 0..6 {
            let started = before(8 + at % 5 + run * (15 + at));
            put(state, &done(job.name, started, 40 + at * 137 + run)).await;
        }
    }
    put(state, &failed("estoques")).await;
    put(state, &running("precos")).await;
    put(state, &braked("produtos")).await;
    turn(state, clock).await;
}

pub(crate) async fn put(state: &Memory, run: &RunRecord) {
    let place = history::record(&run.entity, run.started);
    let body = serde_json::to_value(run).expect("JSON");
    state.put(&place.kind, &place.id, &body, Expected::Any, place.expires).await.expect("stored");
}

pub(crate) fn done(job: &str, started: Timestamp, read: u64) -> RunRecord {
    let ended = clock::later(started, Duration::from_secs(47 + read % 90));
    let counters = Counters {
        read,
        created: read / 20,
        updated: read / 10,
        unchanged: read - read / 20 - read / 10 - read / 40,
        rejected: read / 40,
        ..Counters::default()
    };
    RunRecord {
        v: RunRecord::VERSION,
        entity: job.to_owned(),
        sweep: "s".to_owned(),
        scope: Scope::Full,
        because: None,
        holder: format!("o agendamento de {job} (7f3c1b)"),
        state: RunState::Done,
        counters,
        skipped: [("inativo no Omie".to_owned(), read / 50)].into(),
        of: [].into(),
        pages_read: 3,
        total_pages: 3,
        expected: read,
        started,
        resumed: None,
        updated: ended,
        ended: Some(ended),
        calls: [("ListarClientes".to_owned(), 3), ("Clientes".to_owned(), 2)].into(),
        write_units: read / 4,
        errors: Vec::new(),
        incomplete: None,
        braked: None,
        outcome: Some("tudo lido e entregue".to_owned()),
    }
}

fn failed(job: &str) -> RunRecord {
    let run = done(job, before(4), 300);
    let text = "o Omie bloqueou ListarPosEstoque por uso excessivo: faltam 1.234 s".to_owned();
    let errors = vec![RunError { remedy: "RetryLater".to_owned(), text, at: before(3) }];
    let outcome = Some("parou na página 2; continua na próxima execução".to_owned());
    RunRecord { state: RunState::Failed, errors, outcome, ..run }
}

fn running(job: &str) -> RunRecord {
    let run = done(job, before(2), 4_200);
    RunRecord {
        state: RunState::Running,
        expected: 12_500,
        ended: None,
        updated: before(0),
        outcome: None,
        ..run
    }
}

fn braked(job: &str) -> RunRecord {
    let run = done(job, before(3), 900);
    RunRecord {
        braked: Some(412), outcome: Some("nada foi retirado: espera confirmação".to_owned()), ..run
    }
}

async fn turn(state: &Memory, clock: &Clock) {
    let secret = |text: &str| Secret::new(text);
    let credentials = Credentials {
        omie: OmieKeys { app_key: secret("chave"), app_secret: secret("segredo") },
        maxima: MaximaLogin { login: secret("login"), password: secret("senha") },
        webhook: None,
    };
    let wire = Transport::in_process(Arc::new(Nobody));
    let wires = Wires { omie: wire.clone(), maxima: wire };
    let rng = fastrand::Rng::with_seed(7);
    let tenant = Tenant::open(Settings::default(), credentials, wires, clock, rng);
    let budget = Budget::new(clock::later(clock.now(), Duration::from_mins(1)), Duration::ZERO);
    for job in ["import-pedidos", "import-clientes", "status-pedidos"] {
        let taken = Turn::take(state, clock, job, "o agendamento (9a8b)", budget).await.expect("asked");
        let imported = Imported {
            shown: 4,
            new: 1,
            worked: Worked { cases: 3, ..Worked::default() },
            ..Imported::default()
        };
        let work = async { Ok(imported) };
        taken.expect("nobody has it").work(&tenant, state, clock, work).await.expect("worked");
    }
}
