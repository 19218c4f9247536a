//! Tables of raw chain data.

mod block_proofs;
mod blocks;
mod logs;
mod quarantined_logs;

pub use block_proofs::{BlockProof, proof};
pub use blocks::Block;
pub use logs::RawLog;
pub use quarantined_logs::QuarantinedLog;
