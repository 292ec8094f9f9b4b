//! Events that meet an order we know, and outcomes that contradict each other (flow §4).

use super::*;
use crate::state::Alarm;

fn arrives(order: &Order, digest: &str, gate: Gate) -> Option<Order> {
    next(order, &Event::Arrived(arrival(digest, gate)), at(500)).map(|change| change.case)
}

#[test]
fn an_order_is_forgotten_only_after_its_end() {
    let day = Duration::from_hours(24);
    for order in [received(), awaiting(), parked(Reason::RetryBudget, State::Opened)] {
        assert!(order.filing().expires > clock::later(at(0), day * 20_000), "{:?}", order.state);
    }
    let mut order = released();
    assert_eq!(order.filing().expires, clock::later(order.entered, day * 400));
    order.kept_days = 90;
    assert_eq!(order.filing().expires, clock::later(order.entered, day * 90));

    let skipped = first("o-1", arrival("a", Gate::Unwanted(Skip::BranchInactive)), at(0));
    let (order, _) = after(skipped, &[(told("c-1", Word::Redrive), 10)]);
    assert!(order.filing().expires > clock::later(at(0), day * 20_000), "it goes on");
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
        let heard = arrives(&order, "b", Gate::Wanted).unwrap_or_else(|| order.clone());
        assert_eq!(Order { heard: Vec::new(), ..heard }, order);
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

    assert_eq!(arrives(&skipped(), "a", Gate::Unwanted(Skip::NoEquipment)), None);
    let order = arrives(&skipped(), "b", Gate::Wanted).expect("it is looked at");
    assert_eq!((order.state, order.due), (State::Received, Some(at(500))));
}

#[test]
fn another_event_of_an_order_that_is_parked_with_an_ss_is_shown_and_nothing_else() {
    for parked in [
        parked(Reason::NoteRefused, State::Opened),
        parked(Reason::OpenAmbiguous, State::OpenUnknown),
        parked(Reason::ReleaseUnclear, State::Releasing),
    ] {
        let order = arrives(&parked, "b", Gate::Wanted).expect("it is noted");

        assert_eq!((order.state, order.attention), (State::NeedsAttention, parked.attention));
        assert_eq!(order.payload, parked.payload);
    }
}

/// Its SS was asked for and refused: nothing came of it.
fn refused() -> Order {
    after(opening(), &[(Event::Opened(Opened::Refused("falta o e-mail".to_owned())), 2)]).0
}

#[test]
fn a_parked_order_that_has_no_ss_takes_the_newer_data_and_stays_parked() {
    for parked in [refused(), parked(Reason::PayloadLost, State::Received)] {
        let order = arrives(&parked, "b", Gate::Wanted).expect("it is taken");
        assert_eq!((order.state, order.attention), (State::NeedsAttention, parked.attention));
        assert_eq!((order.payload.digest.as_str(), order.due), ("b", None));

        let events = [(told("c-1", Word::Redrive), 600), (Event::Due, 601), (ready(), 602)];
        let (order, effect) = after(order, &events);
        assert_eq!((effect, order.payload.digest.as_str()), (Some(Effect::Open), "b"));
    }
}

#[test]
fn a_parked_order_that_is_closed_again_in_another_branch_goes_by_the_account_of_that_branch() {
    let elsewhere = Content { branch: Some(4), ..content() };
    let arrival = Arrival { content: elsewhere, ..arrival("b", Gate::Wanted) };

    let order = next(&refused(), &Event::Arrived(arrival), at(500)).expect("it is taken").case;

    assert_eq!((order.content.branch, order.account), (Some(4), None));
}

#[test]
fn the_same_event_means_something_else_once_the_map_is_corrected() {
    let blind = Content { branch: None, company: None, ..content() };
    let first = first("o-1", Arrival { content: blind, ..arrival("a", Gate::Wanted) }, at(0));
    let unknown = Event::Prepared(Prepared::Parked(Reason::BranchUnknown, String::new()));
    let (parked, _) = after(first, &[(Event::Due, 0), (unknown, 1)]);

    let order = arrives(&parked, "a", Gate::Wanted).expect("it is taken");

    assert_eq!(order.content, content());
    assert_eq!(arrives(&order, "a", Gate::Wanted), None, "a repetition says nothing new");
}

