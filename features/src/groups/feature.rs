//! What a feature and a group of features are.

/// One feature: the name of its column and its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Column name.
    pub name: &'static str,
    /// Unit; `ln` is a logarithm of a ratio, `share` a fraction from 0 to 1.
    pub unit: &'static str,
    /// Meaning, with its formula.
    pub doc: &'static str,
}

/// Features from the same sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureGroup {
    /// Name of the group.
    pub name: &'static str,
    /// Tables of the lake that they are computed from.
    pub sources: &'static str,
    /// When they are known.
    pub availability: Availability,
    /// The features, in order.
    pub features: &'static [Feature],
}

/// When the value of a feature is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// In real time, from all data published until then.
    RealTime,
    /// At the last whole hour.
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
