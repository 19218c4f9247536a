//! Simulated accounts with known hazards, and a model trained on them.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use ndarray::Array2;
use plimsoll_features::{
    CLOSED, LIQUIDATED, OPEN, Observations, Outcome, OwnerActionCount, OwnerActionCounts,
    feature_count, feature_index,
};
use plimsoll_model::{Model, TrainOptions, train};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(crate) const ACCOUNTS: usize = 400;
pub(crate) const LANDMARKS: usize = 20;
pub(crate) const DAY_S: i64 = 86_400;
/// Hazards per day: of careless owners, of careful ones, and of closing.
pub(crate) const CARELESS: f64 = 0.03;
pub(crate) const CAREFUL: f64 = 0.003;
pub(crate) const CLOSING: f64 = 0.02;

pub(crate) fn feature_column(name: &str) -> usize {
    feature_index(name).expect("a feature")
}

pub(crate) fn until() -> DateTime<Utc> {
    DateTime::from_timestamp(1_000 * DAY_S, 0).expect("a time")
}

/// Owners borrow on two days in ten.
fn owner_actions(rng: &mut ChaCha8Rng) -> OwnerActionCounts {
    let count = u32::from(rng.random_bool(0.2));
    let borrowed = OwnerActionCount { count, log_health: 0.1 * f64::from(count) };
    OwnerActionCounts { exposure_hours: 24.0, borrowed, ..Default::default() }
}

/// Accounts at one distance. Half of the owners have never rescued their accounts nor spent long at
/// this health; only these features separate their hazards.
pub(crate) fn observations(seed: u64) -> Observations {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rng_of_actions = ChaCha8Rng::seed_from_u64(seed + 1_000);
    let mut all = Observations::default();
    let rows = ACCOUNTS * LANDMARKS;
    let mut features =
        Array2::from_shape_fn((rows, feature_count()), |_| rng.random_range(0.0..1.0_f32));
    for row in 0..rows {
        let account = row / LANDMARKS;
        if row % LANDMARKS == 0 {
            all.account_ids.push(format!("simulated/market/{account:04}"));
        }
        all.account_index.push(account as u32);
        all.time_s.push((row % LANDMARKS) as i64 * 40 * DAY_S + (account as i64 % 40) * DAY_S);
        all.on_grid.push(true);
        all.health_factor.push(1.4);
        all.debt_usd.push(1_000.0);
        all.collateral_usd.push(2_000.0);
        features[[row, feature_column("log_health_factor")]] = 0.33;
        features[[row, feature_column("log_health_factor_spot")]] = 0.33;
        features[[row, feature_column("volatility_72h")]] = 0.8;
        features[[row, feature_column("drift_per_year")]] = -0.05;
        features[[row, feature_column("log_liquidator_margin_over_gas")]] = 5.0;
        features[[row, feature_column("liquidation_blocked_hours")]] = 0.0;
        features[[row, feature_column("hours_below_threshold")]] = 0.0;
        features[[row, feature_column("rescues")]] = (account % 2) as f32;
        for dwell in ["health_dwell_720h", "health_dwell", "log_hours_lower_720h"] {
            features[[row, feature_column(dwell)]] = 6.0 * (account % 2) as f32;
        }
        all.owner_actions.push(owner_actions(&mut rng_of_actions));
        all.outcome
            .push(outcome(&mut rng, if account.is_multiple_of(2) { CARELESS } else { CAREFUL }));
    }
    all.features = features;
    all
}

fn outcome(rng: &mut ChaCha8Rng, hazard: f64) -> Outcome {
    let mut time_to_event = |rate: f64| -rng.random_range(f64::EPSILON..1.0).ln() / rate;
    let (liquidated, closed, follow_up_days) =
        (time_to_event(hazard), time_to_event(CLOSING), 40.0);
    let first = liquidated.min(closed).min(follow_up_days);
    let event = if first == liquidated {
        LIQUIDATED
    } else if first == closed {
        CLOSED
    } else {
        OPEN
    };
    Outcome { duration_days: first, event, follow_up_days }
}

pub(crate) fn options() -> TrainOptions {
    TrainOptions {
        epochs: 18,
        closing_epochs: 6,
        batch: 256,
        learning_rate: 1e-2,
        weight_decay: 0.3,
        folds: 2,
        bags: 1,
        ..Default::default()
    }
}

pub(crate) fn trained() -> (Observations, Model) {
    // Most tests share a model, because training takes seconds.
    static TRAINED: OnceLock<(Observations, Model)> = OnceLock::new();
    let train = || {
        let observations = observations(1);
        let model = train(&observations, until(), &options(), |_| {}).expect("a model");
        (observations, model)
    };
    TRAINED.get_or_init(train).clone()
}
