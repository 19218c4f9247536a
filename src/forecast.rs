//! `plimsoll forecast`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_lake::tables::Forecast as ForecastRow;
use plimsoll_model::{Model, PositionState, forecast_rows};

use crate::args::LandmarkArgs;

/// Write probabilities for landmarks in the lake to one Parquet file.
///
/// Columns: account, time, health_factor, debt_usd, then p_liquidated_1h, _2h, _3h, _6h, _12h, _24h,
/// _2d, _3d, _5d, _7d, _10d, _15d, _21d and _30d, and p_closed_1h to p_closed_30d, then intervals,
/// the state (open, liquidatable or stuck) and p_taken, the probability that a liquidator takes the
/// position once it is liquidatable. Rankings by risk should leave out stuck positions. `cold_start`
/// marks accounts of markets that the model was not trained on; their intervals are wider.
#[derive(Debug, Args)]
pub(crate) struct Forecast {
    #[command(flatten)]
    landmarks: LandmarkArgs,
    /// Folder of the model.
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Include landmarks at owners' actions, not only those of the grid.
    #[arg(long)]
    all: bool,
    /// The file to write; replaced if it exists.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Forecast {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let model = Model::load(&self.model)?;
        let observations = self.landmarks.read_observations()?;
        let selected = observations.filter(|row| {
            (observations.on_grid[row] || self.all)
                && self.landmarks.contains(observations.time_s[row])
        });
        let rows = forecast_rows(&model, &selected)?;
        plimsoll_lake::write_parquet(&self.out, &rows)?;
        println!(
            "{}: {} forecasts{}{}",
            self.out.display(),
            rows.len(),
            count_states(&rows),
            count_cold_starts(&rows)
        );
        Ok(())
    }
}

/// How many landmarks are of markets that the model was not trained on; nothing if none is.
fn count_cold_starts(rows: &[ForecastRow]) -> String {
    match rows.iter().filter(|row| row.cold_start == Some(true)).count() {
        0 => String::new(),
        cold => format!(", and {cold} of markets that the model was not trained on"),
    }
}

/// How many landmarks are below the threshold, by state; nothing if none is.
fn count_states(rows: &[ForecastRow]) -> String {
    let count = |state: PositionState| {
        rows.iter().filter(|row| row.state.as_deref() == Some(state.name())).count()
    };
    match (count(PositionState::Liquidatable), count(PositionState::Stuck)) {
        (0, 0) => String::new(),
        (now, stuck) => {
            format!(", of which {now} of liquidatable positions and {stuck} of stuck ones")
        }
    }
}
