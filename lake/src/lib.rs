//! Schemas of all tables, and the Parquet store.
//!
//! A lake is a folder. Each table is a subfolder, its partitions are Hive folders
//! (`protocol=maker/market=eth-b`), and each file is named after the range it covers
//! (`blocks_000011088554_000011999999.parquet`). A range that was indexed and contains no rows is
//! an empty file, so an absent range always means "not indexed".
//!
//! Each file contains its CRC-32, which every read verifies, and each partition's folder a record of
//! the ranges that were written, so that damaged and removed files are named instead of being
//! taken for an absence of rows.
//!
//! Files are written to a temporary name, synced and renamed, so a file that exists is complete.
//! Writers of one partition are serialised by an advisory lock, which the operating system releases
//! if its process dies. Readers take no lock.
//!
//! ```
//! use plimsoll_lake::{CoveredRange, Partition, Store, tables::{OraclePrice, Row}};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let dir = tempfile::tempdir()?;
//! let store = Store::create(dir.path())?;
//! let time = "2022-04-30T23:00:00Z".parse()?;
//! let price = OraclePrice::spot("usdt_candles", "ETH", time, 2725.1);
//! let partition = Partition::new(&OraclePrice::TABLE, &["usdt_candles"])?;
//! let batch = OraclePrice::to_batch(&[price.clone()])?;
//! let range = CoveredRange::times(time, time)?;
//! assert_eq!(store.merge(&partition, range, &batch)?.added, 1);
//! assert_eq!(store.merge(&partition, range, &batch)?.added, 0);
//! assert_eq!(store.rows::<OraclePrice>()?, [price]);
//! # Ok(()) }
//! ```

mod amount;
mod asset_label;
mod atomic_folder;
mod atomic_write;
mod decoded_rows;
pub mod duration;
mod error;
mod hash;
mod horizon;
mod inspect;
mod market_key;
mod migrate;
mod query;
mod schema;
mod store;
pub mod tables;

pub use amount::to_tokens;
pub use asset_label::{asset_labels, clean_symbol, short_address};
pub use atomic_folder::write_folder_atomically;
pub use atomic_write::write_atomically;
pub use decoded_rows::{BlockSpan, DecodedRows};
pub use error::LakeError;
pub use hash::{hex, sha256_hex};
pub use horizon::{Horizon, UnknownHorizon};
pub use inspect::{DamagedFile, Gap, LakeStatus, TableStatus};
pub use market_key::{MarketKey, account_id, format_address, with_chain, without_chain};
pub use schema::{Column, CoveredRange, Partition, RangeUnit, Table};
pub use store::{
    ChainLock, FileEntry, Filter, MergeSummary, Store, parquet_columns, read_parquet, write_parquet,
};
