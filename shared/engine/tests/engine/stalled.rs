//! A holder that stood still while another one took its lane.

use std::time::Duration;

use engine::Budget;

use crate::house::House;
use crate::shelf::ByKey;

/// Thirty articles in pages of fifteen; everything takes a second.
fn house() -> House {
    let mut house = House::of(30);
    house.source.per_page = 15;
    house.source.takes(Duration::from_secs(1));
    house.target.takes(Duration::from_secs(1));
    house
}

/// Stops the first run after `millis`, lets a second one take the lane and do its work, and wakes the first.
async fn stands_still(house: &House, millis: u64) -> bool {
    let mut stalled = Box::pin(house.run_as("um", Budget::unlimited(), &house.memory));
    tokio::select! {
        biased;
        ended = &mut stalled => {
            ended.expect("nothing fails");
            return false;
        }
        () = house.clock.sleep(Duration::from_millis(millis)) => {}
    }
    house.pause(121).await;
    let second = house.run_as("dois", Budget::unlimited(), &house.memory).await.expect("nothing fails");
    assert!(!second.more, "{millis} ms: {second:?}");
    let (calls, writes) = (house.faults.calls().len(), house.target.writes());

    let first = stalled.await.expect("another holder is no error");

    assert!(first.held && first.more, "{millis} ms: {first:?}");
    assert_eq!(house.target.writes(), writes, "{millis} ms: nothing more is written to the target");
    let after = house.faults.calls().split_off(calls);
    let only_asks_for_its_lease = after.iter().all(|call| ["lease.renew", "lease.release"].contains(call));
    assert!(only_asks_for_its_lease, "{millis} ms: {after:?}");
    assert_eq!(house.source.offences(), Vec::<String>::new(), "{millis} ms");
    true
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_lost_its_lane_writes_nothing_more() {
    let mut moments = 0;
    for millis in (100..).step_by(450) {
        let house = house();
        if !stands_still(&house, millis).await {
            break;
        }
        assert_eq!(house.target.rows(), house.model(), "{millis} ms");
        moments += 1;
    }
    assert!(moments > 8, "only {moments} moments");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_lost_its_lane_lets_go_of_nothing_more() {
    let mut moments = 0;
    for millis in (3_000..).step_by(450) {
        let mut house = house();
        house.run().await.expect("nothing fails");
        house.pause(100).await;
        (1..=15).for_each(|key| house.source.take(key));
        house.source.answers_by_key(ByKey::Truly);
        house.ask.mark = "outra".to_owned();
        let retired = house.target.retired().len();
        assert_eq!(retired, 0);
        if !stands_still(&house, millis).await {
            break;
        }
        assert_eq!(house.target.in_use(), house.model(), "{millis} ms");
        assert!(house.target.retired().len() <= 25, "{millis} ms: one batch is let go twice at most");
        moments += 1;
    }
    assert!(moments >= 2, "only {moments} moments");
}

#[tokio::test(start_paused = true)]
async fn each_holder_has_a_higher_number_than_all_before() {
    let house = house();
    let mut fences = Vec::new();
    for _ in 0..3 {
        house.run().await.expect("nothing fails");
        let sweep = house.record().await.sweep;
        fences.push(sweep.rsplit('-').next().expect("a fence").parse::<u64>().expect("a number"));
    }

    assert_eq!(fences, [1, 2, 3]);
}
