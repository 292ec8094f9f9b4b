//! When a failure is met with another attempt (flow §8.1).

use std::time::Duration;

use jiff::Timestamp;

use super::{Failure, Next, PATIENCE, again, park, short};
use crate::record::Order;
use crate::state::{Reason, State};

const FIRST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_mins(30);

/// Another attempt from `state`, or a person where that makes no sense (any longer).
pub(super) fn failed(mut order: Order, failure: &Failure, state: State, now: Timestamp) -> Next {
    match failure {
        Failure::Lasting { reason, why } => park(order, *reason, why, state, now),
        Failure::Postponed { why, after } => {
            let first = *order.postponed.get_or_insert(now);
            if clock::later(first, PATIENCE) <= now {
                return park(order, Reason::RetryBudget, why, state, now);
            }
            set(&mut order, state, why, now);
            let wait = after.saturating_add(after.mul_f64(share(&order) * 0.2));
            again(order, wait, now)
        }
        Failure::Passing { why, after } => {
            let first = *order.first_failed.get_or_insert(now);
            order.attempts = order.attempts.saturating_add(1);
            order.last_error = Some(short(why));
            if clock::later(first, PATIENCE) <= now {
                return park(order, Reason::RetryBudget, why, state, now);
            }
            set(&mut order, state, why, now);
            let wait = delay(&order).max(after.unwrap_or_default());
            again(order, wait, now)
        }
    }
}

/// Where it is tried again from. Not a progress: the patience goes on being used up.
fn set(order: &mut Order, state: State, why: &str, now: Timestamp) {
    order.go(state, why, now);
}

/// 30 s × 2^(n−1), at most 30 min, give or take 20 %.
fn delay(order: &Order) -> Duration {
    let doublings = order.attempts.saturating_sub(1).min(10);
    let grown = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    grown.mul_f64(0.8 + 0.4 * share(order))
}

/// Between 0 and 1, different from order to order and from attempt to attempt, and the same each time it is asked: so
/// that a thousand orders that failed together do not come back together, and the machine stays pure.
fn share(order: &Order) -> f64 {
    let seed =
        order.id.bytes().chain(order.attempts.to_le_bytes()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    f64::from(fastrand::Rng::with_seed(seed).u16(..)) / f64::from(u16::MAX)
}
