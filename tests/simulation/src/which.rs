//! Which of the two simulations is run.

use anyhow::{Result, anyhow};
use simulation::enumerate::Plan;
use simulation::{Outcome, Sabotage, enumerate, kept, sabotaged, seed, services};

/// A simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Orders, customers and status between Omie and Máxima.
    Sales,
    /// Service orders between Senior X and Sismetro.
    Services,
}

/// A program with a mistake.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sabotaged {
    Sales(Sabotage),
    Services(services::Sabotage),
}

impl Sabotaged {
    pub(crate) fn seed(self, number: u64) -> Outcome {
        match self {
            Self::Sales(sabotage) => sabotaged(number, sabotage),
            Self::Services(sabotage) => services::sabotaged(number, sabotage),
        }
    }
}

impl Which {
    /// What stands before the arguments.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sales => "",
            Self::Services => "services ",
        }
    }

    pub(crate) fn seed(self, number: u64, keep_trace: bool) -> Outcome {
        match self {
            Self::Sales => seed(number, keep_trace),
            Self::Services => services::seed(number, keep_trace),
        }
    }

    pub(crate) fn kept(self) -> Vec<(u64, &'static str)> {
        match self {
            Self::Sales => kept(),
            Self::Services => services::kept(),
        }
    }

    /// What is enumerated, by name.
    pub(crate) fn lives(self) -> &'static [&'static str] {
        match self {
            Self::Sales => &["import"],
            Self::Services => &services::enumerate::LIVES,
        }
    }

    pub(crate) fn single(self, life: &str) -> Vec<Plan> {
        match self {
            Self::Sales => enumerate::single(),
            Self::Services => services::enumerate::single(life),
        }
    }

    pub(crate) fn exact(self, life: &str, plan: &Plan, keep_trace: bool) -> Outcome {
        match self {
            Self::Sales => enumerate::run(plan, keep_trace),
            Self::Services => services::enumerate::run(life, plan, keep_trace),
        }
    }

    pub(crate) fn doubles(
        self,
        life: &str,
        first: &Plan,
        every: usize,
        tell: &mut impl FnMut(Plan, Outcome),
    ) {
        match self {
            Self::Sales => enumerate::doubles(first, every, tell),
            Self::Services => services::enumerate::doubles(life, first, every, tell),
        }
    }

    pub(crate) fn sabotage(self, name: &str) -> Result<Sabotaged> {
        let unknown = || anyhow!("there is no sabotage {name}");
        let is_named = |known: &dyn std::fmt::Debug| format!("{known:?}") == name;
        match self {
            Self::Sales => {
                let found = Sabotage::ALL.into_iter().find(|known| is_named(known));
                found.map(Sabotaged::Sales).ok_or_else(unknown)
            }
            Self::Services => {
                let found = services::Sabotage::ALL.into_iter().find(|known| is_named(known));
                found.map(Sabotaged::Services).ok_or_else(unknown)
            }
        }
    }
}
