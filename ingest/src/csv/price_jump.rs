//! Detection of implausible price jumps without look-ahead.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

/// How far a price may move from one tick to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct JumpLimits {
    /// Largest move that is accepted immediately, as the absolute log-ratio of two prices.
    pub(crate) max_jump: f64,
    /// How close a second tick must be to a rejected one to confirm it, as a log-ratio.
    pub(crate) tolerance: f64,
}

/// The limits of every asset of a source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JumpRules {
    pub(crate) default_limits: JumpLimits,
    pub(crate) limits_by_asset: HashMap<String, JumpLimits>,
    /// The gap up to which [`JumpLimits::max_jump`] applies unchanged.
    pub(crate) widen_after: TimeDelta,
}

impl JumpRules {
    pub(crate) fn limits_for(&self, asset: &str) -> JumpLimits {
        self.limits_by_asset.get(asset).copied().unwrap_or(self.default_limits)
    }
}

/// One price at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PriceTick {
    pub(crate) time: DateTime<Utc>,
    pub(crate) price_usd: f64,
}

/// A tick that is too far from the last accepted one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PriceJump {
    /// The last accepted tick.
    pub(crate) from: PriceTick,
    /// The move, as a log-ratio.
    pub(crate) size: f64,
    /// The largest move allowed after this gap, as a log-ratio.
    pub(crate) allowed: f64,
}

/// Detects jumps in one asset's ticks.
#[derive(Debug, Default)]
pub(crate) struct JumpDetector {
    last_accepted: Option<PriceTick>,
    unconfirmed: Option<PriceTick>,
}

impl JumpDetector {
    /// Checks the next tick; the result depends on this tick and earlier ones only.
    ///
    /// The allowed move grows with the square root of the gap since the last accepted tick, as for
    /// a random walk; so an asset whose ticks are all rejected recovers eventually.
    pub(crate) fn check(
        &mut self,
        tick: PriceTick,
        limits: JumpLimits,
        widen_after: TimeDelta,
    ) -> Result<(), PriceJump> {
        let Some(from) = self.last_accepted else {
            self.last_accepted = Some(tick);
            return Ok(());
        };
        let size = abs_log_ratio(tick, from);
        let allowed = limits.max_jump * gap_factor(tick.time - from.time, widen_after);
        // A repeated tick must not confirm itself.
        let earlier = self.unconfirmed.filter(|suspect| suspect.time < tick.time);
        let confirmed =
            earlier.is_some_and(|suspect| abs_log_ratio(tick, suspect) <= limits.tolerance);
        if size <= allowed || confirmed {
            *self = Self { last_accepted: Some(tick), unconfirmed: None };
            return Ok(());
        }
        self.unconfirmed = Some(tick);
        Err(PriceJump { from, size, allowed })
    }
}

fn abs_log_ratio(a: PriceTick, b: PriceTick) -> f64 {
    (a.price_usd / b.price_usd).ln().abs()
}

fn gap_factor(gap: TimeDelta, widen_after: TimeDelta) -> f64 {
    (gap.as_seconds_f64() / widen_after.as_seconds_f64()).max(1.0).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: JumpLimits = JumpLimits { max_jump: 0.1, tolerance: 0.02 };

    fn tick(hour: f64, price_usd: f64) -> PriceTick {
        let time = DateTime::from_timestamp((hour * 3600.0) as i64, 0).expect("a time");
        PriceTick { time, price_usd }
    }

    fn accepted(ticks: &[(f64, f64)]) -> Vec<bool> {
        let mut detector = JumpDetector::default();
        let check = |&(hour, price): &(f64, f64)| {
            detector.check(tick(hour, price), LIMITS, TimeDelta::hours(2)).is_ok()
        };
        ticks.iter().map(check).collect()
    }

    #[test]
    fn a_spike_is_rejected_and_the_return_accepted() {
        assert_eq!(accepted(&[(0.0, 100.0), (1.0, 125.0), (2.0, 101.0)]), [true, false, true]);
    }

    #[test]
    fn a_new_level_is_accepted_once_a_second_tick_confirms_it() {
        assert_eq!(
            accepted(&[(0.0, 100.0), (1.0, 80.0), (2.0, 79.0), (3.0, 78.0)]),
            [true, false, true, true]
        );
    }

    #[test]
    fn two_outliers_that_disagree_confirm_nothing() {
        assert_eq!(
            accepted(&[(0.0, 100.0), (1.0, 125.0), (2.0, 80.0), (3.0, 100.0)]),
            [true, false, false, true]
        );
    }

    #[test]
    fn a_repeated_tick_does_not_confirm_itself() {
        assert_eq!(
            accepted(&[(0.0, 100.0), (1.0, 125.0), (1.0, 125.0), (2.0, 101.0)]),
            [true, false, false, true]
        );
    }

    #[test]
    fn a_long_gap_allows_a_longer_jump() {
        assert_eq!(accepted(&[(0.0, 100.0), (1.0, 118.0)]), [true, false]);
        assert_eq!(accepted(&[(0.0, 100.0), (8.0, 118.0)]), [true, true]);
        assert_eq!(accepted(&[(0.0, 100.0), (8.0, 125.0)]), [true, false]);
    }

    #[test]
    fn a_jump_reports_the_last_accepted_tick_and_the_limit() {
        let mut detector = JumpDetector::default();
        let from = tick(0.0, 100.0);
        detector.check(from, LIMITS, TimeDelta::hours(2)).expect("a first tick is accepted");
        let jump = detector.check(tick(1.0, 125.0), LIMITS, TimeDelta::hours(2));
        assert_eq!(jump, Err(PriceJump { from, size: 1.25_f64.ln(), allowed: 0.1 }));
    }

    proptest! {
        #[test]
        fn deleting_the_future_changes_no_result(
            steps in prop::collection::vec((0_u32..30, 80.0_f64..125.0), 1..40),
            keep in 0_usize..40,
        ) {
            let mut hour = 0.0;
            let ticks: Vec<_> = steps.iter().map(|&(gap, price)| { hour += f64::from(gap); (hour, price) }).collect();
            let kept = &ticks[..keep.min(ticks.len())];
            prop_assert_eq!(&accepted(&ticks)[..kept.len()], &accepted(kept)[..]);
        }
    }
}
