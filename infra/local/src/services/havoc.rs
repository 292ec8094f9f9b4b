//! Faults drawn from a seed: the partners refuse, stall, answer nonsense or lose answers, deliveries come twice and out
//! of order, and our own functions are killed.

use std::time::Duration;

use clock::later;
use fastrand::Rng;
use jiff::Timestamp;
use simulators::Fault;

use super::ServiceStack;
use crate::screen::Screen;
use crate::stack::TENANT;
use crate::words::hour;

/// What is asked of Sismetro. The opening counts thrice: it is the one that must not happen twice.
const SISMETRO: [&str; 5] = ["open", "open", "open", "findBySs", "listAll"];
/// What is asked of Senior X.
const SENIOR: [&str; 6] = [
    "getOrder",
    "listObservations",
    "addObservation",
    "updateOrderStatusIntegration",
    "cancelOrders",
    "loginWithKey",
];
/// What may be killed at work.
const FUNCTIONS: [&str; 2] = ["ss-open", "ss-callback"];

/// Strikes until its time is over and the last order has come, then lets everything heal.
pub(super) struct Havoc {
    rng: Rng,
    until: Timestamp,
    next: Timestamp,
    strikes: usize,
    unmet: usize,
    kills: usize,
    repeats: usize,
    is_over: bool,
}

impl Havoc {
    pub(super) fn new(rng: Rng, until: Timestamp) -> Self {
        let (next, is_over) = (Timestamp::MIN, false);
        Self { rng, until, next, strikes: 0, unmet: 0, kills: 0, repeats: 0, is_over }
    }

    /// Whether everything has healed.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// What it has done so far.
    pub(super) fn told(&self) -> String {
        let met = self.strikes - self.unmet;
        let healed = if self.is_over { "; parceiros sãos" } else { "" };
        let Self { kills, repeats, .. } = self;
        format!("falhas dos parceiros {met} · funções mortas {kills} · entregas repetidas {repeats}{healed}")
    }

    /// Does what its time has come for. Nothing heals while orders come: on a slow machine that takes longer.
    pub(super) async fn strike(&mut self, stack: &ServiceStack, orders_come: bool, screen: &Screen) {
        let now = stack.clock().now();
        if self.is_over || now < self.next {
            return;
        }
        if now >= self.until && !orders_come {
            self.heal(stack, screen);
            return;
        }
        self.next = later(now, Duration::from_secs(self.rng.u64(15..75)));
        match self.rng.u8(..8) {
            0 => {
                let function = FUNCTIONS[self.rng.usize(..FUNCTIONS.len())];
                self.kills +=
                    usize::from(stack.pool.kill(&format!("ponte-{TENANT}-{function}")).await.is_ok());
            }
            1 => self.repeat(stack),
            _ => self.break_a_partner(stack),
        }
    }

    /// What waits to be told is told twice, and in another order.
    fn repeat(&mut self, stack: &ServiceStack) {
        let simulators = &stack.partners.simulators;
        for outbox in [simulators.senior.hub(), simulators.sismetro.callbacks()] {
            self.repeats += usize::from(outbox.duplicate(0));
            outbox.reorder(&mut self.rng);
        }
    }

    fn break_a_partner(&mut self, stack: &ServiceStack) {
        let simulators = &stack.partners.simulators;
        let (senior, sismetro) = (simulators.senior.faults(), simulators.sismetro.faults());
        let times = self.rng.usize(1..3);
        self.strikes += times;
        if self.rng.bool() {
            let method = SISMETRO[self.rng.usize(..SISMETRO.len())];
            let fault = self.of_sismetro(method == "open");
            sismetro.next(method, fault, times);
        } else {
            let method = SENIOR[self.rng.usize(..SENIOR.len())];
            senior.next(method, self.of_senior(), times);
        }
        self.unmet = senior.pending() + sismetro.pending();
    }

    /// Forgets what has not struck and lets go of what is held.
    fn heal(&mut self, stack: &ServiceStack, screen: &Screen) {
        let simulators = &stack.partners.simulators;
        let (senior, sismetro) = (simulators.senior.faults(), simulators.sismetro.faults());
        self.unmet = senior.pending() + sismetro.pending();
        for faults in [senior, sismetro] {
            faults.clear();
            faults.release();
        }
        self.is_over = true;
        let at = hour(stack.clock().now());
        screen.say(&format!("{at}  as falhas cessam; o que ficou parado espera o operador"));
    }

    /// What is answered although it is done only makes sense of what does something.
    fn of_sismetro(&mut self, is_write: bool) -> Fault {
        let kinds = if is_write { 11 } else { 9 };
        match self.rng.u8(..kinds) {
            0 | 1 => Fault::LostAnswer,
            2 => Fault::LostRequest,
            3 => Fault::Late(self.rng.u64(2_000..45_000)),
            4 => Fault::Html,
            5 => Fault::Truncated,
            6 => Fault::RetryAfter(self.rng.u64(20..90)),
            7 => Fault::Reject { status: 500, text: "indisponível".to_owned() },
            8 => Fault::Slow(self.rng.u64(2_000..20_000)),
            9 => Fault::Answered { status: 500, body: r#"{"error":"erro interno"}"#.to_owned() },
            _ => Fault::Answered { status: 200, body: r#"{"valid":true}"#.to_owned() },
        }
    }

    fn of_senior(&mut self) -> Fault {
        match self.rng.u8(..9) {
            0 | 1 => Fault::LostAnswer,
            2 => Fault::LostRequest,
            3 => Fault::Late(self.rng.u64(2_000..45_000)),
            4 => Fault::Html,
            5 => Fault::Truncated,
            6 => Fault::Unauthorized,
            7 => Fault::Status429,
            _ => Fault::Slow(self.rng.u64(2_000..20_000)),
        }
    }
}
