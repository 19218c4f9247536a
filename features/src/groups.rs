//! The feature groups, one file each: the features that they declare and how they compute them.

mod behaviour;
mod carry;
mod crowding;
mod depth;
mod distance;
mod dwell;
pub(crate) mod feature;
mod habits;
mod jumps;
mod liquidation;
mod momentum;
mod scenario;
mod size;
mod storm;
mod stress;
mod volatility;

use feature::{Availability, Feature, FeatureGroup};

use crate::account_view::AccountView;

/// Every feature group, in order.
pub const FEATURE_GROUPS: [FeatureGroup; 15] = {
    use Availability::{Hourly, RealTime};
    const MARKET: &str = "all positions, prices, parameters, liquidations, blocks";
    const POSITIONS: &str = "positions, prices, parameters";
    [
        FeatureGroup::new("distance", POSITIONS, RealTime, &distance::FEATURES),
        FeatureGroup::new("volatility", "positions, prices", Hourly, &volatility::FEATURES),
        FeatureGroup::new("jumps", "positions, prices", Hourly, &jumps::FEATURES),
        FeatureGroup::new("momentum", "positions, prices", Hourly, &momentum::FEATURES),
        FeatureGroup::new("behaviour", POSITIONS, RealTime, &behaviour::FEATURES),
        FeatureGroup::new("habits", POSITIONS, RealTime, &habits::FEATURES),
        FeatureGroup::new("dwell", POSITIONS, Hourly, &dwell::FEATURES),
        FeatureGroup::new("size", POSITIONS, RealTime, &size::FEATURES),
        FeatureGroup::new("carry", "positions, prices, interest", RealTime, &carry::FEATURES),
        FeatureGroup::new("scenario", POSITIONS, RealTime, &scenario::FEATURES),
        FeatureGroup::new(
            "liquidation",
            "positions, prices, parameters, pools, blocks",
            RealTime,
            &liquidation::FEATURES,
        ),
        FeatureGroup::new("stress", MARKET, Hourly, &stress::FEATURES),
        FeatureGroup::new("storm", MARKET, RealTime, &storm::FEATURES),
        FeatureGroup::new(
            "crowding",
            "all positions, prices, parameters",
            Hourly,
            &crowding::FEATURES,
        ),
        FeatureGroup::new(
            "depth",
            "all positions, prices, parameters, pools",
            Hourly,
            &depth::FEATURES,
        ),
    ]
};

/// The features of every group, in order.
pub const FEATURES: [&[Feature]; FEATURE_GROUPS.len()] = {
    let mut features: [&[Feature]; FEATURE_GROUPS.len()] = [&[]; FEATURE_GROUPS.len()];
    let mut index = 0;
    while index < FEATURE_GROUPS.len() {
        features[index] = FEATURE_GROUPS[index].features;
        index += 1;
    }
    features
};

/// Number of features.
#[must_use]
pub fn feature_count() -> usize {
    FEATURES.iter().map(|group| group.len()).sum()
}

/// The index of a feature in a row.
#[must_use]
pub fn feature_index(name: &str) -> Option<usize> {
    FEATURES.iter().flat_map(|group| group.iter()).position(|feature| feature.name == name)
}

/// Computes all features of an account, in the order of [`FEATURES`].
pub(crate) fn feature_row(view: &AccountView<'_>) -> Vec<f32> {
    let mut row = Vec::with_capacity(feature_count());
    distance::write(view, &mut row);
    volatility::write(view, &mut row);
    jumps::write(view, &mut row);
    momentum::write(view, &mut row);
    behaviour::write(view, &mut row);
    habits::write(view, &mut row);
    dwell::write(view, &mut row);
    size::write(view, &mut row);
    carry::write(view, &mut row);
    scenario::write(view, &mut row);
    liquidation::write(view, &mut row);
    stress::write(view, &mut row);
    storm::write(view, &mut row);
    crowding::write(view, &mut row);
    depth::write(view, &mut row);
    debug_assert_eq!(row.len(), feature_count(), "groups write the features that they declare");
    row.into_iter().map(|value| value as f32).collect()
}
