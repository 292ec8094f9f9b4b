//! Events that meet an order we know, and outcomes that contradict each other (flow §4).

use super::*;
use crate::state::Alarm;

fn arrives(order: &Order, digest: &str, gate: Gate) -> Option<Order> {
    next(order, &Event::Arrived(arrival(digest, gate)), at(500)).map(|change| change.case)
}

#[test]
fn the_same_event_again_changes_nothing() {
    for order in
        [received(), opening(), unknown(), opened(), awaiting(), releasing(), released(), cancelled()]
    {
        assert_eq!(arrives(&order, "a", Gate::Wanted), None);
    }
}

#[test]
fn another_event_changes_nothing_once_the_ss_was_asked_for() {
    for order in [opening(), unknown(), opened(), awaiting(), releasing(), cancelling()] {
        assert_eq!(arrives(&order, "b", Gate::Wanted), None);
    }
    // It waits in the ERP again, and somebody should know; no more.
    let order = arrives(&released(), "b", Gate::Wanted).expect("an alarm");
    assert_eq!((order.state, order.payload.digest.as_str(), order.due), (State::Released, "a", None));
}

#[test]
fn a_newer_event_replaces_one_that_was_not_relayed_yet() {
    let order = arrives(&received(), "b", Gate::Wanted).expect("it is replaced");

    assert_eq!((order.state, order.payload.digest.as_str()), (State::Received, "b"));
    let order = arrives(&received(), "b", Gate::Unwanted(Skip::NoEquipment)).expect("it is replaced");
    assert_eq!(order.skipped, Some(Skip::NoEquipment));
}

#[test]
fn an_order_that_is_closed_again_after_its_cancellation_is_for_a_person() {
    let order = arrives(&cancelled(), "b", Gate::Wanted).expect("it is parked");

    assert_eq!((order.attention, order.resume), (Some(Reason::ReopenedAfterCancel), Some(State::Cancelled)));
    assert_eq!(order.payload.body.as_deref(), Some("{}"));
}

#[test]
fn another_event_of_an_order_without_equipment_is_looked_at_anew() {
    let skipped = || first("o-1", arrival("a", Gate::Unwanted(Skip::NoEquipment)), at(0));

    assert_eq!(arrives(&skipped(), "a", Gate::Wanted), None);
    let order = arrives(&skipped(), "b", Gate::Wanted).expect("it is looked at");
    assert_eq!((order.state, order.due), (State::Received, Some(at(500))));
}

#[test]
fn another_event_of_a_parked_order_is_shown_and_nothing_else() {
    let parked = parked(Reason::OpenRefused, State::Received);

    let order = arrives(&parked, "b", Gate::Wanted).expect("it is noted");

    assert_eq!((order.state, order.attention), (State::NeedsAttention, parked.attention));
    assert_eq!(order.payload, parked.payload);
}

#[test]
fn an_outcome_that_meets_a_busy_order_comes_later() {
    for order in [opening(), opened(), releasing(), cancelling()] {
        assert!(
            next(&order, &notice(What::Completed, Said::Callback), at(110)).is_none(),
            "{:?}",
            order.state
        );
    }
}

/// Free to be told something: what was under way has failed and is to be tried again.
fn waiting(order: Order) -> Order {
    after(order, &[(Event::Stands(Stands::Failed(passing())), 110)]).0
}

#[test]
fn the_opposite_before_the_erp_has_said_yes_asks_sismetro_and_follows_it() {
    for (order, opposite, state) in [
        (waiting(releasing()), What::Cancelled, State::Cancelling),
        (waiting(cancelling()), What::Completed, State::Releasing),
    ] {
        let (order, effect) = after(order, &[(notice(opposite, Said::Callback), 120)]);
        assert_eq!(effect, Some(Effect::Verify { really: true }), "also where callbacks are believed");

        let (order, effect) = after(order, &[(Event::Verified(Verified::Ended(opposite)), 121)]);

        assert_eq!((order.state, effect), (state, Some(Effect::Guard)));
    }
}

