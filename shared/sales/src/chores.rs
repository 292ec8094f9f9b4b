//! Small jobs that notices ask for: "look at this order", "run this listing early". However often one is asked for, it
//! is done once per gap: Omie refuses the same question within a minute (`contracts/omie.md` §3).

use std::time::Duration;

use clock::Clock;
use engine::flow::{Advance, Change, FilingOf, Flow, FlowError, advance, open};
use engine::{Cases, Mark};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::orders::machine::{CLAIM, SETTLE};

/// How long a chore is remembered: as long as the orders it looks at.
const REMEMBERED: Duration = Duration::from_hours(400 * 24);
/// Two early runs of one job lie so far apart.
const BETWEEN_RUNS: Duration = Duration::from_mins(5);
/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_hours(1);

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Read where this order of ours (its `id_pedido`) stands in Omie.
    Look(String),
    /// Run this job of the catalogue now instead of at its next turn.
    Run(String),
}

impl Task {
    /// The id of its chore: one per task, so that asking twice is asking once.
    pub fn id(&self) -> String {
        match self {
            Self::Look(order) => format!("pedido/{order}"),
            Self::Run(job) => format!("job/{job}"),
        }
    }

    fn gap(&self) -> Duration {
        match self {
            Self::Look(_) => SETTLE,
            Self::Run(_) => BETWEEN_RUNS,
        }
    }
}

/// A task and when it is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chore {
    /// What.
    pub task: Task,
    /// Where it is.
    pub stage: Stage,
    /// When it is looked at again.
    pub due: Option<Timestamp>,
    /// When it was done last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Timestamp>,
    /// Attempts in a row that came to nothing.
    #[serde(default)]
    pub attempts: u32,
    /// Why the last one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// When it was asked for first.
    pub since: Timestamp,
}

/// Where a chore is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody asks for it.
    Idle,
    /// Somebody asks for it.
    Asked,
    /// Somebody is at it.
    Running,
}

/// What happens to a chore.
#[derive(Clone, Debug)]
pub enum Event {
    /// Its time has come.
    Due,
    /// Somebody asks for it.
    Asked,
    /// It is done.
    Done,
    /// It could not be done.
    Failed {
        /// Why, in Portuguese.
        why: String,
        /// When to try again.
        after: Duration,
    },
}

/// It is to be done.
#[derive(Clone, Debug)]
pub struct Do;

/// Asks for `task`. It is done by whoever works on chores next.
pub async fn ask(state: &impl Cases, clock: &Clock, task: Task) -> Result<(), FlowError> {
    let id = task.id();
    let now = clock.now();
    let chore =
        Chore { task, stage: Stage::Asked, due: Some(now), done: None, attempts: 0, why: None, since: now };
    loop {
        if open::<Asking>(state, &id, &chore).await? {
            return Ok(());
        }
        // Whoever overtakes us may have read what we ask for before it happened: the question stands.
        match advance(&Asking, state, clock, &id, Event::Asked).await? {
            Advance::Settled | Advance::Unmoved => return Ok(()),
            Advance::Missing | Advance::Overtaken => {}
        }
    }
}

/// What `event` makes of `chore`.
pub fn next(chore: &Chore, event: &Event, now: Timestamp) -> Option<Change<Chore, Do>> {
    let mut chore = chore.clone();
    match (event, chore.stage) {
        (Event::Asked, Stage::Idle | Stage::Running) => {
            let spaced = match (chore.stage, chore.due) {
                // Whoever is at it may ask until then, and cannot say any more when it did.
                (Stage::Running, Some(over)) => over,
                _ => chore.done.map_or(now, |done| clock::later(done, chore.task.gap())),
            };
            chore.stage = Stage::Asked;
            chore.due = Some(spaced.max(now));
            Some(Change::to(chore))
        }
        // Also one that is running: its holder is gone.
        (Event::Due, Stage::Asked | Stage::Running) => {
            chore.stage = Stage::Running;
            chore.done = Some(now);
            chore.due = Some(clock::later(now, CLAIM));
            Some(Change::and(chore, Do))
        }
        (Event::Done, Stage::Running) => {
            chore.stage = Stage::Idle;
            chore.done = Some(now);
            (chore.due, chore.why, chore.attempts) = (None, None, 0);
            Some(Change::to(chore))
        }
        (Event::Failed { why, after }, Stage::Running) => {
            chore.stage = Stage::Asked;
            chore.why = Some(why.clone());
            let pause = after.saturating_mul(1 << chore.attempts.min(6)).min(LONGEST).max(chore.task.gap());
            chore.attempts = chore.attempts.saturating_add(1);
            chore.due = Some(clock::later(now, pause));
            Some(Change::to(chore))
        }
        (Event::Asked, Stage::Asked)
        | (Event::Due, Stage::Idle)
        | (Event::Done | Event::Failed { .. }, Stage::Idle | Stage::Asked) => None,
    }
}

