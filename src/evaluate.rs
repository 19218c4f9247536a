//! `plimsoll evaluate`.

mod text;

use std::path::PathBuf;

use clap::Args;
use plimsoll_lake::read_parquet;
use plimsoll_model::{Evaluation, Model, TimeRange, evaluate, evaluate_forecast_rows};

use crate::args::{JsonArgs, LandmarkArgs};
use text::EvaluationText;

/// Compare a model, or a file of forecasts, with what happened, beside the baselines of first passage
/// and of the event rates.
///
/// Landmarks of the grid in the span are scored. For a horizon only landmarks count that were
/// followed up for all of it. Nothing known after --to is used. `brier_constant` is that of the
/// landmarks' own event rate, known only afterwards: the best possible constant.
///
/// A model is scored on every landmark in the span, which without --from begins at the end of
/// training; a file on those of its forecasts that match a landmark in the lake by account and
/// time.
#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    #[command(flatten)]
    landmarks: LandmarkArgs,
    #[command(flatten)]
    forecaster: Forecaster,
    #[command(flatten)]
    output: JsonArgs,
}

/// Whose forecasts are scored.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Forecaster {
    /// Folder of the model.
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// Parquet file of any forecasts, with the columns that `plimsoll forecast` writes;
    /// health_factor and debt_usd may be absent.
    #[arg(long, value_name = "FILE")]
    forecasts: Option<PathBuf>,
}

impl Forecaster {
    /// The name in its table rows.
    const fn label(&self) -> &'static str {
        if self.model.is_some() { "model" } else { "forecasts" }
    }

    fn evaluate(&self, landmarks: &LandmarkArgs) -> anyhow::Result<Evaluation> {
        let span = TimeRange { from: landmarks.from, to: landmarks.to };
        if let Some(folder) = &self.model {
            let model = Model::load(folder)?;
            return Ok(evaluate(&model, &landmarks.read_observations()?, &span)?);
        }
        let file = self.forecasts.as_ref().expect("clap requires one of the two");
        let forecasts = read_parquet(file)?;
        Ok(evaluate_forecast_rows(&forecasts, &landmarks.read_observations()?, &span)?)
    }
}

impl Evaluate {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let evaluation = self.forecaster.evaluate(&self.landmarks)?;
        let text = EvaluationText { label: self.forecaster.label(), evaluation: &evaluation };
        self.output.print(&evaluation, text)
    }
}
