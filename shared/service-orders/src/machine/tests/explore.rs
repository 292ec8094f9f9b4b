//! The whole machine, walked: from the first event, every event in every state that can be reached, with a crash at
//! every effect. What is never to happen is checked at each step.

use std::collections::{BTreeSet, HashMap, VecDeque};

use engine::History;

use super::answers::{House, answers};
use super::*;
use crate::record::Call;
use crate::state::Alarm;

/// An order, and what only an onlooker knows.
#[derive(Clone, Debug)]
struct Node {
    order: Order,
    in_flight: Option<Effect>,
    now: Timestamp,
    /// An open call has left, and nothing has shown since that it came to nothing.
    open_out: bool,
    /// Empty looks through Sismetro's list since.
    empty: u32,
    /// Commands of operators that may still come.
    words: u32,
    /// Who answers for the outcome, and of which SS it was said; a person answers for the order.
    sure: Option<(What, Option<String>)>,
    /// Sismetro has said that only some lines were called off, and nobody has looked into it.
    partial: bool,
    house: House,
}

/// What two nodes must share to have the same future, as far as the rules go.
fn signature(node: &Node) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let Node { order, in_flight, open_out, empty, words, sure, partial, .. } = node;
    let call = |call: &Call| (call.sent > 0, call.sent - call.granted, call.done, call.refused.is_some());
    let outcome = order.outcome.as_ref();
    let outcome =
        outcome.map(|o| (o.what, o.said == Said::Operator, o.verified, o.contested, o.items.is_empty()));
    let opening = &order.opening;
    // Once there is an SS, how it was opened no longer matters.
    let opening = order.ss.is_none().then(|| {
        let asked = (opening.calls.min(2), opening.at.is_some(), order.account.is_some());
        (asked, opening.empty_scans.min(2), opening.hint.is_some(), *open_out, (*empty).min(2))
    });
    let ss = order.ss.as_ref().map(|ss| (ss.link.is_some(), ss.sought)).filter(|_| !order.is_noted());
    let effect = in_flight.as_ref().map(std::mem::discriminant);
    let really = matches!(in_flight, Some(Effect::Verify { really: true }));
    // Which event it was matters where another one would take its place.
    let replaceable = matches!(order.state, State::Received | State::Skipped | State::Cancelled)
        || matches!(order.resume, Some(State::Received | State::Cancelled));
    let digest = replaceable.then(|| (order.payload.digest == "a", order.payload.is_there()));
    let heard = order.heard.is_empty();
    // Once there is an SS, nothing is kept that was said of another.
    let number = order.ss.as_ref().map(|ss| ss.number.as_str());
    let said_of = order.outcome.as_ref().and_then(|outcome| outcome.ss.as_deref());
    let about = said_of.filter(|said| Some(*said) != number);
    let is_kept = order.outcome.as_ref().is_some_and(|outcome| outcome.verified);
    let sure = sure.as_ref().filter(|_| is_kept);
    let sure = sure.map(|(what, of)| (*what, of.is_some(), of.as_deref() == number));
    let signed = (
        (order.state, order.due.is_some(), order.is_busy(node.now), ss, outcome, opening),
        // How often it failed, or was not confirmed, is not told apart: each failure may be the last.
        (order.is_noted(), *words, heard),
        (call(&order.release), call(&order.lift), call(&order.cancel)),
        (order.skipped, order.attention, order.resume, digest, about, sure, *partial),
        (order.alarms.contains(&Alarm::LateConflictingOutcome), effect, really),
    );
    let mut hasher = DefaultHasher::new();
    signed.hash(&mut hasher);
    hasher.finish()
}

/// What comes from outside at any time.
fn from_outside() -> Vec<Event> {
    let mut events: Vec<Event> = ["a", "b"]
        .into_iter()
        .flat_map(|digest| {
            [Gate::Wanted, Gate::Unwanted(Skip::NoEquipment), Gate::Unwanted(Skip::BranchInactive)]
                .map(|gate| Event::Arrived(arrival(digest, gate)))
        })
        .collect();
    events.push(Event::Arrived(Arrival { told: Telling::Replayed, ..arrival("a", Gate::Wanted) }));
    for what in [What::Completed, What::Cancelled] {
        events.extend([Said::Callback, Said::Poll].map(|said| notice(what, said)));
        let ss = Some(other().number);
        events.push(Event::Outcome(Notice { what, said: Said::Poll, ss, reason: None, items: Vec::new() }));
        let nameless = Notice { what, said: Said::Callback, ss: None, reason: None, items: Vec::new() };
        events.push(Event::Outcome(nameless.clone()));
        events.push(Event::Outcome(Notice { items: vec![1], ..nameless }));
    }
    let words = [
        Word::Redrive,
        Word::Reread { content: content(), gate: Gate::Wanted },
        Word::Attach(found()),
        Word::Attach(other()),
        Word::AllowResend,
        Word::SkipNote,
        Word::Force(What::Completed),
        Word::Force(What::Cancelled),
        Word::Close(State::Released),
        Word::Close(State::Cancelled),
        Word::Close(State::Skipped),
    ];
    events.push(partial_of_order());
    events.extend([
        Event::Looked(Look::GoesOn),
        Event::Looked(Look::NotFound),
        Event::Looked(Look::Failed(passing())),
        Event::Looked(Look::Failed(Failure::Lasting {
            reason: Reason::AccountMissing,
            why: "não".to_owned(),
        })),
    ]);
    events.extend(words.into_iter().map(|word| told("c", word)));
    events
}

