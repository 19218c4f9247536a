//! The plan of a backtest.

use chrono::{DateTime, Utc};

use super::bootstrap::BlockBootstrap;
use crate::evaluation::time_range::TimeRange;
use crate::train::options::TrainOptions;

/// When the model is retrained.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FoldSchedule {
    /// At the start of every calendar month.
    #[default]
    Monthly,
    /// At the start of every calendar quarter.
    Quarterly,
    /// At these times; each model is evaluated until the next time.
    At(Vec<DateTime<Utc>>),
}

/// The plan of a backtest.
#[derive(Debug, Clone)]
pub struct BacktestPlan {
    /// When the model is retrained.
    pub folds: FoldSchedule,
    /// Landmarks to evaluate; without a start, from the first fold that can be trained.
    pub span: TimeRange,
    /// Training options.
    pub train: TrainOptions,
    /// Probabilities of liquidation within 24 hours at which an alarm is raised, ascending.
    pub thresholds: Vec<f64>,
    /// Maximum number of crash windows.
    pub max_crash_windows: usize,
    /// Options of the bootstrap.
    pub resampling: BlockBootstrap,
}

impl Default for BacktestPlan {
    fn default() -> Self {
        Self {
            folds: FoldSchedule::default(),
            span: TimeRange::default(),
            train: TrainOptions::default(),
            thresholds: vec![0.001, 0.003, 0.01, 0.02, 0.05, 0.1],
            max_crash_windows: 8,
            resampling: BlockBootstrap::default(),
        }
    }
}
