use engine::{Case, Filing, Memory as Store};
use service_orders::State;

use super::*;

fn clock() -> Clock {
    Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"))
}

fn parked(count: u64) -> Seen {
    let reasons = if count == 0 { BTreeMap::new() } else { BTreeMap::from([("open_ambiguous", count)]) };
    Seen { summary: Summary { reasons, ..Summary::default() }, ..Seen::default() }
}

#[tokio::test(start_paused = true)]
async fn it_is_told_when_there_is_more_and_once_a_day() {
    let (clock, mut memory) = (clock(), Memory::default());
    let hour = Duration::from_hours(1);

    assert!(!memory.tells(&clock, &parked(0)), "nothing to tell");
    assert!(memory.tells(&clock, &parked(1)), "the first");
    clock.sleep(hour).await;
    assert!(!memory.tells(&clock, &parked(1)), "known");
    assert!(memory.tells(&clock, &parked(2)), "one more");
    clock.sleep(hour).await;
    assert!(!memory.tells(&clock, &parked(1)), "one less");
    assert!(memory.tells(&clock, &parked(2)), "another one");
    clock.sleep(DAILY).await;
    assert!(memory.tells(&clock, &parked(2)), "a day later");
    assert!(!memory.tells(&clock, &parked(2)));
}

#[tokio::test(start_paused = true)]
async fn what_was_told_survives_the_process() {
    let state = Store::new(clock());
    let mut memory = Memory::default();
    memory.tells(&clock(), &parked(3));
    memory.alarms.insert("ss_link_missing".to_owned(), 2);

    memory.save(&state).await.expect("stored");

    assert_eq!(Memory::load(&state).await.expect("read"), memory);
}

#[test]
fn what_was_not_seen_whole_is_looked_at_again_soon() {
    let (now, mut memory) = (clock().now(), Memory::default());
    let seen = |is_whole| Lost { orders: vec!["A-1".to_owned()], is_whole };

    memory.looked(now, &seen(true));
    assert_eq!(memory.lost, Some((now, vec!["A-1".to_owned()])));
    memory.looked(now, &seen(false));
    assert_eq!(memory.lost, None);
}

#[tokio::test(start_paused = true)]
async fn an_alarm_is_news_once() {
    let clock = clock();
    let state = Store::new(clock.clone());
    let mut memory = Memory::default();
    let conflict = Alarm::LateConflictingOutcome.name();
    let order = |id: &'static str| {
        let (state, now) = (&state, clock.now());
        async move {
            let marks = vec![Mark::new("alerta", conflict)];
            let filing = Filing { body: json!({}), due: None, marks, expires: clock::later(now, DAILY) };
            let _: Case = state.file(ORDERS, id, None, filing).await.expect("filed");
        }
    };

    order("A-1").await;
    assert_eq!(news(&state, &mut memory).await.expect("read")[conflict], 1);
    assert_eq!(news(&state, &mut memory).await.expect("read")[conflict], 0);
    order("A-2").await;
    assert_eq!(news(&state, &mut memory).await.expect("read")[conflict], 1);
}

#[test]
fn everything_that_somebody_must_look_at_is_counted_and_told() {
    let since: Timestamp = "2026-11-22T07:00:00Z".parse().expect("an instant");
    let seen = Seen {
        summary: Summary {
            states: BTreeMap::from([("needs_attention", 2)]),
            reasons: BTreeMap::from([("open_ambiguous", 2)]),
            parked_since: Some(since),
            unmatched: 3,
            quarantined: 5,
            unlooked: 2,
            unexplained: 1,
            inactive: 9,
            skipped: BTreeMap::from([("no_equipment", 8)]),
            unreadable: 1,
        },
        late: vec![Stale { state: State::Opened, count: 7, since, orders: vec!["A-1".to_owned()] }],
        lost: vec!["A-9".to_owned()],
        news: BTreeMap::from([
            ("late_conflicting_outcome", 1),
            ("branch_inactive_skipped", 6),
            ("ss_link_missing", 4),
        ]),
        oldest: BTreeMap::from([("opened", since)]),
    };

    let measures = seen.measures(clock::later(since, Duration::from_hours(1)));

    let of_all: BTreeMap<&str, u64> =
        measures[0].1.iter().map(|measure| (measure.name, measure.values[0])).collect();
    assert_eq!(
        (of_all["so_needs_attention"], of_all["so_overdue"], of_all["so_parked_seconds"]),
        (2, 15, 3_600)
    );
    assert_eq!(
        (of_all["so_poll_failed"], of_all["so_unknown_status"], of_all["so_branch_inactive"]),
        (2, 1, 9)
    );
    let find = |name: &str, value: &'static str| {
        let of = |(dimensions, _): &&Measured| dimensions.iter().any(|(_, own)| *own == value);
        measures
            .iter()
            .filter(of)
            .flat_map(|(_, own)| own)
            .find(|own| own.name == name)
            .map(|own| own.values[0])
    };
    assert_eq!(find("so_state_count", "needs_attention"), Some(2));
    assert_eq!(find("so_parked", "open_ambiguous"), Some(2));
    assert_eq!((find("so_skipped", "no_equipment"), of_all["so_unreadable"]), (Some(8), 1));
    assert_eq!(find("so_alarms", "late_conflicting_outcome"), Some(1));
    assert_eq!(find("so_alarms", "branch_inactive_skipped"), Some(6));
    assert_eq!(find("so_age_seconds", "opened"), Some(3_600));
    assert_eq!(seen.detail()["count"], 2 + 15 + 5 + 1 + 6);
    assert_eq!(Seen::default().burden(), 0);
}
