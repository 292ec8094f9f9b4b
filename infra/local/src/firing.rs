//! Fires the schedules on the tenant's clock, as they are at each moment.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, until};
use engine::RunRecord;
use jiff::Timestamp;
use sales::history;
use schedules::Recurrence;
use store::Store;
use tokio::task::JoinSet;

use crate::asl::Trail;
use crate::lambda::Pool;
use crate::machines::Machines;
use crate::scheduler::{Due, Scheduler, Target};
use crate::words::number;

/// A wait is no longer than this before the clock is looked at again: a machine that slept knows it only by its clock.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What is fired, and by what.
#[derive(Clone)]
pub struct Firing {
    /// The schedules.
    pub scheduler: Arc<Scheduler>,
    /// The functions that they start.
    pub pool: Pool,
    /// The state machines.
    pub machines: Machines,
    /// Where a run says of itself what it did.
    pub store: Store,
    /// The tenant's clock.
    pub clock: Clock,
}

/// Starts each function and state machine whenever its schedule says, for as long as it is polled; `said` hears of each
/// time, with what the run says of itself.
pub async fn fire(firing: Firing, said: impl Fn(&str)) {
    let Firing { scheduler, clock, .. } = &firing;
    let mut turns = Turns::new(clock.now());
    let mut running = JoinSet::new();
    loop {
        let next = turns.next(&scheduler.due());
        tokio::select! {
            () = scheduler.changed() => {}
            Some(ended) = running.join_next() => {
                // A run that panicked is the pool's to tell.
                let Ok((due, at, outcome)): Result<(Due, Timestamp, String), _> = ended else { continue };
                if is_news(&outcome) {
                    said(&line(&due, at, &outcome));
                }
                if matches!(due.target, Target::Function(_)) {
                    turns.ended(&due, at, clock.now());
                }
            }
            (due, at) = wait(next, clock) => {
                match due.target {
                    Target::Function(_) => turns.started(&due.name),
                    // To start an execution takes no time: the schedule's turn is over with it.
                    Target::Machine(_) => turns.ended(&due, at, clock.now()),
                }
                if due.once {
                    scheduler.forget(&due.name);
                }
                running.spawn(run(due, at, firing.clone()));
            }
        }
    }
}

async fn wait(next: Option<(Due, Timestamp)>, clock: &Clock) -> (Due, Timestamp) {
    let Some((due, at)) = next else { return std::future::pending().await };
    while clock.now() < at {
        clock.sleep(until(clock.now(), at).min(LONGEST_WAIT)).await;
    }
    (due, at)
}

async fn run(due: Due, at: Timestamp, firing: Firing) -> (Due, Timestamp, String) {
    let outcome = match &due.target {
        Target::Function(function) => invoked(&due, function, at, &firing).await,
        Target::Machine(machine) => executed(&due, machine, &firing.machines).await,
    };
    (due, at, outcome)
}

async fn invoked(due: &Due, function: &str, at: Timestamp, firing: &Firing) -> String {
    match firing.pool.invoke(function, due.input.clone()).await {
        Ok(answer) => match answer.error_type() {
            Some(error) => format!("falhou: {error}"),
            None => last_run(&firing.store, function, at).await.map_or("ok".to_owned(), |run| told(&run)),
        },
        Err(unknown) => unknown.to_string(),
    }
}

/// An execution, to its end; how it stands meanwhile is in the table.
async fn executed(due: &Due, machine: &str, machines: &Machines) -> String {
    match machines.run(machine, None, due.input.clone(), Trail::default()).await {
        Ok(ended) => match ended.result {
            Err(failure) => format!("parou com {}: {}", failure.error, failure.cause),
            // How it stands is for the console to show: it may be an interruption.
            Ok(_) => "a execução acabou".to_owned(),
        },
        Err(error) => error.to_string(),
    }
}

/// What the run that this function began at `at` or later says of itself; nothing when it is no job, or had nothing to
/// do, or the table does not answer: then there is no less to say than that it ended.
async fn last_run(store: &Store, function: &str, at: Timestamp) -> Option<RunRecord> {
    let (_, job) = function.split_once("-sync-")?;
    let runs = history::runs(store, job, 1).await.ok()?;
    runs.into_iter().map(|(_, run)| run).find(|run| run.updated >= at)
}

/// `ok: 120 lidos · 3 gravados · 1 removido · 4 chamadas · 12 unidades gravadas`; the units are the table's.
fn told(run: &RunRecord) -> String {
    let counters = &run.counters;
    let counts = [
        (counters.read, "lido"),
        (counters.created + counters.updated, "gravado"),
        (counters.removed, "removido"),
        (run.calls.values().sum(), "chamada"),
    ];
    let told = counts.map(|(count, noun)| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", number(count))
    });
    format!("ok: {} · {} unidades gravadas", told.join(" · "), number(run.write_units))
}

/// Jobs come every few minutes and mostly have nothing to do, before the load none has: that is no news.
fn is_news(outcome: &str) -> bool {
    outcome != "ok"
}