/// Some lines were called off, and the delivery names no SS.
fn partial_of_order() -> Event {
    let items = vec![2];
    Event::Outcome(Notice { what: What::Completed, said: Said::Callback, ss: None, reason: None, items })
}

impl Node {
    fn start(gate: Gate, words: u32, house: House) -> Self {
        let order = first("o-1", arrival("a", gate), at(0));
        let (sure, partial) = (None, false);
        Self { order, in_flight: None, now: at(0), open_out: false, empty: 0, words, sure, partial, house }
    }

    /// What the event makes of it; also when it is the failure that ends our patience.
    fn afters(&self, event: &Event, now: Timestamp) -> impl Iterator<Item = Self> {
        let worn = self.in_flight.is_some().then(|| {
            let mut worn = self.order.clone();
            (worn.first_failed, worn.unconfirmed) = (now.checked_sub(PATIENCE).ok(), CONFIRMATIONS);
            worn.postponed = worn.first_failed;
            self.after(&worn, event, now)
        });
        // The order of a node has neither failed nor waited for a confirmation: `after` sees to that.
        [self.after(&self.order, event, now), worn.flatten()].into_iter().flatten()
    }

    fn after(&self, order: &Order, event: &Event, now: Timestamp) -> Option<Self> {
        let words = self.words.checked_sub(u32::from(matches!(event, Event::Told(_))))?;
        let change = next(order, event, now)?;
        let (order, in_flight) = (change.case, change.effect);
        let Self { open_out, empty, house, partial, .. } = *self;
        let sure = self.sure.clone();
        let mut node = Self { order, in_flight, now, open_out, empty, words, sure, partial, house };
        node.order.history = History::default();
        node.order.commands = Vec::new();
        node.watch(self, event);
        node.check(self, event);
        (node.order.first_failed, node.order.postponed, node.order.unconfirmed) = (None, None, 0);
        Some(node)
    }

    /// What the onlooker learns.
    fn watch(&mut self, before: &Self, event: &Event) {
        match event {
            Event::Opened(Opened::NotDone(_) | Opened::Refused(_)) => self.open_out = false,
            Event::Opened(Opened::Done(_)) if self.order.ss.is_none() => self.open_out = false,
            Event::Scanned(Scanned::Nothing { resend }) => {
                self.empty += 1;
                if *resend && self.empty >= 2 {
                    self.open_out = false;
                }
            }
            // A person answers for it; in the walk `Redrive` of a doubt goes on asking.
            Event::Told(Told { word: Word::AllowResend, .. }) => (self.open_out, self.empty) = (false, 0),
            Event::Told(Told { word: Word::Redrive, .. }) => self.empty = 0,
            _ => {}
        }
        self.watch_outcome(before, event);
    }

    /// What the onlooker learns of how the service ended.
    fn watch_outcome(&mut self, before: &Self, event: &Event) {
        let number_of = |node: &Self| node.order.ss.as_ref().map(|ss| ss.number.clone());
        let (number, was) = (number_of(self), number_of(before));
        if before.order.generation != self.order.generation {
            (self.sure, self.partial) = (None, false);
        }
        // What a person has said of the order holds whatever Sismetro says later.
        let is_told = self.sure.as_ref().is_some_and(|(_, of)| of.is_none());
        match event {
            Event::Verified(_) | Event::Outcome(_) if is_told => {}
            Event::Verified(Verified::Ended(what)) => self.sure = Some((*what, number.clone())),
            Event::Verified(Verified::Trusted) => {
                let what = self.order.outcome.as_ref().map(|outcome| outcome.what);
                self.sure = what.map(|what| (what, number.clone()));
            }
            Event::Outcome(notice) if notice.said == Said::Poll && notice.ss.is_some() => {
                self.sure = Some((notice.what, notice.ss.clone()));
            }
            Event::Told(Told { word: Word::Force(what), .. }) => self.sure = Some((*what, None)),
            _ => {}
        }
        match event {
            Event::Outcome(notice) if !notice.items.is_empty() => {
                // A person has answered for the order already.
                self.partial = self.order.outcome.as_ref().is_some_and(|known| known.said != Said::Operator);
            }
            Event::Told(Told { word: Word::Force(_), .. }) => self.partial = false,
            // What is said of one SS is not said of another.
            _ if was.is_some() && was != number => self.partial = false,
            _ => {}
        }
        if self.order.attention == Some(Reason::PartialCancel) || self.order.state.is_terminal() {
            self.partial = false;
        }
    }

