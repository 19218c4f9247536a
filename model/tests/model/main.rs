//! The model on simulated accounts with known hazards.

mod simulated_accounts;

use std::path::Path;

use chrono::DateTime;
use ndarray::{Array2, s};
use plimsoll_features::{LIQUIDATED, Observations, Outcome};
use plimsoll_lake::Horizon;
use plimsoll_lake::tables::Forecast;
use plimsoll_model::{
    Ablation, BacktestPlan, Driver, FoldSchedule, Forecasts, Model, ModelError, OwnerActionKind,
    TimeRange, TrainOptions, evaluate, evaluate_fixed, evaluate_owner_actions, forecast_rows,
    market_of_account, train, walk_forward,
};
use simulated_accounts::{
    ACCOUNTS, CAREFUL, CARELESS, CLOSING, DAY_S, LANDMARKS, feature_column, observations, options,
    trained, until,
};

fn mean_30d(forecasts: &Forecasts, parity: usize) -> f64 {
    let rows = (0..forecasts.len()).filter(|row| row / LANDMARKS % 2 == parity);
    let p: Vec<f64> =
        rows.map(|row| forecasts.p_liquidated(row)[Horizon::Days30.index()]).collect();
    p.iter().sum::<f64>() / p.len() as f64
}

#[test]
fn a_fixed_model_forecasts_as_one_trained_in_the_backtest() {
    let observations = observations(1);
    let until = DateTime::from_timestamp(600 * DAY_S, 0).expect("a time");
    let train_options = TrainOptions { epochs: 1, ..options() };
    let folds = FoldSchedule::At(vec![until]);
    let plan = BacktestPlan { folds, train: train_options, ..BacktestPlan::default() };
    let model = train(&observations, until, &plan.train, |_| {}).expect("a model");
    let walked = evaluate_fixed(&observations, &plan, &model).expect("a walk").forecast_rows();
    let trained = walk_forward(&observations, &plan, |_| {}).expect("a walk").forecast_rows();
    assert!(!walked.is_empty());
    assert_eq!(walked, trained);
}

#[test]
fn accounts_of_a_market_outside_training_are_flagged_with_wider_intervals() {
    let (observations, model) = trained();
    let training = &model.manifest().training;
    let known = market_of_account(&observations.account_ids[0]).to_owned();
    let [market] = &training.markets[..] else { panic!("one market: {:?}", training.markets) };
    assert_eq!((&market.market, market.accounts, market.rows), (&known, ACCOUNTS, training.rows));
    assert_eq!(market.episodes, training.episodes);
    let few = observations.filter(|row| row < 50);
    let mut elsewhere = few.clone();
    elsewhere.account_ids.iter_mut().for_each(|id| *id = id.replacen(&known, "other/market", 1));
    let rows =
        |observations: &Observations| forecast_rows(&model, observations).expect("forecasts");
    for (here, there) in rows(&few).iter().zip(rows(&elsewhere)) {
        assert_eq!((here.cold_start, there.cold_start), (Some(false), Some(true)));
        assert_eq!(here.p_liquidated(), there.p_liquidated());
        let width = |row: &Forecast| {
            row.p_liquidated_7d_upper.expect("an end") - row.p_liquidated_7d_lower.expect("an end")
        };
        assert!(width(&there) > width(here), "{} and {}", width(&there), width(here));
    }
}

#[test]
fn a_simulated_hazard_is_recovered() {
    let (_, model) = trained();
    let fresh = observations(2);
    let forecasts = model.forecast(fresh.features.view()).expect("forecasts");
    for (parity, hazard) in [(0, CARELESS), (1, CAREFUL)] {
        let all = hazard + CLOSING;
        let truth = hazard / all * (1.0 - (-all * 30.0).exp());
        let mean = mean_30d(&forecasts, parity);
        assert!((mean / truth - 1.0).abs() < 0.2, "hazard {hazard}: {mean} for {truth}");
    }
    let evaluation =
        evaluate(&model, &fresh, &TimeRange { from: DateTime::from_timestamp(0, 0), to: None });
    let evaluation = evaluation.expect("an evaluation");
    let month = evaluation.scores.at_horizon(Horizon::Days30);
    assert!((month.observed_over_expected.expect("events") - 1.0).abs() < 0.15);
    assert!(month.brier < month.brier_constant);
    assert_eq!((evaluation.rows, evaluation.accounts), (ACCOUNTS * LANDMARKS, ACCOUNTS));
}

