//! When to try again.

use std::str::FromStr;
use std::time::Duration;

use ring::digest;

/// Longest that an endpoint may ask to be left alone.
pub const LONGEST_REST: Duration = Duration::from_secs(86_400);
/// Jitter only ever adds to a delay, at most this share of it.
const JITTER: f64 = 0.2;

/// How long to wait before each attempt, the first included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    delays: Vec<Duration>,
    /// Least rest of an endpoint that is overloaded.
    throttle: Duration,
}

impl Default for Schedule {
    /// That of Standard Webhooks 1.0: ten attempts over 75 hours and 35 minutes.
    fn default() -> Self {
        const HOUR_S: u64 = 3_600;
        let seconds = [
            0,
            5,
            300,
            1_800,
            2 * HOUR_S,
            5 * HOUR_S,
            10 * HOUR_S,
            14 * HOUR_S,
            20 * HOUR_S,
            24 * HOUR_S,
        ];
        let delays = seconds.map(Duration::from_secs).into();
        Self { delays, throttle: Duration::from_secs(60) }
    }
}

/// A failed attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Failure<'a> {
    /// The message's id.
    pub(super) id: &'a str,
    /// Attempts so far, this one included.
    pub(super) attempts: u32,
    /// How long the message had been waiting in all.
    pub(super) age: Duration,
    /// What the endpoint asks for.
    pub(super) retry_after: Option<Duration>,
    /// Whether it says that it is overloaded.
    pub(super) throttled: bool,
}

impl Schedule {
    /// How long to wait after a failed attempt; `None` if it was the last.
    ///
    /// What waited behind others for as long as all attempts take has one attempt, so that an
    /// endpoint that is gone does not hold its messages for ever.
    pub(super) fn rest(&self, failure: &Failure<'_>) -> Option<Duration> {
        let total: Duration = self.delays.iter().sum();
        let delay = *self.delays.get(failure.attempts as usize)?;
        if failure.age > total.mul_f64(1.0 + JITTER) {
            return None;
        }
        let delay = if failure.throttled { delay.max(self.throttle) } else { delay };
        let delay = delay.mul_f64(1.0 + JITTER * fraction(failure.id, failure.attempts));
        Some(delay.max(failure.retry_after.unwrap_or_default().min(LONGEST_REST)))
    }
}

/// A fraction by which the retries of different messages fall apart: the same for the same attempt.
fn fraction(id: &str, attempts: u32) -> f64 {
    let hash = digest::digest(&digest::SHA256, format!("{id} {attempts}").as_bytes());
    let (first, _) = hash.as_ref().split_first_chunk().expect("a hash of 32 bytes");
    f64::from(u32::from_be_bytes(*first)) / f64::from(u32::MAX)
}

impl FromStr for Schedule {
    type Err = String;

    /// Reads delays such as `0s,5s,5m,2h`; the least rest of an overloaded endpoint is the second.
    fn from_str(text: &str) -> Result<Self, String> {
        let delays: Vec<Duration> = text.split(',').map(delay).collect::<Result<_, _>>()?;
        let throttle = delays.get(1).copied().unwrap_or_default();
        Ok(Self { delays, throttle })
    }
}

fn delay(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let milliseconds = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(format!("{text:?} is no delay: use 20ms, 5s, 30m or 2h")),
    };
    let number: u64 =
        digits.parse().map_err(|_| format!("{text:?} is no delay: use 20ms or 5s"))?;
    Ok(Duration::from_millis(number.saturating_mul(milliseconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILURE: Failure<'_> = Failure {
        id: "msg_a",
        attempts: 1,
        age: Duration::ZERO,
        retry_after: None,
        throttled: false,
    };

    #[test]
    fn the_usual_schedule_takes_three_days() {
        let schedule = Schedule::default();
        let total: Duration = schedule.delays.iter().sum();
        assert_eq!(total, Duration::from_secs(75 * 3_600 + 35 * 60 + 5));
        let rest = |attempts| schedule.rest(&Failure { attempts, ..FAILURE });
        for (attempts, seconds) in [(1, 5.0), (2, 300.0), (9, 86_400.0)] {
            let rest = rest(attempts).expect("another attempt").as_secs_f64();
            assert!((seconds..=seconds * 1.2).contains(&rest), "{rest}");
        }
        assert_eq!(rest(10), None);
    }

    #[test]
    fn jitter_tells_messages_apart_and_is_the_same_each_time() {
        let schedule = Schedule::default();
        let rest = |id| schedule.rest(&Failure { id, attempts: 5, ..FAILURE });
        assert_eq!(rest("msg_a"), rest("msg_a"));
        assert_ne!(rest("msg_a"), rest("msg_b"));
    }

    #[test]
    fn an_endpoint_is_left_alone_for_as_long_as_it_asks_up_to_a_day() {
        let schedule = Schedule::default();
        let rest = |asked: u64| {
            let retry_after = Some(Duration::from_secs(asked));
            schedule.rest(&Failure { retry_after, ..FAILURE }).expect("another attempt")
        };
        assert_eq!(rest(3_600), Duration::from_secs(3_600));
        assert_eq!(rest(1_000_000), LONGEST_REST);
        assert!(rest(0) >= Duration::from_secs(5));
        let throttled = schedule.rest(&Failure { throttled: true, ..FAILURE });
        assert!(throttled >= Some(Duration::from_secs(60)), "{throttled:?}");
    }

    #[test]
    fn what_has_waited_for_days_is_tried_once() {
        let old = Failure { age: Duration::from_secs(4 * 86_400), ..FAILURE };
        assert_eq!(Schedule::default().rest(&old), None);
    }

    #[test]
    fn delays_are_read_with_their_units() {
        let schedule: Schedule = "0s, 20ms,5m,2h".parse().expect("a schedule");
        let milliseconds = [0, 20, 300_000, 7_200_000].map(Duration::from_millis);
        assert_eq!(schedule.delays, milliseconds);
        for text in ["", "5", "-5s", "5d", "1s,,2s"] {
            assert!(text.parse::<Schedule>().is_err(), "{text}");
        }
    }
}
