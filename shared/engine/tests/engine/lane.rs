//! One run per lane, and no question twice inside the partner's window.

use std::time::Duration;

use engine::{Budget, Harm, Leases as _, Moment, RunState};
use partner_http::{CallError, Fault};

use crate::world::World;

#[tokio::test(start_paused = true)]
async fn of_two_runs_the_second_says_who_has_the_lane() {
    let world = World::of(&["a", "b", "c", "d"]);

    let (first, second) =
        tokio::join!(world.run_as("one", Budget::unlimited()), world.run_as("two", Budget::unlimited()));

    assert!(!first.expect("nothing fails").more);
    let second = second.expect("a held lane is no error");
    assert!(second.more);
    assert_eq!(second.wait_seconds, 120);
    let text = second.waiting_for.expect("a reason");
    assert!(text.ends_with(": one"), "{text}");
    assert!(second.held, "nothing was done");
    assert_eq!(world.source.asked(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_new_sweep_waits_for_the_partners_window() {
    let world = World::of(&["a", "b", "c", "d"]);
    world.run().await.expect("nothing fails");
    let before = world.clock.now();

    world.run().await.expect("nothing fails");

    assert!(clock::until(before, world.clock.now()) > Duration::from_mins(1));
    assert_eq!(world.source.offences(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_budget_is_told_and_not_waited() {
    let world = World::of(&["a"]);
    world.run().await.expect("nothing fails");
    let before = world.clock.now();

    let report = world.run_within(world.seconds(30)).await.expect("nothing fails");

    assert_eq!(world.clock.now(), before);
    assert!(report.more);
    assert_eq!(report.wait_seconds, 61);
}

#[tokio::test(start_paused = true)]
async fn the_window_begins_when_the_client_gave_up_and_not_when_it_began() {
    let world = World::of(&["a"]);
    world.source.takes(Duration::from_secs(100));
    world.source.answer(Some(CallError::new("omie", "ListarItens", Fault::Unavailable)));
    world.run().await.expect_err("the client repeated for 100 s and gave up");
    let gave_up = world.clock.now();
    world.source.answer(None);
    world.source.takes(Duration::ZERO);

    world.run().await.expect("nothing fails");

    assert!(clock::until(gave_up, world.clock.now()) > Duration::from_mins(1));
}

#[tokio::test(start_paused = true)]
async fn a_slow_page_keeps_its_lane() {
    let world = World::of(&["a"]);
    world.source.takes(Duration::from_mins(5));
    let later = async {
        world.clock.sleep(Duration::from_secs(290)).await;
        world.run_as("two", Budget::unlimited()).await
    };

    let (first, second) = tokio::join!(world.run(), later);

    assert!(!first.expect("nothing fails").more);
    assert!(second.expect("a held lane is no error").more);
    assert_eq!(world.source.asked(), [1]);
}

#[tokio::test(start_paused = true)]
async fn the_next_page_is_fetched_while_one_is_settled() {
    let world = World::of(&["a", "b", "c", "d"]);

    world.run().await.expect("nothing fails");

    let calls = world.faults.calls();
    let second_page = calls.iter().rposition(|call| *call == "source.page").expect("two pages");
    let first_write = calls.iter().position(|call| *call == "ledger.record").expect("a record");
    assert!(second_page < first_write, "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn after_whatever_question_a_holder_dies_its_lane_stays_quiet_long_enough() {
    for takes in [0, 1, 20, 29, 30, 31, 45, 70] {
        for question in 1..=5 {
            let world = World::of(&["a"; 13]);
            world.source.takes(Duration::from_secs(takes));
            let dies = async {
                while world.source.asked().len() < question {
                    world.clock.sleep(Duration::from_millis(10)).await;
                }
                // In the middle of the answer, which only the client knows of.
                world.clock.sleep(Duration::from_secs(takes / 2)).await;
            };
            tokio::select! {
                biased;
                () = dies => {}
                _ = world.run() => {}
            }

            let report = world.run_to_the_end().await;

            assert_eq!(report.counters.read, 13);
            let offences = world.source.offences();
            assert!(offences.is_empty(), "{takes} s, question {question}: {offences:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_renewed_every_half_minute_and_not_for_every_page() {
    let world = World::of(&["a"; 40]);
    world.source.takes(Duration::from_secs(10));

    world.run().await.expect("nothing fails");

    let took = clock::until(World::started(), world.clock.now()).as_secs();
    let renewals = u64::try_from(world.count("lease.renew")).expect("a small number");
    assert_eq!((took, renewals), (80, 2), "14 pages");
}

#[tokio::test(start_paused = true)]
async fn two_pages_are_in_flight_and_no_more() {
    let world = World::of(&["a"; 13]);
    world.source.takes(Duration::from_millis(350));
    let before = world.clock.now();

    let report = world.run().await.expect("nothing fails");

    assert_eq!((report.counters.read, world.source.asked()), (13, vec![1, 2, 3, 4, 5]));
    assert_eq!(world.source.most_at_once(), 2, "contracts/omie.md §3.1.2");
    let took = clock::until(before, world.clock.now());
    assert_eq!(took, Duration::from_millis(3 * 350), "the first alone: it says how many there are");
}

#[tokio::test(start_paused = true)]
async fn what_was_fetched_before_a_page_that_failed_is_settled() {
    for (fails, settled, last_asked) in [(2, 3, 3), (3, 6, 3), (4, 9, 5)] {
        let world = World::of(&["a"; 13]);
        world.source.fails(fails, Fault::Unavailable);

        let error = world.run().await.expect_err("a page failed");

        assert_eq!((error.page, world.record().await.counters.read), (fails, settled));
        assert_eq!(world.source.asked(), (1..=last_asked).collect::<Vec<_>>(), "page {fails} failed");
        world.source.recovers();
        let report = world.run_to_the_end().await;
        assert_eq!((report.counters.read, world.target.rows()), (13, world.model()));
        assert_eq!(world.source.offences(), Vec::<String>::new(), "page {fails} failed");
    }
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_shrinks_ends_where_it_says_whatever_was_asked_beyond() {
    let world = World::of(&["a"; 10]);
    world.source.fails(3, Fault::Unavailable);
    let shrinks = async {
        world.clock.sleep(Duration::from_millis(400)).await;
        world.source.keep(5);
    };

    let (report, ()) = tokio::join!(world.run(), shrinks);

    let report = report.expect("page 3 is not needed any more");
    assert_eq!((report.counters.read, world.source.asked()), (5, vec![1, 2, 3]));
    assert_eq!(report.incomplete.as_deref(), Some("o total da origem mudou de 10 para 5 durante a leitura"));
    assert_eq!(world.record().await.state, RunState::Done);
}

#[tokio::test(start_paused = true)]
async fn a_run_counts_the_lanes_before_it_asks_and_every_few_seconds() {
    let world = World::of(&["a"; 13]);
    world.source.takes(Duration::from_secs(5));
    let neighbour = async {
        world.clock.sleep(Duration::from_secs(4)).await;
        let ttl = Duration::from_secs(8);
        world.memory.acquire("another", "two", world.clock.now(), ttl).await.expect("it is free");
    };

    let (report, ()) = tokio::join!(world.run(), neighbour);

    assert!(!report.expect("nothing fails").more);
    assert_eq!(world.told_lanes(), [(0, 1), (3, 1), (8, 2), (13, 1)], "until 4 and from 12 on it is alone");
    let calls = world.faults.calls();
    let first = |name| calls.iter().position(|call| *call == name).expect("it was called");
    assert!(first("lease.acquire") < first("lease.held") && first("lease.held") < first("source.page"));
}

#[tokio::test(start_paused = true)]
async fn a_count_that_fails_or_takes_for_ever_stops_nothing() {
    for harm in [Harm::Fail, Harm::Crash] {
        let world = World::of(&["a"; 13]);
        world.source.takes(Duration::from_secs(5));
        let strikes = async {
            world.clock.sleep(Duration::from_millis(2_500)).await;
            // Nothing else is asked of the state before the count of second 3: the first page is on its way.
            world.faults.strike(1, Moment::Before, harm);
        };

        let (report, ()) = tokio::join!(world.run(), strikes);

        assert_eq!(report.expect("nothing failed").counters.read, 13, "{harm:?}");
        let told = world.told_lanes();
        assert!(!told.contains(&(3, 1)), "{harm:?}: {told:?}");
    }
}
