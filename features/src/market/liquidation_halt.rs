//! Whether a protocol's rules halt the liquidation of a reserve, and until when.

use plimsoll_lake::tables::ReserveParameter;

/// The parameter with whether a reserve is paused; the name is Aave's.
const PAUSED: &str = "paused";
/// The parameter with whether a reserve is active; the name is Aave's.
const ACTIVE: &str = "active";
/// The parameter with the last second at which liquidations are not permitted, in Aave from 3.1.
const GRACE_UNTIL_S: &str = "liquidation_grace_until_s";

/// The state of one reserve that can halt its liquidation; the default is none.
///
/// Aave `ValidationLogic.validateLiquidationCall`: both reserves of a call must be active and not
/// paused, and `liquidationGracePeriodUntil` must be before the block's time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct LiquidationHalt {
    is_paused: bool,
    is_inactive: bool,
    grace_until_s: i64,
}

impl LiquidationHalt {
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

    /// Hours from `time_s` until the halt ends: 0 if there is none, infinite without a known end.
    pub(super) fn hours_left(&self, time_s: i64) -> f64 {
        if self.is_paused || self.is_inactive {
            return f64::INFINITY;
        }
        (self.grace_until_s + 1 - time_s).max(0) as f64 / 3_600.0
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn after(changes: &[(&str, f64)]) -> LiquidationHalt {
        let mut halt = LiquidationHalt::default();
        for &(parameter, value) in changes {
            let change = ReserveParameter {
                chain: String::new(),
                protocol: String::new(),
                market: String::new(),
                block: 0,
                log_index: 0,
                tx: None,
                time: DateTime::UNIX_EPOCH,
                asset: String::new(),
                parameter: parameter.to_owned(),
                value,
            };
            assert_eq!(halt.apply_change(&change), parameter != "frozen");
        }
        halt
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
