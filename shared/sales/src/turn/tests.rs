use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use engine::Memory;
use http::{Request, Response};
use partner_http::{Exchange, Lost, Transport};

use super::*;
use crate::Wires;
use crate::credentials::Credentials;
use crate::settings::Settings;

const JOB: &str = "import-pedidos";

fn clock() -> Clock {
    Clock::paused(Timestamp::from_second(1_772_452_800).expect("a valid second"))
}

/// A partner that nobody reaches.
struct Nobody;

impl Exchange for Nobody {
    fn exchange(
        &self,
        _: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(std::future::ready(Err(Lost::NotSent)))
    }
}

fn tenant(clock: &Clock) -> Tenant {
    let credentials = r#"{"omie":{"app_key":"K","app_secret":"S"},"maxima":{"login":"L","password":"P"}}"#;
    let credentials = Credentials::parse(credentials).expect("complete");
    let wire = Transport::in_process(Arc::new(Nobody));
    let wires = Wires { omie: wire.clone(), maxima: wire };
    Tenant::open(Settings::default(), credentials, wires, clock, fastrand::Rng::with_seed(7))
}

/// One turn that comes to `done`.
async fn turn(state: &Memory, clock: &Clock, done: Result<orders::Imported, FlowFailure>) {
    let tenant = tenant(clock);
    let budget = Budget::new(clock::later(clock.now(), Duration::from_mins(2)), Duration::from_secs(10));
    let turn = Turn::take(state, clock, JOB, "schedule (1)", budget).await.expect("a store").expect("free");
    let _ = turn.work(&tenant, state, clock, async { done }).await;
    clock.sleep(Duration::from_mins(1)).await;
}

fn imported(shown: u64, new: u64, cases: u64) -> orders::Imported {
    let worked = Worked { cases, ..Worked::default() };
    orders::Imported { shown, new, worked, ..orders::Imported::default() }
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_recorded_with_what_it_saw_and_did() {
    let clock = clock();
    let state = Memory::new(clock.clone());

    turn(&state, &clock, Ok(imported(3, 2, 2))).await;

    let runs = history::runs(&state, JOB, 10).await.expect("readable");
    let [(_, run)] = &runs[..] else { panic!("{runs:?}") };
    assert_eq!((run.state, run.counters.read, run.counters.created), (RunState::Done, 3, 2));
    assert_eq!(run.outcome.as_deref(), Some("3 pedidos na Máxima, 2 novos; 2 andamentos"));
    assert_eq!(run.holder, "schedule (1)");
}

#[tokio::test(start_paused = true)]
async fn an_idle_turn_is_the_last_one_and_not_among_the_runs() {
    let clock = clock();
    let state = Memory::new(clock.clone());

    turn(&state, &clock, Ok(imported(3, 2, 2))).await;
    let second = clock.now();
    turn(&state, &clock, Ok(imported(1, 0, 0))).await;

    assert_eq!(history::runs(&state, JOB, 10).await.expect("readable").len(), 1);
    let last = history::last(&state, JOB).await.expect("readable").expect("a turn");
    assert_eq!((last.started, last.counters.read), (second, 1));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_failed_says_why_and_what_kind_of_remedy_there_is() {
    let clock = clock();
    let state = Memory::new(clock.clone());
    let unasked =
        orders::Imported { unasked: Some("a Máxima não respondeu".to_owned()), ..imported(0, 0, 0) };

    turn(&state, &clock, Ok(unasked)).await;
    turn(&state, &clock, Err(engine::StateError::Busy("throttled".into()).into())).await;

    let runs = history::runs(&state, JOB, 10).await.expect("readable");
    let told: Vec<_> = runs.iter().map(|(_, run)| (run.state, run.errors[0].text.as_str())).collect();
    let busy = runs[0].1.errors[0].text.as_str();
    assert_eq!(busy, "o armazenamento da integração não respondeu");
    assert_eq!(told[0].0, RunState::Failed);
    assert_eq!(told[1], (RunState::Failed, "a Máxima não respondeu"));
}

#[tokio::test(start_paused = true)]
async fn the_turn_is_free_again_after_its_work() {
    let clock = clock();
    let state = Memory::new(clock.clone());

    turn(&state, &clock, Ok(imported(0, 0, 0))).await;
    turn(&state, &clock, Ok(imported(0, 0, 0))).await;

    assert_eq!(state.held(clock.now()).await.expect("readable"), 0);
}
