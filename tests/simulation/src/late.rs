//! What was thought of when seeds had failed already: those stay the runs they were.

use std::time::Duration;

use fastrand::Rng;

use crate::chaos::Weather;
use crate::harm::Harm;
use crate::kept::Edition;
use crate::schedule::Action;
use crate::world::JOBS;

/// Who is at an order is known by the time until which it was claimed, three minutes ahead: clocks of ours that are further
/// apart than that are not promised to be told from a holder who is gone. AWS keeps them within milliseconds.
const APART_MS: i64 = 60_000;

/// From noon UTC to a quarter to midnight in São Paulo.
const TO_MIDNIGHT: Duration = Duration::from_mins(14 * 60 + 45);

/// Further trouble of a seed.
#[derive(Clone, Debug)]
pub(crate) struct Late {
    pub(crate) weather: Weather,
    /// How far the clock of each job is ahead of our first, in milliseconds.
    pub(crate) apart: [i64; JOBS],
    /// How long after its stamp Omie lists a stage.
    pub(crate) rows_after: Duration,
    /// Whether Omie states the hour of a cancellation.
    pub(crate) has_hours: bool,
    /// How long after noon UTC it begins.
    pub(crate) start: Duration,
    /// What sellers do with an order in the very moment in which its include leaves: with the first, the second …
    pub(crate) meanwhile: Vec<Meanwhile>,
}

/// What a seller does while the ERP is being told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    /// Sends it again with more of it.
    Change,
    /// Calls it off.
    Cancel,
}

impl Late {
    pub(crate) fn none() -> Self {
        Self {
            weather: Weather::Calm,
            apart: [0; JOBS],
            rows_after: Duration::ZERO,
            has_hours: true,
            start: Duration::ZERO,
            meanwhile: Vec::new(),
        }
    }

    pub(crate) fn draw(rng: &mut Rng, edition: Edition, all: &mut Vec<(u64, Action)>) -> Self {
        let mut late = Self::none();
        if rng.u8(..3) == 0 {
            let mut harms = Harm::MORE.to_vec();
            rng.shuffle(&mut harms);
            harms.truncate(rng.usize(1..=harms.len()));
            let chance = [50, 200, 800][rng.usize(..3)];
            late.weather = Weather::Random { chance, harms, rng: rng.fork() };
        }
        if rng.u8(..4) == 0 {
            late.apart = std::array::from_fn(|_| rng.i64(-APART_MS..=APART_MS));
        }
        if rng.u8(..4) == 0 {
            late.rows_after = Duration::from_secs([20, 60, 150][rng.usize(..3)]);
        }
        late.has_hours = rng.u8(..4) > 0;
        if rng.u8(..8) == 0 {
            let at = rng.u64(..600);
            all.push((at, Action::Settings { what: 5 }));
            all.push((at + rng.u64(1..600), Action::RestoreSettings));
            all.sort_by_key(|(at, _)| *at);
        }
        if rng.u8(..8) == 0 {
            let what = |rng: &mut Rng| if rng.u8(..3) == 0 { Meanwhile::Cancel } else { Meanwhile::Change };
            late.meanwhile = (0..rng.usize(1..=2)).map(|_| what(rng)).collect();
        }
        if edition >= Edition::Keys {
            keys(rng, all);
            if rng.u8(..6) == 0 {
                late.start = TO_MIDNIGHT + Duration::from_secs(rng.u64(..900));
            }
        }
        late
    }
}

/// Máxima's password is changed, and ours some time later.
fn keys(rng: &mut Rng, all: &mut Vec<(u64, Action)>) {
    if rng.u8(..10) > 0 {
        return;
    }
    let at = rng.u64(..600);
    all.push((at, Action::RotateMaxima));
    all.push((at + rng.u64(1..400), Action::FollowRotation));
    all.sort_by_key(|(at, _)| *at);
}
