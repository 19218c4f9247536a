//! Chain history, read from nodes that may fail, lag or withhold.

mod adapter;
mod decode;
mod error;
mod lake_state;
mod market_file;
mod migrate;
mod reconcile;
mod stream;
mod sync;
mod verify;
mod view_calls;

pub use error::ChainError;
pub use lake_state::BlockRange;
pub use market_file::MarketFile;
pub use reconcile::{
    AccountHealth, MarketHealthFactors, PriceError, Reconciliation, ReserveWeights,
    last_covered_block, reconcile,
};
pub use sync::cost::{ChainTraffic, Cost, CostEstimate};
pub use sync::plan::{ChainPlan, SegmentPlan, StreamPlan};
pub use sync::proof_mode::ProofMode;
pub use sync::sampled_evidence::SampledEvidence;
pub use sync::summary::ChainSummary;
pub use sync::{ChainIngest, ChainOptions};
pub use verify::{ChainCounts, Verification, verify, verify_hashes};
