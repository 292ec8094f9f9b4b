//! What technicians and clerks do to an SS.

use std::fmt;

use jiff::Timestamp;

use super::callback::callback;
use super::options::CallbackForm;
use super::ss::Standing;
use super::{SismetroSim, State, Told};
use crate::services::Push;

/// There is no SS of that number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchSs(pub u64);

impl fmt::Display for NoSuchSs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "não existe a SS {}", self.0)
    }
}

impl std::error::Error for NoSuchSs {}

impl SismetroSim {
    /// Puts the SS in a status and a progress, any words, and tells it as the options say: conclusion and
    /// cancellation, and everything else where progress is told.
    pub fn advance(&self, ss: u64, status: &str, evolucao: &str) -> Result<(), NoSuchSs> {
        self.moved(ss, status, evolucao, "Cliente desistiu do atendimento")
    }

    /// The technician begins.
    pub fn start(&self, ss: u64) -> Result<(), NoSuchSs> {
        self.advance(ss, "ABERTA", "EM EXECUÇÃO")
    }

    /// The service is done.
    pub fn conclude(&self, ss: u64) -> Result<(), NoSuchSs> {
        self.advance(ss, "ENCERRADA", "CONCLUÍDO")
    }

    /// Somebody cancels the SS.
    pub fn cancel(&self, ss: u64, reason: &str) -> Result<(), NoSuchSs> {
        self.moved(ss, "CANCELADA", "PENDENTE", reason)
    }

    /// Somebody deletes the SS, which stays to be read.
    pub fn delete(&self, ss: u64) -> Result<(), NoSuchSs> {
        self.advance(ss, "EXCLUÍDA", "PENDENTE")
    }

    /// The callback of something that need not have happened: a forged one, one of the past, a repetition in another
    /// form. It is not queued; [`crate::Outbox::push`] does.
    pub fn callback(&self, ss: u64, told: &Told, form: &CallbackForm) -> Result<Push, NoSuchSs> {
        let now = self.now();
        let mut state = self.state();
        state.told += 1;
        let nth = state.told;
        let found = state.ss(ss).ok_or(NoSuchSs(ss))?;
        Ok(callback(found, told, form, &state.options, nth, now))
    }

    /// What Sismetro says of the SS of an order: the furthest of several.
    pub fn standing(&self, order: &str) -> Standing {
        let state = self.state();
        let of = || state.all.iter().filter(|ss| ss.order == order).map(super::Ss::standing);
        // Concluded beats running beats cancelled: what is done may be billed.
        [Standing::Completed, Standing::Open, Standing::Cancelled]
            .into_iter()
            .find(|standing| of().any(|found| found == *standing))
            .unwrap_or(Standing::NoSs)
    }

    /// Numbers of the SS of an order, oldest first: one at most is right.
    pub fn numbers(&self, order: &str) -> Vec<u64> {
        self.state().all.iter().filter(|ss| ss.order == order).map(|ss| ss.number).collect()
    }

    /// Links of the SS of an order, in both orders of their parameters.
    pub(crate) fn links(&self, order: &str) -> Vec<String> {
        let state = self.state();
        let own = state.all.iter().filter(|ss| ss.order == order);
        own.flat_map(|ss| [ss.link(), ss.turned_link()]).collect()
    }

    fn moved(&self, ss: u64, status: &str, evolucao: &str, reason: &str) -> Result<(), NoSuchSs> {
        let now = self.now();
        let told = {
            let mut state = self.state();
            let standing = state.advanced(ss, status, evolucao, now).ok_or(NoSuchSs(ss))?;
            let told = match standing {
                Standing::Completed => Told::Completed,
                Standing::Cancelled => Told::Cancelled(reason.to_owned()),
                Standing::Open | Standing::NoSs => Told::Progress,
            };
            state.told_of(ss, &told, now)
        };
        self.tell(told.into_iter().collect());
        Ok(())
    }
}

impl State {
    /// Changes an SS: what it says now.
    pub(super) fn advanced(
        &mut self,
        ss: u64,
        status: &str,
        evolucao: &str,
        now: Timestamp,
    ) -> Option<Standing> {
        let ss = self.ss_mut(ss)?;
        status.clone_into(&mut ss.status);
        evolucao.clone_into(&mut ss.evolucao);
        ss.changed = now;
        let standing = ss.standing();
        ss.closed = matches!(standing, Standing::Completed | Standing::Cancelled).then_some(now);
        ss.conclusion = (standing == Standing::Completed)
            .then(|| "Servi&ccedil;o executado.<br><b>Equipamento liberado</b> para uso".to_owned());
        Some(standing)
    }

    /// The callback the options want, if any.
    pub(super) fn told_of(&mut self, ss: u64, told: &Told, now: Timestamp) -> Option<Push> {
        let form = self.options.callbacks.clone()?;
        if *told == Told::Progress && !form.progress {
            return None;
        }
        self.told += 1;
        let ss = self.ss(ss)?;
        Some(callback(ss, told, &form, &self.options, self.told, now))
    }
}
