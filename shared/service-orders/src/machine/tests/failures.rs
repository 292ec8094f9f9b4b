//! Retries, unclear answers and refusals (flow §5, §8.1, §15.4).

use super::*;

fn waits(failures: usize) -> Vec<Duration> {
    let mut order = opened();
    let mut now = at(10);
    (0..failures)
        .map(|_| {
            order = next(&order, &Event::Noted(Err(passing())), now).expect("a failure is an event").case;
            let due = order.due.expect("it is tried again");
            let wait = clock::until(now, due);
            now = due;
            order = next(&order, &Event::Due, now).expect("it is due").case;
            wait
        })
        .collect()
}

#[test]
fn attempts_are_spaced_wider_and_wider_up_to_half_an_hour() {
    for (n, wait) in waits(12).into_iter().enumerate() {
        let right = Duration::from_secs(30).saturating_mul(1 << n.min(10)).min(Duration::from_mins(30));
        assert!(wait >= right.mul_f64(0.8) && wait <= right.mul_f64(1.2), "attempt {n}: {wait:?}");
    }
}

#[test]
fn a_longer_wait_that_the_partner_asks_for_is_honoured() {
    let failure = Failure::Passing { why: "429".to_owned(), after: Some(Duration::from_mins(5)) };

    let (order, _) = after(opened(), &[(Event::Noted(Err(failure)), 10)]);

    assert_eq!(order.due, Some(at(310)));
}

#[test]
fn a_day_of_failures_is_for_a_person_and_a_redrive_begins_a_new_day() {
    let day = 24 * 3_600;
    let fails = || Event::Noted(Err(passing()));
    let (order, _) = after(opened(), &[(fails(), 10), (Event::Due, 100), (fails(), 10 + day - 1)]);
    assert_eq!(order.state, State::Opened);

    let (order, _) = after(order, &[(Event::Due, day + 1_900), (fails(), day + 1_901)]);
    assert_eq!((order.attention, order.resume), (Some(Reason::RetryBudget), Some(State::Opened)));

    let again = [(told("c-1", Word::Redrive), 2 * day), (Event::Due, 2 * day), (fails(), 2 * day + 1)];
    let (order, _) = after(order, &again);
    assert_eq!((order.state, order.attempts), (State::Opened, 1));
}

#[test]
fn patience_is_not_renewed_by_the_turns_of_an_opening_that_never_gets_through() {
    let mut order = received();
    let (mut second, mut turns) = (0, 0);
    while order.state != State::NeedsAttention {
        let events =
            [(Event::Due, second), (ready(), second), (Event::Opened(Opened::NotDone(passing())), second)];
        order = after(order, &events).0;
        second += 1_800;
        turns += 1;
        assert!(turns < 60, "it is tried for ever");
    }

    assert_eq!(order.attention, Some(Reason::RetryBudget));
    assert_eq!(order.resume, Some(State::Received));
}

#[test]
fn waiting_for_our_own_limits_costs_no_patience() {
    let later = || Failure::Postponed { why: "limite".to_owned(), after: Duration::from_secs(7) };
    let mut order = opened();
    for hour in 0..24 {
        order =
            after(order, &[(Event::Noted(Err(later())), hour * 3_600), (Event::Due, hour * 3_600 + 60)]).0;
    }

    assert_eq!((order.state, order.attempts), (State::Opened, 0));
    let (parked, _) = after(order.clone(), &[(Event::Noted(Err(later())), 24 * 3_600)]);
    assert_eq!(parked.attention, Some(Reason::RetryBudget), "but nobody waits for ever and unseen");
    assert_eq!(parked.last_error.as_deref(), Some("limite"));
    let (order, _) = after(parked, &[(told("c-1", Word::Redrive), 25 * 3_600), (Event::Due, 25 * 3_600)]);
    let (order, _) = after(order, &[(Event::Noted(Err(later())), 25 * 3_600 + 1)]);
    assert_eq!(order.state, State::Opened, "the day begins anew");
}

