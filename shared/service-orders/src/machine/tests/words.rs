//! Operators' commands (flow §9).

use super::*;

#[test]
fn a_command_is_obeyed_once() {
    let (order, _) = after(parked(Reason::RetryBudget, State::Opened), &[(told("c-1", Word::Redrive), 300)]);

    assert!(next(&order, &told("c-1", Word::Close(State::Skipped)), at(301)).is_none());
}

#[test]
fn a_command_to_a_busy_order_comes_later() {
    assert!(next(&opening(), &told("c-1", Word::Close(State::Skipped)), at(10)).is_none());
}

#[test]
fn an_ss_that_a_person_found_is_attached_and_noted() {
    let order = parked(Reason::OpenAmbiguous, State::OpenUnknown);

    let (order, _) = after(order, &[(told("c-1", Word::Attach(found())), 300)]);
    assert_eq!((order.state, order.due), (State::Opened, Some(at(300))));
    let (_, effect) = after(order, &[(Event::Due, 301)]);

    assert_eq!(effect, Some(Effect::Note));
}

#[test]
fn a_person_may_allow_one_more_call() {
    for order in
        [parked(Reason::OpenAmbiguous, State::OpenUnknown), parked(Reason::OpenRefused, State::Received)]
    {
        let events = [(told("c-1", Word::AllowResend), 300), (Event::Due, 301), (ready(), 302)];

        let (order, effect) = after(order, &events);

        assert_eq!((order.state, effect), (State::Opening, Some(Effect::Open)));
    }
}

#[test]
fn nobody_may_allow_a_second_ss_of_an_order_that_has_one() {
    for order in [awaiting(), parked(Reason::NoteRefused, State::Opened), released()] {
        assert!(next(&order, &told("c-1", Word::AllowResend), at(400)).is_none(), "{:?}", order.state);
    }
}

#[test]
fn another_ss_after_a_cancellation_is_of_another_generation() {
    let reopened = Event::Arrived(arrival("b", Gate::Wanted));
    let events = [(reopened, 500), (told("c-1", Word::AllowResend), 600)];

    let (order, _) = after(cancelled(), &events);

    assert_eq!((order.state, order.generation), (State::Received, 2));
    assert_eq!(order.idempotency_key("acme"), "so-acme-o-1-2");
    assert!(
        order.filing().marks.contains(&engine::Mark::new("ss", "1287593")),
        "the old one still leads here"
    );
    assert!(!order.note_done);
}

#[test]
fn the_ss_of_the_cancelled_service_is_not_taken_for_another() {
    let reopened = Event::Arrived(arrival("b", Gate::Wanted));
    let events = [
        (reopened, 500),
        (told("c-1", Word::AllowResend), 600),
        (Event::Due, 601),
        (ready(), 602),
        (Event::Opened(Opened::Done(found())), 603),
    ];

    let (order, effect) = after(cancelled(), &events);

    assert_eq!((order.state, effect), (State::NeedsAttention, None));
    assert_eq!((order.attention, order.resume), (Some(Reason::OpenRefused), Some(State::Received)));
    assert!(order.ss.is_none() && order.last_error.is_some_and(|why| why.contains("1287593")));
}

#[test]
fn a_reopened_order_may_stay_cancelled() {
    let reopened = Event::Arrived(arrival("b", Gate::Wanted));

    let (order, _) = after(cancelled(), &[(reopened, 500), (told("c-1", Word::Redrive), 600)]);

    assert_eq!((order.state, order.due, order.attention), (State::Cancelled, None, None));
}

#[test]
fn the_note_may_be_waived() {
    let (order, _) = after(parked(Reason::NoteRefused, State::Opened), &[(told("c-1", Word::SkipNote), 300)]);

    assert_eq!((order.state, order.note_done, order.note_waived), (State::AwaitingExecution, false, true));
}

#[test]
fn a_forced_outcome_is_not_verified() {
    for (what, state) in [(What::Completed, State::Releasing), (What::Cancelled, State::Cancelling)] {
        for order in [awaiting(), parked(Reason::CallbackNotConfirmed, State::Releasing)] {
            let (order, effect) = after(order, &[(told("c-1", Word::Force(what)), 300)]);

            assert_eq!((order.state, effect), (state, Some(Effect::Guard)));
        }
    }
}

#[test]
fn a_forced_completion_still_waits_for_the_note() {
    let parked = parked(Reason::NoteRefused, State::Opened);

    let (order, effect) = after(parked, &[(told("c-1", Word::Force(What::Completed)), 300)]);

    assert_eq!((order.state, effect), (State::Opened, Some(Effect::Note)));
}

#[test]
fn an_order_may_be_closed_without_any_call() {
    for state in [State::Released, State::Cancelled, State::Skipped] {
        let order = parked(Reason::BilledBeforeCancel, State::Cancelling);

        let (order, effect) = after(order, &[(told("c-1", Word::Close(state)), 300)]);

        assert_eq!((order.state, order.due, effect), (state, None, None));
    }
    assert!(next(&released(), &told("c-1", Word::Close(State::Cancelled)), at(300)).is_none());
    assert!(next(&awaiting(), &told("c-1", Word::Close(State::Opened)), at(300)).is_none());
}

#[test]
fn a_redrive_does_not_forget_that_a_release_may_have_gone_through() {
    let unclear = || Event::Released(Answer::Unclear("sem resposta".to_owned()));
    let events = [
        (Event::Stands(Stands::Unread), 102),
        (unclear(), 103),
        (Event::Due, 170),
        (Event::Stands(Stands::Unread), 171),
        (unclear(), 172),
        (Event::Due, 240),
        (Event::Stands(Stands::Unread), 241),
        (told("c-1", Word::Redrive), 300),
        (Event::Due, 300),
        (Event::Stands(Stands::Unread), 301),
    ];

    let (order, effect) = after(releasing(), &events);

    assert_eq!((effect, order.release.sent), (Some(Effect::Release), 3));
}
