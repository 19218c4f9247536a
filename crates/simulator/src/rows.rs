//! Conversion of a history into the rows that a chain's ingestion would have written.

mod account_rows;
pub(crate) mod addresses;
mod builder;
mod log_cursor;
mod market_rows;
mod pool_rows;

pub(crate) use builder::RowBuilder;
pub(crate) use log_cursor::block_number;