#[test]
fn a_look_that_takes_several_turns_goes_on_where_it_was() {
    let later = || Failure::Postponed { why: "limite".to_owned(), after: Duration::from_secs(50) };
    let scan = Scan { wanted: vec![3, 2], total: Some(3), ..Scan::default() };
    let part = Event::Scanned(Scanned::Part(scan.clone(), later()));

    let (order, _) = after(unknown(), &[(Event::Due, 150), (part, 151)]);
    assert_eq!((order.state, order.opening.scan.as_ref()), (State::OpenUnknown, Some(&scan)));
    let (order, effect) = after(
        order,
        &[(Event::Due, 300), (Event::Scanned(Scanned::Failed(later())), 301), (Event::Due, 400)],
    );
    assert_eq!((effect, order.opening.scan.as_ref()), (Some(Effect::Scan), Some(&scan)));

    let (order, _) = after(order, &[(Event::Scanned(Scanned::Nothing { resend: false }), 401)]);
    assert_eq!((order.opening.scan, order.opening.empty_scans), (None, 1));
}

#[test]
fn an_opening_that_was_postponed_was_not_made() {
    let later = Failure::Postponed { why: "limite".to_owned(), after: Duration::from_secs(7) };

    let (order, _) = after(opening(), &[(Event::Opened(Opened::NotDone(later)), 2)]);

    assert_eq!((order.state, order.opening.calls, order.attempts), (State::Received, 0, 0));
}

/// Released, and nobody knows; a minute later the order stands so.
fn unclear_release(stands: Stands) -> (Order, Option<Effect>) {
    let events = [
        (Event::Stands(Stands::Waiting), 102),
        (Event::Released(Answer::Unclear("sem resposta".to_owned())), 103),
        (Event::Due, 170),
        (Event::Stands(stands), 171),
    ];
    after(releasing(), &events)
}

#[test]
fn an_unclear_release_is_looked_at_after_a_minute() {
    let unclear = Event::Released(Answer::Unclear("sem resposta".to_owned()));
    let (order, effect) = after(releasing(), &[(Event::Stands(Stands::Waiting), 102), (unclear, 103)]);
    assert_eq!((effect, order.due), (None, Some(at(163))));

    let (order, effect) = unclear_release(Stands::Billable);

    assert_eq!((order.state, effect), (State::Released, None), "no second call");
}

#[test]
fn a_release_that_was_not_carried_out_is_repeated_once_then_parked() {
    for stands in [Stands::Waiting, Stands::Unread] {
        let (order, effect) = unclear_release(stands.clone());
        assert_eq!((effect, order.release.sent), (Some(Effect::Release), 2));

        let events = [
            (Event::Released(Answer::Unclear("sem resposta".to_owned())), 172),
            (Event::Due, 240),
            (Event::Stands(stands), 241),
        ];
        let (order, effect) = after(order, &events);

        assert_eq!((order.attention, effect), (Some(Reason::ReleaseUnclear), None));
    }
}

#[test]
fn a_release_whose_holder_died_counts_as_made() {
    let crashed = after(releasing(), &[(Event::Stands(Stands::Waiting), 102)]).0;

    let (order, effect) = after(crashed, &[(Event::Due, 300), (Event::Stands(Stands::Billable), 301)]);

    assert_eq!((order.state, effect), (State::Released, None));
}

#[test]
fn a_refused_release_asks_how_the_order_stands() {
    let refused = || {
        let no = Answer::Refused { text: "situação não permite".to_owned(), already: false };
        [(Event::Stands(Stands::Waiting), 102), (Event::Released(no), 103)]
    };
    let (order, effect) = after(releasing(), &refused());
    assert_eq!(effect, Some(Effect::Guard));

    let (somebody_else, _) = after(order.clone(), &[(Event::Stands(Stands::Billable), 104)]);
    assert_eq!(somebody_else.state, State::Released);
    let (parked, _) = after(order, &[(Event::Stands(Stands::Waiting), 104)]);
    assert_eq!(parked.attention, Some(Reason::ReleaseRefused));
}

#[test]
fn an_order_that_stands_strangely_is_for_a_person() {
    for (stands, reason) in [
        (Stands::Cancelled, Reason::ErpCancelled),
        (Stands::Missing, Reason::OrderNotFound),
        (Stands::Otherwise("Suspenso".to_owned()), Reason::UnexpectedSituation),
    ] {
        let (order, effect) = after(releasing(), &[(Event::Stands(stands), 102)]);

        assert_eq!((order.attention, effect), (Some(reason), None));
    }
}

fn refused_waiting(lift: bool) -> (Order, Option<Effect>) {
    let text = "aguardando integração".to_owned();
    let events =
        [(Event::Stands(Stands::Waiting), 102), (Event::Cancelled(Answer::Waiting { text, lift }), 103)];
    after(cancelling(), &events)
}

#[test]
fn a_cancellation_that_is_refused_because_the_order_waits_is_parked_by_default() {
    let (order, effect) = refused_waiting(false);

    assert_eq!((order.attention, effect), (Some(Reason::CancelRefusedWaiting), None));
}

