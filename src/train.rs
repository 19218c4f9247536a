//! `plimsoll train`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::Observations;
use plimsoll_lake::tables::{Observation, Row};
use plimsoll_model::{TrainOptions, TrainingMarket, TrainingSummary, train};
use plimsoll_report::format_figure;

use crate::args::{JsonArgs, LakeArgs, parse_time};
use crate::progress;

/// Fit a model to the observations in a lake.
///
/// Landmarks at or after --until are not used, and outcomes are cut off there, so the model
/// contains only what was known at that time. The model is a folder with weights and a manifest.
/// Markets of one lake are trained together, so that a market with few events borrows from others;
/// the manifest records each with its numbers of accounts, landmarks and episodes.
#[derive(Debug, Args)]
pub(crate) struct Train {
    #[command(flatten)]
    lake: LakeArgs,
    /// Folder for the model; created if absent, replaced if it exists.
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// End of the training span; the end of the lake's data if absent or later.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<DateTime<Utc>>,
    /// Seed of everything random: the same seed and data give the same model.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    output: JsonArgs,
}

impl Train {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = self.lake.open()?;
        let observations = Observations::read(&store)?;
        let options = TrainOptions { seed: self.seed, ..Default::default() };
        let bar = progress::bar("train", 0);
        let until = self.training_end(observations.known_until());
        let mut model = train(&observations, until, &options, |progress| {
            bar.set_length(progress.total as u64);
            bar.set_position(progress.done as u64);
            bar.set_message(format!("loss {:.5}", progress.loss));
        })?;
        bar.finish_and_clear();
        model.save(&self.model, &store.fingerprint(&[&Observation::TABLE])?)?;
        let training = &model.manifest().training;
        self.output.print(training, self.format_summary(training))
    }

    /// The end of the training span, which is not after the end of the lake's data.
    fn training_end(&self, known_until: DateTime<Utc>) -> DateTime<Utc> {
        let Some(until) = self.until else { return known_until };
        if until > known_until {
            tracing::warn!(
                "--until {} is after the end of what the lake knows: training ends at {}",
                until.format("%FT%TZ"),
                known_until.format("%FT%TZ"),
            );
        }
        until.min(known_until)
    }

    fn format_summary(&self, training: &TrainingSummary) -> String {
        let TrainingSummary { rows, accounts, liquidated, epochs, closing_epochs, .. } = training;
        let (folder, until) = (self.model.display(), training.until.format("%FT%TZ"));
        let held_out = format_figure(training.validation_loss, 5);
        format!(
            "{folder}: {rows} landmarks of {accounts} accounts until {until}\n\
             {liquidated} with a liquidation ahead; {epochs} epochs for liquidation and \
             {closing_epochs} for closing, held-out loss {held_out}\n{}",
            format_markets(&training.markets)
        )
    }
}

/// The markets of the training data, one a line.
fn format_markets(markets: &[TrainingMarket]) -> String {
    let line = |TrainingMarket { market, accounts, rows, episodes }: &TrainingMarket| {
        format!("{market}: {rows} landmarks of {accounts} accounts, {episodes} episodes\n")
    };
    markets.iter().map(line).collect()
}