#[test]
fn batch_equals_single_bit_for_bit() {
    let (observations, model) = trained();
    let batch = model.forecast(observations.features.slice(s![..201, ..])).expect("forecasts");
    for row in [0, 1, 63, 64, 127, 200] {
        let single =
            model.forecast(observations.features.slice(s![row..=row, ..])).expect("a forecast");
        let bits = |p: [f64; 6]| p.map(f64::to_bits);
        assert_eq!(bits(single.p_liquidated(0)), bits(batch.p_liquidated(row)), "row {row}");
        assert_eq!(bits(single.p_closed(0)), bits(batch.p_closed(row)), "row {row}");
    }
}

#[test]
fn incidences_rise_and_stay_below_one() {
    let (observations, model) = trained();
    let forecasts = model.forecast(observations.features.view()).expect("forecasts");
    for (liquidated, closed) in forecasts.liquidated.rows().into_iter().zip(forecasts.closed.rows())
    {
        let rises =
            |row: ndarray::ArrayView1<'_, f64>| row.windows(2).into_iter().all(|w| w[0] <= w[1]);
        assert!(rises(liquidated) && rises(closed));
        assert!(liquidated[13] + closed[13] <= 1.0);
    }
}

#[test]
fn the_same_seed_gives_the_same_model() {
    let fingerprint = |seed: u64| {
        let folder = tempfile::tempdir().expect("a folder");
        let options = TrainOptions { seed, ..options() };
        let mut model = train(&observations(1), until(), &options, |_| {}).expect("a model");
        model.save(folder.path(), "data").expect("saved");
        model.manifest().weights_sha256.clone()
    };
    assert_eq!(fingerprint(3), fingerprint(3));
    assert_ne!(fingerprint(3), fingerprint(4));
}

#[test]
fn events_after_the_training_span_change_nothing() {
    let end_s = 400 * DAY_S;
    let end = DateTime::from_timestamp(end_s, 0).expect("a time");
    let plain = observations(1);
    let mut other = plain.clone();
    for row in 0..other.len() {
        let known_days = (end_s - other.time_s[row]) as f64 / DAY_S as f64;
        if known_days < other.outcome[row].duration_days {
            other.outcome[row] = Outcome {
                duration_days: known_days.max(0.0) + 0.5,
                event: LIQUIDATED,
                follow_up_days: 40.0,
            };
        }
        if known_days < 1.0 {
            other.owner_actions[row].borrowed.count = 90;
        }
        if known_days <= 0.0 {
            other.features.row_mut(row).fill(7.0);
        }
    }
    let forecast = |observations: &Observations| {
        let model = train(observations, end, &options(), |_| {}).expect("a model");
        let forecasts = model.forecast(plain.features.view()).expect("forecasts");
        (forecasts, model.owner_actions().expect("labels").clone())
    };
    assert_eq!(forecast(&plain), forecast(&other));
}

#[test]
fn saved_models_load_and_are_replaced_atomically() {
    let folder = tempfile::tempdir().expect("a folder");
    let (observations, mut model) = trained();
    model.save(folder.path(), "one").expect("saved");
    let rows = observations.features.slice(s![..10, ..]);
    let loaded = Model::load(folder.path()).expect("loaded");
    assert_eq!(loaded.manifest().data_fingerprint, "one");
    assert!(model.owner_actions().is_some());
    assert_eq!(loaded.owner_actions(), model.owner_actions());
    assert_eq!(loaded.forecast(rows).expect("forecasts"), model.forecast(rows).expect("forecasts"));
    model.save(folder.path(), "two").expect("saved");
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 3, "one manifest, one file of weights and one of members");
}

#[test]
fn a_model_with_other_features_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(Model::load(folder.path()), Err(ModelError::NoModel(_))));
    trained().1.save(folder.path(), "data").expect("saved");
    let manifest = folder.path().join("manifest.json");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    std::fs::write(&manifest, text.replace("\"rescues\"", "\"moon_phase\"")).expect("written");
    let error = Model::load(folder.path()).expect_err("other features");
    assert!(error.to_string().contains("moon_phase"), "{error}");
    std::fs::write(&manifest, text).expect("written");
    truncate_weights(folder.path());
    assert!(matches!(Model::load(folder.path()), Err(ModelError::ChecksumMismatch { .. })));
}

