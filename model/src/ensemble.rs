//! What a model keeps beside the net's weights.

use ndarray::{ArrayView1, ArrayView2};
use plimsoll_features::feature_count;
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::doubt::Doubt;
use crate::members::{Members, Stack};
use crate::panel::MEMBERS;
use crate::range::Range;
use crate::tilt::MILESTONES;

/// Direct members, how they are mixed with the net, and how far the mixture is trusted; lists are
/// by milestone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ensemble {
    pub(crate) members: Vec<Members>,
    pub(crate) stacks: Vec<Stack>,
    pub(crate) doubts: Vec<Doubt>,
    pub(crate) range: Range,
    /// Medians of the features in the training span; absent where one was never known.
    pub(crate) reference: Vec<Option<f32>>,
}

/// The median of each column, of what is known of it.
pub(crate) fn medians(features: ArrayView2<'_, f32>) -> Vec<Option<f32>> {
    let median = |column: ArrayView1<'_, f32>| {
        let mut known: Vec<f32> = column.iter().copied().filter(|x| x.is_finite()).collect();
        let middle = known.len() / 2;
        (!known.is_empty()).then(|| *known.select_nth_unstable_by(middle, f32::total_cmp).1)
    };
    features.columns().into_iter().map(median).collect()
}

impl Ensemble {
    /// Refuses one that was made for other milestones or members than this program's.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let lengths = [self.members.len(), self.stacks.len(), self.doubts.len()];
        let stacked = self.stacks.iter().all(|stack| stack.weights.len() == MEMBERS);
        let fits =
            self.members.iter().zip(&crate::members::RECIPES).all(|(m, recipe)| m.fits(recipe));
        let whole = self.range.is_whole() && self.reference.len() == feature_count();
        if lengths == [MILESTONES.len(); 3] && stacked && fits && whole {
            return Ok(());
        }
        Err(ModelError::FeatureMismatch("its members are others".to_owned()))
    }
}
