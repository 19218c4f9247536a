//! The market's weather: calm, turbulent or stormy, and how volatile within that.

use rand::RngExt;

use super::super::options::Scenario;
use super::super::random::{Rng, exponential, normal};

/// What the market is going through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Regime {
    Calm,
    Turbulent,
    Crisis,
}

/// The regime, and volatility that wanders within it.
#[derive(Debug, Clone)]
pub(super) struct RegimeProcess {
    pub(super) regime: Regime,
    /// Log of volatility over the regime's own, from season to season.
    slow_log_volatility: f64,
    /// What shocks have added to the log of volatility.
    shock_log_volatility: f64,
    /// What the hour has of its own, log.
    hour_log_volatility: f64,
    probabilities: HourlyProbabilities,
}

/// Probabilities an hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct HourlyProbabilities {
    to_turbulent: f64,
    to_calm: f64,
    to_crisis: f64,
    leave_crisis: f64,
    /// Shocks by regime.
    shocks: [f64; 3],
    pub(super) stablecoin_depeg: f64,
    pub(super) staking_token_depeg: f64,
}

/// Volatility of ether in each regime, a year.
const REGIME_VOLATILITY: [f64; 3] = [0.52, 0.90, 1.75];
/// What "usual" means where stress is measured.
const TYPICAL_VOLATILITY: f64 = 0.8;
/// Hours in which a season loses all but 1/e of itself, and its spread.
const SLOW_VOLATILITY: (f64, f64) = (44.0 * 24.0, 0.25);
/// The same of shocks, and how much one adds on average.
const SHOCK_VOLATILITY: (f64, f64) = (9.0, 0.55);
/// Spread of what an hour has of its own: hourly returns have thick tails.
const HOUR_VOLATILITY_SPREAD: f64 = 0.25;
const MAX_LOG_VOLATILITY: f64 = 2.0;
const HOURS_PER_DAY: f64 = 24.0;
const HOURS_PER_YEAR: f64 = 8_760.0;

/// The probability an hour of what comes every so many days.
const fn once_in_days(days: f64) -> f64 {
    1.0 / (days * HOURS_PER_DAY)
}

/// The probability an hour of what comes so many times a year.
const fn times_per_year(times: f64) -> f64 {
    times / HOURS_PER_YEAR
}

impl HourlyProbabilities {
    const fn from_scenario(scenario: Scenario) -> Self {
        let mixed = Self {
            to_turbulent: 0.0157,
            to_calm: 0.0141,
            to_crisis: 0.0043,
            leave_crisis: 0.0142,
            shocks: [times_per_year(8.0), times_per_year(16.0), times_per_year(50.0)],
            stablecoin_depeg: once_in_days(500.0),
            staking_token_depeg: once_in_days(250.0),
        };
        match scenario {
            Scenario::Calm => Self {
                to_turbulent: 0.005,
                to_crisis: 0.0,
                shocks: [0.0; 3],
                stablecoin_depeg: 0.0,
                staking_token_depeg: 0.0,
                ..mixed
            },
            Scenario::Crash => Self {
                to_crisis: 0.009,
                shocks: [times_per_year(20.0), times_per_year(40.0), times_per_year(150.0)],
                stablecoin_depeg: 0.0,
                staking_token_depeg: 0.0,
                ..mixed
            },
            Scenario::Depeg => Self {
                to_crisis: 0.002,
                stablecoin_depeg: once_in_days(40.0),
                staking_token_depeg: once_in_days(30.0),
                ..mixed
            },
            Scenario::Mixed => mixed,
        }
    }
}

impl RegimeProcess {
    pub(super) const fn new(scenario: Scenario) -> Self {
        let probabilities = HourlyProbabilities::from_scenario(scenario);
        Self {
            regime: Regime::Calm,
            slow_log_volatility: 0.0,
            shock_log_volatility: 0.0,
            hour_log_volatility: 0.0,
            probabilities,
        }
    }

    /// Lives through an hour; how hard a shock struck in it, if one did: a number of mean 1.
    pub(super) fn advance_hour(&mut self, rng: &mut Rng) -> Option<f64> {
        let keep = (-1.0 / SLOW_VOLATILITY.0).exp();
        self.slow_log_volatility = keep * self.slow_log_volatility
            + SLOW_VOLATILITY.1 * (1.0 - keep * keep).sqrt() * normal(rng);
        self.hour_log_volatility =
            HOUR_VOLATILITY_SPREAD * normal(rng) - HOUR_VOLATILITY_SPREAD * HOUR_VOLATILITY_SPREAD;
        self.shock_log_volatility *= (-1.0 / SHOCK_VOLATILITY.0).exp();
        self.switch_regime(rng);
        let struck = rng.random::<f64>() < self.probabilities.shocks[self.regime as usize];
        let shock = struck.then(|| exponential(rng));
        self.shock_log_volatility += SHOCK_VOLATILITY.1 * shock.unwrap_or(0.0);
        shock
    }

    fn switch_regime(&mut self, rng: &mut Rng) {
        let HourlyProbabilities {
            to_turbulent,
            to_calm,
            to_crisis: to_storm,
            leave_crisis: storm_ends,
            ..
        } = self.probabilities;
        let u = rng.random::<f64>();
        self.regime = match self.regime {
            Regime::Calm if u < to_turbulent => Regime::Turbulent,
            Regime::Turbulent if u < to_storm => Regime::Crisis,
            Regime::Turbulent if u < to_storm + to_calm => Regime::Calm,
            Regime::Crisis if u < storm_ends => Regime::Turbulent,
            same => same,
        };
    }

    pub(super) const fn probabilities(&self) -> &HourlyProbabilities {
        &self.probabilities
    }

    /// Volatility of ether now, a year.
    pub(super) fn volatility(&self) -> f64 {
        let wander = self.slow_log_volatility - SLOW_VOLATILITY.1 * SLOW_VOLATILITY.1
            + self.shock_log_volatility
            + self.hour_log_volatility;
        (REGIME_VOLATILITY[self.regime as usize].ln() + wander).min(MAX_LOG_VOLATILITY).exp()
    }

    /// Volatility over the usual, without what the hour has of its own.
    pub(super) fn stress(&self) -> f64 {
        self.volatility() * (-self.hour_log_volatility).exp() / TYPICAL_VOLATILITY
    }
}
