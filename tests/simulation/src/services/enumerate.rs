//! Not by chance: every boundary of one order's whole life, each with everything that can go wrong there, and every
//! second trouble after that.

use crate::harm::Harm;
use crate::plans::{Plan, Subject};
use crate::services::run::{Life, exact};
use crate::timeline::Outcome;

/// The lives: one that is completed, one that is cancelled, one that is released so that it can be cancelled, and two on
/// the same machine.
pub const LIVES: [&str; 4] = ["completed", "cancelled", "lifted", "twins"];

fn subject(life: &str) -> Subject {
    let exact = match life {
        "cancelled" => |plan, trace, crossings| exact(Life::Cancelled, plan, trace, crossings),
        "lifted" => |plan, trace, crossings| exact(Life::Lifted, plan, trace, crossings),
        "twins" => |plan, trace, crossings| exact(Life::Twins, plan, trace, crossings),
        _ => |plan, trace, crossings| exact(Life::Completed, plan, trace, crossings),
    };
    Subject { exact, harms: &Harm::SERVICES }
}

/// All plans of one harm in a life.
pub fn single(life: &str) -> Vec<Plan> {
    subject(life).single()
}

/// Runs a plan.
pub fn run(life: &str, plan: &Plan, keep_trace: bool) -> Outcome {
    subject(life).run(plan, keep_trace)
}

/// Runs a plan of one harm, then every plan that adds another harm after it, of these one in `every`. Calls `tell`
/// with each.
pub fn doubles(life: &str, first: &Plan, every: usize, tell: &mut impl FnMut(Plan, Outcome)) {
    subject(life).doubles(first, every, tell);
}
