//! One sitting at the runner: bring up, load, tell, stay.

use std::io::IsTerminal as _;
use std::time::Duration;

use clock::{Clock, until};
use engine::{RunRecord, StateError};
use jiff::Timestamp;

use crate::asl::{Ended, Trail};
use crate::bound::{Limits, Reading, Verdict};
use crate::machines::MachineError;
use crate::outcome::{self, Outcome};
use crate::progress::Progress;
use crate::report;
use crate::stack::Stack;

/// How often the table is asked how far the load is, on this machine's clock.
const LOOK_EVERY: Duration = Duration::from_millis(200);

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
    let ended = watched(stack).await?;
    let took = until(started, stack.clock().now());
    let outcome = outcome::outcome(&stack.store, &ended).await?;
    tell(stack, &outcome, started, took).await?;
    Ok(outcome)
}

/// Mends the branch in the simulated Omie, as the person would whom the screen tells what is missing.
pub fn complete_branch(stack: &Stack) -> u64 {
    stack.partners.simulators.omie.fix_branch()
}

async fn watched(stack: &Stack) -> Result<Ended, SessionError> {
    let is_terminal = std::io::stderr().is_terminal() && std::io::stdout().is_terminal();
    let names: Vec<_> = stack.template.functions.iter().map(|function| function.binary.clone()).collect();
    let mut progress = Progress::new(&names, stack.clock(), is_terminal);
    let machine_time = Clock::system();
    let load = stack.load(Trail::default());
    tokio::pin!(load);
    let ended = loop {
        tokio::select! {
            ended = &mut load => break ended?,
            () = machine_time.sleep(LOOK_EVERY) => progress.show(&outcome::steps(&stack.store).await?),
        }
    };
    progress.show(&outcome::steps(&stack.store).await?);
    progress.end();
    Ok(ended)
}

async fn tell(
    stack: &Stack,
    outcome: &Outcome,
    started: Timestamp,
    took: Duration,
) -> Result<(), SessionError> {
    let steps = in_order(stack, outcome::steps(&stack.store).await?);
    println!("\n{}", report::entities(&steps));
    if let Some(skips) = report::skips(&steps) {
        println!("\nIgnorados e por quê:\n{skips}");
    }
    let entities: Vec<_> = steps.iter().map(|(_, record)| record.entity.clone()).collect();
    let rejections = outcome::rejections(&stack.store, &entities).await?;
    if !rejections.is_empty() {
        println!("\nRejeitados e por quê:\n{}", report::rejections(&rejections));
    }
    let simulators = &stack.partners.simulators;
    let calls = [("Omie", simulators.omie.verdict()), ("Máxima", simulators.maxima.verdict())];
    println!("\nChamadas aos parceiros:\n{}", report::calls(&calls));
    println!("\nFunções:\n{}", report::functions(&stack.pool.usage()));
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
    let reading = |name: &String| {
        let (_, record) = steps.iter().find(|(step, _)| step == name)?;
        let asked = record.calls.iter().filter(|(method, _)| methods.contains_key(*method));
        let (method, _) = asked.max_by_key(|(_, calls)| **calls)?;
        Some(Reading { method: method.clone(), pages: record.total_pages.max(1) })
    };
    let waves: Vec<Vec<_>> =
        stack.waves.iter().map(|wave| wave.iter().filter_map(reading).collect()).collect();
    let limits = Limits {
        latency: simulators::OmieOptions::default().latency,
        per_minute: 240,
        in_flight: 4,
        redundancy: Duration::from_mins(1),
    };
    limits.bound(&waves)
}

fn in_order(
    stack: &Stack,
    mut steps: std::collections::BTreeMap<String, RunRecord>,
) -> Vec<(String, RunRecord)> {
    let names = stack.template.functions.iter().map(|function| &function.binary);
    let mut ordered: Vec<_> = names.filter_map(|name| steps.remove_entry(name)).collect();
    ordered.extend(steps);
    ordered
}
