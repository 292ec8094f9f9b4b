//! The initial load, as the state machine drives it: waves of steps, each step a process of its own.

use std::time::Duration;

use engine::{Budget, Report, RunRef};
use partner_http::Remedy;
use sales::branch::{self, BranchProblem, Gate};
use sales::catalog::{self, GATE};
use sales::entities::{
    Atividade, Banco, Cidade, Cliente, Cobranca, Filial, PlanoPagamento, Praca, Regiao, Vendedor,
};
use sales::load::{self, STEP_KIND};
use sales::{Run, Synced};

use crate::World;

/// How a load ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything is in Máxima or in quarantine.
    Finished,
    /// The branch gate is shut.
    Interrupted(Vec<BranchProblem>),
    /// A step failed; nobody is going to repeat it by himself.
    Failed {
        /// The step.
        step: String,
        /// What it said.
        cause: String,
    },
}

/// How often a step is repeated when it asks for it, as in the state machine.
const ATTEMPTS: usize = 8;

enum Stop {
    Failed(String),
    Interrupted(Vec<BranchProblem>),
}

impl World {
    /// Runs the load to its end. Starting it again continues what is unfinished.
    pub async fn load(&self) -> Ended {
        let id = format!("load-{}", self.clock.now());
        let load = self.patient(|| load::open(&self.state, &id, self.clock.now())).await;
        for step in catalog::waves().into_iter().flatten() {
            match self.step(&load.id, &step).await {
                Ok(()) => {}
                Err(Stop::Interrupted(problems)) => return Ended::Interrupted(problems),
                Err(Stop::Failed(cause)) => {
                    self.patient(|| load::close(&self.state, &load.id, "Failed", &cause, self.clock.now()))
                        .await;
                    return Ended::Failed { step, cause };
                }
            }
        }
        self.patient(|| load::finish(&self.state, &load.id, self.clock.now())).await;
        Ended::Finished
    }

    /// Runs the load and kills it at the strike that [`World::faults`] plans. Says whether it was killed.
    pub async fn load_until_killed(&self) -> Option<Ended> {
        tokio::select! {
            ended = self.load() => Some(ended),
            () = self.faults.crashed() => None,
        }
    }

    async fn step(&self, load: &str, step: &str) -> Result<(), Stop> {
        match step {
            GATE => self.gate(load).await,
            "sync-cidades" => self.sync::<Cidade>(load, step).await,
            "sync-filiais" => self.sync::<Filial>(load, step).await,
            "sync-atividades" => self.sync::<Atividade>(load, step).await,
            "sync-cobrancas" => self.sync::<Cobranca>(load, step).await,
            "sync-planos-pagamentos" => self.sync::<PlanoPagamento>(load, step).await,
            "sync-bancos" => self.sync::<Banco>(load, step).await,
            "sync-vendedores" => self.sync::<Vendedor>(load, step).await,
            "sync-regioes" => self.sync::<Regiao>(load, step).await,
            "sync-pracas" => self.sync::<Praca>(load, step).await,
            "sync-clientes" => self.sync::<Cliente>(load, step).await,
            _ => Err(Stop::Failed(format!("the catalogue has no step {step}"))),
        }
    }

    async fn gate(&self, load: &str) -> Result<(), Stop> {
        let gate = self.patient(|| branch::gate(&self.state, <Filial as engine::Entity>::NAME, &[])).await;
        let Gate::Interrupted(problems) = gate else { return Ok(()) };
        self.patient(|| load::interrupt(&self.state, load, problems.clone(), self.clock.now())).await;
        Err(Stop::Interrupted(problems))
    }

    async fn sync<E: Synced>(&self, load: &str, step: &str) -> Result<(), Stop> {
        let id = load::step_id(load, step);
        if self.patient(|| load::is_done(&self.state, &id)).await {
            return Ok(());
        }
        let mut failures = 0;
        loop {
            match self.run::<E>(RunRef::new(STEP_KIND, &*id), Budget::unlimited()).await {
                Ok(report) if report.more => self.clock.sleep(Duration::from_secs(report.wait_seconds)).await,
                Ok(_) => return Ok(()),
                Err((Remedy::RetryLater { after }, _)) if failures < ATTEMPTS => {
                    failures += 1;
                    self.clock.sleep(after).await;
                }
                Err((_, cause)) => return Err(Stop::Failed(cause)),
            }
        }
    }

    /// One run of one entity in a process of its own.
    pub async fn run<E: Synced>(&self, record: RunRef, budget: Budget) -> Result<Report, (Remedy, String)> {
        let tenant = self.process().await;
        let run = Run { budget, holder: format!("process-{}", self.processes()), record };
        sales::sync::<E>(&tenant, &self.state, &self.clock, run)
            .await
            .map_err(|error| (error.remedy(), story(&error)))
    }

    /// What the state machine does around a store that fails: it tries again.
    async fn patient<T, F>(&self, work: impl Fn() -> F) -> T
    where
        F: Future<Output = Result<T, engine::StateError>>,
    {
        for _ in 0..ATTEMPTS {
            if let Ok(done) = work().await {
                return done;
            }
            self.clock.sleep(Duration::from_secs(2)).await;
        }
        panic!("the store failed {ATTEMPTS} times in a row");
    }
}

fn story(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
