//! What a model keeps beside the net's weights.

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
}

impl Ensemble {
    /// Refuses one that was made for other milestones or members than this program's.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let lengths = [self.members.len(), self.stacks.len(), self.doubts.len()];
        let stacked = self.stacks.iter().all(|stack| stack.weights.len() == MEMBERS);
        let fits =
            self.members.iter().zip(&crate::members::RECIPES).all(|(m, recipe)| m.fits(recipe));
        if lengths == [MILESTONES.len(); 3] && stacked && fits && self.range.is_whole() {
            return Ok(());
        }
        Err(ModelError::FeatureMismatch("its members are others".to_owned()))
    }
}