    /// What must be true of every step.
    fn check(&mut self, before: &Self, event: &Event) {
        let Self { order, in_flight, open_out, empty, .. } = self;
        let order = &*order;
        let told = Step { order, event, before: &before.order };
        let verified = |what| {
            order
                .outcome
                .as_ref()
                .is_some_and(|o| o.what == what && o.verified && !o.contested && o.items.is_empty())
        };
        let is_sure = |what| {
            let number = order.ss.as_ref().map(|ss| &ss.number);
            let sure = self.sure.as_ref().filter(|(known, _)| *known == what);
            sure.is_some_and(|(_, of)| of.is_none() || of.as_ref() == number)
        };
        if matches!(in_flight, Some(Effect::Release | Effect::Lift | Effect::Cancel)) {
            assert!(!self.partial, "some lines were called off: {told}");
        }
        match in_flight {
            Some(Effect::Open) => {
                assert!(!*open_out, "a second open call in doubt: {told}");
                assert!(order.ss.is_none(), "a second SS: {told}");
                let prepared =
                    matches!(event, Event::Prepared(Prepared::Ready { .. } | Prepared::Inactive { .. }));
                assert!(prepared && order.opening.hint.is_none(), "{told}");
                (*open_out, *empty) = (true, 0);
            }
            Some(Effect::Release) => {
                assert!(
                    matches!(event, Event::Stands(Stands::Waiting | Stands::Unread)),
                    "unguarded: {told}"
                );
                assert!(verified(What::Completed) && order.is_noted(), "billing too early: {told}");
                assert!(is_sure(What::Completed), "billing by what was said of another SS: {told}");
            }
            Some(Effect::Lift) => {
                assert!(before.order.lift.refused.is_some() && verified(What::Cancelled), "{told}");
                assert!(
                    matches!(event, Event::Stands(Stands::Waiting | Stands::Unread)),
                    "it was read as one that does not wait: {told}"
                );
            }
            Some(Effect::Cancel) => {
                let guarded = matches!(event, Event::Stands(_) | Event::Lifted(_));
                assert!(guarded && verified(What::Cancelled), "unguarded: {told}");
                assert!(is_sure(What::Cancelled), "cancelled by what was said of another SS: {told}");
            }
            _ => {}
        }
        if in_flight.is_some() {
            assert!(order.is_busy(self.now) && order.due == order.busy, "an effect without a claim: {told}");
        }
        for call in [&order.release, &order.lift, &order.cancel] {
            assert!(call.sent <= call.granted + CALLS, "called for ever: {told}");
        }
        let waits = matches!(order.state, State::AwaitingExecution | State::NeedsAttention);
        assert!(order.due.is_some() || waits || order.state.is_terminal(), "stuck: {told}");
        assert!(order.due.is_none() || !order.state.is_terminal(), "an end that is due: {told}");
        let is_parked = order.state == State::NeedsAttention;
        assert_eq!(order.attention.is_some() && order.resume.is_some(), is_parked, "{told}");
        let from_outside = matches!(event, Event::Outcome(_) | Event::Told(_) | Event::Looked(_));
        assert!(before.in_flight.is_none() || !from_outside, "between an effect and its answer: {told}");
    }
}

/// A step, in words; put together only when it is wrong.
struct Step<'a> {
    order: &'a Order,
    event: &'a Event,
    before: &'a Order,
}

impl std::fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#?} after {:?} of {:#?}", self.order, self.event, self.before)
    }
}

/// Everything that can be reached, and from where.
struct Walked {
    seen: Vec<Seen>,
    /// From one to another, without an operator.
    steps: Vec<(usize, usize)>,
}

/// What is remembered of a node: there are half a million.
struct Seen {
    state: State,
    attention: Option<Reason>,
    is_due: bool,
    is_busy: bool,
    outcome: Option<What>,
}

