//! The lake: every table's schema in one place, and the Parquet store that keeps them.
//!
//! A lake is a folder. A table is a folder in it, its partitions are Hive folders
//! (`protocol=maker/market=eth-b`), and each file is named by the range that it covers
//! (`blocks_000011088554_000011999999.parquet`). A range that was looked at and held nothing is
//! an empty file, so an absent range always means "not indexed".
//!
//! Files are written aside and renamed, so a file that exists is finished. Writers of one
//! partition take turns on an advisory lock that dies with its holder; readers take none.
//!
//! ```
//! use plimsoll_lake::{Partition, Range, Store, tables::{OraclePrice, Row}};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let dir = tempfile::tempdir()?;
//! let store = Store::create(dir.path())?;
//! let time = "2022-04-30T23:00:00Z".parse()?;
//! let price = OraclePrice::spot("usdt_candles", "ETH", time, 2725.1);
//! let partition = Partition::of(&OraclePrice::TABLE, &["usdt_candles"])?;
//! let batch = OraclePrice::to_batch(&[price.clone()])?;
//! let range = Range::times(time, time)?;
//! assert_eq!(store.merge(&partition, range, &batch)?.added, 1);
//! assert_eq!(store.merge(&partition, range, &batch)?.added, 0);
//! assert_eq!(store.rows::<OraclePrice>()?, [price]);
//! # Ok(()) }
//! ```

mod batch;
mod cell;
mod chain_rows;
mod change_token;
pub mod duration;
mod error;
mod fingerprint;
mod frame;
mod market_name;
mod partition;
mod range;
mod scan;
mod status;
mod store;
mod table;
pub mod tables;

pub use chain_rows::{BlockSpan, DecodedRows, to_tokens};
pub use error::LakeError;
pub use market_name::{MarketKey, format_address};
pub use partition::Partition;
pub use range::{CoveredRange, RangeUnit};
pub use scan::Filter;
pub use status::{Gap, LakeStatus, TableStatus};
pub use store::{FileEntry, MergeSummary, Store, read_parquet, write_parquet};
pub use table::{Column, Table};