#[test]
fn a_repetition_brings_back_the_body_that_was_lost() {
    let mut lost = parked(Reason::PayloadLost, State::Received);
    (lost.payload.body, lost.payload.beside) = (None, Some("x".to_owned()));

    let order = arrives(&lost, "a", Gate::Wanted).expect("it is taken");

    assert_eq!((order.state, order.payload.body.as_deref()), (State::NeedsAttention, Some("{}")));
}

#[test]
fn a_parked_order_that_lost_its_equipment_is_skipped_once_a_person_lets_it_go_on() {
    for word in [Word::Redrive, Word::AllowResend] {
        let order = arrives(&refused(), "b", Gate::Unwanted(Skip::NoEquipment)).expect("it is taken");
        assert_eq!(order.state, State::NeedsAttention, "not by itself (flow §15.10)");

        let (order, effect) = after(order, &[(told("c-1", word), 600)]);
        assert_eq!((order.state, order.skipped, effect), (State::Skipped, Some(Skip::NoEquipment), None));
    }
    let order = arrives(&refused(), "b", Gate::Unwanted(Skip::NoEquipment)).expect("it is taken");
    let order = arrives(&order, "c", Gate::Wanted).expect("it is taken");
    let (order, _) = after(order, &[(told("c-1", Word::Redrive), 600)]);
    assert_eq!(order.state, State::Received, "it has it again");
}

#[test]
fn an_order_that_is_closed_again_after_a_person_ended_it_is_remarkable_and_may_begin() {
    let (ended, _) = after(refused(), &[(told("c-1", Word::Close(State::Skipped)), 300)]);
    assert_eq!(arrives(&ended, "a", Gate::Wanted), None, "the same event");
    assert!(next(&ended, &told("c-2", Word::Redrive), at(301)).is_none(), "nothing to begin with");

    let order = arrives(&ended, "b", Gate::Wanted).expect("an alarm");
    assert_eq!((order.state, order.due), (State::Skipped, None));
    assert!(order.alarms.contains(&Alarm::LateConflictingOutcome));

    let (order, _) = after(order, &[(told("c-3", Word::Redrive), 600)]);
    assert_eq!((order.state, order.payload.digest.as_str()), (State::Received, "b"));
}

