//! Figures of a horizon with intervals, by blocks of time and by account.

use plimsoll_lake::Horizon;
use serde::Serialize;

use super::bootstrap::{
    BlockBootstrap, Clusters, ConfidenceInterval, Replicates, difference, percentile_interval,
    ratio, weighted_sums,
};
use super::ranking::{RankingAreas, WeightedRanking};
use super::walk_forward::WalkForward;
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
    brier_skill: Replicates,
    observed_over_expected: Replicates,
}

impl HorizonRows {
    /// The landmarks of each horizon. Blocks are not shorter than the horizon, because landmarks
    /// with overlapping horizons share events.
    pub(crate) fn by_horizon(run: &WalkForward, block_days: u32) -> Vec<Self> {
        let rows = run.rows();
        let first_s = rows.time_s.iter().min().copied().unwrap_or(0);
        let horizon_rows = |horizon: Horizon| {
            let days = horizon.days();
            let followed = |row: &usize| rows.outcome[*row].follow_up_days >= days;
            let indices: Vec<usize> = (0..rows.len()).filter(followed).collect();
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
        };
        Horizon::ALL.map(horizon_rows).into()
    }

    /// A forecaster's probabilities for these landmarks.
    pub(crate) fn probabilities(&self, forecasts: &Forecasts) -> Vec<f64> {
        let column = horizon_column(self.horizon);
        self.rows.iter().map(|&row| forecasts.liquidated[[row, column]]).collect()
    }

    /// Computes a forecaster's scores on every draw of clusters.
    pub(crate) fn bootstrap(
        &self,
        forecasts: &Forecasts,
        clusters: &Clusters,
        resampling: &BlockBootstrap,
    ) -> ReplicateScores {
        let probabilities = self.probabilities(forecasts);
        let ranking =
            WeightedRanking::new(&probabilities, &self.positives, &clusters.cluster_of_row);
        let rows = probabilities.iter().zip(&self.positives);
        let sums = clusters.sums(rows.map(|(&probability, &positive)| {
            let observed = f64::from(positive);
            [1.0, observed, probability, (probability - observed).powi(2)]
        }));
        let figures = |weights: &[u32]| {
            let RankingAreas { auc, average_precision } = ranking.areas(weights);
            let [rows, observed, expected, squares] = weighted_sums(&sums, weights);
            let brier = ratio(squares, rows);
            let skill = ratio(observed, rows).zip(brier).and_then(|(rate, brier)| {
                ratio(brier, rate * (1.0 - rate)).map(|relative| 1.0 - relative)
            });
            [auc, average_precision, brier, skill, ratio(observed, expected)]
        };
        let [auc, average_precision, brier, brier_skill, observed_over_expected] =
            resampling.replicate(clusters.count, figures);
        ReplicateScores { auc, average_precision, brier, brier_skill, observed_over_expected }
    }
}

impl ReplicateScores {
    pub(crate) fn intervals(&self) -> ScoreIntervals {
        ScoreIntervals {
            auc: percentile_interval(&self.auc),
            average_precision: percentile_interval(&self.average_precision),
            brier: percentile_interval(&self.brier),
            brier_skill: percentile_interval(&self.brier_skill),
            observed_over_expected: percentile_interval(&self.observed_over_expected),
        }
    }

    pub(crate) fn minus(&self, other: &Self) -> ScoreDifferences {
        let difference_interval =
            |own: &Replicates, other: &Replicates| percentile_interval(&difference(own, other));
        ScoreDifferences {
            auc: difference_interval(&self.auc, &other.auc),
            average_precision: difference_interval(
                &self.average_precision,
                &other.average_precision,
            ),
            brier: difference_interval(&self.brier, &other.brier),
        }
    }
}
