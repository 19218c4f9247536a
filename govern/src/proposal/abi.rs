//! Calls as contracts take them.

mod configurator;
mod engine;
mod risk_oracle;

pub(super) use configurator::configure;
pub use engine::EngineAbi;
pub(super) use engine::update_collateral_side;
pub(super) use risk_oracle::{OracleUpdate, publish};
