//! The market's weather: calm, turbulent or stormy, and how volatile within that.

use rand::RngExt;

use super::super::options::Scenario;
use super::super::random::{Rng, exponential, normal};

/// What the market is going through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Regime {
    Calm,
    Turbulent,
    Storm,
}

/// The regime, and volatility that wanders within it.
#[derive(Debug, Clone)]
pub(super) struct Climate {
    pub(super) regime: Regime,
    /// Log of volatility over the regime's own, from season to season.
    season: f64,
    /// What shocks have added to the log of volatility.
    shock: f64,
    /// What the hour has of its own, log.
    gust: f64,
    frequencies: Frequencies,
}

/// Probabilities an hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frequencies {
    to_turbulent: f64,
    to_calm: f64,
    to_storm: f64,
    storm_ends: f64,
    /// Shocks by regime.
    shocks: [f64; 3],
    pub(super) stable_depeg: f64,
    pub(super) staked_depeg: f64,
}

/// Volatility of ether in each regime, a year.
const VOLATILITY: [f64; 3] = [0.52, 0.90, 1.75];
/// What "usual" means where stress is measured.
const USUAL_VOLATILITY: f64 = 0.8;
/// Hours in which a season loses all but 1/e of itself, and its spread.
const SEASON: (f64, f64) = (44.0 * 24.0, 0.25);
/// The same of shocks, and how much one adds on average.
const SHOCK: (f64, f64) = (9.0, 0.55);
/// Spread of what an hour has of its own: hourly returns have thick tails.
const GUST: f64 = 0.25;
const MOST_LOG_VOLATILITY: f64 = 2.0;
const HOURS_PER_DAY: f64 = 24.0;
const HOURS_PER_YEAR: f64 = 8_760.0;

/// The probability an hour of what comes every so many days.
const fn every(days: f64) -> f64 {
    1.0 / (days * HOURS_PER_DAY)
}

/// The probability an hour of what comes so many times a year.
const fn yearly(times: f64) -> f64 {
    times / HOURS_PER_YEAR
}

impl Frequencies {
    const fn of(scenario: Scenario) -> Self {
        let mixed = Self {
            to_turbulent: 0.0157,
            to_calm: 0.0141,
            to_storm: 0.0043,
            storm_ends: 0.0142,
            shocks: [yearly(8.0), yearly(16.0), yearly(50.0)],
            stable_depeg: every(500.0),
            staked_depeg: every(250.0),
        };
        match scenario {
            Scenario::Calm => Self {
                to_turbulent: 0.005,
                to_storm: 0.0,
                shocks: [0.0; 3],
                stable_depeg: 0.0,
                staked_depeg: 0.0,
                ..mixed
            },
            Scenario::Crash => Self {
                to_storm: 0.009,
                shocks: [yearly(20.0), yearly(40.0), yearly(150.0)],
                stable_depeg: 0.0,
                staked_depeg: 0.0,
                ..mixed
            },
            Scenario::Depeg => Self {
                to_storm: 0.002,
                stable_depeg: every(40.0),
                staked_depeg: every(30.0),
                ..mixed
            },
            Scenario::Mixed => mixed,
        }
    }
}

impl Climate {
    pub(super) const fn new(scenario: Scenario) -> Self {
        let frequencies = Frequencies::of(scenario);
        Self { regime: Regime::Calm, season: 0.0, shock: 0.0, gust: 0.0, frequencies }
    }

    /// Lives through an hour; how hard a shock struck in it, if one did: a number of mean 1.
    pub(super) fn hour(&mut self, rng: &mut Rng) -> Option<f64> {
        let keep = (-1.0 / SEASON.0).exp();
        self.season = keep * self.season + SEASON.1 * (1.0 - keep * keep).sqrt() * normal(rng);
        self.gust = GUST * normal(rng) - GUST * GUST;
        self.shock *= (-1.0 / SHOCK.0).exp();
        self.change(rng);
        let struck = rng.random::<f64>() < self.frequencies.shocks[self.regime as usize];
        let shock = struck.then(|| exponential(rng));
        self.shock += SHOCK.1 * shock.unwrap_or(0.0);
        shock
    }

    fn change(&mut self, rng: &mut Rng) {
        let Frequencies { to_turbulent, to_calm, to_storm, storm_ends, .. } = self.frequencies;
        let u = rng.random::<f64>();
        self.regime = match self.regime {
            Regime::Calm if u < to_turbulent => Regime::Turbulent,
            Regime::Turbulent if u < to_storm => Regime::Storm,
            Regime::Turbulent if u < to_storm + to_calm => Regime::Calm,
            Regime::Storm if u < storm_ends => Regime::Turbulent,
            same => same,
        };
    }

    pub(super) const fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }

    /// Volatility of ether now, a year.
    pub(super) fn volatility(&self) -> f64 {
        let wander = self.season - SEASON.1 * SEASON.1 + self.shock + self.gust;
        (VOLATILITY[self.regime as usize].ln() + wander).min(MOST_LOG_VOLATILITY).exp()
    }

    /// Volatility over the usual, without what the hour has of its own.
    pub(super) fn stress(&self) -> f64 {
        self.volatility() * (-self.gust).exp() / USUAL_VOLATILITY
    }
}
