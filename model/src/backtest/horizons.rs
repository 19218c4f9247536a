//! Figures of a horizon with intervals, by blocks of time and by account.

use plimsoll_features::Observations;
use plimsoll_lake::Horizon;
use plimsoll_metrics::{RankingAreas, WeightedRanking, log_loss};
use serde::Serialize;

use super::bootstrap::{
    BlockBootstrap, Clusters, ConfidenceInterval, Replicates, difference, percentile_interval,
    ratio, weighted_sums,
};
use crate::forecast::forecasts::Forecasts;
use crate::input::grid::horizon_column;
use crate::input::outcomes::liquidated_within;

/// Confidence intervals of a horizon's scores; each absent where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreIntervals {
    /// Interval of the area under the receiver operating characteristic.
    pub auc: Option<ConfidenceInterval>,
    /// Interval of average precision.
    pub average_precision: Option<ConfidenceInterval>,
    /// Interval of the Brier score.
    pub brier: Option<ConfidenceInterval>,
    /// Interval of the log score.
    pub log_score: Option<ConfidenceInterval>,
    /// Interval of `1 - brier / brier_constant`.
    pub brier_skill: Option<ConfidenceInterval>,
    /// Interval of observed over expected.
    pub observed_over_expected: Option<ConfidenceInterval>,
}

/// Intervals of the differences between two forecasters' scores, on the same draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreDifferences {
    /// Difference of the area under the receiver operating characteristic.
    pub auc: Option<ConfidenceInterval>,
    /// Difference of average precision.
    pub average_precision: Option<ConfidenceInterval>,
    /// Difference of the Brier score; negative is better.
    pub brier: Option<ConfidenceInterval>,
    /// Difference of the log score; negative is better.
    pub log_score: Option<ConfidenceInterval>,
}

/// Landmarks with follow-up for a whole horizon.
#[derive(Debug)]
pub(crate) struct HorizonRows {
    pub(crate) horizon: Horizon,
    pub(crate) rows: Vec<usize>,
    pub(crate) positives: Vec<bool>,
    pub(crate) block_days: u32,
    pub(crate) blocks: Clusters,
    pub(crate) accounts: Clusters,
}

/// A forecaster's scores in every replicate.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReplicateScores {
    auc: Replicates,
    average_precision: Replicates,
    brier: Replicates,
    log_score: Replicates,
    brier_skill: Replicates,
    observed_over_expected: Replicates,
}

impl HorizonRows {
    /// The landmarks of each horizon.
    pub(crate) fn by_horizon(rows: &Observations, block_days: u32) -> Vec<Self> {
        let of = |horizon| Self::new(horizon, rows, 0..rows.len(), block_days);
        Horizon::ALL.map(of).into()
    }

    /// The landmarks of one horizon among some rows. Blocks are not shorter than the horizon, because
    /// landmarks with overlapping horizons share events.
    pub(crate) fn new(
        horizon: Horizon,
        rows: &Observations,
        among: impl Iterator<Item = usize>,
        block_days: u32,
    ) -> Self {
        let first_s = rows.time_s.iter().min().copied().unwrap_or(0);
        let days = horizon.days();
        let followed = |row: &usize| rows.outcome[*row].follow_up_days >= days;
        let indices: Vec<usize> = among.filter(followed).collect();
        let positive = |&row: &usize| liquidated_within(&rows.outcome[row], days);
        let times: Vec<i64> = indices.iter().map(|&row| rows.time_s[row]).collect();
        let accounts = indices.iter().map(|&row| i64::from(rows.account_index[row]));
        let block_days = block_days.max(days as u32);
        Self {
            horizon,
            block_days,
            positives: indices.iter().map(positive).collect(),
            blocks: Clusters::from_times(times.iter(), first_s, block_days),
            accounts: Clusters::from_keys(accounts),
            rows: indices,
        }
    }

    /// A forecaster's probabilities for these landmarks.
    pub(crate) fn probabilities(&self, forecasts: &Forecasts) -> Vec<f64> {
        let column = horizon_column(self.horizon);
        self.rows.iter().map(|&row| forecasts.liquidated[[row, column]]).collect()
    }

    /// Computes the scores of a forecaster's probabilities on every draw of clusters.
    pub(crate) fn bootstrap(
        &self,
        probabilities: &[f64],
        clusters: &Clusters,
        resampling: &BlockBootstrap,
    ) -> ReplicateScores {
        let ranking =
            WeightedRanking::new(probabilities, &self.positives, &clusters.cluster_of_row);
        let rows = probabilities.iter().zip(&self.positives);
        let sums = clusters.sums(rows.map(|(&probability, &positive)| {
            let observed = f64::from(positive);
            let loss = log_loss(probability, positive);
            [1.0, observed, probability, (probability - observed).powi(2), loss]
        }));
        let figures = |weights: &[u32]| {
            let RankingAreas { auc, average_precision } = ranking.areas(weights);
            let [rows, observed, expected, squares, losses] = weighted_sums(&sums, weights);
            let brier = ratio(squares, rows);
            let skill = ratio(observed, rows).zip(brier).and_then(|(rate, brier)| {
                ratio(brier, rate * (1.0 - rate)).map(|relative| 1.0 - relative)
            });
            let log_score = ratio(losses, rows);
            [auc, average_precision, brier, log_score, skill, ratio(observed, expected)]
        };
        let [auc, average_precision, brier, log_score, brier_skill, observed_over_expected] =
            resampling.replicate(clusters.count, figures);
        ReplicateScores {
            auc,
            average_precision,
            brier,
            log_score,
            brier_skill,
            observed_over_expected,
        }
    }
}

impl ReplicateScores {
    pub(crate) fn intervals(&self) -> ScoreIntervals {
        ScoreIntervals {
            auc: percentile_interval(&self.auc),
            average_precision: percentile_interval(&self.average_precision),
            brier: percentile_interval(&self.brier),
            log_score: percentile_interval(&self.log_score),
            brier_skill: percentile_interval(&self.brier_skill),
            observed_over_expected: percentile_interval(&self.observed_over_expected),
        }
    }

    /// 95 % intervals of the differences from another forecaster's scores.
    pub(crate) fn minus(&self, other: &Self) -> ScoreDifferences {
        self.differences_from(other, percentile_interval)
    }

    /// Intervals of the differences from another forecaster's scores on the same draws.
    pub(crate) fn differences_from(
        &self,
        other: &Self,
        interval: impl Fn(&[Option<f64>]) -> Option<ConfidenceInterval>,
    ) -> ScoreDifferences {
        let between = |own: &Replicates, other: &Replicates| interval(&difference(own, other));
        ScoreDifferences {
            auc: between(&self.auc, &other.auc),
            average_precision: between(&self.average_precision, &other.average_precision),
            brier: between(&self.brier, &other.brier),
            log_score: between(&self.log_score, &other.log_score),
        }
    }
}