impl Seen {
    fn of(node: &Node) -> Self {
        let order = &node.order;
        let outcome = order.outcome.as_ref().map(|outcome| outcome.what);
        let (is_due, is_busy) = (order.due.is_some(), order.is_busy(node.now));
        Self { state: order.state, attention: order.attention, is_due, is_busy, outcome }
    }
}

fn walk(words: u32, house: House) -> Walked {
    let mut walked = Walked { seen: Vec::new(), steps: Vec::new() };
    let mut places: HashMap<u64, usize> = HashMap::new();
    let mut queue: VecDeque<(usize, Node)> = VecDeque::new();
    let gates = [Gate::Wanted, Gate::Unwanted(Skip::NoEquipment), Gate::Unwanted(Skip::BranchInactive)];
    for node in gates.map(|gate| Node::start(gate, words, house)) {
        places.insert(signature(&node), walked.seen.len());
        queue.push_back((walked.seen.len(), node.clone()));
        walked.seen.push(Seen::of(&node));
    }
    let from_outside = from_outside();
    while let Some((from, node)) = queue.pop_front() {
        let soon = clock::later(node.now, Duration::from_secs(1));
        let answers = node.in_flight.as_ref().map(|effect| answers(effect, house)).unwrap_or_default();
        let expected = from_outside.iter().chain(&answers).map(|event| (event, soon));
        // Also the crash of whoever had an effect in flight: its claim runs out.
        let due = node.order.due.map(|due| (&Event::Due, due.max(soon)));
        for (event, now) in expected.chain(due) {
            for after in node.afters(event, now) {
                let fresh = walked.seen.len();
                let to = *places.entry(signature(&after)).or_insert(fresh);
                // A person may end everything: only what goes on without one counts as a way out.
                if !is_by_a_person(event) {
                    walked.steps.push((to, from));
                }
                if to == fresh {
                    walked.seen.push(Seen::of(&after));
                    queue.push_back((to, after));
                }
            }
        }
    }
    walked
}

fn is_by_a_person(event: &Event) -> bool {
    matches!(event, Event::Told(_) | Event::Arrived(Arrival { told: Telling::Replayed, .. }))
}

/// `words`: commands of operators in one life.
fn explored(words: u32, house: House) {
    let walked = walk(words, house);

    let states: BTreeSet<State> = walked.seen.iter().map(|seen| seen.state).collect();
    assert_eq!(states.len(), State::ALL.len(), "a state that is never reached: {states:?}");
    let reasons: BTreeSet<Reason> = walked.seen.iter().filter_map(|seen| seen.attention).collect();
    assert!(reasons.len() >= 12, "{reasons:?}");
    assert!(walked.seen.len() > 5_000, "only {} situations", walked.seen.len());
    ends(walked);
}

const CAREFUL: House = House { reads: true, lifts: false, believes: false, resends: false };
const BOLD: House = House { reads: true, lifts: true, believes: false, resends: true };
const BLIND: House = House { reads: false, lifts: true, believes: true, resends: true };

/// In one life: what one does may be undone by the next.
const COMMANDS: u32 = 2;

#[test]
fn the_whole_machine_has_no_stuck_state_and_no_double_effect() {
    explored(COMMANDS, CAREFUL);
}

#[test]
fn the_whole_machine_is_right_where_it_releases_to_cancel_and_resends() {
    explored(COMMANDS, BOLD);
}

#[test]
fn the_whole_machine_is_right_where_nothing_can_be_read() {
    explored(COMMANDS, BLIND);
}

/// From everywhere there is a way to an end, or to a person, without an operator.
fn ends(Walked { seen, mut steps }: Walked) {
    let is_end = |seen: &Seen| seen.state.is_terminal() || seen.state == State::NeedsAttention;
    let mut good: Vec<bool> = seen.iter().map(is_end).collect();
    let mut queue: Vec<usize> = (0..seen.len()).filter(|place| good[*place]).collect();
    steps.sort_unstable();
    while let Some(place) = queue.pop() {
        let first = steps.partition_point(|(to, _)| *to < place);
        for (_, before) in steps[first..].iter().take_while(|(to, _)| *to == place) {
            if !std::mem::replace(&mut good[*before], true) {
                queue.push(*before);
            }
        }
    }
    for (seen, good) in seen.iter().zip(good) {
        let Seen { state, attention, is_due, is_busy, outcome } = seen;
        assert!(good, "no way out of {state:?} {attention:?}, due {is_due}, busy {is_busy}, {outcome:?}");
    }
}
