//! The fitted parameters of an ensemble besides the net's weights.

use ndarray::{ArrayView1, ArrayView2};
use plimsoll_features::feature_count;
use serde::{Deserialize, Serialize};

use super::conformal::ConformalIntervals;
use super::ensemble::MEMBER_COUNT;
use super::incidence::MILESTONES;
use crate::error::ModelError;
use crate::input::training_domain::TrainingDomain;
use crate::members::{DirectMembers, Stacker};

/// Direct members, stackers and conformal intervals by milestone, the training domain and medians.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnsembleParameters {
    pub(crate) direct_members: Vec<DirectMembers>,
    pub(crate) stackers: Vec<Stacker>,
    pub(crate) intervals: Vec<ConformalIntervals>,
    pub(crate) domain: TrainingDomain,
    /// Medians of the features in the training data; absent if a feature was never known.
    pub(crate) feature_medians: Vec<Option<f32>>,
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
    /// Returns an error if the parameters are for other milestones or members than this program's.
    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        let lengths = [self.direct_members.len(), self.stackers.len(), self.intervals.len()];
        let stackers_match = self.stackers.iter().all(|stack| stack.weights.len() == MEMBER_COUNT);
        let members_match = self
            .direct_members
            .iter()
            .zip(&crate::members::MEMBER_SPECS)
            .all(|(m, spec)| m.matches(spec));
        let is_complete =
            self.domain.is_complete() && self.feature_medians.len() == feature_count();
        if lengths == [MILESTONES.len(); 3] && stackers_match && members_match && is_complete {
            return Ok(());
        }
        Err(ModelError::FeatureMismatch("its ensemble has other members".to_owned()))
    }
}
