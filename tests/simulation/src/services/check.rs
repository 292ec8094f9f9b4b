//! What must be true of a run.

use std::collections::BTreeMap;

use engine::{Cases as _, Mark};
use jiff::Timestamp;
use service_orders::{Alarm, Order, Reason, Skip, State};
use simulators::{ErpOrder, OrderSituation, ServiceSeen, SsSeen, Standing, ViolationKind};

use crate::services::world::{NOTICE, ORDER, World};

type Problems = Vec<String>;

/// What an operator answers for.
const FORCED: [&str; 2] = ["force", "close"];
/// The same, where it is about which SS is whose.
const MISLED: [&str; 3] = ["force", "close", "attach_wrong"];
/// What shows that an SS is waited for which cannot be seen.
const UNSEEN: [Alarm; 3] = [Alarm::SsNotFound, Alarm::UnknownStatus, Alarm::PollFailed];

/// Before anybody helps: no order that the ERP blocks is left without a reason that somebody can see.
pub(crate) async fn visible(world: &World, problems: &mut Problems) {
    for seen in world.partners.orders() {
        let id = seen.order.id.clone();
        let why = match world.record(&id).await {
            Some(order) => unseen(world, &seen, &order).await,
            None => unheard(world, &seen.order),
        };
        if let Some(why) = why {
            problems.push(format!("order {id}: {why}"));
        }
    }
    for (id, _, case) in world.due(NOTICE).await {
        if case["told"].as_str().is_none_or(|told| !told.starts_with("não há pedido")) {
            problems.push(format!("notice {id} is on its way for ever: {}", case["told"]));
        }
    }
}

/// An order without a record: nobody has told us of it, or what told us is in quarantine.
fn unheard(world: &World, order: &ErpOrder) -> Option<String> {
    let past = world.past.borrow();
    let is_known = past.lost.contains(&order.id) || past.taken.contains(&order.id);
    let waits = order.situation == OrderSituation::AwaitingIntegration;
    let may_be_quarantined = world.variety.strange_tenant;
    let is_wrong = waits && !past.lost.contains(&order.id) && !(may_be_quarantined && is_known);
    is_wrong.then(|| "waits in the ERP and was never heard of".to_owned())
}

async fn unseen(world: &World, seen: &ServiceSeen, order: &Order) -> Option<String> {
    let waits = seen.order.situation == OrderSituation::AwaitingIntegration;
    let marks = world.memory.case(ORDER, &order.id).await.expect("a memory without faults");
    let marks = marks.map(|case| case.filing.marks).unwrap_or_default();
    let is_marked = |name: &'static str, value: &str| marks.contains(&Mark::new(name, value.to_owned()));
    let was_forced = world.was_told(&order.id, &["close"]);
    match order.state {
        State::NeedsAttention => {
            let visible = order.attention.is_some_and(|reason| is_marked("motivo", reason.name()));
            let unseen = (!visible).then(|| "is parked, and nobody can see why".to_owned());
            unseen.or_else(|| unsent(world, order))
        }
        // Where the event of its closing never came, only `find_lost_events` can know: `skipped` asks for that.
        State::Skipped if waits && !was_forced && !was_lost(world, &order.id) => {
            let visible = is_marked("alerta", Alarm::BranchInactiveSkipped.name());
            (!visible).then(|| format!("waits in the ERP and is skipped ({:?})", order.skipped))
        }
        // An operator has decided that it stays cancelled.
        State::Cancelled
            if world.was_told(&order.id, &["redrive"])
                && world.past.borrow().reclosed.contains(&order.id) =>
        {
            None
        }
        // Where the event of its closing never came, nobody can know.
        State::Released | State::Cancelled if waits && !was_forced && !was_lost(world, &order.id) => {
            // Closed again after its end: somebody must be able to see it.
            order
                .alarms
                .is_empty()
                .then(|| format!("waits in the ERP and is {}, without an alarm", order.state.name()))
        }
        State::Released | State::Cancelled | State::Skipped => None,
        // All services have ended: an SS that is still waited for is not there, or nobody understands it.
        State::AwaitingExecution if UNSEEN.iter().any(|alarm| is_marked("alerta", alarm.name())) => None,
        state => Some(format!("is left {}: {:?}", state.name(), order.last_error)),
    }
}

fn was_lost(world: &World, id: &str) -> bool {
    world.past.borrow().lost.contains(id)
}

