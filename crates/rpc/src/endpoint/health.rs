//! An endpoint's recent failures and penalties.

use std::time::Duration;

use tokio::time::Instant;

/// How long an endpoint is deprioritized after a penalty.
const DEPRIORITIZED_FOR: Duration = Duration::from_secs(60);

/// An endpoint's recent failures and penalties.
#[derive(Debug, Default)]
pub(crate) struct EndpointHealth {
    failures: u32,
    failed_at: Option<Instant>,
    backs_off_until: Option<Instant>,
    deprioritized_until: Option<Instant>,
    last_success: Option<Instant>,
    penalties: u32,
    has_empty_blooms: bool,
    has_withheld_logs: bool,
    back_offs: u32,
}

impl EndpointHealth {
    /// Records the failure of a request sent at `sent_at`; returns the number of consecutive ones.
    ///
    /// Requests that were in flight together and failed are one failure.
    pub(crate) fn record_failure(&mut self, sent_at: Instant) -> u32 {
        if self.failed_at.is_none_or(|failed_at| sent_at >= failed_at) {
            self.failures += 1;
            self.failed_at = Some(Instant::now());
        }
        self.failures
    }

    pub(crate) fn back_off(&mut self, delay: Duration) {
        self.back_offs += 1;
        self.backs_off_until = self.backs_off_until.max(Some(Instant::now() + delay));
    }

    pub(crate) fn record_success(&mut self) {
        self.failures = 0;
        self.last_success = Some(Instant::now());
    }

    pub(crate) fn last_success(&self) -> Option<Instant> {
        self.last_success
    }

    /// The number of back-offs so far.
    pub(crate) fn back_offs(&self) -> u32 {
        self.back_offs
    }

    pub(crate) fn penalize(&mut self) {
        self.penalties += 1;
        self.deprioritize();
    }

    pub(crate) fn deprioritize(&mut self) {
        self.deprioritized_until = Some(Instant::now() + DEPRIORITIZED_FOR);
    }

    /// Records that it withheld logs; from now on it is used only where no other endpoint responds.
    pub(crate) fn record_withheld_logs(&mut self) {
        self.has_withheld_logs = true;
    }

    pub(crate) fn has_withheld_logs(&self) -> bool {
        self.has_withheld_logs
    }

    /// Records that its headers lack the bloom that another endpoint's have; returns whether that
    /// is new.
    pub(crate) fn record_empty_blooms(&mut self) -> bool {
        !std::mem::replace(&mut self.has_empty_blooms, true)
    }

    pub(crate) fn has_empty_blooms(&self) -> bool {
        self.has_empty_blooms
    }

    pub(crate) fn penalties(&self) -> u32 {
        self.penalties
    }

    pub(crate) fn backs_off_until(&self) -> Option<Instant> {
        self.backs_off_until.filter(|until| *until > Instant::now())
    }

    pub(crate) fn is_deprioritized(&self) -> bool {
        self.deprioritized_until.is_some_and(|until| until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_fail_together_are_one_failure() {
        let mut health = EndpointHealth::default();
        let sent_at = Instant::now();
        std::thread::sleep(Duration::from_millis(1));
        assert_eq!((health.record_failure(sent_at), health.record_failure(sent_at)), (1, 1));
        assert_eq!(health.record_failure(Instant::now()), 2);
        health.record_success();
        assert_eq!(health.record_failure(Instant::now()), 1);
    }

    #[test]
    fn longest_back_off_counts_and_ends() {
        let mut health = EndpointHealth::default();
        health.back_off(Duration::from_millis(20));
        health.back_off(Duration::ZERO);
        health.penalize();
        assert!(health.backs_off_until().is_some() && health.is_deprioritized());
        std::thread::sleep(Duration::from_millis(20));
        assert!(health.backs_off_until().is_none() && health.is_deprioritized());
        assert_eq!(health.penalties(), 1);
    }
}
