//! Scores of forecasts equal to the true incidences, on simulated outcomes.

use ndarray::Array2;
use plimsoll_features::{CLOSED, LIQUIDATED, OPEN, Outcome};
use plimsoll_lake::Horizon;
use plimsoll_model::{
    ForecastScores, Forecasts, INTERVALS, agreement, edges_days, evaluate_forecasts,
    one_row_per_group,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Hazard of closing, per day.
const CLOSING: f64 = 0.02;
const FOLLOW_UP_DAYS: f64 = 40.0;
const ACCOUNTS: usize = 250;

/// Outcomes of accounts with constant hazards, and their true incidences.
struct SimulatedOutcomes {
    truth: Forecasts,
    outcomes: Vec<Outcome>,
    futures: Vec<u32>,
}

impl SimulatedOutcomes {
    fn new(rows: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let hazards: Vec<f64> =
            (0..rows).map(|_| (rng.random_range(-7.0_f64..-3.0)).exp()).collect();
        let edges = edges_days();
        let share = |hazard: f64, total_hazard: f64, k: usize| {
            hazard / total_hazard * (1.0 - (-total_hazard * edges[k + 1]).exp())
        };
        let incidence = |cause: fn(f64) -> f64| {
            Array2::from_shape_fn((rows, INTERVALS), |(row, k)| {
                share(cause(hazards[row]), hazards[row] + CLOSING, k)
            })
        };
        Self {
            truth: Forecasts {
                liquidated: incidence(|h| h),
                closed: incidence(|_| CLOSING),
                intervals: None,
                states: None,
            },
            outcomes: hazards.iter().map(|&hazard| outcome(&mut rng, hazard)).collect(),
            futures: (0..rows).map(|row| (row / ACCOUNTS) as u32).collect(),
        }
    }

    fn scores(&self, forecasts: &Forecasts) -> ForecastScores {
        evaluate_forecasts(forecasts, &self.outcomes, &one_row_per_group(&self.futures))
    }
}

fn outcome(rng: &mut ChaCha8Rng, hazard: f64) -> Outcome {
    let mut wait = |rate: f64| -rng.random_range(f64::EPSILON..1.0).ln() / rate;
    let (liquidated, closed) = (wait(hazard), wait(CLOSING));
    let (duration_days, event) = match liquidated.min(closed) {
        first if first > FOLLOW_UP_DAYS => (FOLLOW_UP_DAYS, OPEN),
        first if first == liquidated => (first, LIQUIDATED),
        first => (first, CLOSED),
    };
    Outcome { duration_days, event, follow_up_days: FOLLOW_UP_DAYS }
}

fn assert_calibrated(scores: &ForecastScores) {
    let month = scores.at_horizon(Horizon::Days30);
    assert!((month.observed_over_expected.expect("events") - 1.0).abs() < 0.1, "{month:?}");
    assert!(month.brier < month.brier_constant && month.auc.expect("both kinds") > 0.6);
    assert!(scores.d_calibration_p.expect("rows") > 0.01);
}

#[test]
fn true_incidences_are_calibrated_and_score_best() {
    let simulated = SimulatedOutcomes::new(6_000);
    let truth = simulated.scores(&simulated.truth);
    assert_calibrated(&truth);
    let miscalibrated = Forecasts {
        liquidated: &simulated.truth.liquidated * 1.5,
        closed: &simulated.truth.closed * 0.5,
        intervals: None,
        states: None,
    };
    let other = simulated.scores(&miscalibrated);
    assert!(truth.rcll < other.rcll && truth.ibs < other.ibs);
    assert_eq!(truth.antolini_c, other.antolini_c);
    assert!(other.at_horizon(Horizon::Days30).observed_over_expected.expect("events") < 0.75);
    let (_, month) = agreement(&miscalibrated, &simulated.truth)[5];
    assert_eq!(month.rank_correlation, Some(1.0));
    assert!(
        (month.mean_forecast.zip(month.mean_truth))
            .is_some_and(|(f, t)| (f / t - 1.5).abs() < 1e-9)
    );
}

#[test]
#[ignore = "two and a half million rows take a minute and 1 GB"]
fn millions_of_rows_are_scored() {
    let simulated = SimulatedOutcomes::new(2_500_000);
    let scores = simulated.scores(&simulated.truth);
    assert_calibrated(&scores);
}
