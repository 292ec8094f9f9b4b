//! Whether a failed request is sent once more, and after how long.

use std::time::Duration;

use crate::{Effect, Fault, Schedule};

/// How many repeats of each kind a call has had.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    unavailable: usize,
    busy: usize,
    redundant: usize,
    rate_limited: usize,
}

impl Repeats {
    /// The wait before the next repeat; `None` when this failure ends the call. `reached` when the partner
    /// has, or may have, seen the request.
    pub(crate) fn next(
        &mut self,
        schedule: &Schedule,
        effect: Effect,
        (fault, reached): (&Fault, bool),
        rng: &mut fastrand::Rng,
    ) -> Option<Duration> {
        let passes_by_itself = match fault {
            Fault::RateLimited => true,
            Fault::Unavailable if !reached => true,
            // Busy: what is in flight may be this very request, of a caller that is gone: whoever may not do it twice
            // asks.
            Fault::Busy | Fault::Unavailable | Fault::Unclear | Fault::Redundant => {
                effect != Effect::AskFirst
            }
            Fault::Empty
            | Fault::Blocked { .. }
            // The owner of the token renews it and repeats.
            | Fault::Expired
            | Fault::Unauthorized { .. }
            | Fault::NotFound { .. }
            | Fault::Duplicate { .. }
            | Fault::Refused { .. }
            | Fault::Misconfigured { .. }
            | Fault::Malformed { .. } => false,
        };
        if !passes_by_itself {
            return None;
        }
        let (used, waits) = match fault {
            Fault::Busy => (&mut self.busy, &schedule.busy),
            Fault::RateLimited => (&mut self.rate_limited, &schedule.rate_limited),
            Fault::Redundant => (&mut self.redundant, &schedule.redundant),
            _ => (&mut self.unavailable, &schedule.unavailable),
        };
        let wait = *waits.get(*used)?;
        *used += 1;
        let spread = matches!(fault, Fault::Unavailable | Fault::Unclear);
        Some(if spread { wait + wait * rng.u32(0..=250) / 1_000 } else { wait })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole seconds waited when the same failure comes again and again.
    fn waits(effect: Effect, fault: &Fault, reached: bool) -> Vec<u64> {
        let (mut repeats, mut rng) = (Repeats::default(), fastrand::Rng::with_seed(7));
        let schedule = Schedule::default();
        std::iter::from_fn(|| repeats.next(&schedule, effect, (fault, reached), &mut rng))
            .map(|wait| wait.as_secs())
            .collect()
    }

    #[test]
    fn what_was_not_sent_is_repeated_whatever_its_effect() {
        for effect in [Effect::Read, Effect::Repeatable, Effect::AskFirst] {
            let waits = waits(effect, &Fault::Unavailable, false);

            assert!(matches!(waits[..], [2, 4..=5, 8..=10]), "{effect:?} {waits:?}");
        }
    }

    #[test]
    fn what_may_have_been_done_is_repeated_only_when_that_does_no_harm() {
        for fault in [Fault::Unavailable, Fault::Unclear] {
            assert_eq!(waits(Effect::Read, &fault, true).len(), 3, "{fault:?}");
            assert_eq!(waits(Effect::Repeatable, &fault, true).len(), 3, "{fault:?}");
            assert!(waits(Effect::AskFirst, &fault, true).is_empty(), "{fault:?}");
        }
    }

    #[test]
    fn a_busy_partner_is_given_ten_seconds_and_then_a_minute() {
        assert_eq!(waits(Effect::Read, &Fault::Busy, true), [10, 61]);
        assert_eq!(waits(Effect::Repeatable, &Fault::Busy, true), [10, 61]);
    }

    #[test]
    fn a_write_that_meets_another_in_flight_is_asked_about_and_not_repeated() {
        assert_eq!(waits(Effect::AskFirst, &Fault::Busy, true), [0_u64; 0]);
    }

    #[test]
    fn a_redundant_query_is_repeated_once_and_a_rate_is_waited_out() {
        assert_eq!(waits(Effect::Read, &Fault::Redundant, true), [61]);
        assert_eq!(waits(Effect::Read, &Fault::RateLimited, true), [60, 60]);
    }

    #[test]
    fn what_does_not_pass_by_itself_is_not_repeated() {
        let text = String::new;
        let faults = [
            Fault::Empty,
            Fault::Blocked { seconds: 1 },
            Fault::Expired,
            Fault::Unauthorized { text: text() },
            Fault::NotFound { text: text() },
            Fault::Duplicate { id: None, text: text() },
            Fault::Refused { text: text() },
            Fault::Misconfigured { text: text() },
            Fault::Malformed { text: text() },
        ];
        for fault in faults {
            assert!(waits(Effect::Read, &fault, true).is_empty(), "{fault:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_waits() {
        let wait = |seed| {
            let mut rng = fastrand::Rng::with_seed(seed);
            let failure = (&Fault::Unavailable, false);
            Repeats::default().next(&Schedule::default(), Effect::Read, failure, &mut rng)
        };

        assert_eq!(wait(1), wait(1));
        assert!((1..50).any(|seed| wait(seed) != wait(0)), "the spread does nothing");
    }
}
