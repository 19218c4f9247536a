//! From the lake to observations: what was known about an account at a time.
//!
//! The way of the data: a [`Market`] knows what every asset cost and how it moved, up to any
//! time; events are replayed into [`AccountState`]s; a kernel turns one state at one time
//! into [`FEATURES`]; [`observe`] does so for every account at every landmark and adds, from the
//! one file that looks ahead, what became of it. A server scores with the same kernel.
//!
//! Nothing but the labels depends on what happens after a landmark.

mod account_state;
mod change;
mod crowd;
mod error;
mod feature;
mod group;
mod kernel;
mod labels;
mod landmarks;
mod lived;
mod market;
mod observations;
mod observe;
mod replay;
mod rescue;
mod snapshot;

pub use account_state::{AccountState, Behaviour, MIN_OPEN_USD};
pub use change::AccountUpdate;
pub use error::FeatureError;
pub use feature::{
    Availability, FEATURE_GROUPS, FEATURES, Feature, FeatureGroup, feature_count, feature_index,
};
pub use group::HORIZONS;
pub use kernel::AccountFeatures;
pub use labels::{CLOSED, LIQUIDATED, OPEN, Outcome};
pub use landmarks::LandmarkInterval;
pub use lived::HealthHistory;
pub use market::{HourlyPrice, HourlyPrices, Market, MarketId, list_markets};
pub use observations::Observations;
pub use observe::{ObservationPlan, observe};
pub use replay::{AccountHistory, read_histories};
pub use rescue::OwnerAction;
pub use snapshot::Snapshot;
