//! The initial load, as the state machine drives it: waves of steps, each step a process of its own; and the runs
//! after it, as schedules start them.

use std::pin::Pin;
use std::time::Duration;

use engine::{Budget, Report, RunRef, Shadow, Wanted};
use partner_http::{Remedy, story};
use sales::branch::{self, BranchProblem, Gate};
use sales::catalog::{self, GATE, JobVisitor};
use sales::entities::Filial;
use sales::load::{self, STEP_KIND};
use sales::{Run, Synced, history, preview};

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

/// A run of a job that is known by its name.
type Running<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

struct Step<'a> {
    world: &'a World,
    load: &'a str,
    name: &'a str,
}

impl<'a> JobVisitor for Step<'a> {
    type Out = Running<'a, Result<(), Stop>>;

    fn visit<J: Synced>(self) -> Self::Out {
        Box::pin(self.world.sync::<J>(self.load, self.name))
    }
}

struct Scheduled<'a> {
    world: &'a World,
    wanted: Wanted,
}

impl<'a> JobVisitor for Scheduled<'a> {
    type Out = Running<'a, Result<Report, (Remedy, String)>>;

    fn visit<J: Synced>(self) -> Self::Out {
        Box::pin(self.world.keep::<J>(self.wanted))
    }
}

impl World {
    /// Runs the load to its end. Starting it again continues what is unfinished.
    pub async fn load(&self) -> Ended {
        let id = format!("load-{}", self.clock.now());
        self.load_as(&id).await
    }

    /// Runs the load without writing to Máxima; gives the name of the [shadow](engine::Shadow) it leaves.
    pub async fn rehearse(&self) -> (Ended, String) {
        let id = preview::dry(&self.clock.now().to_string());
        (self.load_as(&id).await, id)
    }

    /// Runs one job of a dry run; gives the name of the shadow it leaves.
    ///
    /// # Panics
    ///
    /// When the job cannot be run.
    pub async fn rehearse_job(&self, job: &str) -> String {
        let id = preview::dry(&self.clock.now().to_string());
        let done = self.step(&id, &format!("sync-{job}")).await;
        assert!(done.is_ok(), "{job} was not rehearsed");
        id
    }

    async fn load_as(&self, id: &str) -> Ended {
        let load = self.patient(|| load::open(&self.state, id, self.clock.now())).await;
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
        if step == GATE {
            return self.gate(load).await;
        }
        let job = step.strip_prefix("sync-").unwrap_or(step);
        match catalog::with_job(job, Step { world: self, load, name: step }) {
            Some(running) => running.await,
            None => Err(Stop::Failed(format!("the catalogue has no step {step}"))),
        }
    }

    async fn gate(&self, load: &str) -> Result<(), Stop> {
        const FILIAIS: &str = <Filial as engine::Entity>::NAME;
        let gate = if preview::is_dry(load) {
            let shadow = Shadow::new(&self.state, &self.state, load);
            self.patient(|| branch::gate(&shadow, FILIAIS, &[])).await
        } else {
            self.patient(|| branch::gate(&self.state, FILIAIS, &[])).await
        };
        let Gate::Interrupted(problems) = gate else { return Ok(()) };
        self.patient(|| load::interrupt(&self.state, load, problems.clone(), self.clock.now())).await;
        Err(Stop::Interrupted(problems))
    }

    async fn sync<J: Synced>(&self, load: &str, step: &str) -> Result<(), Stop> {
        let id = load::step_id(load, step);
        if !preview::is_dry(load) && self.patient(|| load::is_done(&self.state, &id)).await {
            return Ok(());
        }
        let mut failures = 0;
        loop {
            let record = RunRef::new(STEP_KIND, &*id);
            let run = if preview::is_dry(load) {
                self.rehearse_one::<J>(load, record).await
            } else {
                self.run::<J>(record, Budget::unlimited()).await
            };
            match run {
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

    /// One reading of everything by one job, in a process of its own.
    pub async fn run<J: Synced>(&self, record: RunRef, budget: Budget) -> Result<Report, (Remedy, String)> {
        self.run_as::<J>(self.how(record, Wanted::Full, budget)).await
    }

    /// One run of a job as a schedule starts it, in a process of its own.
    pub async fn keep<J: Synced>(&self, wanted: Wanted) -> Result<Report, (Remedy, String)> {
        let record = history::record(J::JOB, self.clock.now());
        self.run_as::<J>(self.how(record, wanted, Budget::unlimited())).await
    }

    /// The same of the job that has this name, until it is over.
    ///
    /// # Panics
    ///
    /// When the catalogue has no such job, or the run fails.
    pub async fn keep_by_name(&self, job: &str, wanted: Wanted) -> Report {
        loop {
            let running = catalog::with_job(job, Scheduled { world: self, wanted }).expect(job);
            let report = running.await.unwrap_or_else(|(_, cause)| panic!("{job}: {cause}"));
            if !report.more {
                return report;
            }
            self.clock.sleep(Duration::from_secs(report.wait_seconds)).await;
        }
    }

    /// A run with all its circumstances.
    pub async fn run_as<J: Synced>(&self, run: Run) -> Result<Report, (Remedy, String)> {
        let tenant = self.process().await;
        sales::sync::<J>(&tenant, &self.state, &self.clock, run)
            .await
            .map_err(|error| (error.remedy(), story(&error)))
    }

    async fn rehearse_one<J: Synced>(&self, load: &str, record: RunRef) -> Result<Report, (Remedy, String)> {
        let tenant = self.process().await;
        let shadow = Shadow::new(&self.state, &self.state, load);
        let run = self.how(record, Wanted::Full, Budget::unlimited());
        preview::rehearse::<J>(&tenant, &shadow, &self.clock, run)
            .await
            .map_err(|error| (error.remedy(), story(&error)))
    }

    /// How the next process is to run.
    pub fn how(&self, record: RunRef, wanted: Wanted, budget: Budget) -> Run {
        let holder = format!("process-{}", self.processes() + 1);
        Run { budget, holder, record, wanted, accept_removals: false }
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
