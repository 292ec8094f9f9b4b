//! One sitting at the runner: bring up, load, tell, stay.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::time::Duration;

use clock::{Clock, until};
use engine::{RunRecord, StateError};
use jiff::Timestamp;
use sales::load::{self, LoadState};
use serde_json::json;

use crate::asl::{Ended, Trail};
use crate::bound::{Limits, Reading, Verdict};
use crate::changes;
use crate::firing;
use crate::machines::MachineError;
use crate::outcome::{self, Outcome};
use crate::progress::Progress;
use crate::report;
use crate::stack::{Counterparts, Stack};

/// The run records of a load, by step.
pub(crate) type Steps = BTreeMap<String, RunRecord>;

/// How often the table is asked how far the load is, on this machine's clock.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How many calls of a method Omie takes at once, unless it says otherwise (`contracts/omie.md` §3).
const AT_ONCE: usize = 4;

/// Why the load could not be watched or told.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The machine.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The table.
    #[error("a tabela não respondeu: {0}")]
    State(#[from] StateError),
}

/// Runs the load with its progress, and tells how it went.
pub async fn load(stack: &Stack) -> Result<Outcome, SessionError> {
    let started = stack.clock().now();
    let ended = watched(stack, stack.load(Trail::default()), || steps(stack)).await?;
    let took = until(started, stack.clock().now());
    let outcome = outcome::outcome(load::current(&stack.store).await?, &ended);
    tell(stack, &outcome, started, took).await?;
    Ok(outcome)
}

/// Mends the branch in the simulated Omie, as the person would whom the screen tells what is missing.
pub fn complete_branch(stack: &Stack) -> u64 {
    stack.partners.simulators.omie.fix_branch()
}

/// Fires the schedules, for as long as it is polled; `said` hears of each time.
pub async fn schedules<P: Counterparts>(stack: &Stack<P>, said: impl Fn(&str)) {
    firing::fire(stack.firing(), said).await;
}

/// Goes on with a load, or a dry run, that was at work when the runner was ended: in the cloud it would have gone on
/// meanwhile. Somebody must fire the schedules.
pub async fn resume<P: Counterparts>(stack: &Stack<P>) -> Result<(), StateError> {
    let runs = [
        (load::current(&stack.store).await?, "resume", false),
        (load::latest_rehearsal(&stack.store).await?, "resume-dry", true),
    ];
    for (load, name, dry) in runs {
        if load.is_some_and(|load| load.state == LoadState::Running) {
            let machine = stack.load_machine();
            let input = json!({ "dry": dry });
            stack.scheduler.start_machine(&format!("{machine}-{name}"), machine, stack.clock().now(), &input);
        }
    }
    Ok(())
}

/// Changes three things in the simulated Omie and waits until the schedules have brought them to Máxima; whether they
/// have. Somebody else must fire the schedules.
pub async fn changes(stack: &Stack, said: impl Fn(&str)) -> bool {
    let simulators = &stack.partners.simulators;
    let made = changes::make(simulators, &stack.clock());
    println!(
        "\nMudanças no Omie, que os agendamentos levam à Máxima (a remoção, o da leitura completa da noite):"
    );
    for change in &made {
        said(&change.made());
    }
    changes::watch(made, &simulators.maxima, &stack.clock(), said).await
}

/// The steps of the current load.
async fn steps(stack: &Stack) -> Result<Steps, StateError> {
    match load::current(&stack.store).await? {
        Some(load) => outcome::steps(&stack.store, &load.id).await,
        None => Ok(Steps::new()),
    }
}

/// Waits for the end of a load and shows meanwhile how far its `steps` are.
pub(crate) async fn watched<S>(
    stack: &Stack,
    load: impl Future<Output = Result<Ended, MachineError>>,
    steps: impl Fn() -> S,
) -> Result<Ended, SessionError>
where
    S: Future<Output = Result<Steps, StateError>>,
{
    let is_terminal = std::io::stderr().is_terminal() && std::io::stdout().is_terminal();
    let names: Vec<_> = stack.template.functions.iter().map(|function| function.binary.clone()).collect();
    let mut progress = Progress::new(&names, stack.clock(), is_terminal);
    let machine_time = Clock::system();
    tokio::pin!(load);
    let ended = loop {
        tokio::select! {
            ended = &mut load => break ended?,
            () = machine_time.sleep(LOOK_EVERY) => progress.show(&steps().await?),
        }
    };
    progress.show(&steps().await?);
    progress.end();
    Ok(ended)
}

