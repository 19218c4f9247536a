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
pub struct Group {
    /// What they are about.
    pub name: &'static str,
    /// What they are made of: tables of the lake.
    pub sources: &'static str,
    /// When what they tell is known.
    pub known: Known,
    /// The features, in order.
    pub features: &'static [Feature],
}

/// When what a feature tells of a moment is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// At that moment, from what was published until then.
    AtOnce,
    /// Likewise, but as it stood at the last whole hour.
    ByTheHour,
}

impl Feature {
    /// Declares a feature.
    pub(crate) const fn new(name: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { name, unit, doc }
    }
}

/// Every feature group, in order.
pub const GROUPS: [Group; 13] = {
    use Known::{AtOnce, ByTheHour};
    const MARKET: &str = "all positions, prices, parameters, liquidations, blocks";
    const POSITIONS: &str = "positions, prices, parameters";
    [
        group("distance", POSITIONS, AtOnce, &group::distance::FEATURES),
        group("volatility", "positions, prices", ByTheHour, &group::volatility::FEATURES),
        group("jumps", "positions, prices", ByTheHour, &group::jumps::FEATURES),
        group("momentum", "positions, prices", ByTheHour, &group::momentum::FEATURES),
        group("behaviour", POSITIONS, AtOnce, &group::behaviour::FEATURES),
        group("habits", POSITIONS, AtOnce, &group::habits::FEATURES),
        group("dwell", POSITIONS, ByTheHour, &group::dwell::FEATURES),
        group("size", POSITIONS, AtOnce, &group::size::FEATURES),
        group("carry", "positions, prices, interest", AtOnce, &group::carry::FEATURES),
        group("scenario", POSITIONS, AtOnce, &group::scenario::FEATURES),
        group("stress", MARKET, ByTheHour, &group::stress::FEATURES),
        group(
            "crowding",
            "all positions, prices, parameters",
            ByTheHour,
            &group::crowding::FEATURES,
        ),
        group(
            "depth",
            "all positions, prices, parameters, pools",
            ByTheHour,
            &group::depth::FEATURES,
        ),
    ]
};

const fn group(
    name: &'static str,
    sources: &'static str,
    known: Known,
    features: &'static [Feature],
) -> Group {
    Group { name, sources, known, features }
}

/// Every feature group's features, end to end.
pub const FEATURES: [&[Feature]; GROUPS.len()] = {
    let mut features: [&[Feature]; GROUPS.len()] = [&[]; GROUPS.len()];
    let mut place = 0;
    while place < GROUPS.len() {
        features[place] = GROUPS[place].features;
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
