//! The fitted parameters of an ensemble besides the net's weights.

use ndarray::{ArrayView1, ArrayView2};
use plimsoll_features::feature_count;
use serde::{Deserialize, Serialize};

use super::conformal::ConformalIntervals;
use super::scorer::MILESTONES;
use super::threshold_model::ThresholdParameters;
use crate::error::ModelError;
use crate::excursions::law::ExcursionLaw;
use crate::input::training_domain::TrainingDomain;
use crate::members::pooled::PooledMember;
use crate::owner_actions::model::OwnerActions;

/// Pooled members, weights, conformal intervals by milestone, and what all members share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnsembleParameters {
    pub(crate) pooled: Vec<PooledMember>,
    /// The weight of each member, the net first.
    pub(crate) weights: Vec<f64>,
    pub(crate) excursions: ExcursionLaw,
    pub(crate) threshold: ThresholdParameters,
    pub(crate) intervals: Vec<ConformalIntervals>,
    pub(crate) domain: TrainingDomain,
    /// Medians of the features in the training data; absent if a feature was never known.
    pub(crate) feature_medians: Vec<Option<f32>>,
    /// Models of owners' actions; absent if the training data had no labels of them.
    pub(crate) owner_actions: Option<OwnerActions>,
}

/// The median of each column's known values.
pub(crate) fn medians(features: ArrayView2<'_, f32>) -> Vec<Option<f32>> {
    let median = |column: ArrayView1<'_, f32>| {
        let mut known: Vec<f32> = column.iter().copied().filter(|x| x.is_finite()).collect();
        let middle = known.len() / 2;
        (!known.is_empty()).then(|| *known.select_nth_unstable_by(middle, f32::total_cmp).1)
    };
    features.columns().into_iter().map(median).collect()
}

impl EnsembleParameters {
    /// Returns an error if the parameters are for other edges or members than this program's.
    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        let is_complete = self.weights.len() == self.pooled.len() + 1
            && self.excursions.is_complete()
            && self.intervals.len() == MILESTONES.len()
            && self.domain.is_complete()
            && self.feature_medians.len() == feature_count()
            && self.owner_actions.as_ref().is_none_or(OwnerActions::is_complete);
        if is_complete {
            return Ok(());
        }
        Err(ModelError::FeatureMismatch("its ensemble has other members".to_owned()))
    }
}