async fn tell(
    stack: &Stack,
    outcome: &Outcome,
    started: Timestamp,
    took: Duration,
) -> Result<(), SessionError> {
    let steps = in_order(stack, steps(stack).await?);
    println!("\n{}", report::entities(&steps));
    println!("\nCusto por execução:\n{}", report::costs(&steps));
    if let Some(skips) = report::skips(&steps) {
        println!("\nIgnorados e por quê:\n{skips}");
    }
    let entities = outcome::entities(steps.iter().map(|(_, record)| record));
    let rejections = outcome::rejections(&stack.store, &entities).await?;
    if !rejections.is_empty() {
        println!("\nRejeitados e por quê:\n{}", report::rejections(&rejections));
    }
    tell_usage(stack);
    match outcome {
        Outcome::Finished => {
            // A step done in an earlier execution costs this one nothing.
            let ours: Vec<_> = steps.into_iter().filter(|(_, record)| record.updated >= started).collect();
            tell_time(stack, &ours, took);
            println!("\nCarga inicial concluída.");
        }
        Outcome::Interrupted(screen) => println!("\n{screen}"),
        Outcome::Failed(error, cause) => println!("\nA carga parou com {error}: {cause}"),
    }
    Ok(())
}

/// What was asked of the partners so far, and what it took here.
pub fn tell_usage(stack: &Stack) {
    let simulators = &stack.partners.simulators;
    let calls = [("Omie", simulators.omie.verdict()), ("Máxima", simulators.maxima.verdict())];
    println!("\nChamadas aos parceiros:\n{}", report::calls(&calls));
    println!("\nFunções:\n{}", report::functions(&stack.pool.usage()));
}

fn tell_time(stack: &Stack, steps: &[(String, RunRecord)], took: Duration) {
    let clock = stack.clock();
    let verdict = Verdict::of(clock.real(took), clock.real(bound(stack, steps)));
    let speed = stack.time.speed();
    println!("\nTempo ({speed} vezes o real):\n{}", report::time(&verdict, speed));
    let judged = if verdict.holds() { "dentro do permitido" } else { "ACIMA do permitido" };
    println!("A carga ficou {judged}.");
}

/// The bound of this load: its waves as the state machine has them, each step's pages as Omie counted them.
fn bound(stack: &Stack, steps: &[(String, RunRecord)]) -> Duration {
    let omie = &stack.partners.simulators.omie;
    let methods = omie.verdict().methods;
    let options = simulators::OmieOptions::default();
    let reading = |name: &String| {
        let (_, record) = steps.iter().find(|(step, _)| step == name)?;
        let asked = record.calls.iter().filter(|(method, _)| methods.contains_key(*method));
        let (method, _) = asked.max_by_key(|(_, calls)| **calls)?;
        let at_once = options.in_flight.get(method).copied().unwrap_or(AT_ONCE);
        let at_once = u32::try_from(at_once).unwrap_or(u32::MAX);
        Some(Reading { method: method.clone(), pages: record.total_pages.max(1), at_once })
    };
    let waves: Vec<Vec<_>> =
        stack.waves.iter().map(|wave| wave.iter().filter_map(reading).collect()).collect();
    let limits = Limits { latency: options.latency, per_minute: 240, redundancy: Duration::from_mins(1) };
    limits.bound(&waves)
}

/// The steps as the template has their functions.
pub(crate) fn in_order(stack: &Stack, mut steps: Steps) -> Vec<(String, RunRecord)> {
    let names = stack.template.functions.iter().map(|function| &function.binary);
    let mut ordered: Vec<_> = names.filter_map(|name| steps.remove_entry(name)).collect();
    ordered.extend(steps);
    ordered
}
