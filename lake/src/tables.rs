//! All tables, one file each.

mod account_settings;
mod balance_changes;
mod blocks;
mod forecasts;
mod liquidations;
mod logs;
mod market_assets;
mod observations;
mod oracle_prices;
mod pool_liquidity;
mod pools;
mod position_events;
mod quarantine;
mod quarantined_logs;
mod reserve_indexes;
mod reserve_parameters;
mod simulated_markets;

use arrow::array::RecordBatch;

pub use account_settings::{AccountSetting, setting};
pub use balance_changes::{BalanceChange, side};
pub use blocks::Block;
pub use forecasts::Forecast;
pub use liquidations::Liquidation;
pub use logs::RawLog;
pub use market_assets::{MarketAsset, PAR_PRICE_SOURCE};
pub use observations::Observation;
pub use oracle_prices::OraclePrice;
pub use pool_liquidity::PoolLiquidity;
pub use pools::Pool;
pub use position_events::{PositionEvent, kind};
pub use quarantine::QuarantinedRow;
pub use quarantined_logs::QuarantinedLog;
pub use reserve_indexes::ReserveIndex;
pub use reserve_parameters::{ReserveParameter, parameter};
pub use simulated_markets::SimulatedMarket;

use crate::{LakeError, Table};

/// A row of a table, as a Rust struct.
pub trait Row: Sized {
    /// The row's table.
    const TABLE: Table;

    /// Converts rows to columns.
    ///
    /// # Errors
    /// [`LakeError::Arrow`] if a value does not fit its column.
    fn to_batch(rows: &[Self]) -> Result<RecordBatch, LakeError>;

    /// Converts columns to rows; columns that are not in the table are ignored.
    ///
    /// # Errors
    /// [`LakeError::SchemaMismatch`] if a column is missing or has another type.
    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, LakeError>;
}

/// All tables, in the order of the data flow.
pub static TABLES: [&Table; 17] = [
    &Block::TABLE,
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
