//! Transaction conditions: gas, depth and congestion; and the alarm of owners.

use crate::asset::{ASSET_CONFIGS, ASSET_COUNT};
use crate::random::{Rng, normal};
use crate::environment::regime::{Regime, RegimeProcess};
use crate::environment::interest::InterestState;
use crate::environment::path::HourState;

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
pub(crate) struct MarketConditions {
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
    pub(crate) fn advance_hour(&mut self, climate: &RegimeProcess, day_return: f64, rng: &mut Rng) {
        let wander = |from: f64, spread: f64, half_life: f64, rng: &mut Rng| {
            let keep = (-std::f64::consts::LN_2 / half_life).exp();
            keep * from + spread * (1.0 - keep * keep).sqrt() * normal(rng)
        };
        self.log_gas_deviation =
            wander(self.log_gas_deviation, GAS_LOG_SPREAD, GAS_HALF_LIFE_HOURS, rng);
        for depth in &mut self.log_depth_deviation {
            *depth = wander(*depth, DEPTH_LOG_SPREAD, DEPTH_HALF_LIFE_HOURS, rng);
        }
        let rush = match climate.regime {
            Regime::Calm => 0.0,
            Regime::Turbulent => 0.5,
            Regime::Crisis => 1.3,
        };
        let gas_gwei = (TYPICAL_GAS_GWEI * (self.log_gas_deviation + rush).exp()).min(MAX_GAS_GWEI);
        let thinned = DEPTH_ELASTICITY * climate.stress().ln();
        let upset = if day_return < 0.0 {
            -day_return * ALARM_SENSITIVITY.0
        } else {
            day_return * ALARM_SENSITIVITY.1
        };
        self.current = HourConditions {
            gas_gwei,
            depth_usd: std::array::from_fn(|asset| {
                ASSET_CONFIGS[asset].depth_usd * (thinned + self.log_depth_deviation[asset]).exp()
            }),
            inclusion_probability: inclusion_probability(gas_gwei),
            alarm_factor: upset.exp().min(MAX_ALARM_FACTOR),
        };
    }

    /// The state of the starting hour for a path.
    pub(crate) fn hour_state(&self, interest: InterestState) -> HourState {
        let HourConditions {
            gas_gwei,
            depth_usd,
            inclusion_probability: promptness,
            alarm_factor: alarm,
        } = self.current;
        HourState {
            gas_gwei,
            depth_usd,
            inclusion_probability: promptness,
            alarm_factor: alarm,
            reserves: interest.reserves(),
        }
    }
}

/// Probability that a liquidator's transaction is included within a tick.
fn inclusion_probability(gas_gwei: f64) -> f64 {
    (0.95 - 0.22 * (gas_gwei / TYPICAL_GAS_GWEI).ln().max(0.0)).clamp(0.15, 0.95)
}
