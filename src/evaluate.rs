//! `plimsoll evaluate`.

mod comparison_text;
mod owner_actions_text;
mod peer;
mod text;

use std::path::{Path, PathBuf};

use clap::Args;
use plimsoll_lake::read_parquet;
use plimsoll_lake::tables::{Forecast, PeerForecast};
use plimsoll_model::{
    Comparison, EvaluatedForecasts, Evaluation, Model, OwnerActionScores, TimeRange, compare,
    evaluate_owner_actions,
};
use serde::Serialize;

use crate::args::{FormatArgs, LandmarkArgs, ResamplingArgs};
use comparison_text::ComparisonText;
use owner_actions_text::OwnerActionsText;
use peer::read_peer;
use text::EvaluationText;

/// Compare a model, or a file of forecasts, with what happened, beside the baselines of first passage
/// and of the event rates, and with a peer's forecasts.
///
/// Landmarks of the grid in the span are scored. For a horizon only landmarks count that were
/// followed up for all of it. Nothing known after --to is used. `brier_constant` is that of the
/// landmarks' own event rate, known only afterwards: the best possible constant. Skill is relative
/// to the event rate of the model's training span, or else of the landmarks before the first
/// forecast.
///
/// A model is scored on every landmark in the span, which without --from begins at the end of
/// training; a file on those of its forecasts that match a landmark in the lake by account and
/// time. A peer is compared on the landmarks that both have.
///
/// A model's rates and sizes of owners' actions are scored on all landmarks in the span, those at
/// actions included, over windows of a day at most.
#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    #[command(flatten)]
    landmarks: LandmarkArgs,
    #[command(flatten)]
    forecaster: Forecaster,
    /// Parquet file of a peer's forecasts: account, time and any of p_liquidated_1h, _6h, _24h,
    /// _3d, _7d and _30d.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    #[command(flatten)]
    resampling: ResamplingArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// Whose forecasts are scored.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Forecaster {
    /// Folder of the model. With --forecasts the file is scored, and the model gives the event rate
    /// and the span of its training.
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// Parquet file of any forecasts, with the columns that `plimsoll forecast` writes;
    /// health_factor and debt_usd may be absent.
    #[arg(long, value_name = "FILE")]
    forecasts: Option<PathBuf>,
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Output<'a> {
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    /// Scores of owners' actions by kind; absent without a model of them.
    #[serde(skip_serializing_if = "<[OwnerActionScores]>::is_empty")]
    owner_actions: &'a [OwnerActionScores],
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against<'a>>,
}

/// The comparison with a peer.
#[derive(Serialize)]
struct Against<'a> {
    file: &'a Path,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

impl Forecaster {
    /// The name in its table rows.
    const fn label(&self) -> &'static str {
        if self.forecasts.is_some() { "forecasts" } else { "model" }
    }

    fn open(&self) -> anyhow::Result<(Option<Model>, Option<Vec<Forecast>>)> {
        let model = self.model.as_ref().map(|folder| Model::load(folder)).transpose()?;
        let forecasts = self.forecasts.as_ref().map(|file| read_parquet(file)).transpose()?;
        Ok((model, forecasts))
    }
}

impl Evaluate {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let (model, forecasts) = self.forecaster.open()?;
        let peer = self.against.as_ref().map(|file| read_peer(file)).transpose()?;
        let observations = self.landmarks.read_observations()?;
        let range = TimeRange { from: self.landmarks.from, to: self.landmarks.to };
        let evaluated = match (&forecasts, &model) {
            (Some(forecasts), model) => {
                EvaluatedForecasts::from_rows(forecasts, &observations, &range, model.as_ref())?
            }
            (None, model) => {
                let model = model.as_ref().expect("clap requires one of the two");
                EvaluatedForecasts::from_model(model, &observations, &range)?
            }
        };
        let evaluation = evaluated.evaluate();
        warn_of_training_span(&evaluation);
        let comparison = peer.map(|peer: Vec<PeerForecast>| {
            compare(&evaluated, &peer, &observations, &self.resampling.bootstrap())
        });
        let actions = model
            .as_ref()
            .filter(|_| forecasts.is_none())
            .map_or_else(Vec::new, |model| evaluate_owner_actions(model, &observations, &range));
        self.print(&evaluation, &actions, comparison.transpose()?.as_ref())
    }

    fn print(
        &self,
        evaluation: &Evaluation,
        owner_actions: &[OwnerActionScores],
        comparison: Option<&Comparison>,
    ) -> anyhow::Result<()> {
        let label = self.forecaster.label();
        let against = self.against.as_deref().zip(comparison);
        let Some(style) = self.output.table_style() else {
            let against = against.map(|(file, comparison)| Against { file, comparison });
            let output = Output { evaluation, owner_actions, against };
            println!("{}", serde_json::to_string_pretty(&output)?);
            return Ok(());
        };
        print!("{}", EvaluationText { label, evaluation, style });
        print!("{}", OwnerActionsText { scores: owner_actions, style });
        if let Some((file, comparison)) = against {
            print!("{}", ComparisonText { label, file, comparison, style });
        }
        Ok(())
    }
}

/// Scores of landmarks that the model was trained on are too good.
fn warn_of_training_span(evaluation: &Evaluation) {
    if let Some(overlap) = &evaluation.in_training_span {
        tracing::warn!(
            "{} of {} landmarks lie in the model's training span from {} to {}, so the scores are \
             too good: use --from {}",
            overlap.rows,
            evaluation.rows,
            overlap.from.format("%FT%TZ"),
            overlap.until.format("%FT%TZ"),
            overlap.until.format("%FT%TZ"),
        );
    }
}