/// Where an opening that left no trace is sent once more, only a second doubt is left to a person.
fn unsent(world: &World, order: &Order) -> Option<String> {
    let past = world.past.borrow();
    let resends = world.variety.settings.auto_resend && !world.variety.edits;
    let is_left = order.attention == Some(Reason::OpenAmbiguous) && order.opening.calls < 2;
    let was_told = past.told.contains_key(&order.id);
    (resends && is_left && !was_told).then(|| "is left to a person, and was not sent once more".to_owned())
}

/// Everything, after somebody has helped; counts orders by how they ended.
pub(crate) async fn all(world: &World, problems: &mut Problems) -> BTreeMap<String, u64> {
    let mut ends = BTreeMap::new();
    for seen in world.partners.orders() {
        let record = world.record(&seen.order.id).await;
        let end = match &record {
            Some(order) => one(world, &seen, order, problems),
            None => never(world, &seen, problems),
        };
        *ends.entry(end).or_default() += 1;
        calls(world, &seen.order, problems);
    }
    violations(world, problems);
    ends
}

fn never(world: &World, seen: &ServiceSeen, problems: &mut Problems) -> String {
    let id = &seen.order.id;
    let past = world.past.borrow();
    if !seen.ss.is_empty() {
        problems.push(format!("order {id}: has an SS and no record"));
    }
    if past.taken.contains(id) && !world.variety.strange_tenant {
        problems.push(format!("order {id}: was acknowledged and has no record"));
    }
    let waits = seen.order.situation == OrderSituation::AwaitingIntegration;
    let is_looked_for = world.variety.settings.find_lost_events;
    if waits && is_looked_for && !past.missed.contains(id) {
        problems.push(format!("order {id}: its event was lost, and nobody is told"));
    }
    "event lost".to_owned()
}

fn one(world: &World, seen: &ServiceSeen, order: &Order, problems: &mut Problems) -> String {
    let id = &order.id;
    let mut wrong = |text: String| problems.push(format!("order {id}: {text}"));
    let situation = seen.order.situation;
    let was_forced = world.was_told(id, &FORCED);
    let was_misled = world.was_told(id, &MISLED);
    let past = world.past.borrow();
    let (was_moved, was_reclosed) = (past.moved.contains(id), past.reclosed.contains(id));
    let is_free = matches!(
        situation,
        OrderSituation::OpenTotal | OrderSituation::OpenPartial | OrderSituation::Settled
    );
    match order.state {
        _ if was_forced => {}
        State::Released if !is_free && !was_moved && !was_reclosed => {
            wrong(format!("is released here and {situation} in the ERP"));
        }
        State::Cancelled if situation != OrderSituation::Cancelled && !was_reclosed => {
            wrong(format!("is cancelled here and {situation} in the ERP"));
        }
        State::Skipped => skipped(world, seen, order, &mut wrong),
        State::Released | State::Cancelled => {}
        state => {
            let why = order.attention.map(Reason::name);
            wrong(format!("is {} in the end: {why:?} {:?}", state.name(), order.last_error));
        }
    }
    let has_end = matches!(order.state, State::Released | State::Cancelled);
    if let Some(ss) = &order.ss
        && order.past.iter().any(|past| past.number == ss.number)
    {
        wrong(format!("has the SS {} of an earlier opening", ss.number));
    }
    if has_end && seen.ss.is_empty() && !was_misled {
        wrong("has come to its end without an SS".to_owned());
    }
    drop(past);
    if has_end && !was_misled {
        agreed(world, seen, order, &mut wrong);
    }
    format!("{}{}", order.state.name(), if order.generation > 1 { " again" } else { "" })
}

fn skipped(world: &World, seen: &ServiceSeen, order: &Order, wrong: &mut impl FnMut(String)) {
    let past = world.past.borrow();
    let has_reason = match order.skipped {
        Some(Skip::NoEquipment) => {
            let is_untold = past.lost.contains(&order.id)
                && (!world.variety.settings.find_lost_events || past.missed.contains(&order.id));
            // Where its events came in turn, the last of them counts, however often the others came again.
            let is_crossed = past.crossed.contains(&order.id) && past.stripped.contains(&order.id);
            seen.order.equipment == "absent" || is_crossed || is_untold
        }
        Some(Skip::BranchInactive) => past.switched || !world.variety.settings.default_branch_active,
        Some(Skip::Closed) | None => false,
    };
    if !has_reason {
        wrong(format!("is skipped: {:?}", order.skipped));
    }
    // The SS of an order that was reopened after its cancellation is of its past, whatever Sismetro still does to it.
    let is_past = |ss: &SsSeen| order.past.iter().any(|past| past.number == ss.number.to_string());
    if !seen.ss.iter().all(is_past) {
        wrong("is skipped and has an SS".to_owned());
    }
}

