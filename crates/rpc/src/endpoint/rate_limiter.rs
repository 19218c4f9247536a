//! A limit of requests per second.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Spaces requests evenly.
pub(crate) struct RateLimiter {
    interval: Duration,
    next: Mutex<Instant>,
}

impl RateLimiter {
    /// A limit of requests per second; `None` is no limit.
    pub(crate) fn new(requests_per_s: Option<f64>) -> Self {
        let interval = requests_per_s
            .and_then(|rate| Duration::try_from_secs_f64(rate.recip()).ok())
            .unwrap_or_default();
        Self { interval, next: Mutex::new(Instant::now()) }
    }

    /// Waits until the given number of requests may be sent.
    pub(crate) async fn acquire(&self, requests: usize) {
        if !self.interval.is_zero() {
            sleep_until(self.reserve(requests)).await;
        }
    }

    fn reserve(&self, requests: usize) -> Instant {
        let mut next = self.next.lock().expect("no thread panics while it holds the lock");
        let turn = (*next).max(Instant::now());
        *next = turn + self.interval * u32::try_from(requests).unwrap_or(u32::MAX);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_spaced_and_batches_count_in_full() {
        let pace = RateLimiter::new(Some(10.0));
        let first = pace.reserve(5);
        assert_eq!(pace.reserve(1) - first, Duration::from_millis(500));
        assert_eq!(pace.reserve(1) - first, Duration::from_millis(600));
    }

    #[test]
    fn no_limit_never_waits() {
        let pace = RateLimiter::new(None);
        pace.reserve(1_000_000);
        assert!(pace.reserve(1) <= Instant::now());
    }
}
