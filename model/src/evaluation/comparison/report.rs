//! The figures of a comparison.

use chrono::{DateTime, Utc};
use plimsoll_lake::Horizon;
use serde::Serialize;

use crate::backtest::bootstrap::{BlockBootstrap, ConfidenceInterval};
use crate::evaluation::report::{HorizonScores, SkillScores, serialize_by_name};

/// Scores of forecasts and of a peer's on the landmarks that both have.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// First landmark that both have.
    pub from: DateTime<Utc>,
    /// Last landmark that both have.
    pub to: DateTime<Utc>,
    /// Number of landmarks that both have.
    pub rows: usize,
    /// Number of accounts.
    pub accounts: usize,
    /// What is not compared.
    pub left_out: LeftOut,
    /// Options of the bootstrap.
    pub resampling: BlockBootstrap,
    /// Scores of the horizons that the peer forecasts.
    #[serde(serialize_with = "serialize_by_name")]
    pub horizons: Vec<(Horizon, HorizonComparison)>,
}

/// Landmarks and forecasts that are not compared.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LeftOut {
    /// Evaluated landmarks that the peer does not forecast.
    pub without_peer: Omission,
    /// The peer's forecasts of landmarks of the grid that are not evaluated.
    pub not_evaluated: Omission,
    /// The peer's forecasts of landmarks at owners' actions.
    pub off_grid: Omission,
    /// The peer's forecasts of accounts and times that are not landmarks in the lake.
    pub unmatched: Omission,
}

/// A number of landmarks, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Omission {
    /// Number of landmarks.
    pub count: usize,
    /// Accounts and times of the first.
    pub first: Vec<String>,
}

/// Scores of both at one horizon.
#[derive(Debug, Clone, Serialize)]
pub struct HorizonComparison {
    /// Number of shared landmarks whose probability the peer leaves out.
    pub without_probability: usize,
    /// Scores of the model, or of the evaluated forecasts.
    pub model: HorizonScores,
    /// Scores of the peer.
    pub peer: HorizonScores,
    /// Skill of the model relative to the reference rate; absent without a reference.
    pub model_skill: Option<SkillScores>,
    /// Skill of the peer relative to the same.
    pub peer_skill: Option<SkillScores>,
    /// Days per time block.
    pub block_days: u32,
    /// Number of time blocks.
    pub blocks: usize,
    /// Number of accounts.
    pub accounts: usize,
    /// Difference of the area under the receiver operating characteristic.
    pub auc: PairedDifference,
    /// Difference of average precision.
    pub average_precision: PairedDifference,
    /// Difference of the Brier score; negative is better.
    pub brier: PairedDifference,
    /// Difference of the log score; negative is better.
    pub log_score: PairedDifference,
}

/// A score of the model minus that of the peer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairedDifference {
    /// The difference; absent where a score is undefined.
    pub difference: Option<f64>,
    /// Intervals from drawing whole time blocks.
    pub by_time: PairedIntervals,
    /// Intervals from drawing whole accounts.
    pub by_account: PairedIntervals,
}

/// Intervals of a difference; absent with too few clusters or too many undefined replicates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairedIntervals {
    /// The 90 % interval.
    pub interval_90: Option<ConfidenceInterval>,
    /// The 95 % interval.
    pub interval_95: Option<ConfidenceInterval>,
}