/// One final state, whatever was said in which order: that of both sides, or somebody can see that it is not.
fn agreed(world: &World, seen: &ServiceSeen, order: &Order, wrong: &mut impl FnMut(String)) {
    let Some(last) = seen.ss.last() else { return };
    let past = world.past.borrow();
    let ours = if order.state == State::Released { Standing::Completed } else { Standing::Cancelled };
    if ours == last.standing || !order.past.is_empty() {
        return;
    }
    let was = has_been(&past.truth, world, seen, ours, Timestamp::MAX);
    let since = past.truth.get(&order.id).and_then(|said| said.last()).map_or(Timestamp::MAX, |(at, _)| *at);
    let was_heard = past
        .heard
        .iter()
        .any(|(id, standing, at)| *id == order.id && *standing == last.standing && *at >= since);
    let was_lifted = order.lift.sent > 0 && past.moved.contains(&order.id);
    if !was && !world.variety.trusts() && !was_lifted {
        wrong(format!("is {} and Sismetro has never said so", order.state.name()));
    } else if was_heard && !order.alarms.contains(&Alarm::LateConflictingOutcome) && !world.variety.trusts() {
        wrong(format!("is {}, Sismetro has told us the opposite, and there is no alarm", order.state.name()));
    }
}

/// Whether Sismetro has said so of an order, at `at` or before.
fn has_been(
    truth: &BTreeMap<String, Vec<(Timestamp, Standing)>>,
    world: &World,
    seen: &ServiceSeen,
    standing: Standing,
    at: Timestamp,
) -> bool {
    let said = truth.get(&seen.order.id);
    let said = said.is_some_and(|said| said.iter().any(|(since, said)| *said == standing && *since <= at));
    let at_once = world.variety.sismetro.concluded_at_once && standing == Standing::Completed;
    said || (at_once && seen.ss.iter().any(|ss| ss.opened <= at))
}

/// No release before Sismetro itself has said that the service is done, no cancellation before it has said that it is
/// cancelled.
fn calls(world: &World, order: &ErpOrder, problems: &mut Problems) {
    let past = world.past.borrow();
    if world.was_told(&order.id, &["force"]) || world.variety.trusts() {
        return;
    }
    // Of the SS that it had then: a person may have given it another.
    let was = |standing, at| {
        let owners = past.owners(&order.id, at, |number| Some(world.partners.sismetro.ss(number)?.order));
        let mut seen = owners.iter().filter_map(|owner| world.partners.order(owner));
        seen.any(|seen| has_been(&past.truth, world, &seen, standing, at))
    };
    for release in &order.releases {
        let is_lift = world.variety.senior.release_of_cancelled && was(Standing::Cancelled, release.at);
        if !was(Standing::Completed, release.at) && !is_lift {
            problems.push(format!("order {}: released at {} before it was done", order.id, release.at));
        }
    }
    for cancel in &order.cancels {
        if !was(Standing::Cancelled, cancel.at) {
            problems.push(format!("order {}: cancelled at {} for nothing", order.id, cancel.at));
        }
    }
    if order.released() > 1 && !past.reclosed.contains(&order.id) && !past.moved.contains(&order.id) {
        problems.push(format!("order {}: released {} times", order.id, order.released()));
    }
}

/// What the simulators saw, but for what an operator's command explains.
fn violations(world: &World, problems: &mut Problems) {
    for violation in world.partners.violations() {
        let explained = match violation.kind {
            // Judged by what Sismetro has ever said, in `calls`.
            ViolationKind::ReleaseBeforeConclusion | ViolationKind::CancelNotAsked => true,
            ViolationKind::SecondSs => world.was_told(&violation.order, &["allow_resend", "attach_wrong"]),
            ViolationKind::ReleaseWithoutNote => {
                world.was_told(&violation.order, &["skip_note", "attach_wrong", "force"])
            }
            // A text that was cut within its link looks whole, and only the record could tell.
            ViolationKind::WrongLink => {
                !world.variety.sismetro.url_in_record || world.was_told(&violation.order, &["attach_wrong"])
            }
            ViolationKind::SsWithoutEquipment => world.past.borrow().stripped.contains(&violation.order),
            ViolationKind::NotOneOrder | ViolationKind::SeveralIds | ViolationKind::SecondNote => false,
        };
        if !explained {
            problems.push(violation.to_string());
        }
    }
}
