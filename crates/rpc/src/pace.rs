//! Requests a second, kept.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Spaces requests evenly.
pub(super) struct Pace {
    gap: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    /// A pace of some requests a second; `None` is no limit.
    pub(super) fn new(requests_per_s: Option<f64>) -> Self {
        let gap = requests_per_s
            .and_then(|rate| Duration::try_from_secs_f64(rate.recip()).ok())
            .unwrap_or_default();
        Self { gap, next: Mutex::new(Instant::now()) }
    }

    /// Waits for the turn of so many requests.
    pub(super) async fn wait(&self, requests: usize) {
        if !self.gap.is_zero() {
            sleep_until(self.turn(requests)).await;
        }
    }

    fn turn(&self, requests: usize) -> Instant {
        let mut next = self.next.lock().expect("nothing panics while it holds the pace");
        let turn = (*next).max(Instant::now());
        *next = turn + self.gap * u32::try_from(requests).unwrap_or(u32::MAX);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_spaced_and_batches_count_in_full() {
        let pace = Pace::new(Some(10.0));
        let first = pace.turn(5);
        assert_eq!(pace.turn(1) - first, Duration::from_millis(500));
        assert_eq!(pace.turn(1) - first, Duration::from_millis(600));
    }

    #[test]
    fn no_limit_never_waits() {
        let pace = Pace::new(None);
        pace.turn(1_000_000);
        assert!(pace.turn(1) <= Instant::now());
    }
}
