//! The volatility regime of the market (calm, turbulent or crisis), and volatility within it.

use rand::RngExt;

use super::mean_reversion::mean_revert;
use crate::clock::HOURS_PER_DAY;
use crate::random::{Rng, exponential, normal};
use crate::simulation::Scenario;

/// The volatility regime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Regime {
    Calm,
    Turbulent,
    Crisis,
}

/// The regime, and the fluctuation of volatility within it.
#[derive(Debug, Clone)]
pub(super) struct RegimeProcess {
    pub(super) regime: Regime,
    /// Slow fluctuation of log volatility around the regime's level.
    slow_log_volatility: f64,
    /// Decaying contribution of shocks to log volatility.
    shock_log_volatility: f64,
    /// Fluctuation of log volatility within the hour.
    hour_log_volatility: f64,
    probabilities: HourlyProbabilities,
}

/// Probabilities per hour.
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

/// Annual volatility of ether in each regime.
const REGIME_VOLATILITY: [f64; 3] = [0.52, 0.90, 1.75];
/// Annual volatility at which stress is 1.
const TYPICAL_VOLATILITY: f64 = 0.8;
/// Decay time of the slow fluctuation, hours to 1/e, and its standard deviation.
const SLOW_VOLATILITY: (f64, f64) = (44.0 * 24.0, 0.25);
/// Decay time of shocks, hours to 1/e, and the mean contribution of one.
const SHOCK_VOLATILITY: (f64, f64) = (9.0, 0.55);
/// Standard deviation of the hourly fluctuation, which gives hourly returns fat tails.
const HOUR_VOLATILITY_SPREAD: f64 = 0.25;
const MAX_LOG_VOLATILITY: f64 = 2.0;
const HOURS_PER_YEAR: f64 = 8_760.0;

/// Hourly probability of an event with a mean interval of `days` days.
const fn once_in_days(days: f64) -> f64 {
    1.0 / (days * HOURS_PER_DAY as f64)
}

/// Hourly probability of an event with `times` occurrences per year.
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

    /// Advances by an hour; returns the strength of a shock, with mean 1, if one occurs.
    pub(super) fn advance_hour(&mut self, rng: &mut Rng) -> Option<f64> {
        let persistence = (-1.0 / SLOW_VOLATILITY.0).exp();
        self.slow_log_volatility =
            mean_revert(self.slow_log_volatility, persistence, SLOW_VOLATILITY.1, rng);
        self.hour_log_volatility =
            HOUR_VOLATILITY_SPREAD * normal(rng) - HOUR_VOLATILITY_SPREAD * HOUR_VOLATILITY_SPREAD;
        self.shock_log_volatility *= (-1.0 / SHOCK_VOLATILITY.0).exp();
        self.switch_regime(rng);
        let occurs = rng.random::<f64>() < self.probabilities.shocks[self.regime as usize];
        let shock = occurs.then(|| exponential(rng));
        self.shock_log_volatility += SHOCK_VOLATILITY.1 * shock.unwrap_or(0.0);
        shock
    }

    fn switch_regime(&mut self, rng: &mut Rng) {
        let HourlyProbabilities { to_turbulent, to_calm, to_crisis, leave_crisis, .. } =
            self.probabilities;
        let u = rng.random::<f64>();
        self.regime = match self.regime {
            Regime::Calm if u < to_turbulent => Regime::Turbulent,
            Regime::Turbulent if u < to_crisis => Regime::Crisis,
            Regime::Turbulent if u < to_crisis + to_calm => Regime::Calm,
            Regime::Crisis if u < leave_crisis => Regime::Turbulent,
            same => same,
        };
    }

    pub(super) const fn probabilities(&self) -> &HourlyProbabilities {
        &self.probabilities
    }

    /// Current annual volatility of ether.
    pub(super) fn volatility(&self) -> f64 {
        let deviation = self.slow_log_volatility - SLOW_VOLATILITY.1 * SLOW_VOLATILITY.1
            + self.shock_log_volatility
            + self.hour_log_volatility;
        (REGIME_VOLATILITY[self.regime as usize].ln() + deviation).min(MAX_LOG_VOLATILITY).exp()
    }

    /// Volatility relative to the typical one, without the hourly fluctuation.
    pub(super) fn stress(&self) -> f64 {
        self.volatility() * (-self.hour_log_volatility).exp() / TYPICAL_VOLATILITY
    }
}
