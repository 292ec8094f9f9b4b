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
fn what_was_said_of_one_ss_releases_nothing_by_another() {
    let refused = Event::Released(Answer::Refused { text: "não".to_owned(), already: false });
    let events = [
        (Event::Stands(Stands::Waiting), 102),
        (refused, 103),
        (Event::Stands(Stands::Waiting), 104),
        (told("c-1", Word::Attach(other())), 200),
        (Event::Due, 201),
        (Event::Noted(Ok(())), 202),
    ];

    let (order, effect) = after(releasing(), &events);

    assert_eq!((order.state, effect), (State::AwaitingExecution, None));
    assert_eq!((order.outcome, order.unconfirmed, order.polled), (None, 0, None));
}

#[test]
fn what_a_callback_said_of_another_ss_is_not_followed_by_the_one_that_was_opened() {
    let wrong = Event::Outcome(Notice {
        what: What::Completed,
        said: Said::Callback,
        ss: Some("999".to_owned()),
        reason: None,
        items: Vec::new(),
    });
    let (told_early, _) = after(received(), &[(wrong, 1)]);
    let events = [
        (Event::Due, 2),
        (ready(), 3),
        (Event::Confirmed(Confirmed::No), 4),
        (ready(), 5),
        (Event::Opened(Opened::Done(found())), 6),
        (Event::Noted(Ok(())), 7),
    ];

    let (order, effect) = after(told_early, &events);

    assert_eq!((order.state, order.outcome, effect), (State::AwaitingExecution, None, None));
}

#[test]
fn a_persons_word_and_the_same_ss_again_lose_nothing() {
    let forced = parked(Reason::NoteRefused, State::Opened);
    let (mut forced, _) = after(forced, &[(told("c-1", Word::Force(What::Completed)), 300)]);
    forced.busy = None;
    let (parked_again, _) = after(
        forced,
        &[(Event::Noted(Err(Failure::Lasting { reason: Reason::NoteRefused, why: "não".to_owned() })), 301)],
    );

    let (order, _) = after(parked_again, &[(told("c-2", Word::Attach(other())), 302)]);
    assert!(order.outcome.is_some_and(|outcome| outcome.said == Said::Operator));

    let same = parked(Reason::ReleaseRefused, State::Releasing);
    let (order, _) = after(same.clone(), &[(told("c-1", Word::Attach(found())), 300)]);
    assert_eq!((order.outcome, order.note_done), (same.outcome, true));
}

#[test]
fn a_person_may_put_another_ss_in_the_place_of_one_that_is_waited_for() {
    assert!(next(&awaiting(), &told("c-1", Word::Attach(found())), at(300)).is_none(), "it is that one");

    let (order, _) = after(awaiting(), &[(told("c-1", Word::Attach(other())), 300)]);
    assert_eq!((order.state, order.note_done, order.due), (State::Opened, false, Some(at(300))));
    assert_eq!(order.past[0].number, found().number);

    let (mut order, _) = after(order, &[(Event::Due, 301)]);
    order.busy = None;
    let (order, _) = after(order, &[(Event::Noted(Ok(())), 302), (told("c-2", Word::Attach(found())), 303)]);
    assert_eq!(order.ss.map(|ss| ss.number), Some(found().number), "back again");
    assert!(order.past.iter().all(|past| past.number != found().number), "it is no past one");
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
