//! What [`Leases`] promise.

use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;

use super::{Fresh, in_millis};
use crate::ports::{Asked, Lease, LeaseError, Leases, Noted};

const TTL: Duration = Duration::from_mins(2);

const NOTHING: Noted = Noted { asked: None, blocked_until: None };

/// The promises of [`Leases`].
pub async fn leases(state: &impl Leases, clock: &Clock) {
    let fresh = Fresh::new(clock);
    let now = in_millis(clock.now());
    a_held_lane_says_who_holds_it(state, &fresh.name("held"), now).await;
    a_holder_may_have_any_name(state, &fresh.name("holder"), now).await;
    a_crashed_holder_keeps_the_lane_until_its_time_is_over(state, &fresh.name("crash"), now).await;
    renewing_keeps_the_lane(state, &fresh.name("renew"), now).await;
    a_stale_holder_can_neither_renew_nor_release(state, &fresh.name("stale"), now).await;
    a_released_lane_is_free_and_its_fence_rises(state, &fresh.name("release"), now).await;
    what_was_asked_last_outlives_its_holder(state, &fresh.name("asked"), now).await;
    a_block_outlives_its_holder(state, &fresh.name("blocked"), now).await;
    of_many_at_once_one_gets_the_lane(state, &fresh.name("race"), now).await;
    lanes_that_are_held_are_counted(state, |n| fresh.name(&format!("counted-{n}")), now).await;
}

/// More than one answer of the store would hold if it sent the items.
const COUNTED: usize = 40;

async fn lanes_that_are_held_are_counted(
    leases: &impl Leases,
    lane: impl Fn(usize) -> String,
    now: Timestamp,
) {
    let over = clock::later(now, TTL);
    let held = async |at| leases.held(at).await.expect("countable");
    let before = (held(now).await, held(over).await);

    let mut taken = Vec::new();
    for n in 0..COUNTED {
        taken.push(acquire(leases, &lane(n), "one of many", now).await);
    }
    assert_eq!(
        (held(now).await, held(over).await),
        (before.0 + COUNTED, before.1),
        "until their time is over"
    );

    leases.renew(&taken[0], over, TTL, NOTHING).await.expect("ours");
    leases.release(&taken[1], NOTHING).await.expect("ours");
    assert_eq!((held(now).await, held(over).await), (before.0 + COUNTED - 1, before.1 + 1));
    for lease in taken {
        // One is given back already, which is no error.
        leases.release(&lease, NOTHING).await.expect("nobody has taken it since");
    }
    assert_eq!(held(now).await, before.0);
}

async fn of_many_at_once_one_gets_the_lane(leases: &impl Leases, lane: &str, now: Timestamp) {
    let try_it = |holder| leases.acquire(lane, holder, now, TTL);

    let (a, b, c, d) = tokio::join!(try_it("a"), try_it("b"), try_it("c"), try_it("d"));

    let won: Vec<Lease> = [a, b, c, d].into_iter().filter_map(Result::ok).collect();
    assert_eq!(won.len(), 1, "{won:?}");
}

async fn a_held_lane_says_who_holds_it(leases: &impl Leases, lane: &str, now: Timestamp) {
    acquire(leases, lane, "first", now).await;

    let second = leases.acquire(lane, "second", clock::later(now, Duration::from_secs(5)), TTL).await;

    let Err(LeaseError::Held { holder, until }) = second else { panic!("not held: {second:?}") };
    assert_eq!((holder.as_str(), until), ("first", clock::later(now, TTL)));
}

async fn a_holder_may_have_any_name(leases: &impl Leases, lane: &str, now: Timestamp) {
    let name = "carga inicial: execução nº 7 de São João d'Aliança (manhã)";
    let lease = acquire(leases, lane, name, now).await;
    assert_eq!(lease.holder, name);

    let second = leases.acquire(lane, "second", now, TTL).await;

    let Err(LeaseError::Held { holder, .. }) = second else { panic!("not held: {second:?}") };
    assert_eq!(holder, name);
    leases.release(&lease, NOTHING).await.expect("ours");
}

async fn a_crashed_holder_keeps_the_lane_until_its_time_is_over(
    leases: &impl Leases,
    lane: &str,
    now: Timestamp,
) {
    let first = acquire(leases, lane, "first", now).await;
    let just_before = clock::later(now, Duration::from_millis(119_999));
    let same_name = leases.acquire(lane, "first", just_before, TTL).await;
    assert!(matches!(same_name, Err(LeaseError::Held { .. })), "not even for one of the same name");

    let second = acquire(leases, lane, "second", clock::later(now, TTL)).await;

    assert!(second.fence > first.fence);
}

