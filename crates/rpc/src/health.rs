//! How an endpoint has been doing lately.

use std::time::Duration;

use tokio::time::Instant;

/// How long an endpoint stays behind the others after it was blamed.
const BLAME: Duration = Duration::from_secs(60);

/// An endpoint's recent failures.
#[derive(Debug, Default)]
pub(crate) struct Health {
    failures: u32,
    failed_at: Option<Instant>,
    rests_until: Option<Instant>,
    behind_until: Option<Instant>,
    blamed: u32,
}

impl Health {
    /// Notes the failure of a request sent at `sent_at`; gives how many there were in a row.
    ///
    /// Requests that were on their way together fail together, which is one failure.
    pub(crate) fn failed(&mut self, sent_at: Instant) -> u32 {
        if self.failed_at.is_none_or(|failed_at| sent_at >= failed_at) {
            self.failures += 1;
            self.failed_at = Some(Instant::now());
        }
        self.failures
    }

    pub(crate) fn rest(&mut self, rest: Duration) {
        self.rests_until = self.rests_until.max(Some(Instant::now() + rest));
    }

    pub(crate) fn worked(&mut self) {
        self.failures = 0;
    }

    pub(crate) fn blame(&mut self) {
        self.blamed += 1;
        self.put_behind();
    }

    pub(crate) fn put_behind(&mut self) {
        self.behind_until = Some(Instant::now() + BLAME);
    }

    pub(crate) fn blamed(&self) -> u32 {
        self.blamed
    }

    pub(crate) fn rests_until(&self) -> Option<Instant> {
        self.rests_until.filter(|until| *until > Instant::now())
    }

    pub(crate) fn is_behind(&self) -> bool {
        self.behind_until.is_some_and(|until| until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_fail_together_are_one_failure() {
        let mut health = Health::default();
        let sent_at = Instant::now();
        std::thread::sleep(Duration::from_millis(1));
        assert_eq!((health.failed(sent_at), health.failed(sent_at)), (1, 1));
        assert_eq!(health.failed(Instant::now()), 2);
        health.worked();
        assert_eq!(health.failed(Instant::now()), 1);
    }

    #[test]
    fn longest_rest_counts_and_rest_ends() {
        let mut health = Health::default();
        health.rest(Duration::from_millis(20));
        health.rest(Duration::ZERO);
        health.blame();
        assert!(health.rests_until().is_some() && health.is_behind());
        std::thread::sleep(Duration::from_millis(20));
        assert!(health.rests_until().is_none() && health.is_behind());
        assert_eq!(health.blamed(), 1);
    }
}
