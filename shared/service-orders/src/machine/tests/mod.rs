mod answers;
mod explore;
mod failures;
mod outcomes;
mod repeated;
mod transitions;
mod words;

use super::*;
use crate::content::Equipment;

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).expect("a valid second")
}

pub(super) fn payload(digest: &str) -> Payload {
    Payload {
        body: Some("{}".to_owned()),
        beside: None,
        content_type: "application/json".to_owned(),
        digest: digest.to_owned(),
        occurred: None,
    }
}

pub(super) fn content() -> Content {
    Content {
        number: Some("48213".to_owned()),
        company: Some(1),
        branch: Some(3),
        customer: Some("Metalúrgica Rio Verde Ltda".to_owned()),
        equipment: Equipment::Existing { id: "88121".to_owned() },
    }
}

pub(super) fn arrival(digest: &str, gate: Gate) -> Arrival {
    Arrival { payload: payload(digest), content: content(), gate, told: Telling::First }
}

pub(super) fn received() -> Order {
    first("o-1", arrival("a", Gate::Wanted), at(0))
}

pub(super) fn ready() -> Event {
    Event::Prepared(Prepared::Ready { account: "principal".to_owned(), branch: None })
}

pub(super) fn found() -> Found {
    let link = Some("https://br.sismetro.com/printSS.php?os=1287593&token=EXAMPLE0TOKEN".to_owned());
    Found { number: "1287593".to_owned(), link, unsure: false, mismatch: false }
}

pub(super) fn notice(what: What, said: Said) -> Event {
    Event::Outcome(Notice { what, said, ss: Some("1287593".to_owned()), reason: None, items: Vec::new() })
}

/// Another SS than [`found`].
pub(super) fn other() -> Found {
    Found { number: "1287777".to_owned(), ..found() }
}

/// Sismetro tells that only these lines were called off.
pub(super) fn partial(items: &[i64]) -> Event {
    let (what, ss) = (What::Cancelled, Some("1287593".to_owned()));
    Event::Outcome(Notice { what, said: Said::Callback, ss, reason: None, items: items.to_vec() })
}

pub(super) fn passing() -> Failure {
    Failure::Passing { why: "não respondeu".to_owned(), after: None }
}

pub(super) fn told(command: &str, word: Word) -> Event {
    Event::Told(Told {
        command: command.to_owned(),
        actor: "ana".to_owned(),
        reason: "conferido".to_owned(),
        word,
    })
}

/// What the events make of the order, each with its second, and the effect of the last.
pub(super) fn after(mut order: Order, events: &[(Event, i64)]) -> (Order, Option<Effect>) {
    let mut effect = None;
    for (event, second) in events {
        let change = next(&order, event, at(*second))
            .unwrap_or_else(|| panic!("{event:?} made nothing of {:?}", order.state));
        (order, effect) = (change.case, change.effect);
    }
    (order, effect)
}

pub(super) fn opening() -> Order {
    after(received(), &[(Event::Due, 0), (ready(), 1)]).0
}

pub(super) fn unknown() -> Order {
    after(opening(), &[(Event::Opened(Opened::Ambiguous("sem resposta".to_owned())), 30)]).0
}

pub(super) fn opened() -> Order {
    after(opening(), &[(Event::Opened(Opened::Done(found())), 2)]).0
}

pub(super) fn awaiting() -> Order {
    after(opened(), &[(Event::Noted(Ok(())), 3)]).0
}

/// Sismetro has confirmed it; the ERP is being asked how the order stands.
pub(super) fn releasing() -> Order {
    let events = [
        (notice(What::Completed, Said::Callback), 100),
        (Event::Verified(Verified::Ended(What::Completed)), 101),
    ];
    after(awaiting(), &events).0
}

/// Sismetro has confirmed it; the ERP is being asked how the order stands.
pub(super) fn cancelling() -> Order {
    let events = [
        (notice(What::Cancelled, Said::Callback), 100),
        (Event::Verified(Verified::Ended(What::Cancelled)), 101),
    ];
    after(awaiting(), &events).0
}

pub(super) fn released() -> Order {
    after(releasing(), &[(Event::Stands(Stands::Billable), 102)]).0
}

pub(super) fn cancelled() -> Order {
    after(cancelling(), &[(Event::Stands(Stands::Cancelled), 102)]).0
}

pub(super) fn parked(reason: Reason, resume: State) -> Order {
    let from = match resume {
        State::Received => received(),
        State::OpenUnknown => unknown(),
        State::Opened => opened(),
        State::AwaitingExecution => awaiting(),
        State::Releasing => releasing(),
        State::Cancelling => cancelling(),
        other => panic!("nothing is parked from {other:?}"),
    };
    let mut order = park(from, reason, "porque sim", resume, at(200)).case;
    order.busy = None;
    order
}
