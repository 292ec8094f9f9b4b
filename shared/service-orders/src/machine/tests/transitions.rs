//! One test for each row of `contracts/service-order-flow.md` §4.

use super::*;
use crate::state::Alarm;

#[test]
fn t1_the_first_event_is_received_and_due_at_once() {
    let order = received();

    assert_eq!((order.state, order.due, order.generation), (State::Received, Some(at(0)), 1));
}

#[test]
fn t2_an_order_without_equipment_or_of_an_inactive_branch_is_skipped() {
    for skip in [Skip::NoEquipment, Skip::BranchInactive] {
        let order = first("o-1", arrival("a", Gate::Unwanted(skip)), at(0));

        assert_eq!((order.state, order.skipped, order.due), (State::Skipped, Some(skip), None));
    }
}

#[test]
fn t2b_a_branch_that_the_erp_names_may_be_inactive() {
    let inactive = Event::Prepared(Prepared::Inactive { branch: Some((1, 4)) });

    let (order, effect) = after(received(), &[(Event::Due, 0), (inactive, 1)]);

    assert_eq!((order.state, order.skipped), (State::Skipped, Some(Skip::BranchInactive)));
    assert_eq!((order.content.company, order.content.branch), (Some(1), Some(4)));
    assert_eq!(effect, None);
}

#[test]
fn t2b_a_branch_that_nobody_names_is_parked() {
    let unknown = Event::Prepared(Prepared::Parked(Reason::BranchUnknown, String::new()));

    let (order, _) = after(received(), &[(Event::Due, 0), (unknown, 1)]);

    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::BranchUnknown)));
    assert_eq!(order.resume, Some(State::Received));
}

#[test]
fn t3_the_intention_is_stored_before_the_call_leaves() {
    let (order, effect) = after(received(), &[(Event::Due, 0), (ready(), 1)]);

    assert_eq!(effect, Some(Effect::Open));
    assert_eq!((order.state, order.opening.calls, order.opening.at), (State::Opening, 1, Some(at(1))));
    assert_eq!(order.due, Some(clock::later(at(1), CLAIM)), "whoever finds it due knows that we are gone");
    assert_eq!(order.idempotency_key("acme"), "so-acme-o-1-1");
}

#[test]
fn t4_an_opened_ss_is_stored_and_the_note_is_owed() {
    let (order, effect) = after(opening(), &[(Event::Opened(Opened::Done(found())), 2)]);

    assert_eq!((order.state, effect), (State::Opened, Some(Effect::Note)));
    assert_eq!(order.ss.as_ref().map(|ss| ss.number.as_str()), Some("1287593"));
    assert!(order.filing().marks.contains(&engine::Mark::new("ss", "1287593")));
}

#[test]
fn t4_a_link_that_the_reply_lacks_is_sought_before_the_note() {
    let linkless = Opened::Done(Found { link: None, ..found() });
    let (order, effect) = after(opening(), &[(Event::Opened(linkless), 2)]);
    assert_eq!(effect, Some(Effect::Seek));

    let (order, effect) = after(order, &[(Event::Sought(Ok(None)), 3)]);

    assert_eq!(effect, Some(Effect::Note));
    assert!(order.alarms.contains(&Alarm::SsLinkMissing));
}

#[test]
fn t4_a_link_that_may_be_cut_is_sought_and_kept_where_the_record_has_none() {
    let (cut, whole) =
        (found().link, Some("https://br.sismetro.com/printSS.php?os=1287593&token=b".to_owned()));
    for (record, wanted) in [(whole.clone(), &whole), (None, &cut)] {
        let unsure = Opened::Done(Found { unsure: true, ..found() });
        let (order, effect) = after(opening(), &[(Event::Opened(unsure), 2)]);
        assert_eq!(effect, Some(Effect::Seek));

        let (order, effect) = after(order, &[(Event::Sought(Ok(record)), 3)]);

        assert_eq!(effect, Some(Effect::Note));
        assert_eq!(order.ss.map(|ss| ss.link), Some(wanted.clone()));
        assert!(!order.alarms.contains(&Alarm::SsLinkMissing));
    }
}

#[test]
fn t5_a_call_that_was_certainly_not_processed_is_made_again_later() {
    let not_done = Event::Opened(Opened::NotDone(passing()));

    let (order, effect) = after(opening(), &[(not_done, 2)]);

    assert_eq!((order.state, effect, order.opening.calls), (State::Received, None, 0));
    assert!(order.due > Some(at(2 + 20)));
    let (_, effect) = after(order, &[(Event::Due, 60), (ready(), 61)]);
    assert_eq!(effect, Some(Effect::Open));
}

