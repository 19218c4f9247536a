//! `plimsoll train`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::Observations;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{Observation, Row};
use plimsoll_model::{TrainOptions, TrainingSummary, train};

use crate::{cli, progress};

/// Fit a model to the observations in a lake.
///
/// Landmarks at or after --until are not looked at, and outcomes are cut off there, so the model
/// knows what one could have known at that time. The model is a folder with weights and a manifest.
#[derive(Debug, Args)]
pub(crate) struct Train {
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// Folder for the model; made if absent, replaced if there.
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// End of the training span; the end of the lake if absent.
    #[arg(long, value_name = "TIME", value_parser = cli::parse_time)]
    until: Option<DateTime<Utc>>,
    /// Seed of everything random: the same seed and data give the same model.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Print what the model says of its training as JSON.
    #[arg(long)]
    json: bool,
}

impl Train {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = Store::open(self.lake)?;
        let observations = Observations::read(&store)?;
        let options = TrainOptions { seed: self.seed, ..Default::default() };
        let bar = progress::bar("train", 0);
        let until = self.until.unwrap_or_else(|| observations.known_until());
        let mut model = train(&observations, until, &options, |progress| {
            bar.set_length(progress.total as u64);
            bar.set_position(progress.done as u64);
            bar.set_message(format!("loss {:.5}", progress.loss));
        })?;
        bar.finish_and_clear();
        model.save(&self.model, &store.fingerprint(&[&Observation::TABLE])?)?;
        let training = &model.manifest().training;
        if self.json {
            println!("{}", serde_json::to_string_pretty(training)?);
            return Ok(());
        }
        let TrainingSummary { rows, accounts, liquidated, epochs, closing_epochs, .. } = training;
        let until = training.until.format("%FT%TZ");
        println!("{}: {rows} landmarks of {accounts} accounts until {until}", self.model.display());
        let held_out = training.validation_loss.map_or("-".to_owned(), |loss| format!("{loss:.5}"));
        println!(
            "{liquidated} with a liquidation ahead; {epochs} passes for it and \
             {closing_epochs} for closing, held-out loss {held_out}"
        );
        Ok(())
    }
}
