//! Differences between two forecasters' scores, with intervals from a paired block bootstrap.

use super::report::{PairedDifference, PairedIntervals};
use crate::backtest::bootstrap::{
    BlockBootstrap, Clusters, ConfidenceInterval, percentile_interval_of,
};
use crate::backtest::horizons::{HorizonRows, ScoreDifferences};
use crate::evaluation::report::HorizonScores;

/// Two forecasters' probabilities of the same landmarks at a horizon.
pub(super) struct PairedForecasts<'a> {
    pub(super) rows: &'a HorizonRows,
    pub(super) model: &'a [f64],
    pub(super) peer: &'a [f64],
}

/// Intervals of all differences, from drawing one kind of cluster.
struct ClusterIntervals {
    of_90: ScoreDifferences,
    of_95: ScoreDifferences,
}

/// Differences of the scores with an interval, in the order of [`ScoreDifferences`].
pub(super) struct PairedDifferences {
    pub(super) auc: PairedDifference,
    pub(super) average_precision: PairedDifference,
    pub(super) brier: PairedDifference,
    pub(super) log_score: PairedDifference,
}

impl PairedForecasts<'_> {
    /// The differences between the scores of both; each replicate draws the same clusters for both.
    pub(super) fn differences(
        &self,
        [model, peer]: [&HorizonScores; 2],
        resampling: &BlockBootstrap,
    ) -> PairedDifferences {
        let by_time = self.intervals(&self.rows.blocks, resampling);
        let by_account = self.intervals(&self.rows.accounts, resampling);
        let paired =
            |score: fn(&HorizonScores) -> Option<f64>,
             interval: fn(&ScoreDifferences) -> Option<ConfidenceInterval>| {
                PairedDifference {
                    difference: score(model).zip(score(peer)).map(|(model, peer)| model - peer),
                    by_time: by_time.of_score(interval),
                    by_account: by_account.of_score(interval),
                }
            };
        PairedDifferences {
            auc: paired(|scores| scores.auc, |intervals| intervals.auc),
            average_precision: paired(
                |scores| scores.average_precision,
                |intervals| intervals.average_precision,
            ),
            brier: paired(|scores| scores.brier, |intervals| intervals.brier),
            log_score: paired(|scores| scores.log_score, |intervals| intervals.log_score),
        }
    }

    fn intervals(&self, clusters: &Clusters, resampling: &BlockBootstrap) -> ClusterIntervals {
        let model = self.rows.bootstrap(self.model, clusters, resampling);
        let peer = self.rows.bootstrap(self.peer, clusters, resampling);
        let at = |coverage: f64| {
            model.differences_from(&peer, |drawn| percentile_interval_of(drawn, coverage))
        };
        ClusterIntervals { of_90: at(0.9), of_95: at(0.95) }
    }
}

impl ClusterIntervals {
    fn of_score(
        &self,
        interval: impl Fn(&ScoreDifferences) -> Option<ConfidenceInterval>,
    ) -> PairedIntervals {
        PairedIntervals { interval_90: interval(&self.of_90), interval_95: interval(&self.of_95) }
    }
}
