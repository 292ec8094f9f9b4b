//! What people, partners and operators do in a run, drawn from the seed before it begins.

use fastrand::Rng;
use simulators::EquipmentKind;

use crate::services::doors::Door;
use crate::services::variety::Variety;
use crate::services::world::Job;

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A schedule starts a job.
    Turn(Job),
    /// Two invocations of a job at once.
    Twice(Job),
    /// A dead invocation holds the poll's lane.
    DeadPoll,
    /// An order is typed and closed; `again` on the machine of the order before.
    Close {
        kind: EquipmentKind,
        branch: i64,
        again: bool,
    },
    Reclose {
        nth: usize,
        how: u8,
    },
    Bill {
        nth: usize,
    },
    CancelByPerson {
        nth: usize,
    },
    /// A person puts the order into a situation that nobody expects.
    Suspend {
        nth: usize,
    },
    /// Sismetro's own connector acts in the ERP.
    Connector {
        nth: usize,
    },
    Start {
        nth: usize,
    },
    Conclude {
        nth: usize,
    },
    Cancel {
        nth: usize,
        deleted: bool,
    },
    /// Words that nobody has explained.
    Strange {
        nth: usize,
    },
    Items {
        nth: usize,
    },
    Forge {
        nth: usize,
        how: u8,
    },
    Deliver(Door),
    DeliverAndWake(Door),
    Duplicate(Door),
    Reorder(Door),
    Drop(Door),
    Delay {
        door: Door,
        seconds: u64,
    },
    Merge,
    ExpireTokens,
    RevokeTokens,
    RotateSenior,
    RotateSismetro,
    FollowRotation,
    /// The secrets of our doors: 0 both are known to us, 1 the partners use the new ones, 2 the old ones are gone.
    RotateDoors(u8),
    Settings(u8),
    RestoreSettings,
    Branch {
        active: bool,
    },
    Command {
        nth: usize,
        what: u8,
        wrong: bool,
    },
    Release,
}

/// What happens, and when, in seconds.
pub(crate) fn draw(rng: &mut Rng, variety: &Variety) -> Vec<(u64, Action)> {
    let minutes = if rng.u8(..4) == 0 { rng.u64(60..180) } else { rng.u64(15..60) };
    let span = minutes * 60;
    let mut all = Vec::new();
    jobs(rng, span, &mut all);
    clerks(rng, span, variety, &mut all);
    technicians(rng, span, variety, &mut all);
    for door in [Door::Hub, Door::Callbacks] {
        deliveries(rng, span, door, &mut all);
    }
    trouble(rng, span, variety, &mut all);
    all.sort_by_key(|(at, _)| *at);
    all
}

/// What was thought of later: drawn by itself, so that the old seeds stay the runs they were. Of the latest thought,
/// that equipment `comes_back`, the seeds that were kept before know nothing.
pub(crate) fn draw_more(rng: &mut Rng, comes_back: bool, all: &mut Vec<(u64, Action)>) {
    if rng.u8(..3) > 0 {
        return;
    }
    // Cancelled, and closed again in the ERP: another service of the same order.
    let span = all.last().map_or(3_600, |(at, _)| *at);
    all.push((span / 2 + rng.u64(..span / 6), Action::Cancel { nth: 0, deleted: rng.bool() }));
    all.push((span * 3 / 4 + rng.u64(..span / 4), Action::Reclose { nth: 0, how: rng.u8(..3) }));
    if comes_back && rng.bool() {
        // Its equipment is taken away and added again, and what was told of it comes once more.
        let (nth, at) = (rng.usize(..3), rng.u64(..span / 2));
        all.push((at, Action::Reclose { nth, how: 3 }));
        all.push((at, Action::Duplicate(Door::Hub)));
        all.push((at + rng.u64(..300), Action::Deliver(Door::Hub)));
        all.push((at + rng.u64(1..600), Action::Reclose { nth, how: 1 }));
    }
    all.sort_by_key(|(at, _)| *at);
}

fn jobs(rng: &mut Rng, span: u64, all: &mut Vec<(u64, Action)>) {
    // Two Lambdas, each with a sweep of its own.
    for _ in 0..2 {
        let mut at = rng.u64(1..60);
        while at < span {
            let action = if rng.u8(..16) == 0 { Action::Twice(Job::Work) } else { Action::Turn(Job::Work) };
            all.push((at, action));
            at += 60;
        }
    }
    let mut at = rng.u64(60..1_800);
    while at < span {
        all.push((at, if rng.u8(..6) == 0 { Action::Twice(Job::Poll) } else { Action::Turn(Job::Poll) }));
        at += 1_800;
    }
    if rng.u8(..6) == 0 {
        all.push((rng.u64(1..span), Action::DeadPoll));
    }
    if rng.u8(..3) == 0 {
        all.push((rng.u64(1..span), Action::Turn(Job::Watch)));
    }
}

