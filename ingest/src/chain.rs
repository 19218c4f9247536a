//! Chain history, read from nodes that may fail, lag or withhold.

mod adapter;
mod batch;
mod bloom;
mod chunk;
mod error;
mod fetch;
pub(crate) mod log_position;
mod market_file;
mod plan;
mod reconcile;
mod reorg;
mod row_builder;
pub(crate) mod rows;
mod stream;
mod summary;
mod sync;
mod verify;
mod view_calls;

pub use error::ChainError;

pub use fetch::{FetchError, FetchStats, FetchedRange, fetch};
pub use market_file::MarketFile;
pub use plan::{BlockRange, ChainPlan, Segment, StreamPlan};
pub use reconcile::{
    AccountHealth, MarketHealth, Reconciliation, ReserveWeights, last_covered_block, reconcile,
};
pub use summary::ChainSummary;
pub use sync::{ChainIngest, ChainOptions};
pub use verify::{ChainCounts, Verification, verify, verify_hashes};
