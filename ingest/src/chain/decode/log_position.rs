//! A row's position: block, log, transaction, time.

use chrono::{DateTime, Utc};

use plimsoll_lake::format_address;
use plimsoll_rpc::Header;
use plimsoll_rpc::Log;

/// A block's time.
pub(crate) fn block_time(header: &Header) -> DateTime<Utc> {
    let seconds = i64::try_from(header.time_s).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A log's position, in the types of the tables' columns.
#[derive(Debug, Clone)]
pub(crate) struct LogPosition {
    pub(crate) block: u64,
    pub(crate) log_index: u32,
    pub(crate) tx: String,
    pub(crate) time: DateTime<Utc>,
}

impl LogPosition {
    pub(crate) fn new(log: &Log, header: &Header) -> Self {
        let Log { block, log_index, tx, .. } = *log;
        Self { block, log_index, tx: format_address(tx), time: block_time(header) }
    }
}