fn truncate_weights(folder: &Path) {
    let entries =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let weights =
        entries.into_iter().find(|path| path.extension().is_some_and(|e| e == "safetensors"));
    let file =
        std::fs::File::options().write(true).open(weights.expect("weights")).expect("a file");
    file.set_len(100).expect("shorter");
}

#[test]
fn insufficient_training_data_is_an_error() {
    let early = DateTime::from_timestamp(DAY_S, 0).expect("a time");
    let error = train(&observations(1), early, &options(), |_| {}).expect_err("too few");
    assert!(matches!(error, ModelError::InsufficientData { .. }), "{error}");
}

#[test]
fn attributions_add_up_and_name_the_distinguishing_driver() {
    let (observations, model) = trained();
    let forecasts = model.forecast(observations.features.view()).expect("forecasts");
    for row in [0, LANDMARKS] {
        let parts = model.attribute(observations.feature_row(row)).expect("attributions");
        for (attribution, p) in parts.iter().zip(forecasts.p_liquidated(row)) {
            let sum = attribution.base_log_odds + attribution.contributions.iter().sum::<f64>();
            assert!((sum - attribution.log_odds).abs() < 1e-9);
            assert!((attribution.log_odds - (p / (1.0 - p)).ln()).abs() < 1e-9);
        }
    }
    // Rescues alone separate careless from careful owners.
    let behaviour = Driver::ALL.iter().position(|driver| *driver == Driver::Behaviour);
    let part = |row: usize| {
        let month = model.attribute(observations.feature_row(row)).expect("attributions")[5];
        month.contributions[behaviour.expect("a driver")]
    };
    let mean = |parity: usize| (0..20).map(|i| part(LANDMARKS * (2 * i + parity))).sum::<f64>();
    assert!(mean(0) > mean(1) + 10.0, "{} beside {}", mean(0), mean(1));
}

#[test]
fn intervals_contain_the_probability_and_unusual_accounts_are_out_of_range() {
    let (observations, model) = trained();
    let forecasts = model.forecast(observations.features.view()).expect("forecasts");
    let intervals = forecasts.intervals.as_ref().expect("intervals");
    for row in 0..forecasts.len() {
        for (horizon, p) in forecasts.p_liquidated(row).into_iter().enumerate() {
            assert!(intervals.lower[[row, horizon]] <= p && p <= intervals.upper[[row, horizon]]);
        }
    }
    assert!(!intervals.out_of_range.contains(&true));
    let mut unusual = observations.features.slice(s![..1, ..]).to_owned();
    unusual[[0, feature_column("volatility_24h")]] = 30.0;
    let forecasts = model.forecast(unusual.view()).expect("a forecast");
    assert_eq!(forecasts.intervals.expect("intervals").out_of_range, [true]);
}

#[test]
fn an_ablated_part_makes_no_difference() {
    let observations = observations(1);
    let options = TrainOptions { ablation: Some(Ablation::Behaviour), ..options() };
    let model = train(&observations, until(), &options, |_| {}).expect("a model");
    let mut other = observations.features.clone();
    other.column_mut(feature_column("rescues")).fill(7.0);
    other.column_mut(feature_column("health_dwell")).fill(3.0);
    let liquidated =
        |features: &Array2<f32>| model.forecast(features.view()).expect("forecasts").liquidated;
    assert_eq!(liquidated(&observations.features), liquidated(&other));
}

#[test]
fn the_rate_of_borrowing_and_its_size_are_recovered() {
    let (observations, model) = trained();
    let actions = model.owner_actions().expect("labels of actions");
    let row = observations.feature_row(0);
    let rates = actions.rates_per_day(row);
    assert!((rates.borrow / 0.2 - 1.0).abs() < 0.5, "{rates:?}");
    assert!(rates.repay < 0.001 && rates.withdraw < 0.001, "{rates:?}");
    let size = actions.sizes(OwnerActionKind::Borrow, row);
    assert!((size.mean() / 0.1 - 1.0).abs() < 0.2, "{size:?}");
    let range = TimeRange { from: DateTime::from_timestamp(0, 0), to: None };
    let scores = evaluate_owner_actions(&model, &observations, &range);
    let borrow = &scores[OwnerActionKind::Borrow.index()];
    assert!((borrow.observed_over_expected() - 1.0).abs() < 1e-6, "{borrow:?}");
    let days: f64 = borrow.deciles.iter().map(|bin| bin.days).sum();
    assert!((days - borrow.days).abs() < 1e-6);
}
