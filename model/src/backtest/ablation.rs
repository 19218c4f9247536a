//! Value of a part of the model: the same folds trained without it.

use plimsoll_lake::Horizon;
use serde::Serialize;

use super::horizons::{HorizonRows, ScoreDifferences};
use super::plan::BacktestPlan;
use super::walk_forward::WalkForward;
use crate::evaluation::forecast_scorer::ForecastScorer;
use crate::evaluation::independence::non_overlapping_landmarks;
use crate::evaluation::report::ForecastScores;
use crate::input::ablation::Ablation;

/// Scores of the model without one of its parts.
#[derive(Debug, Clone, Serialize)]
pub struct AblationScores {
    /// The part that was left out.
    pub ablation: Ablation,
    /// Scores without it.
    #[serde(flatten)]
    pub scores: ForecastScores,
    /// Scores of the full model minus those without the part, by horizon.
    pub full_minus_ablated: Vec<(Horizon, ScoreDifferences)>,
}

/// Scores a walk-forward run without a part, compared with that of the full model over the same
/// landmarks.
///
/// # Panics
/// If the runs have different landmarks.
#[must_use]
pub fn score_ablation(
    full: &WalkForward,
    ablated: (Ablation, &WalkForward),
    plan: &BacktestPlan,
) -> AblationScores {
    let (ablation, run) = ablated;
    assert_eq!(full.rows().len(), run.rows().len(), "both runs have the same landmarks");
    let independent = non_overlapping_landmarks(run.rows());
    let scorer = ForecastScorer::new(run.outcomes(), &independent);
    let (liquidated, closed) = (run.forecasts.liquidated.view(), run.forecasts.closed.view());
    let differences = |horizon_rows: &HorizonRows| {
        let scores = |run: &WalkForward| {
            let probabilities = horizon_rows.probabilities(&run.forecasts);
            horizon_rows.bootstrap(&probabilities, &horizon_rows.blocks, &plan.resampling)
        };
        (horizon_rows.horizon, scores(full).minus(&scores(run)))
    };
    AblationScores {
        ablation,
        scores: scorer.score(liquidated, Some(closed)),
        full_minus_ablated: HorizonRows::by_horizon(run.rows(), plan.resampling.block_days)
            .iter()
            .map(differences)
            .collect(),
    }
}
