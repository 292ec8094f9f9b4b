//! Sales orders, made record by record (`contracts/omie.md` §8.25).

use std::sync::Arc;

use fastrand::Rng;

use super::order_text;
use crate::dataset::goods::Products;
use crate::dataset::maker::{Maker, nth};
use crate::dataset::{DAY, Marks, Preset, Registry, World};

/// Makes the order of any position.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    pub(super) world: Arc<World>,
    pub(super) products: Products,
}

/// One order, before it is written.
pub(super) struct Sketch {
    pub(super) index: usize,
    pub(super) id: u64,
    pub(super) included: i64,
    pub(super) changed: i64,
    /// Midnight of the day it is expected.
    pub(super) expected: i64,
    pub(super) state: State,
    pub(super) rng: Rng,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Invoiced(i64),
    Cancelled(i64),
    Open,
}

const OLDER: u64 = 5_366_599_001;
const YOUNGER: u64 = 11_489_800_001;
const STEP: u64 = 7;

fn id_of(preset: Preset, index: usize) -> u64 {
    let start = if index >= preset.orders() / 5 * 4 { YOUNGER } else { OLDER };
    start + index as u64 * STEP
}

impl Maker for Orders {
    fn len(&self) -> usize {
        self.world.preset.orders()
    }

    fn id(&self, index: usize) -> String {
        id_of(self.world.preset, index).to_string()
    }

    fn position(&self, id: &str) -> Option<usize> {
        let right = |index: &usize| *index < self.len() && self.id(*index) == id;
        [YOUNGER, OLDER].into_iter().filter_map(|start| nth(id, start, STEP)).find(right)
    }

    fn marks(&self, index: usize) -> Marks {
        let Sketch { included, changed, expected, .. } = self.sketch(index);
        let (included, changed, expected) = (Some(included), Some(changed), Some(expected));
        Marks { included, changed, expected, ..Marks::default() }
    }

    fn text(&self, index: usize, _whole: bool) -> String {
        order_text::record(self, self.sketch(index)).to_string()
    }
}

impl Orders {
    pub(crate) fn new(world: Arc<World>) -> Self {
        let products = Products::new(world.clone());
        Self { world, products }
    }

    fn sketch(&self, index: usize) -> Sketch {
        let mut rng = self.world.rng(Registry::Pedidos, index);
        let included = self.included(index, &mut rng);
        let latest = self.world.now - rng.i64(3 * DAY..6 * DAY);
        let later = |rng: &mut Rng, days: i64| (included + rng.i64(0..days * DAY)).min(latest).max(included);
        let expected = (included + rng.i64(1..12) * DAY).div_euclid(DAY) * DAY;
        let state = match rng.u8(..100) {
            0..4 => State::Cancelled(later(&mut rng, 8)),
            4..80 if included + 4 * DAY < latest => State::Invoiced(later(&mut rng, 4)),
            _ => State::Open,
        };
        let changed = match state {
            State::Invoiced(at) | State::Cancelled(at) => at,
            State::Open => included,
        };
        Sketch { index, id: id_of(self.world.preset, index), included, changed, expected, state, rng }
    }

    /// One in fifty is older than 60 days; the others follow each other until three days ago.
    fn included(&self, index: usize, rng: &mut Rng) -> i64 {
        let (count, now) = (self.len(), self.world.now);
        let old = count / 50;
        match index.checked_sub(old) {
            None => now - rng.i64(62 * DAY..120 * DAY),
            Some(nth) => self.world.spread(nth, count - old, 58, 54 * DAY) + rng.i64(0..DAY),
        }
    }
}
