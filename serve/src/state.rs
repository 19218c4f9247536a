//! The state that requests read: scored markets, and the values computed from them.

pub(crate) mod app_state;
pub(crate) mod balance;
pub(crate) mod drivers;
pub(crate) mod market_risk;
pub(crate) mod market_state;
pub(crate) mod page_data;
pub(crate) mod position_metrics;
pub(crate) mod probabilities;
pub(crate) mod scored_account;
pub(crate) mod scorer;
pub(crate) mod server_snapshot;
pub(crate) mod valued_position;
