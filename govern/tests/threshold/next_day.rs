//! Forecasts of the day after a change.

use chrono::TimeDelta;
use indicatif::ProgressBar;
use ndarray::ArrayView2;
use plimsoll_features::{ObservationPlan, Snapshot, feature_count, list_markets, observe};
use plimsoll_govern::{
    Borrower, NextDayForecaster, ReasonCode, ThresholdInputs, ThresholdPolicy, next_day_forecasts,
    recommend,
};
use plimsoll_lake::{Horizon, Store};
use plimsoll_lending::ReserveParameters;
use plimsoll_model::{Model, TrainOptions, train};
use plimsoll_simulator::{Scenario, Simulation, simulate};

const MARKET: Simulation =
    Simulation { seed: 11, accounts: 150, days: 30, scenario: Scenario::Crash };
const TRAINING_DAYS: i64 = 20;

/// A market, and a model trained on its first days only.
fn market_and_model() -> (Snapshot, Model) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    simulate(&MARKET, &store, &ProgressBar::hidden()).expect("a simulated market");
    let id = &list_markets(&store).expect("markets")[0];
    let until = Simulation::START + TimeDelta::days(TRAINING_DAYS);
    let plan = ObservationPlan { interval: "6h".parse().expect("an interval"), until: Some(until) };
    let observations = observe(&store, id, &plan).expect("observations");
    let options = TrainOptions { epochs: 2, batch: 256, folds: 2, ..TrainOptions::default() };
    let model = train(&observations, until, &options, |_| {}).expect("a model");
    (Snapshot::read(&store, id, Some(until)).expect("a snapshot"), model)
}

#[test]
fn model_recomputes_features_under_changed_parameters() {
    let (snapshot, model) = market_and_model();
    let inputs = ThresholdInputs::from_snapshot(&snapshot);
    assert!(inputs.borrowers.len() > 50, "{} borrowers", inputs.borrowers.len());
    let forecast = next_day_forecasts(&snapshot, &model);
    let now = forecast(&inputs.reserves()).expect("forecasts");
    assert_forecasts_match_snapshot(&snapshot, &model, &inputs, &now);
    let lower = |reserve: ReserveParameters| ReserveParameters {
        liquidation_threshold: reserve.liquidation_threshold * 0.9,
        ..reserve
    };
    let lower: Vec<_> = inputs.reserves().into_iter().map(lower).collect();
    let after = forecast(&lower).expect("forecasts");
    let sums = [&now, &after].map(|p| p.iter().sum::<f64>());
    assert!(sums[1] > 1.2 * sums[0], "a lower threshold liquidates more: {sums:?}");
    let inputs = ThresholdInputs { next_day: Some(NextDayForecaster(&forecast)), ..inputs };
    for recommendation in recommend(&inputs, &ThresholdPolicy::default()).expect("recommendations")
    {
        let day = recommendation.borrower_cost.next_day.expect("a model forecasts");
        let mut reserves = inputs.reserves();
        let asset = inputs.assets.iter().position(|asset| asset.symbol == recommendation.asset);
        let reserve = &mut reserves[asset.expect("one of the assets")];
        *reserve = recommendation.proposed.applied_to(reserve);
        let recomputed = forecast(&reserves).expect("forecasts");
        // Accounts that are already liquidatable count with probability 1.
        let sure = |borrower: &Borrower| borrower.is_liquidatable(&inputs.prices_usd(), &reserves);
        let recomputed = inputs.borrowers.iter().zip(recomputed);
        let expected: f64 = recomputed.map(|(b, p)| if sure(b) { 1.0 } else { p }).sum();
        assert!((day.proposed.accounts / expected - 1.0).abs() < 1e-12, "{}", recommendation.asset);
        assert!(recommendation.reasons.iter().all(|reason| reason.code != ReasonCode::NoModel));
    }
}

fn assert_forecasts_match_snapshot(
    snapshot: &Snapshot,
    model: &Model,
    inputs: &ThresholdInputs<'_>,
    forecasts: &[f64],
) {
    for (borrower, forecast) in inputs.borrowers.iter().zip(forecasts) {
        let features =
            snapshot.compute_features(&snapshot.states()[&borrower.id]).expect("an open account");
        let row = ArrayView2::from_shape((1, feature_count()), &features.features).expect("a row");
        let own =
            model.forecast(row).expect("a forecast").p_liquidated(0)[Horizon::Hours24.index()];
        assert_eq!(own, *forecast, "{}", borrower.id);
    }
}
