//! Figures of a horizon with intervals, by blocks of time and by account.

use plimsoll_features::{HORIZONS, LIQUIDATED};
use serde::Serialize;

use super::ranking::{Areas, Ranking};
use super::resampling::{
    Clusters, Interval, Replicates, Resampling, difference, interval, ratio, weighted,
};
use super::walk::Walk;
use crate::Forecasts;
use crate::grid::horizon_columns;

/// ScoreIntervals of the figures of a horizon; each absent where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreIntervals {
    /// Of the area under the receiver operating characteristic.
    pub auc: Option<Interval>,
    /// Of average precision.
    pub average_precision: Option<Interval>,
    /// Of the Brier score.
    pub brier: Option<Interval>,
    /// Of `1 - brier / brier_constant`.
    pub brier_skill: Option<Interval>,
    /// Of observed over expected.
    pub observed_over_expected: Option<Interval>,
}

/// By how much the model is ahead of first passage: figure less figure, on the same draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ahead {
    /// In the area under the receiver operating characteristic.
    pub auc: Option<Interval>,
    /// In average precision.
    pub average_precision: Option<Interval>,
    /// In the Brier score, where below zero is better.
    pub brier: Option<Interval>,
}

/// Landmarks followed up for a whole horizon.
#[derive(Debug)]
pub(crate) struct Followed {
    pub(crate) name: &'static str,
    pub(crate) column: usize,
    pub(crate) rows: Vec<usize>,
    pub(crate) positives: Vec<bool>,
    pub(crate) block_days: u32,
    pub(crate) blocks: Clusters,
    pub(crate) accounts: Clusters,
}

/// A forecaster's figures in every replicate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Replicated {
    auc: Replicates,
    average_precision: Replicates,
    brier: Replicates,
    brier_skill: Replicates,
    observed_over_expected: Replicates,
}

impl Followed {
    /// Landmarks of each horizon. Blocks are no shorter than the horizon, since landmarks whose
    /// horizons overlap see the same events.
    pub(crate) fn all(walk: &Walk, block_days: u32) -> Vec<Self> {
        let rows = walk.rows();
        let first_s = rows.time_s.iter().min().copied().unwrap_or(0);
        let of = |(&(name, hours), column): (&(&'static str, f64), usize)| {
            let days = hours / 24.0;
            let followed = |row: &usize| rows.outcome[*row].follow_up_days >= days;
            let places: Vec<usize> = (0..rows.len()).filter(followed).collect();
            let positive = |&row: &usize| {
                rows.outcome[row].event == LIQUIDATED && rows.outcome[row].duration_days <= days
            };
            let times: Vec<i64> = places.iter().map(|&row| rows.time_s[row]).collect();
            let accounts = places.iter().map(|&row| i64::from(rows.account[row]));
            let block_days = block_days.max(days as u32);
            Self {
                name,
                column,
                block_days,
                positives: places.iter().map(positive).collect(),
                blocks: Clusters::of_time(times.iter(), first_s, block_days),
                accounts: Clusters::of(accounts),
                rows: places,
            }
        };
        HORIZONS.iter().zip(horizon_columns()).map(of).collect()
    }

    /// A forecaster's probabilities of these landmarks.
    pub(crate) fn probabilities(&self, forecasts: &Forecasts) -> Vec<f64> {
        self.rows.iter().map(|&row| forecasts.liquidated[[row, self.column]]).collect()
    }

    /// Reckons a forecaster's figures on every draw of clusters.
    pub(crate) fn replicate(
        &self,
        forecasts: &Forecasts,
        clusters: &Clusters,
        resampling: &Resampling,
    ) -> Replicated {
        let probabilities = self.probabilities(forecasts);
        let ranking = Ranking::new(&probabilities, &self.positives, &clusters.of_row);
        let rows = probabilities.iter().zip(&self.positives);
        let sums = clusters.sums(rows.map(|(&probability, &positive)| {
            let seen = f64::from(positive);
            [1.0, seen, probability, (probability - seen).powi(2)]
        }));
        let figures = |weights: &[u32]| {
            let Areas { auc, average_precision } = ranking.areas(weights);
            let [rows, seen, expected, squares] = weighted(&sums, weights);
            let brier = ratio(squares, rows);
            let skill = ratio(seen, rows).zip(brier).and_then(|(rate, brier)| {
                ratio(brier, rate * (1.0 - rate)).map(|relative| 1.0 - relative)
            });
            [auc, average_precision, brier, skill, ratio(seen, expected)]
        };
        let [auc, average_precision, brier, brier_skill, observed_over_expected] =
            resampling.replicate(clusters.count, figures);
        Replicated { auc, average_precision, brier, brier_skill, observed_over_expected }
    }
}

impl Replicated {
    pub(crate) fn intervals(&self) -> ScoreIntervals {
        ScoreIntervals {
            auc: interval(&self.auc),
            average_precision: interval(&self.average_precision),
            brier: interval(&self.brier),
            brier_skill: interval(&self.brier_skill),
            observed_over_expected: interval(&self.observed_over_expected),
        }
    }

    pub(crate) fn ahead_of(&self, other: &Self) -> Ahead {
        let ahead = |own: &Replicates, other: &Replicates| interval(&difference(own, other));
        Ahead {
            auc: ahead(&self.auc, &other.auc),
            average_precision: ahead(&self.average_precision, &other.average_precision),
            brier: ahead(&self.brier, &other.brier),
        }
    }
}
