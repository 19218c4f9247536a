//! Time of forecasts from features: of one account, and of the accounts of a large market.

use std::hint::black_box;

use chrono::DateTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ndarray::{Array2, s};
use plimsoll_features::{CLOSED, LIQUIDATED, OPEN, Observations, Outcome};
use plimsoll_features::{feature_count, feature_index};
use plimsoll_model::{Forecasts, Model, TrainOptions, train};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ACCOUNTS: usize = 100_000;
const TRAINING_ACCOUNTS: usize = 400;
const LANDMARKS: usize = 20;
const DAY_S: i64 = 86_400;
const FOLLOW_UP_DAYS: f64 = 40.0;
const LIQUIDATION_HAZARD: f64 = 0.02;
const CLOSING_HAZARD: f64 = 0.02;

/// Random features; those of first passage are within their usual ranges.
fn features(rng: &mut ChaCha8Rng, rows: usize) -> Array2<f32> {
    let mut features =
        Array2::from_shape_fn((rows, feature_count()), |_| rng.random_range(0.0..1.0_f32));
    for (name, min, max) in [
        ("log_health_factor", 0.02, 0.9),
        ("log_health_factor_spot", 0.02, 0.9),
        ("volatility_72h", 0.3, 1.5),
        ("drift_per_year", -0.1, 0.0),
    ] {
        let column = feature_index(name).expect("the kernel computes it");
        features.column_mut(column).mapv_inplace(|share| min + share * (max - min));
    }
    features
}

fn outcome(rng: &mut ChaCha8Rng) -> Outcome {
    let mut time_to_event = |hazard: f64| -rng.random_range(f64::EPSILON..1.0).ln() / hazard;
    let (liquidated_days, closed_days) =
        (time_to_event(LIQUIDATION_HAZARD), time_to_event(CLOSING_HAZARD));
    let duration_days = liquidated_days.min(closed_days).min(FOLLOW_UP_DAYS);
    let event = if duration_days == liquidated_days {
        LIQUIDATED
    } else if duration_days == closed_days {
        CLOSED
    } else {
        OPEN
    };
    Outcome { duration_days, event, follow_up_days: FOLLOW_UP_DAYS }
}

fn observations(rng: &mut ChaCha8Rng) -> Observations {
    let rows = TRAINING_ACCOUNTS * LANDMARKS;
    let mut all = Observations { features: features(rng, rows), ..Observations::default() };
    all.account_ids = (0..TRAINING_ACCOUNTS).map(|n| format!("simulated/market/{n:04}")).collect();
    for account in 0..TRAINING_ACCOUNTS {
        for landmark in 0..LANDMARKS {
            let day = landmark as i64 * 40 + (account % 40) as i64;
            all.account_index.push(account as u32);
            all.time_s.push(day * DAY_S);
            all.on_grid.push(true);
            all.health_factor.push(1.4);
            all.debt_usd.push(1_000.0);
            all.collateral_usd.push(2_000.0);
            all.outcome.push(outcome(rng));
        }
    }
    all
}

/// A model of the default size; little training does not make it smaller.
fn model(rng: &mut ChaCha8Rng) -> Model {
    let until = DateTime::from_timestamp(1_000 * DAY_S, 0).expect("a time");
    let options =
        TrainOptions { epochs: 1, closing_epochs: 1, folds: 2, ..TrainOptions::default() };
    train(&observations(rng), until, &options, |_| {}).expect("enough training data")
}

fn assert_valid(forecasts: &Forecasts, rows: usize) {
    assert_eq!(forecasts.len(), rows);
    let is_probability = |p: &f64| (0.0..=1.0).contains(p);
    assert!(
        forecasts.liquidated.iter().all(is_probability)
            && forecasts.closed.iter().all(is_probability)
    );
    let intervals = forecasts.intervals.as_ref().expect("a model gives intervals");
    assert!(intervals.lower.iter().zip(&intervals.upper).all(|(lower, upper)| lower <= upper));
}

fn score(criterion: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (model, features) = (model(&mut rng), features(&mut rng, ACCOUNTS));
    let one = features.slice(s![..1, ..]);
    let forecast = |rows| model.forecast(rows).expect("a forecast");
    let (single, all) = (forecast(one), forecast(features.view()));
    assert_valid(&all, ACCOUNTS);
    assert_valid(&single, 1);
    assert_eq!(
        single.p_liquidated(0),
        all.p_liquidated(0),
        "a row does not depend on its neighbours"
    );

    let mut group = criterion.benchmark_group("score");
    group.bench_function("one_account", |bencher| bencher.iter(|| forecast(black_box(one))));
    group.sample_size(10).throughput(Throughput::Elements(ACCOUNTS as u64));
    group.bench_function("100k_accounts", |bencher| {
        bencher.iter(|| forecast(black_box(features.view())));
    });
    group.finish();
}

criterion_group!(benches, score);
criterion_main!(benches);