fn line(due: &Due, at: Timestamp, outcome: &str) -> String {
    let zone = jiff::tz::TimeZone::get(sales::catalog::TIME_ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    format!("{}  {}  {outcome}", at.to_zoned(zone).strftime("%d/%m %H:%M"), due.name)
}

/// Which turn of each schedule has come last.
struct Turns {
    began: Timestamp,
    last: HashMap<String, (Recurrence, Timestamp)>,
    running: HashSet<String>,
}

impl Turns {
    fn new(began: Timestamp) -> Self {
        Self { began, last: HashMap::new(), running: HashSet::new() }
    }

    /// The schedule that is due next. One that runs is not due: AWS would start it again beside itself, and the
    /// lane's lease would send it away.
    fn next(&mut self, all: &[Due]) -> Option<(Due, Timestamp)> {
        let mut next: Option<(&Due, Timestamp)> = None;
        for due in all.iter().filter(|due| !self.running.contains(&due.name)) {
            let known = self.last.get(&due.name).filter(|(recurrence, _)| *recurrence == due.recurrence);
            // A changed expression counts from its change; we learn of it now, at the latest turn of any. A moment
            // is not missed, even when it has passed meanwhile.
            let unknown = || if due.once { Timestamp::MIN } else { self.latest() };
            let last = known.map_or_else(unknown, |(_, last)| *last);
            self.last.insert(due.name.clone(), (due.recurrence.clone(), last));
            let from = due.starts.map_or(last, |starts| last.max(starts - Duration::from_secs(1)));
            if let Some(at) = due.recurrence.after(from)
                && next.is_none_or(|(_, earliest)| at < earliest)
            {
                next = Some((due, at));
            }
        }
        next.map(|(due, at)| (due.clone(), at))
    }

    fn started(&mut self, name: &str) {
        self.running.insert(name.to_owned());
    }

    /// The turns a long run missed are passed over.
    fn ended(&mut self, due: &Due, at: Timestamp, now: Timestamp) {
        self.running.remove(&due.name);
        if due.once {
            // Another one of this name is another schedule.
            self.last.remove(&due.name);
            return;
        }
        let mut last = at;
        while let Some(next) = due.recurrence.after(last).filter(|next| *next <= now) {
            last = next;
        }
        self.last.insert(due.name.clone(), (due.recurrence.clone(), last));
    }

    fn latest(&self) -> Timestamp {
        self.last.values().map(|(_, last)| *last).max().unwrap_or(self.began)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_tells_what_it_read_wrote_and_cost() {
        let run: RunRecord = serde_json::from_value(json!({
            "v": RunRecord::VERSION, "entity": "clientes", "sweep": "s", "state": "done",
            "counters": { "read": 5_070, "created": 1, "updated": 2, "removed": 1 },
            "pages_read": 51, "total_pages": 51, "expected": 5_070,
            "started": "2026-03-02T12:00:00Z", "updated": "2026-03-02T12:01:00Z", "ended": null,
            "calls": { "ListarClientes": 51, "POST Clientes": 2 }, "write_units": 40,
            "errors": [], "incomplete": null, "outcome": null,
        }))
        .expect("a run record");

        assert_eq!(
            told(&run),
            "ok: 5.070 lidos · 3 gravados · 1 removido · 53 chamadas · 40 unidades gravadas"
        );
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).expect("a second")
    }

    fn due(name: &str, expression: &str) -> Due {
        Due {
            name: name.to_owned(),
            recurrence: Recurrence::parse(expression, "UTC").expect("an expression"),
            zone: "UTC".to_owned(),
            starts: None,
            target: Target::Function(name.to_owned()),
            input: json!({}),
            once: false,
        }
    }

    fn next(turns: &mut Turns, all: &[Due]) -> Option<(String, Timestamp)> {
        turns.next(all).map(|(due, at)| (due.name, at))
    }

    #[test]
    fn a_long_run_neither_shifts_the_turns_nor_makes_up_for_those_it_missed() {
        let job = [due("a", "rate(15 minutes)")];
        let mut turns = Turns::new(at(0));
        assert_eq!(next(&mut turns, &job), Some(("a".to_owned(), at(15))));

        turns.started("a");
        assert_eq!(next(&mut turns, &job), None, "it runs");
        turns.ended(&job[0], at(15), at(50));

        assert_eq!(next(&mut turns, &job), Some(("a".to_owned(), at(60))));
    }

    #[test]
    fn the_earliest_comes_first_and_a_paused_one_not_before_its_time() {
        let mut later = due("b", "rate(5 minutes)");
        later.starts = Some(at(40));
        let jobs = [due("a", "rate(30 minutes)"), later];
        let mut turns = Turns::new(at(0));
        assert_eq!(next(&mut turns, &jobs), Some(("a".to_owned(), at(30))));

        turns.started("a");

        assert_eq!(next(&mut turns, &jobs).map(|(name, _)| name), Some("b".to_owned()));
    }

    #[test]
    fn a_moment_that_has_passed_meanwhile_still_comes() {
        let mut turns = Turns::new(at(0));
        let often = due("a", "rate(5 minutes)");
        next(&mut turns, std::slice::from_ref(&often));
        turns.started("a");
        turns.ended(&often, at(5), at(12));
        let continued = Due { once: true, ..due("a-continue", "at(1970-01-01T00:07:00)") };

        assert_eq!(next(&mut turns, &[often, continued]), Some(("a-continue".to_owned(), at(7))));
    }

    #[test]
    fn one_that_fires_once_and_is_asked_for_again_fires_again() {
        let mut turns = Turns::new(at(0));
        let asked = [Due { once: true, ..due("m-e-continue", "at(1970-01-01T00:07:00)") }];
        assert_eq!(next(&mut turns, &asked), Some(("m-e-continue".to_owned(), at(7))));

        turns.ended(&asked[0], at(7), at(7));

        assert_eq!(next(&mut turns, &asked), Some(("m-e-continue".to_owned(), at(7))));
    }

    #[test]
    fn a_changed_expression_is_followed_at_once() {
        let mut turns = Turns::new(at(0));
        assert_eq!(next(&mut turns, &[due("a", "rate(1 day)")]), Some(("a".to_owned(), at(1_440))));

        assert_eq!(next(&mut turns, &[due("a", "rate(1 minute)")]), Some(("a".to_owned(), at(1))));
    }
}
