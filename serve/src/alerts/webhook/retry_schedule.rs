//! The schedule of delivery attempts.

use std::str::FromStr;
use std::time::Duration;

use plimsoll_lake::duration::parse_duration_s;
use ring::digest;

/// Longest delay that an endpoint can request.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(86_400);
/// Jitter is only added to a delay, at most this fraction of it.
const JITTER: f64 = 0.2;

/// Delays before each attempt, including the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule {
    delays: Vec<Duration>,
    /// Minimum delay for an overloaded endpoint.
    throttled_delay: Duration,
}

impl Default for RetrySchedule {
    /// The schedule of Standard Webhooks 1.0: ten attempts over 75 hours and 35 minutes.
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
        Self { delays, throttled_delay: Duration::from_secs(60) }
    }
}

/// A failed attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FailedAttempt<'a> {
    /// The message's id.
    pub(crate) id: &'a str,
    /// Number of attempts so far, including this one.
    pub(crate) attempts: u32,
    /// Time since the message was created.
    pub(crate) age: Duration,
    /// The delay that the endpoint requests.
    pub(crate) retry_after: Option<Duration>,
    /// Whether the endpoint is overloaded.
    pub(crate) throttled: bool,
}

impl RetrySchedule {
    /// The delay after a failed attempt; `None` if it was the last.
    ///
    /// A message that has waited longer than the whole schedule gets one attempt, so that an endpoint
    /// that is gone does not block its queue forever.
    pub(crate) fn next_delay(&self, failure: &FailedAttempt<'_>) -> Option<Duration> {
        let total: Duration = self.delays.iter().sum();
        let delay = *self.delays.get(failure.attempts as usize)?;
        if failure.age > total.mul_f64(1.0 + JITTER) {
            return None;
        }
        let delay = if failure.throttled { delay.max(self.throttled_delay) } else { delay };
        let delay = delay.mul_f64(1.0 + JITTER * jitter_fraction(failure.id, failure.attempts));
        Some(delay.max(failure.retry_after.unwrap_or_default().min(MAX_RETRY_AFTER)))
    }
}

/// A fraction that spreads the retries of different messages; deterministic for an attempt.
fn jitter_fraction(id: &str, attempts: u32) -> f64 {
    let hash = digest::digest(&digest::SHA256, format!("{id} {attempts}").as_bytes());
    let (first, _) = hash.as_ref().split_first_chunk().expect("a hash of 32 bytes");
    f64::from(u32::from_be_bytes(*first)) / f64::from(u32::MAX)
}

impl FromStr for RetrySchedule {
    type Err = String;

    /// Parses delays such as `0s,5s,5m,2h`; the second is also the minimum for an overloaded endpoint.
    fn from_str(text: &str) -> Result<Self, String> {
        let delays: Vec<Duration> = text.split(',').map(parse_delay).collect::<Result<_, _>>()?;
        let throttle = delays.get(1).copied().unwrap_or_default();
        Ok(Self { delays, throttled_delay: throttle })
    }
}

fn parse_delay(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let delay = match text.strip_suffix("ms") {
        Some(number) => number.parse().ok().map(Duration::from_millis),
        None => seconds(text).map(Duration::from_secs),
    };
    delay.ok_or_else(|| format!("{text:?} is not a delay: use 20ms, 5s, 30m, 2h or 1d"))
}

fn seconds(text: &str) -> Option<u64> {
    parse_duration_s(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILURE: FailedAttempt<'_> = FailedAttempt {
        id: "msg_a",
        attempts: 1,
        age: Duration::ZERO,
        retry_after: None,
        throttled: false,
    };

    #[test]
    fn default_schedule_takes_three_days() {
        let schedule = RetrySchedule::default();
        let total: Duration = schedule.delays.iter().sum();
        assert_eq!(total, Duration::from_secs(75 * 3_600 + 35 * 60 + 5));
        let next = |attempts| schedule.next_delay(&FailedAttempt { attempts, ..FAILURE });
        for (attempts, seconds) in [(1, 5.0), (2, 300.0), (9, 86_400.0)] {
            let delay = next(attempts).expect("another attempt").as_secs_f64();
            assert!((seconds..=seconds * 1.2).contains(&delay), "{delay}");
        }
        assert_eq!(next(10), None);
    }

    #[test]
    fn jitter_is_deterministic_and_differs_between_messages() {
        let schedule = RetrySchedule::default();
        let next = |id| schedule.next_delay(&FailedAttempt { id, attempts: 5, ..FAILURE });
        assert_eq!(next("msg_a"), next("msg_a"));
        assert_ne!(next("msg_a"), next("msg_b"));
    }

    #[test]
    fn retry_after_is_honoured_up_to_a_day() {
        let schedule = RetrySchedule::default();
        let next = |seconds: u64| {
            let retry_after = Some(Duration::from_secs(seconds));
            schedule.next_delay(&FailedAttempt { retry_after, ..FAILURE }).expect("another attempt")
        };
        assert_eq!(next(3_600), Duration::from_secs(3_600));
        assert_eq!(next(1_000_000), MAX_RETRY_AFTER);
        assert!(next(0) >= Duration::from_secs(5));
        let throttled = schedule.next_delay(&FailedAttempt { throttled: true, ..FAILURE });
        assert!(throttled >= Some(Duration::from_secs(60)), "{throttled:?}");
    }

    #[test]
    fn expired_message_is_not_retried() {
        let old = FailedAttempt { age: Duration::from_secs(4 * 86_400), ..FAILURE };
        assert_eq!(RetrySchedule::default().next_delay(&old), None);
    }

    #[test]
    fn delays_are_parsed_with_units() {
        let schedule: RetrySchedule = "0s, 20ms,5m,2h".parse().expect("a schedule");
        let milliseconds = [0, 20, 300_000, 7_200_000].map(Duration::from_millis);
        assert_eq!(schedule.delays, milliseconds);
        for text in ["", "5", "-5s", "-5ms", "5w", "1s,,2s"] {
            assert!(text.parse::<RetrySchedule>().is_err(), "{text}");
        }
    }
}
