//! Transaction conditions: gas, depth and congestion; and the alarm of owners.

use super::interest::InterestState;
use super::mean_reversion::{hourly_persistence, mean_revert};
use super::path::HourState;
use super::regime::{Regime, RegimeProcess};
use crate::asset::{ASSET_CONFIGS, ASSET_COUNT};
use crate::random::Rng;

/// Upper limit of the alarm factor.
const MAX_ALARM_FACTOR: f64 = 10.0;
/// Growth of log alarm with a fall, and with a rise, of the log price over a day.
const ALARM_SENSITIVITY: (f64, f64) = (14.0, 9.0);
const TYPICAL_GAS_GWEI: f64 = 30.0;
const MAX_GAS_GWEI: f64 = 3_000.0;
/// Standard deviation of the log gas price, and of log depth.
const GAS_LOG_SPREAD: f64 = 0.45;
const DEPTH_LOG_SPREAD: f64 = 0.30;
/// Half-lives of deviations, hours.
const GAS_HALF_LIFE_HOURS: f64 = 8.0;
const DEPTH_HALF_LIFE_HOURS: f64 = 5.0;
/// Elasticity of depth with respect to stress.
const DEPTH_ELASTICITY: f64 = -0.5;

/// Log deviations from typical values, and the resulting conditions.
#[derive(Debug, Clone, Default)]
pub(super) struct MarketConditions {
    log_gas_deviation: f64,
    log_depth_deviation: [f64; ASSET_COUNT],
    current: HourConditions,
}

#[derive(Debug, Clone, Copy, Default)]
struct HourConditions {
    gas_gwei: f64,
    depth_usd: [f64; ASSET_COUNT],
    inclusion_probability: f64,
    alarm_factor: f64,
}

impl MarketConditions {
    pub(super) fn advance_hour(
        &mut self,
        regime_process: &RegimeProcess,
        day_return: f64,
        rng: &mut Rng,
    ) {
        let gas_persistence = hourly_persistence(GAS_HALF_LIFE_HOURS);
        let depth_persistence = hourly_persistence(DEPTH_HALF_LIFE_HOURS);
        self.log_gas_deviation =
            mean_revert(self.log_gas_deviation, gas_persistence, GAS_LOG_SPREAD, rng);
        for depth in &mut self.log_depth_deviation {
            *depth = mean_revert(*depth, depth_persistence, DEPTH_LOG_SPREAD, rng);
        }
        let regime_shift = match regime_process.regime {
            Regime::Calm => 0.0,
            Regime::Turbulent => 0.5,
            Regime::Crisis => 1.3,
        };
        let gas_gwei =
            (TYPICAL_GAS_GWEI * (self.log_gas_deviation + regime_shift).exp()).min(MAX_GAS_GWEI);
        let stress_effect = DEPTH_ELASTICITY * regime_process.stress().ln();
        let log_alarm = if day_return < 0.0 {
            -day_return * ALARM_SENSITIVITY.0
        } else {
            day_return * ALARM_SENSITIVITY.1
        };
        self.current = HourConditions {
            gas_gwei,
            depth_usd: std::array::from_fn(|asset| {
                ASSET_CONFIGS[asset].depth_usd
                    * (stress_effect + self.log_depth_deviation[asset]).exp()
            }),
            inclusion_probability: inclusion_probability(gas_gwei),
            alarm_factor: log_alarm.exp().min(MAX_ALARM_FACTOR),
        };
    }

    /// The state of the starting hour for a path.
    pub(super) fn hour_state(&self, interest: InterestState) -> HourState {
        let HourConditions { gas_gwei, depth_usd, inclusion_probability, alarm_factor } =
            self.current;
        HourState {
            gas_gwei,
            depth_usd,
            inclusion_probability,
            alarm_factor,
            reserves: interest.reserves(),
        }
    }
}

/// Probability that a liquidator's transaction is included within a tick.
fn inclusion_probability(gas_gwei: f64) -> f64 {
    (0.95 - 0.22 * (gas_gwei / TYPICAL_GAS_GWEI).ln().max(0.0)).clamp(0.15, 0.95)
}
