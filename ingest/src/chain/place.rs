//! Where a row belongs: chain, protocol, market, block, log.

use chrono::{DateTime, Utc};

use plimsoll_rpc::Header;
use plimsoll_lake::hex; use plimsoll_rpc::Log;

/// A block's time.
pub(crate) fn time(header: &Header) -> DateTime<Utc> {
    let seconds = i64::try_from(header.time_s).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A log's place, as the tables' columns want it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) block: u64,
    pub(crate) log_index: u32,
    pub(crate) tx: String,
    pub(crate) time: DateTime<Utc>,
}

impl Place {
    pub(crate) fn of(log: &Log, header: &Header) -> Self {
        let Log { block, log_index, tx, .. } = *log;
        Self { block, log_index, tx: hex(tx), time: time(header) }
    }
}
