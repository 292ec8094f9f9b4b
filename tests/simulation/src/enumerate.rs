//! Not by chance: every boundary of one order's import, each with everything that can go wrong there, and every second
//! trouble after that.

use crate::harm::Harm;
use crate::plans::Subject;
use crate::run::exact;
use crate::timeline::Outcome;

pub use crate::plans::Plan;

/// What can go wrong: also what the seeds draw late.
const HARMS: [Harm; Harm::ALL.len() + Harm::MORE.len()] = {
    let mut harms = [Harm::Kill; Harm::ALL.len() + Harm::MORE.len()];
    let mut nth = 0;
    while nth < harms.len() {
        let late = nth >= Harm::ALL.len();
        harms[nth] = if late { Harm::MORE[nth - Harm::ALL.len()] } else { Harm::ALL[nth] };
        nth += 1;
    }
    harms
};

const IMPORT: Subject = Subject { exact, harms: &HARMS };

/// All plans of one harm.
pub fn single() -> Vec<Plan> {
    IMPORT.single()
}

/// Runs a plan.
pub fn run(plan: &Plan, keep_trace: bool) -> Outcome {
    IMPORT.run(plan, keep_trace)
}

/// Runs a plan of one harm, then every plan that adds another harm after it, of these one in `every`. Calls `tell`
/// with each.
pub fn doubles(first: &Plan, every: usize, tell: &mut impl FnMut(Plan, Outcome)) {
    IMPORT.doubles(first, every, tell);
}