async fn renewing_keeps_the_lane(leases: &impl Leases, lane: &str, now: Timestamp) {
    let first = acquire(leases, lane, "first", now).await;
    let later = clock::later(now, Duration::from_secs(100));
    leases.renew(&first, later, TTL, NOTHING).await.expect("still ours");

    let second = leases.acquire(lane, "second", clock::later(now, TTL), TTL).await;

    let Err(LeaseError::Held { until, .. }) = second else { panic!("not held: {second:?}") };
    assert_eq!(until, clock::later(later, TTL));
}

async fn a_stale_holder_can_neither_renew_nor_release(leases: &impl Leases, lane: &str, now: Timestamp) {
    let stale = acquire(leases, lane, "first", now).await;
    let later = clock::later(now, TTL);
    let current = acquire(leases, lane, "second", later).await;
    let wrong = noted(Asked { at: now, page: 99 }, Some(later));

    assert!(matches!(leases.renew(&stale, later, TTL, wrong).await, Err(LeaseError::Lost)));
    assert!(matches!(leases.release(&stale, wrong).await, Err(LeaseError::Lost)));

    let third = leases.acquire(lane, "third", later, TTL).await;
    assert!(matches!(third, Err(LeaseError::Held { .. })), "the lane is still the second one's");
    leases.release(&current, NOTHING).await.expect("ours");
    assert!(
        matches!(leases.renew(&stale, later, TTL, NOTHING).await, Err(LeaseError::Lost)),
        "nor afterwards"
    );
    assert_eq!(acquire(leases, lane, "third", later).await.noted, NOTHING, "and it has left no trace");
}

async fn a_released_lane_is_free_and_its_fence_rises(leases: &impl Leases, lane: &str, now: Timestamp) {
    let first = acquire(leases, lane, "first", now).await;
    leases.release(&first, NOTHING).await.expect("ours");

    let second = acquire(leases, lane, "second", now).await;

    assert!(second.fence > first.fence);
    assert_eq!((second.lane.as_str(), second.holder.as_str()), (lane, "second"));
}

async fn what_was_asked_last_outlives_its_holder(leases: &impl Leases, lane: &str, now: Timestamp) {
    let asked = |page| noted(Asked { at: now, page }, None);
    let first = acquire(leases, lane, "first", now).await;
    assert_eq!(first.noted, NOTHING, "nothing was asked yet");
    leases.renew(&first, now, TTL, asked(3)).await.expect("ours");
    leases.renew(&first, now, TTL, NOTHING).await.expect("ours");

    let second = acquire(leases, lane, "second", clock::later(now, TTL)).await;
    assert_eq!(second.noted, asked(3), "after a crash");

    leases.release(&second, asked(4)).await.expect("ours");
    let third = acquire(leases, lane, "third", now).await;
    assert_eq!(third.noted, asked(4), "after a release");
    leases.release(&third, NOTHING).await.expect("ours");
    let fourth = acquire(leases, lane, "fourth", now).await;
    assert_eq!(fourth.noted, asked(4), "a release may have nothing to add");
}

async fn a_block_outlives_its_holder(leases: &impl Leases, lane: &str, now: Timestamp) {
    let asked = Asked { at: now, page: 3 };
    let until = |minutes| Some(clock::later(now, Duration::from_mins(minutes)));
    let blocked = |blocked_until| Noted { asked: None, blocked_until };
    let first = acquire(leases, lane, "first", now).await;
    leases.renew(&first, now, TTL, noted(asked, None)).await.expect("ours");
    leases.renew(&first, now, TTL, blocked(until(30))).await.expect("ours");

    let second = acquire(leases, lane, "second", clock::later(now, TTL)).await;
    assert_eq!(second.noted, noted(asked, until(30)), "after a crash, beside what was asked");

    leases.release(&second, blocked(until(40))).await.expect("ours");
    let third = acquire(leases, lane, "third", now).await;
    assert_eq!(third.noted, noted(asked, until(40)), "after a release");
    leases.release(&third, NOTHING).await.expect("ours");
    let fourth = acquire(leases, lane, "fourth", now).await;
    assert_eq!(fourth.noted, noted(asked, until(40)), "a release may have nothing to add");
}

async fn acquire(leases: &impl Leases, lane: &str, holder: &str, now: Timestamp) -> Lease {
    leases.acquire(lane, holder, now, TTL).await.expect("the lane is free")
}

fn noted(asked: Asked, blocked_until: Option<Timestamp>) -> Noted {
    Noted { asked: Some(asked), blocked_until }
}
