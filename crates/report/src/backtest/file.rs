//! The file of a report that programs read.

/// Name of the file, which also identifies the folder of a report.
pub(super) const FILE: &str = "backtest.json";

/// Number of the file's format; it changes when a reader of the earlier format would fail.
pub(super) const FORMAT: u32 = 1;
