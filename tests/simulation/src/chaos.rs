//! Everything that crosses a boundary passes here: it is numbered, traced, and may be harmed.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clock::Clock;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::harm::{Harm, Place, Side};
use crate::mistake::{First, Mistake};
use crate::trace::Trace;
use crate::wire::Exchanged;

/// When harm strikes.
#[derive(Clone, Debug)]
pub enum Weather {
    /// Never.
    Calm,
    /// By chance, `chance` in ten thousand boundaries, one of `harms` where it fits.
    Random {
        /// In ten thousand.
        chance: u32,
        /// Which.
        harms: Vec<Harm>,
        /// By what.
        rng: fastrand::Rng,
    },
    /// At these boundaries, counted from 0.
    Exact(Vec<(usize, Harm)>),
}

impl Weather {
    /// What strikes at the boundary of this number, if it fits there.
    fn strikes(&mut self, number: usize) -> Option<Harm> {
        match self {
            Self::Calm => None,
            Self::Random { chance, harms, rng } => {
                (rng.u32(..10_000) < *chance).then(|| harms[rng.usize(..harms.len())])
            }
            Self::Exact(plan) => plan.iter().find(|(at, _)| *at == number).map(|(_, harm)| *harm),
        }
    }
}

/// A boundary that was crossed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// What is behind it.
    pub place: Place,
    /// Which call.
    pub name: String,
    /// Before or after.
    pub side: Side,
}

/// What all invocations of a world share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    /// An include is about to leave.
    pub(crate) leaving: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) weather: Weather,
    /// What was thought of later, where the weather brings nothing.
    pub(crate) more: Weather,
    pub(crate) trace: Trace,
    /// Every request, in the order they left.
    pub(crate) log: Vec<Exchanged>,
    /// What was seen to be wrong while it happened: a canary where it must not be, for one.
    pub(crate) leaks: Vec<String>,
    /// Further texts that must be stored nowhere.
    pub(crate) hidden: Vec<String>,
    pub(crate) struck: BTreeMap<Harm, u64>,
    pub(crate) crossings: usize,
    pub(crate) crossed: Option<Vec<Crossing>>,
    /// Boundaries crossed when nothing went wrong any more.
    pub(crate) calm_at: Option<usize>,
    /// Invocations for which the table was busy or silent: they may not have written down what they had learnt.
    pub(crate) forgetful: BTreeSet<u64>,
    /// What the program does wrong, if it is one that does.
    pub(crate) mistake: Option<Mistake>,
    pub(crate) first: First,
    /// When which invocation wrote down that the include of an order leaves.
    pub(crate) decided: Vec<Decided>,
    /// No listing of what changed leaves: only notices can tell.
    pub(crate) is_deaf: bool,
    /// What invocations have learnt of blocks and told one another.
    pub(crate) blocks: Vec<BlockNote>,
}

/// What an invocation had to do with what is written down of a block.
#[derive(Debug)]
pub(crate) struct BlockNote {
    pub(crate) by: u64,
    pub(crate) method: String,
    /// Its place among all that crossed a boundary.
    pub(crate) order: usize,
    pub(crate) what: Noted,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noted {
    /// It was read.
    Read,
    /// The table did not say.
    Unread,
    /// It was written.
    Written,
    /// The table did not take it.
    Unwritten,
}

/// An invocation has written down that it sends a case.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) by: u64,
    pub(crate) id: String,
    pub(crate) at: Timestamp,
}

/// One invocation: how it learns that it is gone.
#[derive(Debug, Default)]
pub(crate) struct Life {
    pub(crate) number: u64,
    pub(crate) gone: Notify,
}

impl Shared {
    pub(crate) fn new(clock: Clock, weather: Weather, keep_trace: bool, keep_crossings: bool) -> Arc<Self> {
        let state = State {
            weather,
            more: Weather::Calm,
            trace: Trace::new(keep_trace),
            log: Vec::new(),
            leaks: Vec::new(),
            hidden: Vec::new(),
            struck: BTreeMap::new(),
            crossings: 0,
            crossed: keep_crossings.then(Vec::new),
            calm_at: None,
            forgetful: BTreeSet::new(),
            mistake: None,
            first: First::new(),
            decided: Vec::new(),
            is_deaf: false,
            blocks: Vec::new(),
        };
        Arc::new(Self { clock, leaving: Notify::new(), state: Mutex::new(state) })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Something is wrong, seen at once.
    pub(crate) fn wrong(&self, what: String) {
        self.note(format_args!("WRONG {what}"));
        self.state().leaks.push(what);
    }

    /// Adds a line to the trace.
    pub(crate) fn note(&self, what: std::fmt::Arguments<'_>) {
        self.state().trace.note(self.clock.now(), what);
    }

    /// Crosses a boundary: what goes wrong there. One who is killed does not come back.
    pub(crate) async fn cross(&self, life: &Life, place: Place, name: &str, side: Side) -> Option<Harm> {
        let harm = self.state().decide(place, name, side, self.clock.now(), life.number);
        if harm == Some(Harm::Kill) {
            life.gone.notify_one();
            pending::<()>().await;
        }
        harm
    }
}

impl State {
    fn decide(&mut self, place: Place, name: &str, side: Side, at: Timestamp, by: u64) -> Option<Harm> {
        let number = self.crossings;
        self.crossings += 1;
        if let Some(crossed) = &mut self.crossed {
            crossed.push(Crossing { place, name: name.to_owned(), side });
        }
        let fits = |harm: &Harm| harm.fits(place, side, name);
        let harm = self.weather.strikes(number).filter(fits);
        let harm = harm.or_else(|| self.more.strikes(number).filter(fits));
        match harm {
            Some(harm) => {
                *self.struck.entry(harm).or_default() += 1;
                if matches!(harm, Harm::StoreBusy | Harm::StoreSilent) {
                    self.forgetful.insert(by);
                }
                self.trace.note(at, format_args!("#{by} {side:?} {name} !!! {harm}"));
            }
            None if side == Side::After || place != Place::Store => {
                self.trace.note(at, format_args!("#{by} {side:?} {name}"));
            }
            None => {}
        }
        harm
    }
}
