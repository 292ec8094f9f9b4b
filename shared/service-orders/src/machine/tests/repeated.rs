//! Deliveries come more than once and in any order (`contracts/senior-x.md` §7.2): what another event has superseded
//! is no news when it comes again.

use super::*;

const NONE: Gate = Gate::Unwanted(Skip::NoEquipment);

/// What the events make of the order, where they make something of it.
fn heard(mut order: Order, events: &[Arrival]) -> Order {
    for (second, arrival) in (500..).zip(events) {
        if let Some(change) = next(&order, &Event::Arrived(arrival.clone()), at(second)) {
            order = change.case;
        }
    }
    order
}

fn of(order: &Order) -> (State, Option<Skip>, &str) {
    (order.state, order.skipped, order.payload.digest.as_str())
}

fn happened(digest: &str, gate: Gate, second: i64) -> Arrival {
    let mut arrival = arrival(digest, gate);
    arrival.payload.occurred = Some(at(second));
    arrival
}

#[test]
fn an_event_that_was_superseded_is_no_news_when_it_comes_again() {
    let (some, none) = (|digest| arrival(digest, Gate::Wanted), |digest| arrival(digest, NONE));
    let begun = |arrival| first("o-1", arrival, at(0));

    let order = heard(begun(none("a")), &[some("b"), none("a")]);
    assert_eq!(of(&order), (State::Received, None, "b"), "its equipment was added");
    let order = heard(begun(some("a")), &[none("b"), some("a")]);
    assert_eq!(of(&order), (State::Skipped, Some(Skip::NoEquipment), "b"), "its equipment was taken away");
    let order = heard(begun(some("a")), &[some("b"), some("a")]);
    assert_eq!(of(&order), (State::Received, None, "b"), "its data were corrected");
    let order = heard(parked(Reason::OpenRefused, State::Received), &[some("b"), some("a")]);
    assert_eq!(of(&order), (State::NeedsAttention, None, "b"), "its data were corrected");
    let order = heard(begun(some("a")), &[some("b"), some("c"), some("a"), some("b")]);
    assert_eq!(of(&order), (State::Received, None, "c"));
}

#[test]
fn an_event_that_changed_nothing_when_it_came_changes_nothing_after_the_end() {
    let order = heard(awaiting(), &[arrival("b", Gate::Wanted)]);
    assert_eq!(Order { heard: Vec::new(), ..order.clone() }, awaiting(), "it is only remembered");
    let events = [(notice(What::Cancelled, Said::Poll), 600), (Event::Stands(Stands::Cancelled), 601)];
    let (cancelled, _) = after(order, &events);

    assert_eq!(cancelled.state, State::Cancelled);
    let again = Event::Arrived(arrival("b", Gate::Wanted));
    assert_eq!(next(&cancelled, &again, at(700)), None);
    let order = heard(cancelled, &[arrival("c", Gate::Wanted)]);
    assert_eq!(order.attention, Some(Reason::ReopenedAfterCancel), "another one");
}

#[test]
fn an_effect_that_is_under_way_does_not_lose_its_answer_to_an_event() {
    for order in [opening(), opened(), releasing()] {
        assert!(order.is_busy(at(150)), "{:?}", order.state);
        assert_eq!(next(&order, &Event::Arrived(arrival("b", Gate::Wanted)), at(150)), None);
    }
    // The order does not remember it, but the delivery is known.
    let again = Arrival { told: Telling::Again, ..arrival("b", Gate::Wanted) };
    assert_eq!(heard(cancelled(), &[again]).state, State::Cancelled);
}

#[test]
fn an_operator_may_bring_back_what_was_superseded() {
    let order = heard(received(), &[arrival("b", NONE)]);
    let replayed = Arrival { told: Telling::Replayed, ..arrival("a", Gate::Wanted) };

    let order = heard(order, &[replayed]);

    assert_eq!(of(&order), (State::Received, None, "a"));
    let order = heard(order, &[arrival("b", NONE)]);
    assert_eq!(of(&order), (State::Received, None, "a"), "a repetition");
}

#[test]
fn an_event_that_says_when_it_happened_is_news_only_where_nothing_happened_since() {
    let begun = || first("o-1", happened("a", Gate::Wanted, 10), at(20));

    let late = heard(begun(), &[happened("b", NONE, 5)]);
    assert_eq!(of(&late), (State::Received, None, "a"), "it was overtaken on its way");
    let order = heard(begun(), &[happened("b", NONE, 30), happened("a", Gate::Wanted, 10)]);
    assert_eq!(of(&order), (State::Skipped, Some(Skip::NoEquipment), "b"), "a repetition");
    let order = heard(order, &[happened("a", Gate::Wanted, 40)]);
    assert_eq!(of(&order), (State::Received, None, "a"), "closed once more with what it said at first");
    let order = heard(order, &[happened("b", NONE, 30)]);
    assert_eq!(of(&order), (State::Received, None, "a"), "a repetition");
}

#[test]
fn what_was_heard_does_not_grow_for_ever_and_older_records_can_be_read() {
    let many: Vec<Arrival> = (0..100).map(|n| arrival(&format!("d-{n}"), Gate::Wanted)).collect();
    let order = heard(received(), &many);
    assert_eq!((order.heard.len(), order.payload.digest.as_str()), (32, "d-99"));
    assert!(order.has_heard("d-98") && !order.has_heard("a"));

    let mut stored = serde_json::to_value(received()).expect("JSON");
    assert_eq!(stored.get("heard"), None);
    stored["payload"].as_object_mut().expect("members").remove("occurred");
    assert_eq!(serde_json::from_value::<Order>(stored).expect("an order"), received());
}
