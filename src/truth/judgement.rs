//! Forecasts beside the truth: scores on futures that neither knew, and how far apart they are.

use std::fmt;

use ndarray::{Array2, Axis};
use plimsoll_features::{HORIZONS, Observations, Outcome};
use plimsoll_model::{
    Agreement, Forecasts, Model, Scores, agreement, evaluate_forecasts, first_passage, one_of_each,
};
use serde::Serialize;

use super::{Known, key, places};

/// What there is to say of the truth, and of what was held against it.
#[derive(Debug, Serialize)]
pub(crate) struct Judgement {
    /// Landmarks.
    pub(crate) landmarks: usize,
    /// Accounts at landmarks.
    pub(crate) rows: usize,
    /// Futures that told the truth, at each landmark.
    pub(crate) branches: u64,
    /// Futures that scored it, over all landmarks.
    pub(crate) futures: u32,
    /// The truth first, then who was held against it.
    pub(crate) forecasters: Vec<Judged>,
}

/// One forecaster.
#[derive(Debug, Serialize)]
pub(crate) struct Judged {
    /// `truth`, `model` or `first_passage`.
    pub(crate) name: &'static str,
    /// Scores on the futures; absent if there were none.
    pub(crate) scores: Option<Scores>,
    /// How near the truth it comes, by horizon; absent for the truth itself.
    pub(crate) agreement: Option<Vec<(&'static str, Agreement)>>,
}

impl Known {
    /// Scores the truth on the further futures, and a model and first passage beside it.
    pub(crate) fn judge(
        &self,
        model: Option<(&Model, &Observations)>,
    ) -> anyhow::Result<Judgement> {
        let truth = Forecasts::from_rows(&self.truth)?;
        let mut forecasters = vec![self.judged("truth", &truth, None)];
        if let Some((model, observations)) = model {
            let places = places(observations);
            let rows: Vec<usize> = self.truth.iter().map(|row| places[&key(row)]).collect();
            let features = observations.features.select(Axis(0), &rows);
            let forecasts = model.forecast(features.view())?;
            forecasters.push(self.judged("model", &forecasts, Some(&truth)));
            let liquidated = first_passage(features.view());
            let closed = Array2::zeros(liquidated.dim());
            let passage = Forecasts { liquidated, closed, doubt: None };
            let mut judged = self.judged("first_passage", &passage, Some(&truth));
            // It says nothing of closings.
            judged.scores.iter_mut().for_each(|scores| scores.rcll = None);
            forecasters.push(judged);
        }
        let Self { landmarks, branches, futures, .. } = *self;
        Ok(Judgement { landmarks, rows: self.truth.len(), branches, futures, forecasters })
    }

    fn judged(
        &self,
        name: &'static str,
        forecasts: &Forecasts,
        truth: Option<&Forecasts>,
    ) -> Judged {
        let agreement = truth.map(|truth| agreement(forecasts, truth));
        let outcomes: Vec<Outcome> = self.outcomes.iter().flatten().copied().collect();
        if outcomes.is_empty() {
            return Judged { name, scores: None, agreement };
        }
        let rows: Vec<usize> = self.rows_by_future().collect();
        let repeated = |incidence: &Array2<f64>| incidence.select(Axis(0), &rows);
        let repeated = Forecasts {
            liquidated: repeated(&forecasts.liquidated),
            closed: repeated(&forecasts.closed),
            doubt: None,
        };
        let scores = evaluate_forecasts(&repeated, &outcomes, &one_of_each(&self.groups()));
        Judged { name, scores: Some(scores), agreement }
    }

    /// Each outcome's row.
    fn rows_by_future(&self) -> impl Iterator<Item = usize> {
        let each = self.outcomes.iter().enumerate();
        each.flat_map(|(row, outcomes)| std::iter::repeat_n(row, outcomes.len()))
    }

    /// Each outcome's future: what accounts have in common is its prices.
    fn groups(&self) -> Vec<u32> {
        let each = self.first_future.iter().zip(&self.outcomes);
        each.flat_map(|(&first, outcomes)| (first..).take(outcomes.len())).collect()
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { landmarks, rows, branches, futures, .. } = self;
        writeln!(f, "{rows} accounts at {landmarks} landmarks; {branches} futures tell the truth")?;
        writeln!(f, "at each, {futures} more in all score it\n")?;
        let scored = self.forecasters.iter().filter_map(|j| Some((j.name, j.scores.as_ref()?)));
        for (place, (horizon, _)) in HORIZONS.iter().enumerate() {
            for (name, scores) in scored.clone() {
                let at = &scores.horizons[place].1;
                let [auc, brier, ratio] = [at.auc, at.brier, at.observed_over_expected].map(figure);
                let liquidated = at.positives;
                writeln!(
                    f,
                    "{horizon:>4}  {name:<13}  {liquidated:>8} liquidated  AUC {auc}  Brier {brier}  O/E {ratio}"
                )?;
            }
        }
        for (name, scores) in scored {
            let [rcll, p] = [scores.rcll, scores.d_calibration_p].map(figure);
            writeln!(f, "{name:<13}  RCLL {rcll}  D-calibration p {p}")?;
        }
        self.forecasters.iter().try_for_each(|judged| judged.print_agreement(f))
    }
}

impl Judged {
    fn print_agreement(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(agreement) = &self.agreement else { return Ok(()) };
        writeln!(f, "\n{} against the truth", self.name)?;
        for (horizon, at) in agreement {
            let [rank, error] = [at.rank_correlation, at.mean_absolute_error].map(figure);
            let [mean, truth] = [at.mean_forecast, at.mean_truth].map(figure);
            writeln!(
                f,
                "{horizon:>4}  rank correlation {rank}  mean error {error}  mean {mean} (truth {truth})"
            )?;
        }
        Ok(())
    }
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "     -".to_owned(), |value| format!("{value:.5}"))
}