#[test]
fn the_opposite_that_sismetro_does_not_confirm_changes_nothing() {
    let events = [
        (notice(What::Cancelled, Said::Callback), 120),
        (Event::Verified(Verified::Ended(What::Completed)), 121),
    ];

    let (order, effect) = after(waiting(releasing()), &events);

    assert_eq!((order.state, effect), (State::Releasing, Some(Effect::Guard)));
}

#[test]
fn the_opposite_after_the_end_is_an_alarm_and_no_call() {
    for (order, opposite) in [(released(), What::Cancelled), (cancelled(), What::Completed)] {
        let state = order.state;
        let (order, effect) = after(order, &[(notice(opposite, Said::Callback), 200)]);

        assert_eq!((order.state, effect), (state, None));
        assert!(order.alarms.contains(&Alarm::LateConflictingOutcome));
    }
}

#[test]
fn a_release_that_had_gone_through_is_not_followed_by_a_cancellation() {
    let events = [
        (Event::Stands(Stands::Waiting), 102),
        (Event::Released(Answer::Unclear("sem resposta".to_owned())), 103),
        (notice(What::Cancelled, Said::Callback), 110),
        (Event::Verified(Verified::Ended(What::Cancelled)), 111),
        (Event::Stands(Stands::Billable), 112),
    ];

    let (order, effect) = after(releasing(), &events);

    assert_eq!((order.state, effect), (State::Released, None));
    assert!(order.alarms.contains(&Alarm::LateConflictingOutcome));
}

#[test]
fn a_callback_that_sismetro_does_not_confirm_is_looked_at_three_times_more_then_parked() {
    let open = || Event::Verified(Verified::Otherwise("EM EXECUCAO".to_owned()));
    let mut order = after(awaiting(), &[(notice(What::Completed, Said::Callback), 100)]).0;
    for look in 0..3 {
        order = after(order, &[(open(), 101 + 700 * look)]).0;
        assert_eq!(order.due, Some(clock::later(at(101 + 700 * look), CONFIRM_AGAIN)));
        order = after(order, &[(Event::Due, 800 + 700 * look)]).0;
    }

    let (order, _) = after(order, &[(open(), 3_000)]);

    assert_eq!((order.attention, order.resume), (Some(Reason::CallbackNotConfirmed), Some(State::Releasing)));
}

#[test]
fn a_partial_cancellation_is_for_a_person() {
    let partial = Event::Outcome(Notice {
        what: What::Cancelled,
        said: Said::Callback,
        ss: None,
        reason: None,
        items: vec![2],
    });

    let (order, effect) = after(awaiting(), &[(partial, 100)]);

    assert_eq!(
        (order.attention, order.resume),
        (Some(Reason::PartialCancel), Some(State::AwaitingExecution))
    );
    assert_eq!(effect, None);
}

#[test]
fn an_outcome_that_meets_a_parked_order_is_kept_for_its_redrive() {
    let parked = parked(Reason::NoteRefused, State::Opened);
    let (order, effect) = after(parked, &[(notice(What::Completed, Said::Callback), 300)]);
    assert_eq!((order.state, effect), (State::NeedsAttention, None));

    let events = [(told("c-1", Word::SkipNote), 400)];
    let (order, _) = after(order, &events);

    assert_eq!(order.state, State::Releasing);
}

#[test]
fn an_ss_that_is_named_before_we_asked_for_one_is_confirmed_instead_of_opened() {
    let (order, _) = after(received(), &[(notice(What::Completed, Said::Callback), 1)]);

    let (_, effect) = after(order, &[(Event::Due, 2), (ready(), 3)]);

    assert_eq!(effect, Some(Effect::Confirm("1287593".to_owned())));
}

#[test]
fn a_look_that_finds_the_service_going_on_only_notes_when() {
    let (order, effect) = after(awaiting(), &[(Event::Polled, 100)]);

    assert_eq!((order.state, order.polled, effect), (State::AwaitingExecution, Some(at(100)), None));
}
