//! The market that the demonstration simulates.

use chrono::{DateTime, Days, Utc};
use plimsoll_simulator::{Scenario, Simulation};

use crate::truth::{HORIZON_DAYS, TruthPlan};

/// Seed and days of the simulated market.
const SEED: u64 = 1;
const HISTORY_DAYS: u32 = 365;
/// Days of history that the model learns from; it is evaluated on the rest.
const TRAINING_DAYS: u64 = 245;
/// Days between the landmarks at which true probabilities are computed, and accounts at each.
const TRUTH_EVERY_DAYS: u32 = 20;
const TRUTH_ACCOUNTS: usize = 60;

/// The simulation, with so many borrowers.
pub(super) const fn simulation(accounts: u32) -> Simulation {
    Simulation { seed: SEED, accounts, days: HISTORY_DAYS, scenario: Scenario::Mixed }
}

/// The end of the training span.
pub(super) fn training_end() -> DateTime<Utc> {
    Simulation::START + Days::new(TRAINING_DAYS)
}

/// The true probabilities of the evaluated months, each from so many futures.
pub(super) fn truth_plan(branches: u64) -> TruthPlan {
    TruthPlan {
        from: training_end(),
        to: DateTime::<Utc>::MAX_UTC,
        every_days: TRUTH_EVERY_DAYS,
        accounts: TRUTH_ACCOUNTS,
        branches,
        futures: 0,
        horizon_days: HORIZON_DAYS,
    }
}