#[test]
fn release_then_cancel_releases_and_cancels_at_once() {
    let (order, effect) = refused_waiting(true);
    assert_eq!(effect, Some(Effect::Guard), "whether it still waits");
    let (order, effect) = after(order, &[(Event::Stands(Stands::Waiting), 104)]);
    assert_eq!(effect, Some(Effect::Lift));
    let (order, effect) = after(order, &[(Event::Lifted(Answer::Done { readable: true }), 104)]);
    assert_eq!(effect, Some(Effect::Cancel));

    let events =
        [(Event::Cancelled(Answer::Done { readable: true }), 105), (Event::Stands(Stands::Cancelled), 106)];
    let (order, _) = after(order, &events);

    assert_eq!(order.state, State::Cancelled);
}

#[test]
fn release_then_cancel_releases_only_an_order_that_waits() {
    for stands in [Stands::Otherwise("Suspenso".to_owned()), Stands::Billable] {
        let (order, effect) = after(refused_waiting(true).0, &[(Event::Stands(stands.clone()), 104)]);
        assert_eq!((order.attention, effect), (Some(Reason::CancelRefusedWaiting), None), "{stands:?}");
        assert_eq!(order.lift.sent, 0);
    }
    let (order, _) = after(refused_waiting(true).0, &[(Event::Stands(Stands::Cancelled), 104)]);
    assert_eq!(order.state, State::Cancelled);
    let unread = [(Event::Stands(Stands::Failed(passing())), 104), (Event::Due, 200)];
    let (order, effect) = after(refused_waiting(true).0, &unread);
    assert_eq!(effect, Some(Effect::Guard), "it is read once more");
    let (_, effect) = after(order, &[(Event::Stands(Stands::Waiting), 201)]);
    assert_eq!(effect, Some(Effect::Lift));
}

#[test]
fn a_crash_between_release_and_cancel_repeats_only_the_cancel() {
    let lifted = Event::Lifted(Answer::Done { readable: true });
    let released = after(refused_waiting(true).0, &[(Event::Stands(Stands::Waiting), 104), (lifted, 104)]).0;

    let (_, effect) = after(released.clone(), &[(Event::Due, 300), (Event::Stands(Stands::Billable), 301)]);
    assert_eq!(effect, Some(Effect::Cancel));
    let (billed, _) = after(released, &[(Event::Due, 300), (Event::Stands(Stands::Billed), 301)]);
    assert_eq!(billed.attention, Some(Reason::BilledBeforeCancel));
}

#[test]
fn a_yes_that_the_erp_does_not_show_is_asked_for_again_then_parked() {
    let yes = || Event::Cancelled(Answer::Done { readable: true });
    let waiting = || Event::Stands(Stands::Waiting);
    let events = [(waiting(), 102), (yes(), 103), (waiting(), 104)];
    let (order, effect) = after(cancelling(), &events);
    assert_eq!((effect, order.due), (None, Some(at(164))));

    let (order, effect) = after(order, &[(Event::Due, 164), (waiting(), 165)]);
    assert_eq!(effect, Some(Effect::Cancel));
    let events = [(yes(), 166), (waiting(), 167), (Event::Due, 230), (waiting(), 231)];
    let (order, _) = after(order, &events);

    assert_eq!(order.attention, Some(Reason::CancelUnclear));
}

#[test]
fn a_note_that_fails_delays_no_cancellation() {
    let mut order = opened();
    order.busy = None;
    let events = [
        (notice(What::Cancelled, Said::Callback), 10),
        (Event::Due, 200),
        (Event::Noted(Err(passing())), 201),
    ];

    let (order, effect) = after(order, &events);

    assert_eq!((order.state, order.note_done), (State::Cancelling, false));
    assert_eq!(effect, Some(Effect::Verify { really: false }));
    let (order, effect) = after(order, &[(Event::Verified(Verified::Ended(What::Completed)), 202)]);
    assert_eq!((order.state, effect), (State::Opened, Some(Effect::Note)), "billing does wait for the note");
}

#[test]
fn several_matches_or_no_search_are_for_a_person_at_once() {
    for scanned in [Scanned::Several(2), Scanned::Off] {
        let (order, _) = after(unknown(), &[(Event::Due, 150), (Event::Scanned(scanned), 151)]);

        assert_eq!(order.attention, Some(Reason::OpenAmbiguous));
    }
}
