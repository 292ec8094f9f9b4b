//! Not by chance: every boundary of one order's import, each with everything that can go wrong there, and every second
//! trouble after that.

use crate::chaos::Crossing;
use crate::harm::Harm;
use crate::run::{Outcome, exact};

/// What goes wrong, and at which boundary.
pub type Plan = Vec<(usize, Harm)>;

/// All plans of one harm.
pub fn single() -> Vec<Plan> {
    let calm = exact(Vec::new(), false, true);
    assert_eq!(calm.problems, Vec::<String>::new(), "an import without trouble");
    after(&calm.crossed, 0).map(|harm| vec![harm]).collect()
}

/// Runs a plan.
pub fn run(plan: &Plan, keep_trace: bool) -> Outcome {
    exact(plan.clone(), keep_trace, false)
}

/// Runs a plan of one harm, then every plan that adds another harm after it, of these one in `every`. Calls `tell`
/// with each.
pub fn doubles(first: &Plan, every: usize, tell: &mut impl FnMut(Plan, Outcome)) {
    let mut once = exact(first.clone(), false, true);
    let crossed = std::mem::take(&mut once.crossed);
    tell(first.clone(), once);
    let from = first.last().map_or(0, |(at, _)| at + 1);
    for second in after(&crossed, from).step_by(every) {
        let plan: Plan = first.iter().copied().chain([second]).collect();
        let outcome = exact(plan.clone(), false, false);
        tell(plan, outcome);
    }
}

fn after(crossed: &[Crossing], from: usize) -> impl Iterator<Item = (usize, Harm)> {
    crossed.iter().enumerate().skip(from).flat_map(|(at, crossing)| {
        let fitting = Harm::ALL.into_iter().filter(|harm| harm.fits(crossing.place, crossing.side));
        fitting.map(move |harm| (at, harm))
    })
}
