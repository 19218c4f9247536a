//! Two simulated markets whose liquidations fall with the health factor, and a model trained on
//! them.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use ndarray::Array2;
use plimsoll_features::{LIQUIDATED, OPEN, Observations, Outcome, feature_count, feature_index};
use plimsoll_model::{Model, TrainOptions, train};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ACCOUNTS: usize = 900;
const LANDMARKS: usize = 12;
const DAY_S: i64 = 86_400;
const FOLLOW_UP_DAYS: f64 = 40.0;

pub(crate) fn column(name: &str) -> usize {
    feature_index(name).expect("a feature")
}

/// A row of features with the history that a constant position would have.
///
/// `debt_usd` decides whether a liquidator takes it: gas costs 20 USD, and the bonus is 5 %.
pub(crate) fn features(rng: &mut ChaCha8Rng, log_health: f32, debt_usd: f32) -> Vec<f32> {
    let mut row: Vec<f32> = (0..feature_count()).map(|_| rng.random_range(0.0..1.0)).collect();
    let mut set = |name: &str, value: f32| row[column(name)] = value;
    set("log_health_factor", log_health);
    set("log_health_factor_spot", log_health);
    set("lowest_log_health_since_action", log_health);
    set("lowest_log_health_since_opened", log_health);
    set("log_debt_usd", debt_usd.ln());
    set("log_liquidator_margin_over_gas", (0.05 * debt_usd / 20.0).ln());
    set("hours_below_threshold", if log_health < 0.0 { 0.5 } else { 0.0 });
    set("liquidation_blocked_hours", 0.0);
    set("drift_per_year", -0.05);
    let volatility = 0.4 + 0.6 * row[column("return_720h")];
    for half_life in ["6h", "24h", "72h", "168h", "720h"] {
        row[column(&format!("volatility_{half_life}"))] = volatility;
    }
    row
}

fn outcome(rng: &mut ChaCha8Rng, log_health: f32, debt_usd: f32) -> Outcome {
    let hazard = match (log_health < 0.0, debt_usd > 400.0) {
        (_, false) => 1e-9,
        (true, true) => 48.0,
        (false, true) => 0.3 * f64::from((-9.0 * log_health).exp()),
    };
    let days = -rng.random_range(f64::EPSILON..1.0).ln() / hazard;
    let event = if days < FOLLOW_UP_DAYS { LIQUIDATED } else { OPEN };
    let duration_days = days.min(FOLLOW_UP_DAYS);
    Outcome { duration_days, event, follow_up_days: FOLLOW_UP_DAYS }
}

fn observations() -> Observations {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut all = Observations::default();
    let mut rows = Vec::new();
    for row in 0..ACCOUNTS * LANDMARKS {
        let account = row / LANDMARKS;
        if row % LANDMARKS == 0 {
            all.account_ids.push(format!("simulated/market-{}/{account:04}", account % 2));
        }
        let log_health = rng.random_range(-0.1_f32..1.6);
        let debt_usd = 10_f32.powf(rng.random_range(0.5..6.0));
        all.account_index.push(account as u32);
        all.time_s.push((row % LANDMARKS) as i64 * 41 * DAY_S + (account as i64 % 41) * DAY_S);
        all.on_grid.push(true);
        all.health_factor.push(f64::from(log_health).exp());
        all.debt_usd.push(f64::from(debt_usd));
        all.collateral_usd.push(f64::from(debt_usd) * 2.0);
        all.outcome.push(outcome(&mut rng, log_health, debt_usd));
        rows.extend(features(&mut rng, log_health, debt_usd));
    }
    all.features = Array2::from_shape_vec((ACCOUNTS * LANDMARKS, feature_count()), rows)
        .expect("each row has all features");
    all
}

/// A model that most tests share, because training takes seconds.
pub(crate) fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let until: DateTime<Utc> = DateTime::from_timestamp(1_000 * DAY_S, 0).expect("a time");
        let options =
            TrainOptions { epochs: 2, closing_epochs: 2, folds: 2, bags: 2, ..Default::default() };
        train(&observations(), until, &options, |_| {}).expect("a model")
    })
}
