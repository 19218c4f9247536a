//! Chain history, read from nodes that may fail, lag or withhold.

mod adapter;
mod batch;
mod bloom;
mod chunk;
mod context;
mod error;
mod fetch;
mod market_file;
pub(crate) mod place;
mod plan;
mod reconcile;
mod report;
mod rollback;
pub(crate) mod rows;
mod stream;
mod sync;
mod verify;
mod view;

pub use error::ChainError;

pub use fetch::{FetchError, Slice, SliceStats, fetch};
pub use market_file::MarketFile;
pub use plan::{Blocks, ChainPlan, Segment, StreamPlan};
pub use reconcile::{
    AccountHealth, MarketHealth, Reconciliation, ReserveWeights, last_block_by, reconcile,
};
pub use report::ChainSummary;
pub use sync::{ChainIngest, ChainOptions};
pub use verify::{ChainFigures, Verification, verify, verify_hashes};
