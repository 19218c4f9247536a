//! The list of features, in the order in which every matrix holds them.

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

impl FeatureGroup {
    /// Declares a group.
    pub(crate) const fn new(
        name: &'static str,
        sources: &'static str,
        availability: Availability,
        features: &'static [Feature],
    ) -> Self {
        Self { name, sources, availability, features }
    }
}
