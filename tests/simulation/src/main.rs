//! Runs many seeds, replays one, or tries every boundary in turn.

mod which;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use rustix::time::{ClockId, clock_gettime};
use simulation::enumerate::Plan;
use simulation::{Harm, Outcome, listen};

use crate::which::{Sabotaged, Which};

/// Orders, customers and status under seeded faults.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
    #[command(subcommand)]
    other: Option<Other>,
}

/// What else is simulated.
#[derive(Debug, Subcommand)]
enum Other {
    /// Service orders between Senior X and Sismetro.
    Services(Arguments),
}

#[derive(Args, Debug)]
struct Arguments {
    /// Run so many seeds.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Replay one seed and print all that happened.
    #[arg(long, conflicts_with_all = ["seeds", "enumerate"])]
    seed: Option<u64>,
    /// Instead: every boundary of one order's import (services: of its whole life) with every harm, to this depth (1 or
    /// 2).
    #[arg(long)]
    enumerate: Option<u8>,
    /// Of the plans of two harms, one in so many.
    #[arg(long, default_value_t = 1, requires = "enumerate")]
    every: usize,
    /// Of the lives of the service orders only this one: completed, cancelled, lifted, twins.
    #[arg(long, requires = "enumerate")]
    life: Option<String>,
    /// Replay one plan of the enumeration: `<boundary>:<Harm>[,<boundary>:<Harm>]`; services:
    /// `<life>@<boundary>:<Harm>…`.
    #[arg(long)]
    plan: Option<String>,
    /// Run the seeds with a program that makes this mistake: ForgetSending, DropOutbox, ForgetRefusals, DoubleQuantity,
    /// DropItem, OtherPrice, DropFreight, DropFee, FeeForEverybody, OtherCustomer, OtherPlan, OtherAccount, DropNote,
    /// IgnoreChanges, IgnoreCancellation, LoseNotice, ForgetMoment, ForgetAsking, ForgetReason, TellSecret,
    /// ForgetBlock, IgnoreBlock, Hurry; services: OpenTwice, ReleaseEarly, SkipNote, ForgetReason, LoseDue.
    #[arg(long)]
    sabotage: Option<String>,
    /// Threads, each with a runtime of its own.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// What all threads found.
#[derive(Debug, Default)]
struct Found {
    runs: u64,
    failed: Vec<(String, Vec<String>)>,
    struck: BTreeMap<Harm, u64>,
    ends: BTreeMap<String, u64>,
    crossings: u64,
    cpu: u64,
}

impl Found {
    fn take(&mut self, how: String, outcome: Outcome) {
        self.runs += 1;
        self.crossings += outcome.crossings as u64;
        for (harm, times) in outcome.struck {
            *self.struck.entry(harm).or_default() += times;
        }
        for (end, times) in outcome.ends {
            *self.ends.entry(end).or_default() += times;
        }
        if !outcome.problems.is_empty() {
            self.failed.push((how, outcome.problems));
        }
    }

    fn join(&mut self, other: Self) {
        self.runs += other.runs;
        self.crossings += other.crossings;
        self.cpu += other.cpu;
        self.failed.extend(other.failed);
        for (harm, times) in other.struck {
            *self.struck.entry(harm).or_default() += times;
        }
        for (end, times) in other.ends {
            *self.ends.entry(end).or_default() += times;
        }
    }