#[test]
fn t6_a_call_whose_answer_is_lost_is_never_made_again_blindly() {
    let lost = Event::Opened(Opened::Ambiguous("sem resposta".to_owned()));

    let (order, effect) = after(opening(), &[(lost, 30)]);

    assert_eq!((order.state, effect), (State::OpenUnknown, None));
    assert_eq!(order.due, Some(clock::later(at(30), SETTLE)));
    let (_, effect) = after(order, &[(Event::Due, 150)]);
    assert_eq!(effect, Some(Effect::Scan));
}

#[test]
fn t6_an_opening_that_is_found_due_has_lost_its_holder() {
    let (order, effect) = after(opening(), &[(Event::Due, 181)]);

    assert_eq!((order.state, effect, order.busy), (State::OpenUnknown, None, None));
}

#[test]
fn t7_a_unique_match_is_adopted() {
    let scanned = Event::Scanned(Scanned::Found(found()));

    let (order, effect) = after(unknown(), &[(Event::Due, 150), (scanned, 151)]);

    assert_eq!((order.state, effect), (State::Opened, Some(Effect::Note)));
    assert_eq!(order.opening.calls, 1);
}

#[test]
fn t7b_a_callback_that_names_order_and_ss_is_confirmed_then_adopted_then_followed() {
    let completed = notice(What::Completed, Said::Callback);
    let (order, effect) = after(unknown(), &[(completed, 60)]);
    assert_eq!(effect, Some(Effect::Confirm("1287593".to_owned())));

    let (order, effect) = after(order, &[(Event::Confirmed(Confirmed::Yes(found())), 61)]);
    assert_eq!((order.state, effect), (State::Opened, Some(Effect::Note)));

    let (order, effect) = after(order, &[(Event::Noted(Ok(())), 62)]);
    assert_eq!((order.state, effect), (State::Releasing, Some(Effect::Verify { really: false })));
}

#[test]
fn t7b_a_number_that_sismetro_does_not_know_is_forgotten() {
    let events = [
        (notice(What::Completed, Said::Callback), 60),
        (Event::Confirmed(Confirmed::No), 61),
        (Event::Due, 62),
    ];

    let (order, effect) = after(unknown(), &events);

    assert_eq!((order.state, effect), (State::OpenUnknown, Some(Effect::Scan)));
}

fn scanned_twice(resend: bool) -> Order {
    let nothing = || Event::Scanned(Scanned::Nothing { resend });
    let first = after(unknown(), &[(Event::Due, 150), (nothing(), 151)]).0;
    assert_eq!(first.due, Some(clock::later(at(151), SCANS_APART)));
    after(first, &[(Event::Due, 1_100), (nothing(), 1_101)]).0
}

#[test]
fn t8_two_empty_scans_allow_one_resend_where_the_settings_do() {
    let order = scanned_twice(true);
    assert_eq!((order.state, order.due), (State::Received, Some(at(1_101))));

    let lost = Event::Opened(Opened::Ambiguous("sem resposta".to_owned()));
    let nothing = || Event::Scanned(Scanned::Nothing { resend: true });
    let events = [
        (Event::Due, 1_102),
        (ready(), 1_103),
        (lost, 1_104),
        (Event::Due, 1_300),
        (nothing(), 1_301),
        (Event::Due, 2_300),
        (nothing(), 2_301),
    ];
    let (order, _) = after(order, &events);

    assert_eq!(order.attention, Some(Reason::OpenAmbiguous), "there is no third call");
    assert_eq!(order.opening.calls, 2);
}

#[test]
fn t8_by_default_two_empty_scans_are_for_a_person() {
    let order = scanned_twice(false);

    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::OpenAmbiguous)));
}

#[test]
fn t9_a_refused_opening_is_parked() {
    let refused = Event::Opened(Opened::Refused("unidade bloqueada".to_owned()));

    let (order, _) = after(opening(), &[(refused, 2)]);

    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::OpenRefused)));
    assert_eq!(
        (order.resume, order.last_error.as_deref()),
        (Some(State::Received), Some("unidade bloqueada"))
    );
}

#[test]
fn t9_refused_credentials_are_parked_and_nothing_was_opened() {
    let reason = Reason::SismetroAuth;
    let refused = Event::Opened(Opened::NotDone(Failure::Lasting { reason, why: String::new() }));

    let (order, _) = after(opening(), &[(refused, 2)]);

    assert_eq!((order.attention, order.resume), (Some(reason), Some(State::Received)));
    assert_eq!(order.opening.calls, 0);
}

#[test]
fn t10_the_note_makes_the_order_wait_for_sismetro() {
    let (order, effect) = after(opened(), &[(Event::Noted(Ok(())), 3)]);

    assert_eq!((order.state, effect, order.due), (State::AwaitingExecution, None, None));
    assert!(order.note_done);
}

#[test]
fn t11_a_completed_service_is_verified_first() {
    let (order, effect) = after(awaiting(), &[(notice(What::Completed, Said::Callback), 100)]);

    assert_eq!((order.state, effect), (State::Releasing, Some(Effect::Verify { really: false })));
}

