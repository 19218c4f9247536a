//! Where the levels of rules are chosen.

use clap::ValueEnum;
use serde::Serialize;

/// Where levels are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LevelSource {
    /// On the training span, forecast by models of its earlier parts.
    Training,
    /// On the replayed landmarks.
    Hindsight,
}
