//! Which true probabilities to estimate, and from how many futures.

use chrono::{DateTime, Days, NaiveTime, Utc};
use plimsoll_model::{INTERVALS, edges_days};
use plimsoll_simulator::Simulation;

/// The end of the forecasts' grid, days.
pub(crate) const HORIZON_DAYS: f64 = edges_days()[INTERVALS];

/// Which true probabilities to estimate, and from how many futures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TruthPlan {
    /// The first landmark is the first midnight at or after this time.
    pub(crate) from: DateTime<Utc>,
    /// Landmarks are before this time.
    pub(crate) to: DateTime<Utc>,
    /// Days between landmarks.
    pub(crate) every_days: u32,
    /// Accounts selected at each landmark.
    pub(crate) accounts: usize,
    /// Futures that estimate the truth, at each landmark.
    pub(crate) branches: u64,
    /// Futures that score it, at each landmark.
    pub(crate) futures: u64,
    /// Length of the futures, days: beyond it, forecasts are constant and nothing is scored.
    pub(crate) horizon_days: f64,
}

impl TruthPlan {
    /// The landmarks within the history of a simulation.
    pub(super) fn midnights(&self, simulation: &Simulation) -> Vec<DateTime<Utc>> {
        let end = Simulation::START + Days::new(simulation.days.into());
        let midnight = self.from.date_naive().and_time(NaiveTime::MIN).and_utc();
        let first = if midnight < self.from { midnight + Days::new(1) } else { midnight };
        let step = |n: u64| first + Days::new(n * u64::from(self.every_days));
        let within = |time: &DateTime<Utc>| *time < self.to && *time <= end;
        (0..).map(step).take_while(within).filter(|time| *time > Simulation::START).collect()
    }
}