#[test]
fn a_reopened_order_takes_the_newest_data() {
    let reopened = arrives(&cancelled(), "b", Gate::Wanted).expect("it is parked");

    let order = arrives(&reopened, "c", Gate::Wanted).expect("it is taken");

    assert_eq!((order.attention, order.payload.digest.as_str()), (Some(Reason::ReopenedAfterCancel), "c"));
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

/// Parked for a person, with nothing called in the ERP.
fn is_partial(order: &Order, effect: Option<&Effect>) {
    assert_eq!(
        (order.attention, order.resume, effect),
        (Some(Reason::PartialCancel), Some(State::AwaitingExecution), None)
    );
    assert!(order.last_error.as_deref().is_some_and(|why| why.contains('2')), "{:?}", order.last_error);
}

#[test]
fn a_partial_cancellation_while_the_order_is_being_released_or_cancelled_is_for_a_person() {
    for order in [waiting(releasing()), waiting(cancelling())] {
        let (order, effect) = after(order, &[(partial(&[2]), 120)]);

        is_partial(&order, effect.as_ref());
    }
}

#[test]
fn a_completion_beside_a_partial_cancellation_bills_nothing() {
    let completed = || notice(What::Completed, Said::Callback);
    let mut early = opened();
    early.busy = None;
    for said in [[partial(&[2]), completed()], [completed(), partial(&[2])]] {
        let [first, second] = said;
        let events = [(first, 10), (second, 11), (Event::Due, 200), (Event::Noted(Ok(())), 201)];

        let (order, effect) = after(early.clone(), &events);

        is_partial(&order, effect.as_ref());
    }
    let both = Event::Outcome(Notice {
        what: What::Completed,
        said: Said::Callback,
        ss: None,
        reason: None,
        items: vec![2],
    });
    let (order, effect) = after(awaiting(), &[(both, 100)]);
    is_partial(&order, effect.as_ref());
}

#[test]
fn a_partial_cancellation_of_a_parked_order_is_not_lost_by_its_redrive() {
    let parked = parked(Reason::ReleaseRefused, State::Releasing);
    let events = [(partial(&[2]), 300), (told("c-1", Word::Redrive), 400), (Event::Due, 401)];

    let (order, effect) = after(parked, &events);

    is_partial(&order, effect.as_ref());
}

#[test]
fn what_a_person_says_of_a_partial_cancellation_holds() {
    let events = [(partial(&[2]), 100), (told("c-1", Word::Force(What::Completed)), 200)];

    let (order, effect) = after(awaiting(), &events);

    assert_eq!((order.state, effect), (State::Releasing, Some(Effect::Guard)));
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
fn what_is_said_of_another_ss_than_the_orders_is_not_heard() {
    for said in [Said::Callback, Said::Poll] {
        let (order, _) = after(awaiting(), &[(told("c-1", Word::Attach(other())), 100)]);

        assert!(next(&order, &notice(What::Completed, said), at(101)).is_none());
    }
}

#[test]
fn a_look_that_finds_the_service_going_on_only_notes_when() {
    let (order, effect) = after(awaiting(), &[(Event::Looked(Look::GoesOn), 100)]);

    assert_eq!((order.state, order.polled, effect), (State::AwaitingExecution, Some(at(100)), None));
}

#[test]
fn a_look_that_learns_nothing_lets_others_go_first_and_is_remarkable_the_second_time() {
    let failed = || Event::Looked(Look::Failed(passing()));

    let (order, _) = after(awaiting(), &[(failed(), 100)]);
    assert_eq!((order.state, order.polled), (State::AwaitingExecution, Some(at(100))));
    assert_eq!((order.last_error.as_deref(), order.alarms.len()), (Some("não respondeu"), 0));

    let (order, _) = after(order, &[(failed(), 4_000)]);
    assert!(order.alarms.contains(&Alarm::PollFailed));

    let (order, _) = after(order, &[(Event::Looked(Look::GoesOn), 8_000)]);
    assert_eq!((order.last_error, order.alarms.len(), order.attempts), (None, 0, 0));
}

#[test]
fn an_ss_that_is_not_found_or_not_explained_is_remarkable_while_it_is_waited_for() {
    for (look, alarm) in [
        (Look::NotFound, Alarm::SsNotFound),
        (Look::Unexplained("EM REVISÃO".to_owned()), Alarm::UnknownStatus),
    ] {
        let (order, effect) = after(awaiting(), &[(Event::Looked(look), 100)]);
        assert_eq!((order.state, effect), (State::AwaitingExecution, None));
        assert!(order.alarms.contains(&alarm) && order.last_error.is_some());
        assert!(order.filing().marks.contains(&engine::Mark::new("alerta", alarm.name())));

        let (order, _) = after(order, &[(notice(What::Completed, Said::Poll), 4_000)]);
        assert_eq!((order.state, order.alarms.len()), (State::Releasing, 0));
    }
}

#[test]
fn a_look_without_an_account_is_for_a_person_and_one_that_was_not_tried_is_nothing() {
    let reason = Reason::AccountMissing;
    let missing = Look::Failed(Failure::Lasting { reason, why: "sem conta".to_owned() });
    let (order, _) = after(awaiting(), &[(Event::Looked(missing), 100)]);
    assert_eq!((order.attention, order.resume), (Some(reason), Some(State::AwaitingExecution)));

    let postponed =
        Look::Failed(Failure::Postponed { why: "limite".to_owned(), after: Duration::from_secs(7) });
    assert!(next(&awaiting(), &Event::Looked(postponed), at(100)).is_none());
}
