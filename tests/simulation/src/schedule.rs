//! What people and partners do in a run, drawn from the seed before it begins.

use fastrand::Rng;
use simulators::{CustomerKind, OrderKind};

use crate::world::Job;

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A schedule starts a job.
    Turn(Job),
    /// Two invocations of a job at once; the second may not have noticed the first.
    Twice {
        job: Job,
        alone: bool,
    },
    /// A dead invocation holds the job until the platform would have ended it.
    DeadTurn(Job),
    Place(OrderKind),
    Register(CustomerKind),
    /// A new customer, and an order for them in the same minute.
    RegisterAndOrder(CustomerKind),
    /// The seller sends an order again, changed or not.
    Resend {
        nth: usize,
        changed: bool,
    },
    ChangeCustomer {
        nth: usize,
    },
    CancelBySeller {
        nth: usize,
    },
    Stage {
        nth: usize,
        stage: &'static str,
    },
    Invoice {
        nth: usize,
    },
    CancelInErp {
        nth: usize,
    },
    GiveBack {
        nth: usize,
    },
    Delete {
        nth: usize,
    },
    Deliver,
    DeliverAndWake,
    Duplicate,
    Reorder,
    Drop,
    ExpireTokens,
    RotateOmie,
    /// Máxima's password is another one, and nobody is signed in any more.
    RotateMaxima,
    /// The operator tells us the new credentials.
    FollowRotation,
    Settings {
        what: u8,
    },
    RestoreSettings,
    Release,
    StarterDown(bool),
    /// The ERP no longer sells to the customer of an order: Omie refuses it, each time.
    Inactivate {
        nth: usize,
    },
}

/// What happens, and when, in seconds.
pub(crate) fn draw(rng: &mut Rng) -> Vec<(u64, Action)> {
    let minutes = rng.u64(6..16);
    let span = minutes * 60;
    let mut all = Vec::new();
    jobs(rng, span, &mut all);
    sellers(rng, span, &mut all);
    erp(rng, span, &mut all);
    trouble(rng, span, &mut all);
    all.sort_by_key(|(at, _)| *at);
    all
}

/// What was thought of later: drawn by itself, so that the old seeds stay the runs they were.
pub(crate) fn draw_more(rng: &mut Rng, all: &mut Vec<(u64, Action)>) {
    if rng.u8(..6) == 0 {
        let (nth, since) = (rng.usize(..2), rng.u64(..60));
        all.push((since, Action::Inactivate { nth }));
        for _ in 0..2 {
            all.push((
                since + rng.u64(120..900),
                Action::Resend { nth: rng.usize(..3), changed: rng.bool() },
            ));
        }
    }
    all.sort_by_key(|(at, _)| *at);
}

fn jobs(rng: &mut Rng, span: u64, all: &mut Vec<(u64, Action)>) {
    for (job, every) in [(Job::Orders, 60), (Job::Customers, 300), (Job::Status, 120)] {
        let mut at = rng.u64(1..60);
        while at < span {
            let action = match rng.u32(..24) {
                0 => Action::Twice { job, alone: true },
                // Only orders: Omie would notice two identical questions that no turn keeps apart.
                1 if job == Job::Orders => Action::Twice { job, alone: false },
                2 => Action::DeadTurn(job),
                _ => Action::Turn(job),
            };
            all.push((at, action));
            at += every;
        }
    }
    if rng.u8(..8) == 0 {
        all.push((rng.u64(1..span), Action::Turn(Job::Reconcile)));
    }
}

fn sellers(rng: &mut Rng, span: u64, all: &mut Vec<(u64, Action)>) {
    const USUAL: [OrderKind; 4] = [OrderKind::Boleto, OrderKind::Cash, OrderKind::Pix, OrderKind::Discount];
    let orders = rng.usize(1..=3);
    for _ in 0..orders {
        let kind = match rng.u8(..10) {
            0..5 => USUAL[rng.usize(..USUAL.len())],
            _ => OrderKind::ALL[rng.usize(..OrderKind::ALL.len())],
        };
        // Two hundred items are worth a look now and then.
        let kind = if kind == OrderKind::TooLong && rng.u8(..8) > 0 { OrderKind::Boleto } else { kind };
        all.push((rng.u64(..span / 2), Action::Place(kind)));
    }
    for _ in 0..rng.usize(..=2).saturating_sub(rng.usize(..=1)) {
        let kind = CustomerKind::ALL[rng.usize(..CustomerKind::ALL.len())];
        let action = if rng.bool() { Action::RegisterAndOrder(kind) } else { Action::Register(kind) };
        all.push((rng.u64(..span / 2), action));
    }
    for _ in 0..rng.usize(..4) {
        let nth = rng.usize(..4);
        let action = match rng.u8(..6) {
            0 => Action::CancelBySeller { nth },
            1 => Action::ChangeCustomer { nth },
            _ => Action::Resend { nth, changed: rng.bool() },
        };
        all.push((rng.u64(60..span), action));
    }
}

fn erp(rng: &mut Rng, span: u64, all: &mut Vec<(u64, Action)>) {
    for _ in 0..rng.usize(..7) {
        let nth = rng.usize(..4);
        let action = match rng.u8(..12) {
            0..6 => Action::Stage { nth, stage: ["10", "20", "50"][rng.usize(..3)] },
            6..8 => Action::Invoice { nth },
            8 => Action::CancelInErp { nth },
            9 => Action::GiveBack { nth },
            10 => Action::Delete { nth },
            _ => Action::Stage { nth, stage: "70" },
        };
        all.push((rng.u64(90..span.max(91)), action));
    }
    let mut at = rng.u64(30..120);
    while at < span {
        let action = match rng.u8(..12) {
            0 => Action::Duplicate,
            1 => Action::Reorder,
            2 => Action::Drop,
            3..7 => Action::DeliverAndWake,
            _ => Action::Deliver,
        };
        all.push((at, action));
        at += rng.u64(10..60);
    }
}

fn trouble(rng: &mut Rng, span: u64, all: &mut Vec<(u64, Action)>) {
    for at in (20..span).step_by(45) {
        all.push((at, Action::Release));
    }
    if rng.u8(..8) == 0 {
        all.push((rng.u64(..span), Action::ExpireTokens));
    }
    if rng.u8(..10) == 0 {
        let at = rng.u64(..span);
        all.push((at, Action::RotateOmie));
        all.push((at + rng.u64(1..400), Action::FollowRotation));
    }
    if rng.u8(..5) == 0 {
        let at = rng.u64(..span);
        all.push((at, Action::Settings { what: rng.u8(..5) }));
        all.push((at + rng.u64(1..600), Action::RestoreSettings));
    }
    if rng.u8(..10) == 0 {
        let at = rng.u64(..span);
        all.push((at, Action::StarterDown(true)));
        all.push((at + rng.u64(1..600), Action::StarterDown(false)));
    }
}