/// How a chore is filed.
pub fn filing(chore: &Chore) -> FilingOf {
    let marks: Vec<Mark> = Vec::new();
    FilingOf { due: chore.due, marks, expires: clock::later(chore.since, REMEMBERED) }
}

/// The kind of the cases.
pub const KIND: &str = "chore";

/// The flow for those who only ask.
struct Asking;

impl Flow for Asking {
    const KIND: &'static str = KIND;
    type Case = Chore;
    type Event = Event;
    type Effect = Do;

    fn next(chore: &Chore, event: &Event, now: Timestamp) -> Option<Change<Chore, Do>> {
        next(chore, event, now)
    }

    fn due() -> Event {
        Event::Due
    }

    fn filing(chore: &Chore) -> FilingOf {
        filing(chore)
    }

    /// Asking leads to no effect.
    async fn perform(&self, _: &Chore, _: Do) -> Event {
        Event::Failed { why: "quem pede não faz".to_owned(), after: Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use engine::Memory;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_738_500_000 + second).expect("a valid second")
    }

    fn asked() -> Chore {
        let task = Task::Look("900100200".to_owned());
        Chore {
            task,
            stage: Stage::Asked,
            due: Some(at(0)),
            done: None,
            attempts: 0,
            why: None,
            since: at(0),
        }
    }

    fn after(chore: &Chore, event: &Event, second: i64) -> Chore {
        next(chore, event, at(second)).expect("something").case
    }

    #[test]
    fn asking_again_while_it_waits_is_asking_once() {
        assert!(next(&asked(), &Event::Asked, at(1)).is_none());
    }

    #[test]
    fn what_is_asked_for_while_it_is_done_is_done_again_later() {
        let running = after(&asked(), &Event::Due, 0);

        let again = after(&running, &Event::Asked, 2);

        // The older one may ask Omie until its claim is over.
        assert_eq!((again.stage, again.due), (Stage::Asked, Some(clock::later(at(0), CLAIM))));
        assert!(next(&again, &Event::Done, at(3)).is_none(), "what ends now is the older one");
    }

    #[test]
    fn a_chore_that_took_its_time_is_not_done_again_within_a_minute_of_its_end() {
        let running = after(&asked(), &Event::Due, 0);
        let done = after(&running, &Event::Done, 70);

        let again = after(&done, &Event::Asked, 80);

        assert_eq!(again.due, Some(clock::later(at(70), SETTLE)));
    }

    #[test]
    fn a_chore_whose_doer_is_gone_is_done_by_the_next() {
        let running = after(&asked(), &Event::Due, 0);

        assert_eq!(running.due, Some(clock::later(at(0), CLAIM)));
        assert!(next(&running, &Event::Due, at(200)).is_some_and(|change| change.effect.is_some()));
    }

    #[test]
    fn what_fails_is_tried_again_with_growing_pauses() {
        let mut chore = after(&asked(), &Event::Due, 0);
        let failed = Event::Failed { why: "o Omie não respondeu".to_owned(), after: Duration::from_mins(1) };
        let mut pauses = Vec::new();

        for _ in 0..8 {
            chore = after(&chore, &failed, 0);
            pauses.push(clock::until(at(0), chore.due.expect("again")));
            chore = after(&chore, &Event::Due, 0);
        }

        assert_eq!(pauses[0], SETTLE, "not the same question within a minute");
        assert!(pauses.is_sorted());
        assert_eq!(pauses[7], Duration::from_hours(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_chore_that_is_done_can_be_asked_for_again() {
        let clock = Clock::paused(at(0));
        let state = Memory::new(clock.clone());
        let task = || Task::Run("estoques".to_owned());
        ask(&state, &clock, task()).await.expect("asked");
        let due = |now| state.due(KIND, now, 10);
        assert_eq!(due(clock.now()).await.expect("due"), ["job/estoques"]);
        let done = |event| advance(&Doing, &state, &clock, "job/estoques", event);
        assert_eq!(done(Event::Due).await.expect("done"), Advance::Settled);
        assert!(due(clock.now()).await.expect("due").is_empty());

        ask(&state, &clock, task()).await.expect("asked");

        assert!(due(clock.now()).await.expect("due").is_empty(), "not twice in five minutes");
        assert_eq!(due(clock::later(clock.now(), BETWEEN_RUNS)).await.expect("due"), ["job/estoques"]);
    }

    /// Does everything at once.
    struct Doing;

    impl Flow for Doing {
        const KIND: &'static str = KIND;
        type Case = Chore;
        type Event = Event;
        type Effect = Do;

        fn next(chore: &Chore, event: &Event, now: Timestamp) -> Option<Change<Chore, Do>> {
            next(chore, event, now)
        }

        fn due() -> Event {
            Event::Due
        }

        fn filing(chore: &Chore) -> FilingOf {
            filing(chore)
        }

        async fn perform(&self, _: &Chore, _: Do) -> Event {
            Event::Done
        }
    }
}
