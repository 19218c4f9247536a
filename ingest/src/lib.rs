//! Chains, files and a simulated market into the lake.
//!
//! An export is a folder of CSV files, plain or `.gz`. A [`Mapping`] says in TOML which file
//! fills which table and from which columns; [`ingest_csv`] reads the folder and adds to the lake
//! what it lacks. A row that cannot be believed goes to the table `quarantine` with its reason,
//! so that of every table rows read = added + present + quarantined. A second run adds nothing.
//!
//! ```
//! use indicatif::ProgressBar;
//! use plimsoll_ingest::{Mapping, ingest_csv};
//! use plimsoll_lake::{Store, tables::OraclePrice};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let source = tempfile::tempdir()?;
//! let candles = "open_time,open,high,low,close\n\
//!     2022-04-30T22:00:00Z,2730.5,2733.0,2720.1,2725.1\n\
//!     2022-04-30T23:00:00Z,2725.1,2720.0,2727.0,2726.0\n";
//! std::fs::write(source.path().join("ETH_USDT_1h.csv"), candles)?;
//! let mapping = Mapping::parse("candles.toml".as_ref(), r#"
//!     name = "candles"
//!     [[files]]
//!     match = "{asset}_USDT_1h.csv"
//!     table = "oracle_prices"
//!     constants = { source = "usdt_candles" }
//!     [files.columns]
//!     time = { column = "open_time", shift = "1h" }
//!     open_usd = "open"
//!     high_usd = "high"
//!     low_usd = "low"
//!     price_usd = "close"
//! "#)?;
//! let lake = tempfile::tempdir()?;
//! let store = Store::create(lake.path())?;
//! let summary = ingest_csv(&mapping, source.path(), &store, &ProgressBar::hidden())?;
//! let rows = &summary.tables["oracle_prices"];
//! assert_eq!((rows.read, rows.added, rows.quarantined), (2, 1, 1)); // a high below its low
//! assert_eq!(store.rows::<OraclePrice>()?[0].time.to_rfc3339(), "2022-04-30T23:00:00+00:00");
//! # Ok(()) }
//! ```
//!
//! # The mapping language
//!
//! | Key | Meaning |
//! |---|---|
//! | `name` | Names the mapping in `quarantine` |
//! | `[market]` `chain`, `protocol`, `market` | Whose accounts and assets the files tell of; needed by every table but `oracle_prices`. Accounts become `<protocol>/<market>/<account>` |
//! | `[[market.assets]]` `asset`, `decimals`, `price_source`, `price_asset`, `oracle_delay` | Rows of `market_assets`, put in the place of what the lake held of the same assets |
//! | `[[files]]` `match` | A file's name without `.gz`, anywhere below the source folder; `{field}` captures a field |
//! | `table` | `position_events`, `liquidations`, `reserve_parameters` or `oracle_prices` |
//! | `ignore` | Columns that are known and not wanted |
//! | `constants` | Fields that are the same in every row |
//! | `columns` | Fields by the column that holds them, plain or as `{ column, negate, shift }`: `negate` changes the sign of a number, `shift` is added to a time |
//! | `log_index = { ordinal_from = n }` | Numbers the rows of one block from `n` in file order, where the export has no log index; rows that are quarantined count |
//! | `parameters` | For `reserve_parameters`: the protocol's names of parameters as `{ parameter, asset, transform }`, with `transform = "reciprocal"` for one over the value; others keep their names |
//! | `jumps` `max_jump`, `tolerance`, `widen_after`, `[[files.jumps.override]]` | For `oracle_prices`: how far a price may move |
//!
//! A field is a column of the table, but that an exact amount and its tokens are one field
//! (`amount`, `collateral_amount`, `debt_amount`), that `chain`, `protocol` and `market` come from
//! `[market]`, and that a candle's `open_usd` is checked and not kept. Each is given once: as a
//! column, a constant, a capture, or counted. Lengths of time are `90s`, `30m`, `1h`, `2d`.
//!
//! Amounts are read exactly into the asset's smallest unit; one with a digit beyond is refused,
//! not rounded. Times are UTC unless they carry an offset.
//!
//! A price further than `max_jump` (an absolute log-ratio) from the last one believed is
//! quarantined, unless the one just before it was too and lies within `tolerance` of it: then the
//! new level is believed. After a gap longer than `widen_after` the limit grows with the square
//! root of the gap. Only what was known by then is used, so a live feed could do the same; each
//! run starts anew from the first price of its files.

mod cells;
pub mod chain;
mod check;
mod decimal;
mod decode;
mod document;
mod error;
mod fault;
mod fields;
mod ingest;
mod jump;
mod loader;
mod mapping;
mod merge;
mod plan;
mod source;
mod span;
mod summary;
mod target;
mod time;

pub use error::IngestError;
pub use fault::QuarantineReason;
pub use ingest::ingest_csv;
pub use mapping::Mapping;
pub use summary::{CsvSummary, TableSummary};
