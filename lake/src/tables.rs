//! All tables, one file each.

mod accounts;
mod chain;
mod derived;
mod markets;

pub use accounts::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, kind, setting, side,
};
pub use chain::{Block, BlockProof, QuarantinedLog, RawLog, proof};
pub use derived::{Forecast, Observation, PeerForecast, QuarantinedRow, SimulatedMarket};
pub use markets::{
    MarketAsset, OraclePrice, PAR_PRICE_SOURCE, Pool, PoolLiquidity, ReserveIndex,
    ReserveParameter, parameter,
};

pub use crate::schema::Row;
use crate::schema::Table;

/// All tables, in the order of the data flow.
pub static TABLES: [&Table; 18] = [
    &Block::TABLE,
    &BlockProof::TABLE,
    &RawLog::TABLE,
    &QuarantinedLog::TABLE,
    &MarketAsset::TABLE,
    &PositionEvent::TABLE,
    &Liquidation::TABLE,
    &BalanceChange::TABLE,
    &AccountSetting::TABLE,
    &OraclePrice::TABLE,
    &ReserveIndex::TABLE,
    &ReserveParameter::TABLE,
    &Pool::TABLE,
    &PoolLiquidity::TABLE,
    &QuarantinedRow::TABLE,
    &SimulatedMarket::TABLE,
    &Observation::TABLE,
    &Forecast::TABLE,
];

/// The table with this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Table> {
    TABLES.into_iter().find(|table| table.name == name)
}
