//! The list of features, in the order in which every matrix holds them.

use crate::group;

/// One feature: its column's name and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Column name, unit included.
    pub name: &'static str,
    /// Meaning, with its formula.
    pub doc: &'static str,
}

impl Feature {
    /// Declares a feature.
    pub(crate) const fn new(name: &'static str, doc: &'static str) -> Self {
        Self { name, doc }
    }
}

/// Every feature group's features, end to end.
pub const FEATURES: [&[Feature]; 6] = [
    &group::distance::FEATURES,
    &group::volatility::FEATURES,
    &group::momentum::FEATURES,
    &group::behaviour::FEATURES,
    &group::dwell::FEATURES,
    &group::size::FEATURES,
];

/// How many features there are.
#[must_use]
pub fn feature_count() -> usize {
    FEATURES.iter().map(|group| group.len()).sum()
}

/// The place of a feature in a row.
#[must_use]
pub fn feature_index(name: &str) -> Option<usize> {
    FEATURES.iter().flat_map(|group| group.iter()).position(|feature| feature.name == name)
}
