//! Whether a protocol's rules halt liquidations, why, and until when.

use plimsoll_lake::tables::{ReserveParameter, parameter};

/// The parameter with whether a reserve is paused; the name is Aave's.
const PAUSED: &str = "paused";
/// The parameter with whether a reserve is active; the name is Aave's.
const ACTIVE: &str = "active";
/// The parameter with the last second at which liquidations are not permitted, in Aave from 3.1.
const GRACE_UNTIL_S: &str = "liquidation_grace_until_s";
/// Below this health factor a sequencer sentinel does not bar a liquidation: Aave
/// `ValidationLogic.MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD`.
const SENTINEL_HEALTH_FACTOR: f64 = 0.95;

/// Why the protocol's rules do not permit a liquidation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HaltCause {
    /// The reserve is paused.
    ReservePaused,
    /// The reserve is not active.
    ReserveInactive,
    /// The reserve is in its grace period after a pause.
    GracePeriod,
    /// The sequencer of the chain is down.
    SequencerDown,
    /// The sequencer is up again, in the grace period of the market's sentinel.
    SequencerGracePeriod,
}

/// A halt of liquidations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiquidationHalt {
    /// Its cause.
    pub cause: HaltCause,
    /// The asset that is halted; `None` for the whole market.
    pub asset: Option<usize>,
    /// The first second at which the rules permit liquidations; `None` if it is not known.
    pub until_s: Option<i64>,
}

impl LiquidationHalt {
    /// Hours from `time_s` until it ends; infinite without a known end.
    pub(super) fn hours_left(&self, time_s: i64) -> f64 {
        self.until_s.map_or(f64::INFINITY, |until_s| (until_s - time_s) as f64 / 3_600.0)
    }

    /// The later of two halts.
    pub(super) fn later(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        let end = |halt: &Self| halt.until_s.unwrap_or(i64::MAX);
        match (a, b) {
            (Some(a), Some(b)) => Some(if end(&b) > end(&a) { b } else { a }),
            (a, b) => a.or(b),
        }
    }
}

/// The state of one reserve that can halt its liquidation; the default is none.
///
/// Aave `ValidationLogic.validateLiquidationCall`: both reserves of a call must be active and not
/// paused, and `liquidationGracePeriodUntil` must be before the block's time. A frozen reserve can be
/// liquidated.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ReserveHalt {
    is_paused: bool,
    is_inactive: bool,
    grace_until_s: i64,
}

impl ReserveHalt {
    /// Applies a change of the state; false if it is another change.
    pub(super) fn apply_change(&mut self, change: &ReserveParameter) -> bool {
        match change.parameter.as_str() {
            PAUSED => self.is_paused = change.value != 0.0,
            ACTIVE => self.is_inactive = change.value == 0.0,
            GRACE_UNTIL_S => self.grace_until_s = change.value as i64,
            _ => return false,
        }
        true
    }

    /// The halt of this asset at `time_s`.
    pub(super) fn halt(&self, asset: usize, time_s: i64) -> Option<LiquidationHalt> {
        let (cause, until_s) = if self.is_inactive {
            (HaltCause::ReserveInactive, None)
        } else if self.is_paused {
            (HaltCause::ReservePaused, None)
        } else if time_s <= self.grace_until_s {
            (HaltCause::GracePeriod, Some(self.grace_until_s + 1))
        } else {
            return None;
        };
        Some(LiquidationHalt { cause, asset: Some(asset), until_s })
    }
}

/// The sentinel of an L2's sequencer; the default is none.
///
/// Aave `PriceOracleSentinel._isUpAndGracePeriodPassed`, up to release 3.6: liquidations above a health
/// factor of 0.95 need a sequencer that is up and has been for more than the grace period.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct SequencerSentinel {
    is_down: bool,
    updated_s: i64,
    grace_s: i64,
    is_set: bool,
}

impl SequencerSentinel {
    /// Applies a change of the state; false if it is another change.
    pub(super) fn apply_change(&mut self, change: &ReserveParameter) -> bool {
        if change.asset != parameter::SENTINEL_ASSET {
            return false;
        }
        match change.parameter.as_str() {
            parameter::SENTINEL_IN_FORCE => self.is_set = change.value != 0.0,
            parameter::SEQUENCER_DOWN => {
                self.is_down = change.value != 0.0;
                self.updated_s = change.time.timestamp();
            }
            parameter::SENTINEL_GRACE_S => self.grace_s = change.value as i64,
            _ => return false,
        }
        true
    }