#[test]
fn t11_what_the_poll_says_is_verified_by_that() {
    let (order, effect) = after(awaiting(), &[(notice(What::Completed, Said::Poll), 100)]);

    assert_eq!((order.state, effect), (State::Releasing, Some(Effect::Guard)));
}

#[test]
fn an_order_that_is_closed_again_after_its_release_is_remarkable() {
    let again = Event::Arrived(arrival("b", Gate::Wanted));

    let (order, effect) = after(released(), &[(again.clone(), 200)]);

    assert_eq!((order.state, effect, order.due), (State::Released, None, None));
    assert!(order.alarms.contains(&Alarm::LateConflictingOutcome));
    assert_eq!(next(&order, &again, at(201)), None, "once");
    assert_eq!(
        next(&released(), &Event::Arrived(arrival("a", Gate::Wanted)), at(200)),
        None,
        "the same event"
    );
}

#[test]
fn t12_a_waiting_order_is_released_once() {
    let (order, effect) = after(releasing(), &[(Event::Stands(Stands::Waiting), 102)]);
    assert_eq!((effect, order.release.sent), (Some(Effect::Release), 1));

    let (order, effect) = after(order, &[(Event::Released(Answer::Done { readable: true }), 103)]);

    assert_eq!((order.state, effect, order.due), (State::Released, None, None));
    assert_eq!(order.payload.body, None);
}

#[test]
fn t12_an_order_that_is_already_released_needs_no_call() {
    for stands in [Stands::Billable, Stands::Billed] {
        let (order, effect) = after(releasing(), &[(Event::Stands(stands), 102)]);

        assert_eq!((order.state, effect, order.release.sent), (State::Released, None, 0));
    }
}

#[test]
fn t13_a_cancelled_service_is_verified_first() {
    let (order, effect) = after(awaiting(), &[(notice(What::Cancelled, Said::Callback), 100)]);

    assert_eq!((order.state, effect), (State::Cancelling, Some(Effect::Verify { really: false })));
}

#[test]
fn t14_a_cancellation_counts_once_the_erp_shows_it() {
    let events =
        [(Event::Stands(Stands::Waiting), 102), (Event::Cancelled(Answer::Done { readable: true }), 103)];
    let (order, effect) = after(cancelling(), &events);
    assert_eq!((order.state, effect), (State::Cancelling, Some(Effect::Guard)));

    let (order, _) = after(order, &[(Event::Stands(Stands::Cancelled), 104)]);

    assert_eq!((order.state, order.cancel.sent), (State::Cancelled, 1));
}

#[test]
fn t14_an_order_that_is_already_cancelled_needs_no_call() {
    let (order, effect) = after(cancelling(), &[(Event::Stands(Stands::Cancelled), 102)]);

    assert_eq!((order.state, effect, order.cancel.sent), (State::Cancelled, None, 0));
}

#[test]
fn t15_an_early_callback_is_kept_and_followed_after_the_note() {
    let mut early = opened();
    early.busy = None;
    let (order, effect) = after(early, &[(notice(What::Completed, Said::Callback), 10)]);
    assert_eq!((order.state, effect), (State::Opened, None));

    let (order, effect) = after(order, &[(Event::Due, 200), (Event::Noted(Ok(())), 201)]);

    assert_eq!((order.state, effect), (State::Releasing, Some(Effect::Verify { really: false })));
}

#[test]
fn t16_what_does_not_pass_is_parked_and_says_where_it_goes_on() {
    let reason = Reason::SeniorAuth;
    let refused = Event::Noted(Err(Failure::Lasting { reason, why: "401".to_owned() }));

    let (order, effect) = after(opened(), &[(refused, 3)]);

    assert_eq!(
        (order.state, order.attention, order.resume),
        (State::NeedsAttention, Some(reason), Some(State::Opened))
    );
    assert_eq!((order.due, effect), (None, None));
}

#[test]
fn t17_a_parked_order_goes_on_from_where_it_was() {
    for resume in [State::Received, State::OpenUnknown, State::Opened, State::Releasing, State::Cancelling] {
        let (order, _) = after(parked(Reason::RetryBudget, resume), &[(told("c-1", Word::Redrive), 300)]);

        assert_eq!((order.state, order.due), (resume, Some(at(300))));
        assert_eq!((order.attention, order.attempts), (None, 0));
    }
}

#[test]
fn t18_a_skipped_order_begins_once_its_branch_is_active() {
    let skipped = || first("o-1", arrival("a", Gate::Unwanted(Skip::BranchInactive)), at(0));

    let repeated = Event::Arrived(arrival("a", Gate::Wanted));
    for event in [repeated, told("c-1", Word::Redrive)] {
        let (order, _) = after(skipped(), &[(event, 10)]);

        assert_eq!((order.state, order.skipped, order.due), (State::Received, None, Some(at(10))));
    }
}

