//! What is closed in the ERP, and what becomes of it in Sismetro.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use simulators::{
    CallbackForm, EquipmentKind, Fault, NotAllowed, ServiceOrder, ServiceSimulators, SismetroSim,
    sample_service_order,
};

use super::Served;

/// A branch whose integration is switched off, in the ERP and here.
const OFF: i64 = 4;
/// The event of the first order is delivered so many times.
const DELIVERIES: usize = 3;
/// The SS that the first order's lost answer gave is looked for so long.
pub(super) const FIRST_ALONE: Duration = Duration::from_mins(10);

/// What somebody does to an SS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// The technician concludes it.
    Conclude,
    /// A clerk cancels it.
    Cancel,
    /// A clerk deletes it.
    Delete,
}

/// A deed, and whether we are told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) deed: Deed,
    /// So long after the SS was opened.
    pub(super) after: Duration,
    /// Whether its callback is sent.
    pub(super) is_told: bool,
}

impl Act {
    /// Does it to the SS; what there is to say of it.
    pub(super) fn done(self, sismetro: &SismetroSim, ss: u64) -> String {
        let done = if self.is_told {
            self.deed.done(sismetro, ss)
        } else {
            let mut form: Option<CallbackForm> = None;
            sismetro.configure(|options| form = options.callbacks.take());
            let done = self.deed.done(sismetro, ss);
            sismetro.configure(|options| options.callbacks = form);
            done
        };
        match done {
            Ok(said) if self.is_told => format!("no Sismetro: {said}"),
            Ok(said) => format!("no Sismetro: {said}; o aviso se perde"),
            Err(unknown) => unknown,
        }
    }
}

impl Deed {
    fn done(self, sismetro: &SismetroSim, ss: u64) -> Result<&'static str, String> {
        let (done, said) = match self {
            Self::Conclude => (sismetro.conclude(ss), "serviço concluído"),
            Self::Cancel => (sismetro.cancel(ss, "Cliente desistiu do atendimento"), "SS cancelada"),
            Self::Delete => (sismetro.delete(ss), "SS excluída"),
        };
        done.map(|()| said).map_err(|unknown| unknown.to_string())
    }
}

/// How an order ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Released for billing.
    Released,
    /// Cancelled in the ERP.
    Cancelled,
    /// Without an SS: it is not for Sismetro.
    Skipped,
    /// Nobody knows: it was not closed by a story.
    Any,
}

struct Story {
    what: &'static str,
    kind: EquipmentKind,
    branch: Option<i64>,
    act: Option<(Deed, bool)>,
    end: End,
}

impl Story {
    const fn new(what: &'static str, kind: EquipmentKind, act: Option<(Deed, bool)>, end: End) -> Self {
        Self { what, kind, branch: None, act, end }
    }
}

const CONCLUDED: Option<(Deed, bool)> = Some((Deed::Conclude, true));
const STORIES: [Story; 10] = [
    Story::new("resposta perdida", EquipmentKind::Existing, CONCLUDED, End::Released),
    Story::new("equipamento do cadastro", EquipmentKind::Existing, CONCLUDED, End::Released),
    Story::new("equipamento novo", EquipmentKind::New, CONCLUDED, End::Released),
    Story::new("do cadastro e novo", EquipmentKind::Both, CONCLUDED, End::Released),
    Story::new("não reconhecido", EquipmentKind::Unrecognised, CONCLUDED, End::Released),
    Story::new("sem equipamento", EquipmentKind::Absent, None, End::Skipped),
    Story { branch: Some(OFF), ..Story::new("filial desligada", EquipmentKind::New, None, End::Skipped) },
    Story::new("SS cancelada", EquipmentKind::Existing, Some((Deed::Cancel, true)), End::Cancelled),
    Story::new("SS excluída", EquipmentKind::New, Some((Deed::Delete, true)), End::Cancelled),
    Story::new(LOST, EquipmentKind::Existing, Some((Deed::Conclude, false)), End::Released),
];
/// The callback of this one never comes.
pub(super) const LOST: &str = "aviso perdido";

/// Closes the first order, whose event comes more than once and whose opening is answered into the void.
///
/// Call it before anybody listens to the hub.
pub(super) fn close_first(
    simulators: &ServiceSimulators,
    rng: &mut Rng,
    now: Timestamp,
) -> Result<Served, NotAllowed> {
    simulators.senior.configure(|options| options.inactive_branches = [OFF].into());
    simulators.sismetro.faults().next("open", Fault::LostAnswer, 1);
    let served = closed(simulators, &STORIES[0], rng, now)?;
    for _ in 1..DELIVERIES {
        simulators.senior.hub().duplicate(0);
    }
    Ok(served)
}

/// Closes one order of each other story.
pub(super) fn close_others(
    simulators: &ServiceSimulators,
    rng: &mut Rng,
    now: Timestamp,
) -> Result<Vec<Served>, NotAllowed> {
    STORIES[1..].iter().map(|story| closed(simulators, story, rng, now)).collect()
}

fn closed(
    simulators: &ServiceSimulators,
    story: &Story,
    rng: &mut Rng,
    now: Timestamp,
) -> Result<Served, NotAllowed> {
    let sample = sample_service_order(story.kind, rng);
    let said = ServiceOrder { branch: story.branch.unwrap_or(sample.branch), ..sample };
    let after = Duration::from_secs(rng.u64(8 * 60..20 * 60));
    let act = story.act.map(|(deed, is_told)| Act { deed, after, is_told });
    close(simulators, said, story.what, act, story.end, now)
}

fn close(
    simulators: &ServiceSimulators,
    said: ServiceOrder,
    what: &'static str,
    act: Option<Act>,
    end: End,
    now: Timestamp,
) -> Result<Served, NotAllowed> {
    let id = simulators.senior.place(said);
    simulators.senior.close(&id)?;
    let number = simulators.senior.order(&id).map_or(0, |order| order.number);
    Ok(Served::new(id, number, what, act, end, now))
}

/// What is drawn while things break, and what it is called.
const ANY: [(EquipmentKind, &str); 6] = [
    (EquipmentKind::Existing, "equipamento do cadastro"),
    (EquipmentKind::Existing, "equipamento do cadastro"),
    (EquipmentKind::New, "equipamento novo"),
    (EquipmentKind::Both, "do cadastro e novo"),
    (EquipmentKind::Unrecognised, "não reconhecido"),
    (EquipmentKind::Absent, "sem equipamento"),
];

/// Closes some order. What becomes of its SS may come before we know its number, and be told or not.
pub(super) fn close_any(
    simulators: &ServiceSimulators,
    rng: &mut Rng,
    now: Timestamp,
) -> Result<Served, NotAllowed> {
    let (kind, what) = ANY[rng.usize(..ANY.len())];
    let deed = [Deed::Conclude, Deed::Conclude, Deed::Conclude, Deed::Cancel, Deed::Delete][rng.usize(..5)];
    let act = Act { deed, after: Duration::from_secs(rng.u64(..15 * 60)), is_told: rng.u8(..5) > 0 };
    let (act, end) = match (kind, deed) {
        (EquipmentKind::Absent, _) => (None, End::Skipped),
        (_, Deed::Conclude) => (Some(act), End::Released),
        (_, Deed::Cancel | Deed::Delete) => (Some(act), End::Cancelled),
    };
    close(simulators, sample_service_order(kind, rng), what, act, end, now)
}
