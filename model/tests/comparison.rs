//! Forecasts compared with a peer's, on simulated landmarks.

use chrono::{DateTime, Utc};
use ndarray::Array2;
use plimsoll_features::{LIQUIDATED, OPEN, Observations, Outcome};
use plimsoll_lake::Horizon;
use plimsoll_lake::tables::{Forecast, PeerForecast};
use plimsoll_model::{
    BlockBootstrap, Comparison, ConfidenceInterval, EvaluatedForecasts, ModelError,
    PairedDifference, ReferenceSource, TimeRange, compare, edges_days,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DAY_S: i64 = 86_400;
const ACCOUNTS: i64 = 30;
const DAYS: i64 = 200;
const FOLLOW_UP_DAYS: f64 = 40.0;

/// Liquidations a day of an account.
fn hazard(account: i64) -> f64 {
    0.0005 * 1.25_f64.powi(account as i32)
}

/// A landmark a day of each account, with outcomes of constant hazards; the last day is off the grid.
fn observations() -> Observations {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut all = Observations::default();
    for account in 0..ACCOUNTS {
        all.account_ids.push(format!("m/m/{account:02}"));
        for day in 0..DAYS {
            let wait = -rng.random_range(f64::EPSILON..1.0_f64).ln() / hazard(account);
            let event = if wait <= FOLLOW_UP_DAYS { LIQUIDATED } else { OPEN };
            let duration_days = wait.min(FOLLOW_UP_DAYS);
            all.account_index.push(account as u32);
            all.time_s.push(day * DAY_S);
            all.on_grid.push(day < DAYS - 1);
            all.health_factor.push(1.5);
            all.debt_usd.push(1_000.0);
            all.collateral_usd.push(2_000.0);
            all.outcome.push(Outcome { duration_days, event, follow_up_days: FOLLOW_UP_DAYS });
        }
    }
    let columns = all.features.ncols();
    all.features = Array2::zeros((all.time_s.len(), columns));
    all
}

fn at(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(day * DAY_S, 0).expect("a time")
}

fn by_days(account: i64, days: f64) -> f64 {
    1.0 - (-hazard(account) * days).exp()
}

/// The true probabilities of all landmarks of the grid from day 100.
fn truth() -> Vec<Forecast> {
    let curve = |account| {
        let edges = edges_days();
        std::array::from_fn(|k| by_days(account, edges[k + 1]))
    };
    let row = |account: i64, day| {
        Forecast::new(format!("m/m/{account:02}"), at(day), curve(account), [0.0; 14])
    };
    (0..ACCOUNTS).flat_map(|account| (100..DAYS - 1).map(move |day| row(account, day))).collect()
}

/// A peer for the same landmarks, given its probability from the true one.
fn peer(distort: impl Fn(i64, f64) -> Option<f64>) -> Vec<PeerForecast> {
    let row = |forecast: &Forecast| {
        let account: i64 = forecast.account[4..].parse().expect("a number");
        let probabilities = Horizon::ALL.map(|h| distort(account, by_days(account, h.days())));
        PeerForecast::new(forecast.account.clone(), forecast.time, probabilities)
    };
    truth().iter().map(row).collect()
}

fn evaluated(observations: &Observations) -> EvaluatedForecasts {
    EvaluatedForecasts::from_rows(&truth(), observations, &TimeRange::default(), None)
        .expect("forecasts")
}

fn compared(peer: &[PeerForecast]) -> Result<Comparison, ModelError> {
    let observations = observations();
    let resampling = BlockBootstrap { replicates: 100, ..BlockBootstrap::default() };
    compare(&evaluated(&observations), peer, &observations, &resampling)
}

fn week(comparison: &Comparison) -> &plimsoll_model::HorizonComparison {
    let (_, week) = comparison
        .horizons
        .iter()
        .find(|(horizon, _)| *horizon == Horizon::Days7)
        .expect("seven days");
    week
}

#[test]
fn forecasts_beside_themselves_differ_by_nothing() {
    let comparison = compared(&peer(|_, p| Some(p))).expect("a comparison");
    assert_eq!(comparison.rows, truth().len());
    assert_eq!(comparison.horizons.len(), Horizon::COUNT);
    let zero = Some(ConfidenceInterval { lower: 0.0, upper: 0.0 });
    let week = week(&comparison);
    for PairedDifference { difference, by_time, by_account } in
        [week.auc, week.average_precision, week.brier, week.log_score]
    {
        assert!(difference.expect("both kinds").abs() < 1e-12);
        for intervals in [by_time, by_account] {
            assert_eq!((intervals.interval_90, intervals.interval_95), (zero, zero));
        }
    }
    assert_eq!(week.model_skill, week.peer_skill);
}

#[test]
fn truth_is_ahead_of_a_peer_that_ranks_backwards_or_halves_the_log_odds() {
    let excludes = |interval: Option<ConfidenceInterval>, sign: f64| {
        let ConfidenceInterval { lower, upper } = interval.expect("enough blocks");
        lower * sign > 0.0 && upper * sign > 0.0
    };
    let backwards = |account, _| Some(by_days(ACCOUNTS - 1 - account, 7.0));
    let comparison = compared(&peer(backwards)).expect("a comparison");
    let week_scores = week(&comparison);
    assert_eq!((week_scores.block_days, week_scores.blocks), (7, 15));
    for (paired, sign) in [
        (&week_scores.auc, 1.0),
        (&week_scores.average_precision, 1.0),
        (&week_scores.brier, -1.0),
        (&week_scores.log_score, -1.0),
    ] {
        assert!(excludes(paired.by_time.interval_95, sign), "{paired:?}");
        let (inner, outer) = (paired.by_time.interval_90, paired.by_time.interval_95);
        let width = |i: Option<ConfidenceInterval>| i.map(|i| i.upper - i.lower);
        assert!(width(inner) <= width(outer), "{paired:?}");
    }
    let halved = |_, p: f64| Some(1.0 / (1.0 + ((1.0 - p) / p).sqrt()));
    let moderate = compared(&peer(halved)).expect("a comparison");
    let week_scores = week(&moderate);
    assert!(week_scores.auc.difference.expect("both kinds").abs() < 1e-12);
    assert!(excludes(week_scores.log_score.by_time.interval_95, -1.0));
    let slopes = (week_scores.model.calibration_slope, week_scores.peer.calibration_slope);
    let (model, peer) = (slopes.0.expect("a line"), slopes.1.expect("a line"));
    assert!((model - 1.0).abs() < 0.1 && (peer - 2.0 * model).abs() < 1e-6, "{slopes:?}");
}

#[test]
fn what_is_not_compared_is_counted_and_named() {
    let mut given = peer(|_, p| Some(p));
    let probabilities = [Some(0.5); Horizon::COUNT];
    let missing = given.remove(0);
    let add = |account: &str, day| PeerForecast::new(account.to_owned(), at(day), probabilities);
    given.extend([add("m/m/00", 99), add("m/m/00", DAYS - 1), add("m/m/77", 120)]);
    given.push(PeerForecast::new("m/m/00".to_owned(), at(DAYS), [None; Horizon::COUNT]));
    let comparison = compared(&given).expect("a comparison");
    let left_out = &comparison.left_out;
    assert_eq!(comparison.rows, truth().len() - 1);
    assert_eq!(left_out.without_peer.count, 1);
    assert!(left_out.without_peer.first[0].starts_with(&format!("{} at", missing.account)));
    assert_eq!((left_out.not_evaluated.count, left_out.off_grid.count), (1, 1));
    assert_eq!(left_out.unmatched.count, 2);
    assert!(left_out.unmatched.first[0].starts_with("m/m/77 at 1970-05-01"), "{left_out:?}");
}

#[test]
fn horizons_that_the_peer_lacks_are_not_compared() {
    let comparison = compared(&peer(|account, p| (account != 3 && p > 0.002).then_some(p)));
    let comparison = comparison.expect("a comparison");
    let horizons: Vec<Horizon> = comparison.horizons.iter().map(|(horizon, _)| *horizon).collect();
    assert_eq!(horizons.last(), Some(&Horizon::Days30));
    let (_, month) = &comparison.horizons[horizons.len() - 1];
    assert_eq!(month.without_probability, 99);
    let only_month = compared(&peer(|_, p| (p > 1.0).then_some(p))).expect("a comparison");
    assert!(only_month.horizons.is_empty());
}

#[test]
fn invalid_duplicate_and_foreign_forecasts_are_rejected_by_name() {
    let error = |given: &[PeerForecast]| compared(given).expect_err("an error").to_string();
    let invalid = error(&peer(|account, p| Some(if account == 7 { f64::NAN } else { p })));
    assert!(invalid.contains("m/m/07 at 1970-04-11") && invalid.contains("p_liquidated_1h is NaN"));
    let mut twice = peer(|_, p| Some(p));
    twice.push(twice[5].clone());
    assert!(error(&twice).contains("more than one forecast of m/m/00"), "{}", error(&twice));
    let foreign: Vec<PeerForecast> =
        (0..2).map(|day| PeerForecast::new("x/y/z".to_owned(), at(day), [Some(0.1); 6])).collect();
    let foreign = error(&foreign);
    assert!(
        foreign.contains("none of the peer's 2 forecasts") && foreign.contains("x/y/z at 1970")
    );
}

#[test]
fn intervals_are_the_same_on_any_number_of_threads() {
    let given = peer(|account, p| Some(p * (0.5 + (account % 3) as f64 / 2.0).min(1.0)));
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let comparison = pool.install(|| compared(&given)).expect("a comparison");
        serde_json::to_string(&comparison).expect("JSON")
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn skill_is_relative_to_the_rate_known_before_the_first_forecast() {
    let observations = observations();
    let evaluation = evaluated(&observations).evaluate();
    let reference = evaluation.reference.as_ref().expect("earlier landmarks");
    assert_eq!((reference.source, reference.until), (ReferenceSource::EarlierLandmarks, at(100)));
    let constant = evaluation.baselines["constant"].at_horizon(Horizon::Days7);
    let own = evaluation.scores.at_horizon(Horizon::Days7);
    let (_, skill) = evaluation.skill[Horizon::Days7.index()];
    let expected = |own: Option<f64>, constant: Option<f64>| 1.0 - own.unwrap() / constant.unwrap();
    assert_eq!(skill.brier, Some(expected(own.brier, constant.brier)));
    assert_eq!(skill.log_score, Some(expected(own.log_score, constant.log_score)));
    assert!(skill.brier > Some(0.05) && skill.log_score > Some(0.05), "{skill:?}");
    let first = EvaluatedForecasts::from_rows(
        &[Forecast::new("m/m/00".to_owned(), at(0), [0.1; 14], [0.0; 14])],
        &observations,
        &TimeRange::default(),
        None,
    );
    let first = first.expect("a forecast").evaluate();
    assert!(first.reference.is_none() && first.skill.is_empty());
}
