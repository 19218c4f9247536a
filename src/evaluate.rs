//! `plimsoll evaluate`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_lake::read_parquet;
use plimsoll_model::{
    Evaluation, ForecastScores, HorizonScores, Model, TimeRange, evaluate, evaluate_forecast_rows,
};

use crate::args::{JsonArgs, LandmarkArgs};

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
        if self.output.enabled() {
            return self.output.print(&evaluation, "");
        }
        print(self.forecaster.label(), &evaluation);
        Ok(())
    }
}

fn print(name: &str, evaluation: &Evaluation) {
    print_counts(evaluation);
    println!(
        "{:>7}  {:<14} {:>8} {:>9} {:>7} {:>7} {:>10} {:>10} {:>7}",
        "horizon", "forecast", "rows", "positives", "AUC", "AP", "Brier", "constant", "O/E"
    );
    let others = evaluation.baselines.iter().map(|(name, scores)| (*name, scores));
    let all: Vec<(&str, &ForecastScores)> =
        std::iter::once((name, &evaluation.scores)).chain(others).collect();
    for (index, (horizon, _)) in evaluation.scores.horizons.iter().enumerate() {
        for (name, scores) in &all {
            print_scores(horizon, name, &scores.horizons[index].1);
        }
    }
    println!();
    for (name, ForecastScores { antolini_c, ibs, .. }) in all {
        println!(
            "{name:<14} Antolini C {}  IBS {}",
            format_figure(*antolini_c, 4),
            format_figure(*ibs, 6)
        );
    }
    let ForecastScores { uno_c, rcll, d_calibration_p, .. } = &evaluation.scores;
    println!(
        "{name:<14} Uno C {}  RCLL {}  D-calibration p {}",
        format_figure(*uno_c, 4),
        format_figure(*rcll, 5),
        format_figure(*d_calibration_p, 4)
    );
}

fn print_counts(evaluation: &Evaluation) {
    let Evaluation { from, to, rows, accounts, events, .. } = evaluation;
    let trained = evaluation.trained_until.map(|until| format!(", trained until {until}"));
    println!(
        "{rows} landmarks of {accounts} accounts from {from} to {to}{}",
        trained.unwrap_or_default()
    );
    if let Some(skipped) = evaluation.skipped {
        println!(
            "not scored: {} forecasts of no landmark in the lake, {} off the grid",
            skipped.unmatched, skipped.off_grid
        );
    }
    println!("followed by {} liquidations and {} closings\n", events.liquidated, events.closed);
}

fn print_scores(horizon: &str, name: &str, scores: &HorizonScores) {
    println!(
        "{horizon:>7}  {name:<14} {:>8} {:>9} {:>7} {:>7} {:>10} {:>10} {:>7}",
        scores.rows,
        scores.positives,
        format_figure(scores.auc, 4),
        format_figure(scores.average_precision, 4),
        format_figure(scores.brier, 6),
        format_figure(scores.brier_constant, 6),
        format_figure(scores.observed_over_expected, 3)
    );
}

fn format_figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}
