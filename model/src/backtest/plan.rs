//! What a backtest is to do.

use chrono::{DateTime, Utc};

use super::resampling::Resampling;
use crate::TrainOptions;
use crate::evaluation::Span;

/// When the model is trained anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Folds {
    /// At the start of every calendar month.
    #[default]
    Monthly,
    /// At the start of every calendar quarter.
    Quarterly,
    /// At these times, each model judged until the next.
    At(Vec<DateTime<Utc>>),
}

/// What a backtest is to do.
#[derive(Debug, Clone)]
pub struct BacktestPlan {
    /// When the model is trained anew.
    pub folds: Folds,
    /// Landmarks to judge; without a start, from the first fold that can be trained.
    pub span: Span,
    /// How to train.
    pub train: TrainOptions,
    /// Probabilities of liquidation within 24 hours at which an alarm is raised, ascending.
    pub thresholds: Vec<f64>,
    /// Most crash windows to name.
    pub windows: usize,
    /// How intervals come about.
    pub resampling: Resampling,
}

impl Default for BacktestPlan {
    fn default() -> Self {
        Self {
            folds: Folds::default(),
            span: Span::default(),
            train: TrainOptions::default(),
            thresholds: vec![0.001, 0.003, 0.01, 0.02, 0.05, 0.1],
            windows: 8,
            resampling: Resampling::default(),
        }
    }
}
