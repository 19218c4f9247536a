//! Scores and calibration of each forecaster, with intervals.

use plimsoll_lake::Horizon;

use super::bootstrap::{
    BlockBootstrap, Clusters, ConfidenceInterval, percentile_interval, ratio, weighted_sums,
};
use super::calibration::calibration_curve;
use super::horizons::{HorizonRows, ReplicateScores, ScoreDifferences};
use super::outputs::ForecasterOutputs;
use super::summary::{ForecasterCalibration, ForecasterScores, HorizonIntervals};
use super::walk_forward::WalkForward;
use crate::evaluation::forecast_scorer::ForecastScorer;
use crate::evaluation::independence::non_overlapping_landmarks;
use crate::forecast::forecasts::Forecasts;
use crate::input::grid::{INTERVALS, grid_edges_days};

/// Compares the forecasters of a walk-forward run.
pub(super) struct ForecasterScorer<'a> {
    pub(super) run: &'a WalkForward,
    pub(super) resampling: &'a BlockBootstrap,
    pub(super) outputs: &'a ForecasterOutputs,
    pub(super) horizons: &'a [HorizonRows],
}

impl ForecasterScorer<'_> {
    /// Scores of each forecaster, and by how much the model differs from first passage.
    pub(super) fn forecaster_scores(
        &self,
    ) -> (Vec<ForecasterScores>, Vec<(Horizon, ScoreDifferences)>) {
        let independent = non_overlapping_landmarks(self.run.rows());
        let forecast_scorer = ForecastScorer::new(self.run.outcomes(), &independent);
        let ForecasterOutputs { model, first_passage, training_rate, kaplan_meier } = self.outputs;
        let by_time = |forecasts: &Forecasts| -> Vec<ReplicateScores> {
            let replicates = |f: &HorizonRows| {
                f.bootstrap(&f.probabilities(forecasts), &f.blocks, self.resampling)
            };
            self.horizons.iter().map(replicates).collect()
        };
        let (model_replicates, baseline_replicates) = (by_time(model), by_time(first_passage));
        let differences =
            self.horizons.iter().zip(model_replicates.iter().zip(&baseline_replicates));
        let differences = differences
            .map(|(f, (model_replicates, baseline_replicates))| {
                (f.horizon, model_replicates.minus(baseline_replicates))
            })
            .collect();
        let forecasters = vec![
            self.score_forecaster("model", &forecast_scorer, model, Some(&model_replicates)),
            self.score_forecaster(
                "first_passage",
                &forecast_scorer,
                first_passage,
                Some(&baseline_replicates),
            ),
            self.score_forecaster("training_rate", &forecast_scorer, training_rate, None),
            self.score_forecaster("kaplan_meier", &forecast_scorer, kaplan_meier, None),
        ];
        (forecasters, differences)
    }

    /// `by_time` contains the replicates of each horizon; a constant forecaster has none.
    fn score_forecaster(
        &self,
        name: &'static str,
        forecast_scorer: &ForecastScorer<'_>,
        forecasts: &Forecasts,
        by_time: Option<&[ReplicateScores]>,
    ) -> ForecasterScores {
        let forecasts_closing = matches!(name, "model" | "training_rate");
        let closed = forecasts_closing.then(|| forecasts.closed.view());
        let scores = forecast_scorer.score(forecasts.liquidated.view(), closed);
        let Some(replicates) = by_time else {
            let intervals = Vec::new();
            return ForecasterScores {
                name,
                scores,
                intervals,
                ibs_interval: None,
                rcll_interval: None,
            };
        };
        let intervals = self.horizons.iter().zip(replicates).map(|(horizon_rows, replicates)| {
            let resampling = self.resampling;
            let probabilities = horizon_rows.probabilities(forecasts);
            HorizonIntervals {
                horizon: horizon_rows.horizon,
                block_days: horizon_rows.block_days,
                blocks: horizon_rows.blocks.count,
                by_time: replicates.intervals(),
                by_account: horizon_rows
                    .bootstrap(&probabilities, &horizon_rows.accounts, resampling)
                    .intervals(),
            }
        });
        let liquidated = forecasts.liquidated.view();
        let ibs = |rows: &[usize]| forecast_scorer.integrated_brier(liquidated, rows);
        let rcll = |rows: &[usize]| forecast_scorer.log_loss(liquidated, closed?, rows);
        ForecasterScores {
            name,
            scores,
            intervals: intervals.collect(),
            ibs_interval: self.mean_interval(ibs),
            rcll_interval: self.mean_interval(rcll),
        }
    }

    /// The interval of a mean over rows, by blocks as long as the grid.
    fn mean_interval(&self, mean: impl Fn(&[usize]) -> Option<f64>) -> Option<ConfidenceInterval> {
        let times = &self.run.rows().time_s;
        let first_s = times.iter().min().copied().unwrap_or(0);
        let block_days = self.resampling.block_days.max(grid_edges_days()[INTERVALS] as u32);
        let blocks = Clusters::from_times(times.iter(), first_s, block_days);
        let mut rows = vec![Vec::new(); blocks.count];
        for (row, &block) in blocks.cluster_of_row.iter().enumerate() {
            rows[block as usize].push(row);
        }
        let sums = rows.iter().map(|rows| {
            let rows_in_block = rows.len() as f64;
            mean(rows).map(|mean| [mean * rows_in_block, rows_in_block])
        });
        let sums = sums.collect::<Option<Vec<_>>>()?;
        let [replicates] = self.resampling.replicate(blocks.count, |weights| {
            let [sum, rows] = weighted_sums(&sums, weights);
            [ratio(sum, rows)]
        });
        percentile_interval(&replicates)
    }

    pub(super) fn calibrations(&self) -> Vec<ForecasterCalibration> {
        let calibration = |(name, forecasts): (&'static str, &Forecasts)| {
            let curve = |f: &HorizonRows| calibration_curve(f, forecasts, self.resampling);
            ForecasterCalibration {
                name: name.into(),
                curves: self.horizons.iter().map(curve).collect(),
            }
        };
        let ForecasterOutputs { model, first_passage, .. } = self.outputs;
        [("model", model), ("first_passage", first_passage)].map(calibration).into()
    }
}
