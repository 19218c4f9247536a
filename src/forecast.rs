//! `plimsoll forecast`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::Observations;
use plimsoll_lake::Store;
use plimsoll_model::{Model, forecast_rows};

use crate::cli;

/// Write probabilities for landmarks in the lake to one Parquet file.
///
/// Columns: account, time, health_factor, debt_usd, p_liquidated_<h> and p_closed_<h> for the
/// horizons 1h, 6h, 24h, 3d, 7d, 30d.
#[derive(Debug, Args)]
pub(crate) struct Forecast {
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// Folder of the model.
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// First landmark.
    #[arg(long, value_name = "TIME", value_parser = cli::time)]
    from: Option<DateTime<Utc>>,
    /// Landmarks lie before this time.
    #[arg(long, value_name = "TIME", value_parser = cli::time)]
    to: Option<DateTime<Utc>>,
    /// Landmarks at owners' actions too, not only those of the grid.
    #[arg(long)]
    all: bool,
    /// The file to write; replaced if there.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Forecast {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = Store::open(self.lake)?;
        let model = Model::load(&self.model)?;
        let observations = Observations::read(&store)?;
        let from_s = self.from.map_or(i64::MIN, |from| from.timestamp());
        let to_s = self.to.map_or(i64::MAX, |to| to.timestamp());
        let wanted = observations.filter(|row| {
            let time_s = observations.time_s[row];
            (observations.on_grid[row] || self.all) && from_s <= time_s && time_s < to_s
        });
        let rows = forecast_rows(&model, &wanted)?;
        plimsoll_lake::write_parquet(&self.out, &rows)?;
        println!("{}: {} forecasts", self.out.display(), rows.len());
        Ok(())
    }
}
