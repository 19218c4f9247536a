//! Time-to-liquidation forecasts from observations: members, their training, and their evaluation.
//!
//! [`train()`] fits a net that corrects the odds of first passage by owners' behaviour, and boosted
//! trees pooled over horizons. [`Model::forecast`] averages their curves of the probability of
//! liquidation over time; below the threshold, [`PositionState`] names the state. [`evaluate()`] compares
//! them with later outcomes, beside the baselines; [`compare()`] adds a peer's forecasts of the same
//! landmarks, with intervals of the differences; [`evaluate_forecasts`] does the same with
//! forecasts of any origin, and [`agreement()`] compares forecasts with true probabilities where
//! these are known. [`walk_forward()`] trains repeatedly as time advances, and [`score_backtest`]
//! scores the out-of-sample forecasts of these models.

mod backtest;
mod error;
mod evaluation;
mod excursions;
mod forecast;
mod input;
mod members;
mod net;
mod owner_actions;
mod train;
mod units;

pub use backtest::{
    AblationScores, AlertEvaluator, AlertScores, BacktestPlan, BacktestSummary, BlockBootstrap,
    CalibrationBinEstimate, CalibrationCurve, ConfidenceInterval, Estimate, FoldSchedule,
    FoldScores, ForecasterCalibration, ForecasterScores, IncidenceCurve, IncidenceCurves,
    RecallCurve, ScoreDifferences, ScoreIntervals, WalkForward, WarningQuality, WeeklyCounts,
    WindowScores, evaluate_fixed, score_ablation, score_backtest, walk_forward,
};
pub use error::ModelError;
pub use evaluation::agreement::{Agreement, agreement};
pub use evaluation::baselines::first_passage_baseline;
pub use evaluation::comparison::compare::compare;
pub use evaluation::comparison::report::{
    Comparison, HorizonComparison, LeftOut, Omission, PairedDifference, PairedIntervals,
};
pub use evaluation::evaluate::{evaluate, evaluate_forecast_rows};
pub use evaluation::evaluated_forecasts::EvaluatedForecasts;
pub use evaluation::forecast_scorer::evaluate_forecasts;
pub use evaluation::independence::one_row_per_group;
pub use evaluation::owner_actions::{
    ActionRateBin, ActionSizeScores, OwnerActionScores, evaluate_owner_actions,
};
pub use evaluation::reference_rate::{ReferenceRate, ReferenceSource};
pub use evaluation::report::{
    Evaluation, ForecastScores, HorizonScores, SkillScores, TrainingOverlap,
};
pub use evaluation::time_range::TimeRange;
pub use forecast::attribution::Attribution;
pub use forecast::change_attribution::{ChangeAttribution, ChangeCause};
pub use forecast::forecasts::{Forecasts, PositionStates, at_horizon};
pub use forecast::incidence::CumulativeIncidence;
pub use forecast::interpolation::IncidenceAt;
pub use forecast::manifest::{MemberWeight, TrainingSummary};
pub use forecast::model::Model;
pub use forecast::table::forecast_rows;
pub use forecast::training_market::{TrainingMarket, market_of_account};
pub use input::ablation::Ablation;
pub use input::driver::Driver;
pub use input::grid::{INTERVALS, edges_days};
pub use members::liquidatable::position_state::PositionState;
pub use owner_actions::held_out::HeldOutActionScores;
pub use owner_actions::kind::OwnerActionKind;
pub use owner_actions::model::{OwnerActionRates, OwnerActions};
pub use owner_actions::size::OwnerActionSize;
pub use train::benchmark::TrainingBenchmark;
pub use train::options::{Progress, TrainOptions};
pub use train::train;
