//! The list of features, in the order in which every matrix holds them.

use crate::group;

/// One feature: its column's name and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Column name.
    pub name: &'static str,
    /// Unit; `ln` is a logarithm of a ratio, `share` a fraction from 0 to 1.
    pub unit: &'static str,
    /// Meaning, with its formula.
    pub doc: &'static str,
}

/// Features that are made of the same things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureGroup {
    /// What they are about.
    pub name: &'static str,
    /// What they are made of: tables of the lake.
    pub sources: &'static str,
    /// When what they tell is known.
    pub availability: Availability,
    /// The features, in order.
    pub features: &'static [Feature],
}

/// When what a feature tells of a moment is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// At that moment, from what was published until then.
    RealTime,
    /// Likewise, but as it stood at the last whole hour.
    Hourly,
}

impl Feature {
    /// Declares a feature.
    pub(crate) const fn new(name: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { name, unit, doc }
    }
}

/// Every feature group, in order.
pub const FEATURE_GROUPS: [FeatureGroup; 13] = {
    use Availability::{Hourly, RealTime};
    const MARKET: &str = "all positions, prices, parameters, liquidations, blocks";
    const POSITIONS: &str = "positions, prices, parameters";
    [
        group("distance", POSITIONS, RealTime, &group::distance::FEATURES),
        group("volatility", "positions, prices", Hourly, &group::volatility::FEATURES),
        group("jumps", "positions, prices", Hourly, &group::jumps::FEATURES),
        group("momentum", "positions, prices", Hourly, &group::momentum::FEATURES),
        group("behaviour", POSITIONS, RealTime, &group::behaviour::FEATURES),
        group("habits", POSITIONS, RealTime, &group::habits::FEATURES),
        group("dwell", POSITIONS, Hourly, &group::dwell::FEATURES),
        group("size", POSITIONS, RealTime, &group::size::FEATURES),
        group("carry", "positions, prices, interest", RealTime, &group::carry::FEATURES),
        group("scenario", POSITIONS, RealTime, &group::scenario::FEATURES),
        group("stress", MARKET, Hourly, &group::stress::FEATURES),
        group("crowding", "all positions, prices, parameters", Hourly, &group::crowding::FEATURES),
        group("depth", "all positions, prices, parameters, pools", Hourly, &group::depth::FEATURES),
    ]
};

const fn group(
    name: &'static str,
    sources: &'static str,
    known: Availability,
    features: &'static [Feature],
) -> FeatureGroup {
    FeatureGroup { name, sources, availability: known, features }
}

/// Every feature group's features, end to end.
pub const FEATURES: [&[Feature]; FEATURE_GROUPS.len()] = {
    let mut features: [&[Feature]; FEATURE_GROUPS.len()] = [&[]; FEATURE_GROUPS.len()];
    let mut place = 0;
    while place < FEATURE_GROUPS.len() {
        features[place] = FEATURE_GROUPS[place].features;
        place += 1;
    }
    features
};

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