#[test]
fn t18_an_order_that_only_our_map_took_for_one_without_equipment_begins_once_the_map_is_right() {
    let skipped = || first("o-1", arrival("a", Gate::Unwanted(Skip::NoEquipment)), at(0));
    let corrected = Content { equipment: Equipment::Existing { id: "7".to_owned() }, ..content() };
    let same = |gate| Arrival { content: corrected.clone(), ..arrival("a", gate) };
    let reread = |gate| told("c-1", Word::Reread { content: corrected.clone(), gate });

    for event in [Event::Arrived(same(Gate::Wanted)), reread(Gate::Wanted)] {
        let (order, _) = after(skipped(), &[(event, 10)]);

        assert_eq!((order.state, order.skipped, order.due), (State::Received, None, Some(at(10))));
        assert_eq!(order.content.equipment.id(), Some("7"));
    }
    let unwanted = Gate::Unwanted(Skip::NoEquipment);
    for event in [Event::Arrived(same(unwanted)), reread(unwanted), told("c-1", Word::Redrive)] {
        assert_eq!(next(&skipped(), &event, at(10)), None, "{event:?}");
    }
    let off = Gate::Unwanted(Skip::BranchInactive);
    for event in [Event::Arrived(same(off)), reread(off)] {
        let (order, _) = after(skipped(), &[(event, 10)]);

        assert_eq!((order.state, order.skipped), (State::Skipped, Some(Skip::BranchInactive)));
        assert!(order.alarms.contains(&Alarm::BranchInactiveSkipped));
    }
}

#[test]
fn an_opening_that_was_refused_whole_is_none_that_a_branch_switched_off_would_finish() {
    let refused = Event::Opened(Opened::NotDone(passing()));
    let inactive = Event::Prepared(Prepared::Inactive { branch: None });

    let (order, effect) = after(opening(), &[(refused, 2), (Event::Due, 100), (inactive.clone(), 101)]);
    assert_eq!((order.state, order.skipped, effect), (State::Skipped, Some(Skip::BranchInactive), None));

    let nothing = Event::Scanned(Scanned::Nothing { resend: true });
    let scans = [(Event::Due, 200), (nothing.clone(), 201), (Event::Due, 1_200), (nothing, 1_201)];
    let (in_doubt, _) = after(unknown(), &scans);
    let (order, effect) = after(in_doubt, &[(Event::Due, 1_202), (inactive, 1_203)]);
    assert_eq!((order.state, effect), (State::Opening, Some(Effect::Open)), "its SS was being opened");
}

#[test]
fn what_is_said_of_a_skipped_order_is_seen_and_opens_no_second_ss() {
    for skip in [Skip::NoEquipment, Skip::BranchInactive] {
        let skipped = first("o-1", arrival("a", Gate::Unwanted(skip)), at(0));

        let (order, effect) = after(skipped, &[(notice(What::Completed, Said::Callback), 10)]);

        assert_eq!((order.state, order.skipped, order.due, effect), (State::Skipped, Some(skip), None, None));
        assert!(order.alarms.contains(&Alarm::LateConflictingOutcome));
        let again = Event::Arrived(arrival("b", Gate::Wanted));
        let (order, effect) = after(order, &[(again, 20), (Event::Due, 21), (ready(), 22)]);
        assert_eq!((order.state, effect), (State::Received, Some(Effect::Confirm("1287593".to_owned()))));
    }
}

#[test]
fn an_order_that_is_skipped_after_something_was_said_of_it_is_seen() {
    let unwanted = Event::Arrived(arrival("b", Gate::Unwanted(Skip::NoEquipment)));

    let (order, _) = after(received(), &[(notice(What::Completed, Said::Callback), 1), (unwanted, 2)]);

    assert_eq!(order.skipped, Some(Skip::NoEquipment));
    assert!(order.alarms.contains(&Alarm::LateConflictingOutcome));
}

#[test]
fn an_order_without_equipment_is_not_one_whose_equipment_was_not_recognised() {
    let without = Content { equipment: Equipment::Unknown, ..content() };
    let arrival = |digest: &str, gate| Arrival { content: without.clone(), ..arrival(digest, gate) };
    let none = Gate::Unwanted(Skip::NoEquipment);

    assert!(first("o-1", arrival("a", none), at(0)).alarms.is_empty());
    let relayed = first("o-1", arrival("a", Gate::Wanted), at(0));
    assert!(relayed.alarms.contains(&Alarm::EquipmentUnrecognised));
    let (skipped, _) = after(relayed, &[(Event::Arrived(arrival("b", none)), 1)]);
    assert_eq!((skipped.state, skipped.alarms.len()), (State::Skipped, 0));
}