fn clerks(rng: &mut Rng, span: u64, variety: &Variety, all: &mut Vec<(u64, Action)>) {
    for _ in 0..rng.usize(1..=3) {
        let kind = match rng.u8(..10) {
            0..6 => EquipmentKind::Existing,
            6..8 => EquipmentKind::New,
            _ => EquipmentKind::ALL[rng.usize(..EquipmentKind::ALL.len())],
        };
        let branch = if rng.u8(..4) == 0 { 4 } else { 3 };
        // Where nothing but the machine tells two orders apart, nobody could.
        let again = variety.can_be_found() && rng.u8(..4) == 0;
        all.push((rng.u64(..span / 3), Action::Close { kind, branch, again }));
    }
    for _ in 0..rng.usize(..4).saturating_sub(1) {
        let nth = rng.usize(..3);
        let action = match rng.u8(..8) {
            0..4 => Action::Reclose { nth, how: rng.u8(..4) },
            4 => Action::Bill { nth },
            5 => Action::CancelByPerson { nth },
            6 => Action::Suspend { nth },
            _ => Action::Connector { nth },
        };
        all.push((rng.u64(30..span), action));
    }
}

fn technicians(rng: &mut Rng, span: u64, variety: &Variety, all: &mut Vec<(u64, Action)>) {
    for nth in 0..3 {
        let mut at = rng.u64(30..span);
        if rng.bool() {
            all.push((at / 2, Action::Start { nth }));
        }
        for _ in 0..rng.usize(1..=2) {
            let action = match rng.u8(..8) {
                0..4 => Action::Conclude { nth },
                4..6 => Action::Cancel { nth, deleted: rng.bool() },
                6 => Action::Strange { nth },
                _ => Action::Items { nth },
            };
            all.push((at, action));
            at += rng.u64(1..1_200);
        }
        if rng.u8(..5) == 0 {
            // One that is believed would be followed.
            let how = if variety.trusts() { [2, 4][rng.usize(..2)] } else { rng.u8(..6) };
            all.push((rng.u64(30..span), Action::Forge { nth, how }));
        }
    }
}

fn deliveries(rng: &mut Rng, span: u64, door: Door, all: &mut Vec<(u64, Action)>) {
    let mut at = rng.u64(1..60);
    while at < span {
        let action = match rng.u8(..24) {
            0 | 1 => Action::Duplicate(door),
            2 => Action::Reorder(door),
            3 => Action::Drop(door),
            4 => Action::Delay { door, seconds: rng.u64(30..1_800) },
            5 if door == Door::Hub => Action::Merge,
            5..14 => Action::DeliverAndWake(door),
            _ => Action::Deliver(door),
        };
        all.push((at, action));
        at += rng.u64(10..120);
    }
}

fn trouble(rng: &mut Rng, span: u64, variety: &Variety, all: &mut Vec<(u64, Action)>) {
    for at in (20..span).step_by(45) {
        all.push((at, Action::Release));
    }
    let pairs = [
        (8, Action::ExpireTokens, Action::ExpireTokens),
        (12, Action::RevokeTokens, Action::RevokeTokens),
        (12, Action::RotateSenior, Action::FollowRotation),
        (12, Action::RotateSismetro, Action::FollowRotation),
        (8, Action::Branch { active: rng.bool() }, Action::Branch { active: rng.bool() }),
    ];
    for (one_in, first, then) in pairs {
        if rng.u8(..one_in) == 0 {
            let at = rng.u64(..span);
            all.push((at, first));
            all.push((at + rng.u64(1..900), then));
        }
    }
    if rng.u8(..8) == 0 {
        let mut at = rng.u64(..span);
        for step in 0..3 {
            all.push((at, Action::RotateDoors(step)));
            at += rng.u64(1..900);
        }
    }
    if variety.edits {
        let at = rng.u64(..span);
        all.push((at, Action::Settings(rng.u8(..6))));
        all.push((at + rng.u64(1..1_800), Action::RestoreSettings));
    }
    if rng.u8(..4) == 0 {
        let wrong = rng.bool();
        for _ in 0..rng.usize(1..4) {
            let (nth, what) = (rng.usize(..3), rng.u8(..9));
            all.push((rng.u64(60..span), Action::Command { nth, what, wrong }));
        }
    }
}
