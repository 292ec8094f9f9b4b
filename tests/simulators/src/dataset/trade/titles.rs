//! Titles, made record by record (`contracts/omie.md` §8.30): invoices of one to three instalments.

use std::sync::Arc;

use fastrand::Rng;

use super::title_text;
use crate::dataset::maker::{Maker, nth};
use crate::dataset::{DAY, Marks, Preset, Registry, Traits, World};

/// Makes the title of any position.
#[derive(Clone, Debug)]
pub(crate) struct Titles {
    pub(super) world: Arc<World>,
}

/// One title, before it is written.
pub(super) struct Sketch {
    pub(super) id: u64,
    pub(super) invoice: usize,
    /// Which instalment, from 1, and of how many.
    pub(super) part: u8,
    pub(super) parts: u8,
    pub(super) customer: u64,
    pub(super) seller: u64,
    pub(super) included: i64,
    pub(super) changed: i64,
    pub(super) due: i64,
    pub(super) state: State,
    pub(super) payable: bool,
    /// Hundredths.
    pub(super) value: i64,
    /// The rest of what the instalments share, and what is the title's own.
    pub(super) shared: Rng,
    pub(super) rng: Rng,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Paid(i64),
    Partly(i64),
    Cancelled(i64),
    Open,
}

const OLDER: u64 = 5_366_610_001;
const YOUNGER: u64 = 11_489_700_001;
const STEP: u64 = 13;

/// Instalments follow each other: of every ten titles, invoices of one, two, three, one and three.
const CYCLE: [(usize, u8, u8); 10] = [
    (0, 1, 1),
    (1, 1, 2),
    (1, 2, 2),
    (2, 1, 3),
    (2, 2, 3),
    (2, 3, 3),
    (3, 1, 1),
    (4, 1, 3),
    (4, 2, 3),
    (4, 3, 3),
];

fn id_of(preset: Preset, index: usize) -> u64 {
    let start = if index >= preset.titles() / 5 * 4 { YOUNGER } else { OLDER };
    start + index as u64 * STEP
}

impl Maker for Titles {
    fn len(&self) -> usize {
        self.world.preset.titles()
    }

    fn id(&self, index: usize) -> String {
        id_of(self.world.preset, index).to_string()
    }

    fn position(&self, id: &str) -> Option<usize> {
        let right = |index: &usize| *index < self.len() && self.id(*index) == id;
        [YOUNGER, OLDER].into_iter().filter_map(|start| nth(id, start, STEP)).find(right)
    }

    fn marks(&self, index: usize) -> Marks {
        let sketch = self.sketch(index);
        let cancelled = match sketch.state {
            State::Cancelled(at) => Some(at.div_euclid(DAY) * DAY),
            State::Paid(_) | State::Partly(_) | State::Open => None,
        };
        let traits = Traits::PAYABLE.when(sketch.payable);
        let (included, changed) = (Some(sketch.included), Some(sketch.changed));
        Marks { included, changed, cancelled, traits, ..Marks::default() }
    }

    fn text(&self, index: usize, whole: bool) -> String {
        title_text::record(self, self.sketch(index), whole).to_string()
    }
}

impl Titles {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    fn sketch(&self, index: usize) -> Sketch {
        let (invoice, part, parts) = CYCLE[index % CYCLE.len()];
        let invoice = index / CYCLE.len() * 5 + invoice;
        // What the instalments of an invoice share is drawn from the invoice.
        let mut shared = self.world.rng(Registry::Titulos, invoice | 1 << 32);
        let customer = self.world.customer(shared.usize(..self.world.preset.customers()));
        let seller = self.world.sellers[shared.usize(..self.world.sellers.len())];
        let included = self.included(index + 1 - usize::from(part), &mut shared);
        let value = shared.i64(2_000..500_000);
        let mut rng = self.world.rng(Registry::Titulos, index);
        let payable = rng.u8(..50) == 0;
        let due = included + i64::from(part) * 28 * DAY;
        let state = self.state(included, due, &mut rng);
        let changed = match state {
            State::Paid(at) | State::Partly(at) | State::Cancelled(at) => at,
            State::Open => included,
        };
        let id = id_of(self.world.preset, index);
        Sketch {
            id,
            invoice,
            part,
            parts,
            customer,
            seller,
            included,
            changed,
            due,
            state,
            payable,
            value,
            shared,
            rng,
        }
    }

    /// One in twenty is older than half a year; the others follow each other until three days ago.
    fn included(&self, first: usize, rng: &mut Rng) -> i64 {
        let (count, now) = (self.len(), self.world.now);
        let old = count / 20;
        match first.checked_sub(old) {
            None => now - rng.i64(182 * DAY..500 * DAY),
            Some(nth) => self.world.spread(nth, count - old, 178, 174 * DAY) + rng.i64(0..DAY),
        }
    }

    fn state(&self, included: i64, due: i64, rng: &mut Rng) -> State {
        let latest = self.world.now - rng.i64(3 * DAY..12 * DAY);
        let early = (due - rng.i64(0..6 * DAY)).min(latest).max(included);
        match rng.u8(..100) {
            0..3 => State::Cancelled((included + rng.i64(0..10 * DAY)).min(latest).max(included)),
            3..8 => State::Partly(early),
            8..18 => State::Paid(early),
            18..85 if due < latest => State::Paid((due + rng.i64(0..3 * DAY)).min(latest).max(included)),
            _ => State::Open,
        }
    }
}
