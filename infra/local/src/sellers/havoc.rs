//! Faults drawn from a seed: the partners refuse, stall, answer nonsense or lose answers, and our own functions are
//! killed.

use std::time::Duration;

use clock::later;
use fastrand::Rng;
use jiff::Timestamp;
use simulators::Fault;

use crate::screen::Screen;
use crate::stack::{Stack, TENANT};
use crate::words::hour;

/// What is asked of Omie on an order's way. The include counts thrice: it is the one that must not happen twice.
const OMIE: [&str; 7] = [
    "IncluirPedido",
    "IncluirPedido",
    "IncluirPedido",
    "ConsultarPedido",
    "ListarEtapasPedido",
    "IncluirCliente",
    "ListarClientes",
];
/// What is asked of Máxima.
const MAXIMA: [&str; 6] = [
    "GET StatusPedidos",
    "PUT StatusPedidos",
    "HistoricosPedidosCapas",
    "HistoricosPedidosItens",
    "GET StatusClientes",
    "PUT StatusClientes",
];
/// What may be killed at work.
const FUNCTIONS: [&str; 4] = ["import-pedidos", "import-clientes", "status-pedidos", "omie-webhook"];
/// One strike in so many kills a function.
const KILLS: u8 = 6;
/// What Omie blocks for half an hour, once, after so many strikes. Not the include: then little else could happen to it.
const BLOCKED: &str = "ListarEtapasPedido";
const CALM: usize = 10;

/// Strikes until its time is over and the last order has come, then lets everything heal.
pub(super) struct Havoc {
    rng: Rng,
    until: Timestamp,
    next: Timestamp,
    strikes: usize,
    unmet: usize,
    kills: usize,
    has_blocked: bool,
    is_over: bool,
}

impl Havoc {
    pub(super) fn new(rng: Rng, until: Timestamp) -> Self {
        let (next, is_over) = (Timestamp::MIN, false);
        Self { rng, until, next, strikes: 0, unmet: 0, kills: 0, has_blocked: false, is_over }
    }

    /// Whether everything has healed.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// What it has done so far.
    pub(super) fn told(&self) -> String {
        let met = self.strikes - self.unmet;
        let healed = if self.is_over { "; parceiros sãos" } else { "" };
        format!("falhas dos parceiros {met} · funções mortas {}{healed}", self.kills)
    }

    /// Does what its time has come for. Nothing heals while orders come: on a slow machine that takes longer.
    pub(super) async fn strike(&mut self, stack: &Stack, orders_come: bool, screen: &Screen) {
        let now = stack.clock().now();
        if self.is_over || now < self.next {
            return;
        }
        if now >= self.until && !orders_come {
            self.heal(stack, screen);
            return;
        }
        self.next = later(now, Duration::from_secs(self.rng.u64(5..25)));
        if self.rng.u8(..KILLS) == 0 {
            let function = FUNCTIONS[self.rng.usize(..FUNCTIONS.len())];
            self.kills += usize::from(stack.pool.kill(&format!("ponte-{TENANT}-{function}")).await.is_ok());
            return;
        }
        let simulators = &stack.partners.simulators;
        let times = self.rng.usize(1..3);
        self.strikes += times;
        if !self.has_blocked && self.strikes > CALM {
            self.has_blocked = true;
            simulators.omie.faults().next(BLOCKED, Fault::Blocked425, 1);
        } else if self.rng.u8(..5) < 3 {
            let method = OMIE[self.rng.usize(..OMIE.len())];
            let fault = self.of_omie();
            simulators.omie.faults().next(method, fault, times);
        } else {
            let method = MAXIMA[self.rng.usize(..MAXIMA.len())];
            simulators.maxima.faults().next(method, self.of_maxima(), times);
        }
        self.unmet = simulators.omie.faults().pending() + simulators.maxima.faults().pending();
    }

    /// Forgets what has not struck and lets go of what is held.
    fn heal(&mut self, stack: &Stack, screen: &Screen) {
        let simulators = &stack.partners.simulators;
        let (omie, maxima) = (simulators.omie.faults(), simulators.maxima.faults());
        self.unmet = omie.pending() + maxima.pending();
        for faults in [omie, maxima] {
            faults.clear();
            faults.release();
        }
        self.is_over = true;
        let at = hour(stack.clock().now());
        screen.say(&format!("{at}  as falhas cessam; tudo deve se resolver sozinho"));
    }

    fn of_omie(&mut self) -> Fault {
        match self.rng.u8(..9) {
            0 | 1 => Fault::LostAnswer,
            2 => Fault::LostRequest,
            3 => Fault::Late(self.rng.u64(2_000..45_000)),
            4 => Fault::Html,
            5 => Fault::Truncated,
            6 => Fault::Status429,
            7 => Fault::Busy,
            _ => Fault::Slow(self.rng.u64(2_000..20_000)),
        }
    }

    fn of_maxima(&mut self) -> Fault {
        match self.rng.u8(..7) {
            0 | 1 => Fault::LostAnswer,
            2 => Fault::LostRequest,
            3 => Fault::Html,
            4 => Fault::Truncated,
            5 => Fault::Unauthorized,
            _ => Fault::Slow(self.rng.u64(2_000..20_000)),
        }
    }
}
