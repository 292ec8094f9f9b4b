//! Everything that can go wrong at every boundary of a run that is always the same.

use crate::chaos::Crossing;
use crate::harm::Harm;
use crate::timeline::Outcome;

/// What goes wrong, and at which boundary.
pub type Plan = Vec<(usize, Harm)>;

/// The run that is harmed.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    /// Runs a plan: whether the trace is kept, and whether the boundaries are told.
    pub(crate) exact: fn(Plan, bool, bool) -> Outcome,
    /// What can go wrong.
    pub(crate) harms: &'static [Harm],
}

impl Subject {
    /// All plans of one harm.
    pub(crate) fn single(self) -> Vec<Plan> {
        let calm = (self.exact)(Vec::new(), false, true);
        assert_eq!(calm.problems, Vec::<String>::new(), "a run without trouble");
        self.after(&calm.crossed, 0).map(|harm| vec![harm]).collect()
    }

    /// Runs a plan.
    pub(crate) fn run(self, plan: &Plan, keep_trace: bool) -> Outcome {
        (self.exact)(plan.clone(), keep_trace, false)
    }

    /// Runs a plan of one harm, then every plan that adds another harm after it, of these one in `every`.
    pub(crate) fn doubles(self, first: &Plan, every: usize, tell: &mut impl FnMut(Plan, Outcome)) {
        let mut once = (self.exact)(first.clone(), false, true);
        let crossed = std::mem::take(&mut once.crossed);
        tell(first.clone(), once);
        let from = first.last().map_or(0, |(at, _)| at + 1);
        for second in self.after(&crossed, from).step_by(every) {
            let plan: Plan = first.iter().copied().chain([second]).collect();
            let outcome = (self.exact)(plan.clone(), false, false);
            tell(plan, outcome);
        }
    }

    fn after(self, crossed: &[Crossing], from: usize) -> impl Iterator<Item = (usize, Harm)> {
        crossed.iter().enumerate().skip(from).flat_map(move |(at, crossing)| {
            let Crossing { place, side, name } = crossing;
            let fitting = self.harms.iter().copied().filter(|harm| harm.fits(*place, *side, name));
            fitting.map(move |harm| (at, harm))
        })
    }
}
