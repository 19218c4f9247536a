//! Ingestion of chains and CSV exports into the lake.
//!
//! [`chain`] reads contract logs over JSON-RPC. The rest of this page describes CSV exports.
//!
//! An export is a folder of CSV files, plain or `.gz`. A [`Mapping`] in TOML defines which file
//! fills which table and from which columns; [`ingest_csv`] reads the folder and adds the rows that
//! the lake lacks. An implausible or unreadable row goes to the table `quarantine` with its reason,
//! so that for every table rows read = added + present + quarantined. A second run adds nothing.
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
//! | `name` | Name of the mapping, and of its partition of `quarantine` |
//! | `[market]` `chain`, `protocol`, `market` | The market to which accounts and assets belong; required by every table except `oracle_prices`. Account ids become `<chain>/<protocol>/<market>/<account>` |
//! | `[[market.assets]]` `asset`, `address`, `decimals`, `price_source`, `price_asset`, `oracle_delay` | Rows of `market_assets`; they replace the lake's rows of the same assets. Cells may name an asset by its `address` |
//! | `[[files]]` `match` | A file's name without `.gz`, anywhere below the source folder; `{field}` captures a field |
//! | `table` | `position_events`, `liquidations`, `reserve_parameters` or `oracle_prices` |
//! | `delimiter` | `","`, `";"`, `"tab"` or `"\|"`; detected in each file's header if absent |
//! | `decimal` | `"."` or `","`. If absent a point, and in a file separated by `;` a comma if a number has one |
//! | `ignore` | Columns that are not imported |
//! | `constants` | Fields with the same value in every row |
//! | `columns` | Fields by column, plain or as `{ column, negate, shift, unit, decimals, part, separator }`: `negate` changes the sign of a number, `shift` is added to a time, and the part number `part` between `separator`s is read, counted from 1 |
//! | `unit` | `"raw"` for integers in the smallest unit: amounts have the `decimals` of their asset, prices and values those given. For the `value` of parameters also `"fraction"`, `"percent"`, `"bps"` and `"reciprocal"` |
//! | `log_index = { ordinal_from = n }` | Numbers the rows of one block from `n` in file order, where the export has no log index; quarantined rows are counted |
//! | `parameters` | For `reserve_parameters`: the protocol's parameter names as `{ parameter, asset, transform }`, with `transform` `"reciprocal"` for one over the value, `"percent"`, `"bps"`, or `"minus_one"` for a bonus given with the one that it is added to; others keep their names |
//! | `jumps` `max_jump`, `tolerance`, `widen_after`, `[[files.jumps.override]]` | For `oracle_prices`: limits on price moves |
//!
//! A field is a column of the table, with these exceptions: an exact amount and its tokens are one
//! field (`amount`, `collateral_amount`, `debt_amount`); `chain`, `protocol` and `market` come from
//! `[market]`; a candle's `open_usd` is checked and not stored. Each field is declared once: as a
//! column, a constant, a capture or an ordinal. Durations are `90s`, `30m`, `1h`, `2d`.
//!
//! Column names are compared exactly first, then without regard to case. Files are UTF-8, with or
//! without a byte order mark; UTF-16 is refused. A quoted cell may contain line breaks.
//!
//! Amounts are parsed exactly into the asset's smallest unit; an amount with further digits is
//! rejected, not rounded, and so is a thousands separator. An amount of more tokens than exist is
//! quarantined; where all amounts of a file are integers and most are large, the import fails and
//! suggests `unit = "raw"`. A threshold, maximum LTV or bonus above 1 and a price above 10^9 USD are
//! quarantined with the unit that fits.
//!
//! Times are ISO 8601 with or without `UTC` or an offset, as BigQuery, Dune, Flipside and PostgreSQL
//! write them, or Unix seconds, milliseconds, microseconds or nanoseconds, distinguished by magnitude:
//! all lie within 2009-01-03 to 2099-12-31. Times are UTC unless they have an offset. Addresses and
//! transaction hashes are stored in lower case; other ids stay as they are.
//!
//! A price further than `max_jump` (an absolute log-ratio) from the last accepted one is
//! quarantined, unless the previous price was quarantined too and is within `tolerance` of it: then
//! the new level is accepted. After a gap longer than `widen_after` the limit grows with the square
//! root of the gap. Only earlier prices are used, so a live feed would give the same result; each
//! run starts anew from the first price of its files.

pub mod chain;
mod csv;

pub use csv::{
    CsvSummary, FirstQuarantined, IngestError, Mapping, QuarantineReason, TableSummary, ingest_csv,
};
