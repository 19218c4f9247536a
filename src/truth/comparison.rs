//! Forecasts and true probabilities: scores on independent futures, and the difference between them.

use std::fmt;

use ndarray::{Array2, Axis};
use plimsoll_features::{Observations, Outcome};
use plimsoll_lake::Horizon;
use plimsoll_model::{
    Agreement, ForecastScores, Forecasts, Model, agreement, evaluate_forecasts,
    first_passage_baseline, one_row_per_group,
};
use plimsoll_report::format_figure;
use serde::Serialize;

use super::row_index::{row_index, row_key};
use super::simulated::SimulatedTruth;
use crate::table::text_table;

/// Scores of the truth, and of the forecasters compared with it.
#[derive(Debug, Serialize)]
pub(crate) struct TruthComparison {
    /// Landmarks.
    pub(crate) landmarks: usize,
    /// Accounts at landmarks.
    pub(crate) rows: usize,
    /// Futures that estimated the truth, at each landmark.
    pub(crate) branches: u64,
    /// Futures that scored it, over all landmarks.
    pub(crate) futures: u32,
    /// The truth first, then the forecasters compared with it.
    pub(crate) forecasters: Vec<ForecasterComparison>,
}

/// One forecaster.
#[derive(Debug, Serialize)]
pub(crate) struct ForecasterComparison {
    /// `truth`, `model` or `first_passage`.
    pub(crate) name: &'static str,
    /// Scores on the futures; absent if there were none.
    pub(crate) scores: Option<ForecastScores>,
    /// Its difference from the truth, by horizon; absent for the truth itself.
    pub(crate) agreement: Option<Vec<(Horizon, Agreement)>>,
}

impl SimulatedTruth {
    /// Scores the truth on the further futures, and a model and first passage as well.
    pub(crate) fn compare(
        &self,
        model: Option<(&Model, &Observations)>,
    ) -> anyhow::Result<TruthComparison> {
        let truth = Forecasts::from_rows(&self.forecasts)?;
        let mut forecasters = vec![self.compare_forecaster("truth", &truth, None)];
        if let Some((model, observations)) = model {
            let index = row_index(observations);
            let rows: Vec<usize> = self.forecasts.iter().map(|row| index[&row_key(row)]).collect();
            let features = observations.features.select(Axis(0), &rows);
            let forecasts = model.forecast(features.view())?;
            forecasters.push(self.compare_forecaster("model", &forecasts, Some(&truth)));
            let liquidated = first_passage_baseline(features.view());
            let closed = Array2::zeros(liquidated.dim());
            let passage = Forecasts { liquidated, closed, intervals: None, states: None };
            let mut compared = self.compare_forecaster("first_passage", &passage, Some(&truth));
            // It does not forecast closings.
            compared.scores.iter_mut().for_each(|scores| scores.rcll = None);
            forecasters.push(compared);
        }
        let Self { landmarks, branches, futures, .. } = *self;
        Ok(TruthComparison {
            landmarks,
            rows: self.forecasts.len(),
            branches,
            futures,
            forecasters,
        })
    }

    fn compare_forecaster(
        &self,
        name: &'static str,
        forecasts: &Forecasts,
        truth: Option<&Forecasts>,
    ) -> ForecasterComparison {
        let agreement = truth.map(|truth| agreement(forecasts, truth));
        let outcomes: Vec<Outcome> = self.outcomes.iter().flatten().copied().collect();
        if outcomes.is_empty() {
            return ForecasterComparison { name, scores: None, agreement };
        }
        let rows: Vec<usize> = self.rows_by_future().collect();
        let repeated = |incidence: &Array2<f64>| incidence.select(Axis(0), &rows);
        let repeated = Forecasts {
            liquidated: repeated(&forecasts.liquidated),
            closed: repeated(&forecasts.closed),
            intervals: None,
            states: None,
        };
        let scores =
            evaluate_forecasts(&repeated, &outcomes, &one_row_per_group(&self.future_groups()));
        ForecasterComparison { name, scores: Some(scores), agreement }
    }

    /// Each outcome's row.
    fn rows_by_future(&self) -> impl Iterator<Item = usize> {
        let each = self.outcomes.iter().enumerate();
        each.flat_map(|(row, outcomes)| std::iter::repeat_n(row, outcomes.len()))
    }

    /// Each outcome's future; accounts of a future share its prices.
    fn future_groups(&self) -> Vec<u32> {
        let each = self.first_future.iter().zip(&self.outcomes);
        each.flat_map(|(&first, outcomes)| (first..).take(outcomes.len())).collect()
    }
}

impl fmt::Display for TruthComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { landmarks, rows, branches, futures, .. } = self;
        writeln!(
            f,
            "{rows} accounts at {landmarks} landmarks; {branches} futures estimate the truth"
        )?;
        writeln!(f, "at each, {futures} more in total score it\n")?;
        self.write_scores(f)?;
        self.forecasters.iter().try_for_each(|forecaster| forecaster.write_agreement(f))
    }
}

impl TruthComparison {
    fn write_scores(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scored: Vec<(&str, &ForecastScores)> =
            self.forecasters.iter().filter_map(|f| Some((f.name, f.scores.as_ref()?))).collect();
        if scored.is_empty() {
            return Ok(());
        }
        let rows = Horizon::ALL.into_iter().flat_map(|horizon| {
            scored.iter().map(move |(name, scores)| {
                let at = scores.at_horizon(horizon);
                let figures = [at.auc, at.brier, at.observed_over_expected];
                let names = [horizon.to_string(), (*name).to_owned(), at.positives.to_string()];
                names.into_iter().chain(figures.map(|value| format_figure(value, 5))).collect()
            })
        });
        let header = ["horizon", "forecast", "liquidated", "AUC", "Brier", "O/E"];
        writeln!(f, "{}\n", text_table(&header, 2, rows))?;
        let rows = scored.iter().map(|(name, scores)| {
            let figures = [scores.rcll, scores.d_calibration_p];
            let figures = figures.map(|value| format_figure(value, 5));
            std::iter::once((*name).to_owned()).chain(figures).collect()
        });
        writeln!(f, "{}", text_table(&["forecast", "RCLL", "D-calibration p"], 1, rows))
    }
}

impl ForecasterComparison {
    fn write_agreement(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(agreement) = &self.agreement else { return Ok(()) };
        let rows = agreement.iter().map(|(horizon, at)| {
            let figures =
                [at.rank_correlation, at.mean_absolute_error, at.mean_forecast, at.mean_truth];
            let figures = figures.map(|value| format_figure(value, 5));
            std::iter::once(horizon.to_string()).chain(figures).collect()
        });
        let header = ["horizon", "rank correlation", "mean error", "mean", "mean truth"];
        let table = text_table(&header, 1, rows);
        writeln!(f, "\n{} compared with the truth\n{table}", self.name)
    }
}