    /// The halt of an account with a health factor at `time_s`.
    pub(super) fn halt(&self, health_factor: f64, time_s: i64) -> Option<LiquidationHalt> {
        if !self.is_set || health_factor < SENTINEL_HEALTH_FACTOR {
            return None;
        }
        if self.is_down {
            let cause = HaltCause::SequencerDown;
            return Some(LiquidationHalt { cause, asset: None, until_s: None });
        }
        let until_s = self.updated_s + self.grace_s + 1;
        let cause = HaltCause::SequencerGracePeriod;
        (time_s < until_s).then_some(LiquidationHalt { cause, asset: None, until_s: Some(until_s) })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn change(asset: &str, time_s: i64, parameter: &str, value: f64) -> ReserveParameter {
        ReserveParameter {
            chain: String::new(),
            protocol: String::new(),
            market: String::new(),
            block: 0,
            log_index: 0,
            tx: None,
            time: DateTime::from_timestamp(time_s, 0).expect("a time"),
            asset: asset.to_owned(),
            parameter: parameter.to_owned(),
            value,
        }
    }

    fn after(changes: &[(&str, f64)]) -> ReserveHalt {
        let mut halt = ReserveHalt::default();
        for &(parameter, value) in changes {
            let is_known = halt.apply_change(&change("", 0, parameter, value));
            assert_eq!(is_known, parameter != "frozen");
        }
        halt
    }

    impl ReserveHalt {
        fn hours_left(&self, time_s: i64) -> f64 {
            self.halt(0, time_s).map_or(0.0, |halt| halt.hours_left(time_s))
        }
    }

    #[test]
    fn a_sentinel_bars_liquidations_above_its_health_factor() {
        let mut sentinel = SequencerSentinel::default();
        let mut apply = |time_s: i64, parameter: &str, value: f64| {
            let change = change(parameter::SENTINEL_ASSET, time_s, parameter, value);
            assert!(sentinel.apply_change(&change));
            sentinel
        };
        assert_eq!(apply(0, parameter::SENTINEL_GRACE_S, 3_600.0).halt(0.98, 10), None);
        apply(0, parameter::SENTINEL_IN_FORCE, 1.0);
        let down = apply(100_000, parameter::SEQUENCER_DOWN, 1.0);
        let halt = down.halt(0.98, 100_500).expect("a halt");
        assert_eq!((halt.cause, halt.until_s), (HaltCause::SequencerDown, None));
        assert_eq!(down.halt(0.949, 100_500), None);
        let up = apply(101_000, parameter::SEQUENCER_DOWN, 0.0);
        let halt = up.halt(0.98, 102_000).expect("a halt");
        let cause = HaltCause::SequencerGracePeriod;
        assert_eq!((halt.cause, halt.until_s), (cause, Some(104_601)));
        assert_eq!(up.halt(0.98, 104_601), None);
    }

    #[test]
    fn the_later_of_two_halts_counts() {
        let halt =
            |until_s| Some(LiquidationHalt { cause: HaltCause::GracePeriod, asset: None, until_s });
        assert_eq!(LiquidationHalt::later(halt(Some(5)), halt(Some(9))), halt(Some(9)));
        assert_eq!(LiquidationHalt::later(halt(None), halt(Some(9))), halt(None));
        assert_eq!(LiquidationHalt::later(None, halt(Some(9))), halt(Some(9)));
    }

    #[test]
    fn a_grace_period_ends_after_its_last_second() {
        let halt = after(&[(GRACE_UNTIL_S, 7_199.0)]);
        assert_eq!(halt.hours_left(3_600), 1.0);
        assert!(halt.hours_left(7_199) > 0.0);
        assert_eq!(halt.hours_left(7_200), 0.0);
        assert_eq!(
            after(&[(GRACE_UNTIL_S, 7_199.0), (GRACE_UNTIL_S, 0.0)]).hours_left(0),
            1.0 / 3_600.0
        );
    }

    #[test]
    fn a_paused_or_inactive_reserve_is_halted_without_end_and_a_frozen_one_is_not() {
        assert_eq!(after(&[("frozen", 1.0)]).hours_left(100), 0.0);
        assert_eq!(after(&[(PAUSED, 1.0)]).hours_left(100), f64::INFINITY);
        assert_eq!(after(&[(PAUSED, 1.0), (PAUSED, 0.0)]).hours_left(100), 0.0);
        assert_eq!(after(&[(ACTIVE, 0.0)]).hours_left(100), f64::INFINITY);
        assert_eq!(after(&[(ACTIVE, 1.0)]).hours_left(100), 0.0);
    }
}
