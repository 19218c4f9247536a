//! What a part of the model is worth: the same folds trained without it.

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
    /// By how much the whole model is ahead of this one, by horizon.
    pub full_minus_ablated: Vec<(&'static str, ScoreDifferences)>,
}

/// Judges a walk without a part beside the walk of the whole model over the same landmarks.
///
/// # Panics
/// If they walked over other landmarks.
#[must_use]
pub fn score_ablation(
    whole: &WalkForward,
    without: (Ablation, &WalkForward),
    plan: &BacktestPlan,
) -> AblationScores {
    let (part, walk) = without;
    assert_eq!(whole.rows().len(), walk.rows().len(), "both walk over the same landmarks");
    let independent = non_overlapping_landmarks(walk.rows());
    let judge = ForecastScorer::new(walk.outcomes(), &independent);
    let (liquidated, closed) = (walk.forecasts.liquidated.view(), walk.forecasts.closed.view());
    let ahead = |followed: &HorizonRows| {
        let of = |walk: &WalkForward| {
            followed.bootstrap(&walk.forecasts, &followed.blocks, &plan.resampling)
        };
        (followed.name, of(whole).minus(&of(walk)))
    };
    AblationScores {
        ablation: part,
        scores: judge.score(liquidated, Some(closed)),
        full_minus_ablated: HorizonRows::by_horizon(walk, plan.resampling.block_days)
            .iter()
            .map(ahead)
            .collect(),
    }
}
