//! What a part of the model is worth: the same folds trained without it.

use serde::Serialize;

use super::horizons::{Ahead, Followed};
use super::plan::BacktestPlan;
use super::walk::Walk;
use crate::Ablation;
use crate::evaluation::Scores;
use crate::independent::horizon_apart;
use crate::judge::Judge;

/// Scores of the model without one of its parts.
#[derive(Debug, Clone, Serialize)]
pub struct Ablated {
    /// The part that was left out.
    pub without: Ablation,
    /// Scores without it.
    #[serde(flatten)]
    pub scores: Scores,
    /// By how much the whole model is ahead of this one, by horizon.
    pub whole_ahead: Vec<(&'static str, Ahead)>,
}

/// Judges a walk without a part beside the walk of the whole model over the same landmarks.
///
/// # Panics
/// If they walked over other landmarks.
#[must_use]
pub fn ablated(whole: &Walk, without: (Ablation, &Walk), plan: &BacktestPlan) -> Ablated {
    let (part, walk) = without;
    assert_eq!(whole.rows().len(), walk.rows().len(), "both walk over the same landmarks");
    let independent = horizon_apart(walk.rows());
    let judge = Judge::new(walk.outcomes(), &independent);
    let (liquidated, closed) = (walk.forecasts.liquidated.view(), walk.forecasts.closed.view());
    let ahead = |followed: &Followed| {
        let of =
            |walk: &Walk| followed.replicate(&walk.forecasts, &followed.blocks, &plan.resampling);
        (followed.name, of(whole).ahead_of(&of(walk)))
    };
    Ablated {
        without: part,
        scores: judge.scores(liquidated, Some(closed)),
        whole_ahead: Followed::all(walk, plan.resampling.block_days).iter().map(ahead).collect(),
    }
}
