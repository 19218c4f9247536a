//! What a proposer may want, and how far one proposal may go.

mod line;
mod steward;

pub use line::LinePolicy;
pub use steward::StewardPolicy;

use serde::{Deserialize, Serialize};

/// A policy file: how a line is drawn, and what a risk steward may do at once.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How thresholds are drawn.
    pub line: LinePolicy,
    /// How far and how often they may move, where no chain says so.
    pub steward: StewardPolicy,
}
