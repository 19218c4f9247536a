//! Inspection of a lake's content: statistics, hashes and change detection.

mod change_token;
mod fingerprint;
mod status;

pub use status::{DamagedFile, Gap, LakeStatus, TableStatus};
