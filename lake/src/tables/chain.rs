//! Tables of raw chain data.

mod blocks;
mod logs;
mod quarantined_logs;

pub use blocks::Block;
pub use logs::RawLog;
pub use quarantined_logs::QuarantinedLog;
