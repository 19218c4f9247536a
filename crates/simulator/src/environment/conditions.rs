//! What acting costs: gas, depth and congestion; and how alarmed owners are.

use super::super::asset::{ASSET, ASSETS};
use super::super::random::{Rng, normal};
use super::climate::{Climate, Regime};
use super::interest::Interest;
use super::path::Hour;

/// Most that alarm multiplies how often owners look.
const MOST_ALARM: f64 = 10.0;
/// How alarm grows with a day's fall, log per log, and with a day's rise.
const ALARM: (f64, f64) = (14.0, 9.0);
const USUAL_GAS_GWEI: f64 = 30.0;
const MOST_GAS_GWEI: f64 = 3_000.0;
/// Spread of the log of the price of gas, and of depth.
const GAS_SPREAD: f64 = 0.45;
const DEPTH_SPREAD: f64 = 0.30;
/// Hours in which half of a deviation is gone.
const GAS_HALF_LIFE_HOURS: f64 = 8.0;
const DEPTH_HALF_LIFE_HOURS: f64 = 5.0;
/// How depth answers to volatility, log per log.
const DEPTH_ELASTICITY: f64 = -0.5;

/// Deviations from what is usual, logs.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    gas: f64,
    depth: [f64; ASSETS],
    told: Told,
}

#[derive(Debug, Clone, Copy, Default)]
struct Told {
    gas_gwei: f64,
    depth_usd: [f64; ASSETS],
    promptness: f64,
    alarm: f64,
}

impl Conditions {
    pub(super) fn hour(&mut self, climate: &Climate, day_return: f64, rng: &mut Rng) {
        let wander = |from: f64, spread: f64, half_life: f64, rng: &mut Rng| {
            let keep = (-std::f64::consts::LN_2 / half_life).exp();
            keep * from + spread * (1.0 - keep * keep).sqrt() * normal(rng)
        };
        self.gas = wander(self.gas, GAS_SPREAD, GAS_HALF_LIFE_HOURS, rng);
        for depth in &mut self.depth {
            *depth = wander(*depth, DEPTH_SPREAD, DEPTH_HALF_LIFE_HOURS, rng);
        }
        let rush = match climate.regime {
            Regime::Calm => 0.0,
            Regime::Turbulent => 0.5,
            Regime::Storm => 1.3,
        };
        let gas_gwei = (USUAL_GAS_GWEI * (self.gas + rush).exp()).min(MOST_GAS_GWEI);
        let thinned = DEPTH_ELASTICITY * climate.stress().ln();
        let upset = if day_return < 0.0 { -day_return * ALARM.0 } else { day_return * ALARM.1 };
        self.told = Told {
            gas_gwei,
            depth_usd: std::array::from_fn(|asset| {
                ASSET[asset].depth_usd * (thinned + self.depth[asset]).exp()
            }),
            promptness: promptness(gas_gwei),
            alarm: upset.exp().min(MOST_ALARM),
        };
    }

    /// The hour that begins, as a path tells it.
    pub(super) fn told(&self, interest: Interest) -> Hour {
        let Told { gas_gwei, depth_usd, promptness, alarm } = self.told;
        Hour { gas_gwei, depth_usd, promptness, alarm, reserves: interest.reserves() }
    }
}

/// The probability that a liquidator gets through within a tick.
fn promptness(gas_gwei: f64) -> f64 {
    (0.95 - 0.22 * (gas_gwei / USUAL_GAS_GWEI).ln().max(0.0)).clamp(0.15, 0.95)
}