    fn tell(&self, which: Which) {
        let list = |pairs: Vec<String>| pairs.join(", ");
        println!("harm that struck: {}", list(self.struck.iter().map(|(h, n)| format!("{h} {n}")).collect()));
        println!("ends: {}", list(self.ends.iter().map(|(e, n)| format!("{e} {n}")).collect()));
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = self.runs as f64 / (self.cpu.max(1) as f64 / 1e9);
        println!(
            "{} runs, {} boundaries, {rate:.0} runs/s/core, {} failed",
            self.runs,
            self.crossings,
            self.failed.len()
        );
        for (how, problems) in self.failed.iter().take(60) {
            println!("\nFAILED; replay: cargo run --release -p simulation -- {}{how}", which.word());
            for problem in problems.iter().take(6) {
                println!("  {problem}");
            }
        }
    }
}

fn main() -> Result<ExitCode> {
    let command = Command::parse();
    let (which, arguments) = match command.other {
        Some(Other::Services(arguments)) => (Which::Services, arguments),
        None => (Which::Sales, command.arguments),
    };
    let _listening = listen();
    if let Some(number) = arguments.seed {
        return Ok(replay(which.seed(number, true)));
    }
    if let Some(plan) = &arguments.plan {
        let (life, plan) = plan.split_once('@').unwrap_or((which.lives()[0], plan));
        return Ok(replay(which.exact(life, &read(plan)?, true)));
    }
    let found = match arguments.enumerate {
        Some(depth) => enumerated(which, depth, &arguments),
        None => seeds(which, &arguments)?,
    };
    found.tell(which);
    Ok(if found.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn replay(outcome: Outcome) -> ExitCode {
    for line in outcome.trace {
        println!("{line}");
    }
    println!("{:?}\ndigest {:016x}, {} boundaries", outcome.ends, outcome.digest, outcome.crossings);
    for problem in &outcome.problems {
        println!("PROBLEM {problem}");
    }
    if outcome.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn seeds(which: Which, arguments: &Arguments) -> Result<Found> {
    let next = AtomicU64::new(0);
    let kept = which.kept();
    let all = arguments.seeds + kept.len() as u64;
    let sabotage: Option<Sabotaged> =
        arguments.sabotage.as_deref().map(|name| which.sabotage(name)).transpose()?;
    Ok(on_threads(arguments.threads, |found| {
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            if nth >= all {
                return;
            }
            let kept = usize::try_from(nth).ok().and_then(|nth| kept.get(nth)).map(|(seed, _)| *seed);
            let number = kept.unwrap_or(arguments.from + nth.saturating_sub(all - arguments.seeds));
            let outcome = match sabotage {
                None => which.seed(number, false),
                Some(sabotage) => sabotage.seed(number),
            };
            found.take(format!("--seed {number}"), outcome);
        }
    }))
}

fn enumerated(which: Which, depth: u8, arguments: &Arguments) -> Found {
    let mut all = Found::default();
    let wanted = |life: &&&str| arguments.life.as_deref().is_none_or(|wanted| wanted == **life);
    for life in which.lives().iter().filter(wanted) {
        let plans = which.single(life);
        println!("{life}: {} plans of one harm", plans.len());
        let next = AtomicU64::new(0);
        all.join(on_threads(arguments.threads, |found| {
            loop {
                let nth = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX);
                let Some(plan) = plans.get(nth) else { return };
                if depth < 2 {
                    found.take(written(life, plan), which.exact(life, plan, false));
                } else {
                    let every = arguments.every.max(1);
                    which.doubles(life, plan, every, &mut |plan, outcome| {
                        found.take(written(life, &plan), outcome);
                    });
                }
            }
        }));
    }
    all
}

fn on_threads(threads: usize, work: impl Fn(&mut Found) + Sync) -> Found {
    let all = Mutex::new(Found::default());
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let _listening = listen();
                let before = spent();
                let mut found = Found::default();
                work(&mut found);
                found.cpu = spent() - before;
                all.lock().unwrap_or_else(PoisonError::into_inner).join(found);
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn written(life: &str, plan: &Plan) -> String {
    let harms: Vec<String> = plan.iter().map(|(at, harm)| format!("{at}:{harm}")).collect();
    format!("--plan {life}@{}", harms.join(","))
}

fn read(text: &str) -> Result<Plan> {
    let one = |part: &str| {
        let (at, name) =
            part.split_once(':').ok_or_else(|| anyhow::anyhow!("{part} is not <boundary>:<Harm>"))?;
        let harm = Harm::ALL
            .into_iter()
            .chain(Harm::MORE)
            .chain(Harm::SERVICES)
            .find(|harm| harm.to_string() == name);
        Ok((at.parse()?, harm.ok_or_else(|| anyhow::anyhow!("there is no harm {name}"))?))
    };
    text.split(',').map(one).collect()
}

/// Processor time of this thread, in nanoseconds.
fn spent() -> u64 {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    spent.tv_sec.unsigned_abs() * 1_000_000_000 + spent.tv_nsec.unsigned_abs()
}
