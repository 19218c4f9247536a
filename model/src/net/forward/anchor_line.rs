//! The log odds of one cause before its correction.

use super::ranges::HeadRanges;
use super::row_block::PADDED_INTERVALS;
use crate::input::grid::INTERVALS;

/// A line of the anchor's log odds in each interval; slopes are zero for a cause without anchor.
#[derive(Debug, Clone, Default)]
pub(crate) struct AnchorLine {
    pub(crate) intercepts: [f32; PADDED_INTERVALS],
    slopes: [f32; PADDED_INTERVALS],
}

impl AnchorLine {
    /// Loads weights.
    pub(crate) fn load_weights(&mut self, ranges: &HeadRanges, weights: &[f32]) {
        self.intercepts[..INTERVALS].copy_from_slice(&weights[ranges.intercepts.clone()]);
        if let Some(slopes) = ranges.anchor_slopes.clone() {
            self.slopes[..INTERVALS].copy_from_slice(&weights[slopes]);
        }
    }

    /// The line's values for a row.
    pub(crate) fn values(&self, anchor: &[f32; PADDED_INTERVALS]) -> [f32; PADDED_INTERVALS] {
        std::array::from_fn(|k| self.intercepts[k] + self.slopes[k] * anchor[k])
    }
}
