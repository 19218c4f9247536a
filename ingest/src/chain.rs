//! Chain history, read from nodes that may fail, lag or withhold.

mod adapter;
mod batch;
mod bloom;
mod chunk;
mod context;
mod dev_node;
mod error;
mod fetch;
mod header;
mod log;
mod market_file;
pub(crate) mod place;
mod plan;
mod reconcile;
mod report;
mod rollback;
pub(crate) mod rows;
mod rpc;
mod stream;
mod sync;
mod verify;
mod view;

pub use dev_node::{DevNode, DevNodeError, Sent};
pub use error::ChainError;

pub use fetch::{FetchError, Slice, SliceStats, fetch};
pub use header::Header;
pub use log::{Log, LogFilter};
pub use market_file::MarketFile;
pub use plan::{Blocks, ChainPlan, Segment, StreamPlan};
pub use reconcile::{
    AccountHealth, MarketHealth, Reconciliation, ReserveWeights, last_block_by, reconcile,
};
pub use report::ChainSummary;
pub use rpc::{BlockTag, CallOutcome, Client, Fault, RpcError, RpcOptions, Standing};
pub use sync::{ChainIngest, ChainOptions};
pub use verify::{ChainFigures, Verification, verify, verify_hashes};
