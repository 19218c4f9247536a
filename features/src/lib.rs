//! From the lake to observations: what was known about an account at a time.
//!
//! | step | module | result |
//! |---|---|---|
//! | read prices, parameters, rates, pools | `market` | [`Market`] |
//! | replay events by account and block | `replay`, `account` | [`AccountHistory`], [`AccountState`] |
//! | sum over all accounts by hour | `aggregates` | debt by health factor, liquidations |
//! | compute features of one account at one time | `kernel`, `groups` | [`AccountFeatures`], [`FEATURES`] |
//! | at every landmark, with labels | `observations` | [`observe`], [`Observations`] |
//! | at the end of what is known | `snapshot` | [`Snapshot`] |
//! | what changed within a day | `day_before` | [`ChangeSource`] |
//!
//! Training ([`observe`]) and serving ([`Snapshot`]) use the same kernel. Only labels depend on what
//! happens after a landmark; they come from the one file that looks ahead,
//! `observations/labels.rs`.

mod account;
mod account_view;
mod aggregates;
mod day_before;
mod error;
mod groups;
mod kernel;
mod left_out;
mod market;
mod observations;
mod replay;
mod snapshot;
mod time;

pub use account::behaviour::Behaviour;
pub use account::health_history::HealthHistory;
pub use account::new_position::NewPosition;
pub use account::owner_action::OwnerAction;
pub use account::state::{AccountState, MIN_OPEN_USD};
pub use account::update::AccountUpdate;
pub use day_before::{ChangeSource, ChangeUnavailable};
pub use error::FeatureError;
pub use groups::feature::{Availability, Feature, FeatureGroup};
pub use groups::{FEATURE_GROUPS, FEATURES, feature_count, feature_index};
pub use kernel::AccountFeatures;
pub use left_out::{LeftOutMarket, read_each_market};
pub use market::borrowing_rules::BorrowingRules;
pub use market::liquidation_halt::{HaltCause, LiquidationHalt};
pub use market::reference_prices::OracleDeparture;
pub use market::{HourlyPrice, HourlyPrices, Market, MarketId, list_markets};
pub use observations::labels::{
    CLOSED, Crossing, LIQUIDATED, OPEN, Outcome, OwnerActionCount, OwnerActionCounts,
};
pub use observations::landmarks::LandmarkInterval;
pub use observations::observe::{ObservationPlan, observe};
pub use observations::table::Observations;
pub use replay::history::AccountHistory;
pub use replay::read_histories;
pub use snapshot::Snapshot;
