//! Encoded contract calls.

mod configurator;
mod engine;
mod risk_oracle;

pub(super) use configurator::encode_configure_reserve;
pub(super) use engine::encode_update_collateral_side;
pub(super) use risk_oracle::{OracleUpdate, encode_publication};
