//! How long a partner waits for the answer to a webhook: the real binaries behind the local Runtime API, each delivery
//! new, stored in the embedded DynamoDB before it is answered.

mod notices;
mod place;
mod services;
mod times;

use anyhow::{Context, Result};

use self::times::Times;
use crate::table::{Goal, Line};

/// An answer may take so many times what one of a function takes that does nothing, by the middle ones of this run.
const MOST_RATIO: f64 = 40.0;
/// Deliveries that are under way together.
const AT_ONCE: usize = 20;
/// Before anything counts.
const WARMING: usize = 30;

/// How much is measured.
struct Plan {
    one_by_one: usize,
    /// Of each of those that come together.
    together: usize,
    cold: usize,
    callbacks: usize,
}

/// What a report is made of.
const WHOLE: Plan = Plan { one_by_one: 2_000, together: 100, cold: 12, callbacks: 1_000 };
/// What tells a count and a ratio.
const BRIEF: Plan = Plan { one_by_one: 200, together: 10, cold: 3, callbacks: 50 };

/// On threads of its own: the others measure the processor time of theirs.
pub(crate) fn measure(is_brief: bool) -> Result<Vec<Line>> {
    let plan = if is_brief { BRIEF } else { WHOLE };
    let measured = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
        runtime.block_on(run(&plan, is_brief))
    });
    measured.join().ok().context("the measurement ended early")?
}

async fn run(plan: &Plan, is_brief: bool) -> Result<Vec<Line>> {
    let binaries = place::binaries(is_brief).await?;
    let mut lines = Box::pin(services::run(&binaries, plan)).await?;
    if !is_brief {
        lines.extend(Box::pin(notices::run(&binaries, plan)).await?);
    }
    Ok(lines)
}

/// What a delivery costs more than nothing: whatever else the machine does, it does to both.
fn against_nothing(function: &str, took: &Times, bare: &Times) -> Line {
    let ratio = took.percentile(50).as_secs_f64() / bare.percentile(50).as_secs_f64().max(f64::EPSILON);
    let goal = Goal { text: format!("≤ {MOST_RATIO:.0}"), is_met: ratio <= MOST_RATIO, binds: true };
    Line {
        goal: Some(goal),
        ..Line::part(format!("webhook: middle answer of {function} to nothing"), format!("{ratio:.1}"))
    }
}
