//! The state that requests read: scored markets, and the values computed from them.

pub(crate) mod app_state;
pub(crate) mod balance;
pub(crate) mod changes;
pub(crate) mod drivers;
pub(crate) mod halt;
pub(crate) mod horizon_incidence;
pub(crate) mod liquidation_outlook;
pub(crate) mod market_risk;
pub(crate) mod market_state;
pub(crate) mod oracle_departure;
pub(crate) mod page_data;
pub(crate) mod position_metrics;
pub(crate) mod position_state;
pub(crate) mod probabilities;
pub(crate) mod score;
pub(crate) mod scored_account;
pub(crate) mod scorer;
pub(crate) mod server_snapshot;
pub(crate) mod unpriced_assets;
pub(crate) mod valued_position;
