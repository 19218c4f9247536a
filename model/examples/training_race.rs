//! Trains the net on made-up rows and prints its pace as JSON; `benches/race.py` holds it against
//! the same in `PyTorch`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::Parser;
use plimsoll_model::{TrainOptions, TrainingBenchmark};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times the training of the net alone.
#[derive(Parser)]
struct Options {
    /// Rows to learn from.
    #[arg(long, default_value_t = 65_536)]
    rows: usize,
    /// Rows in a step.
    #[arg(long, default_value_t = 2_048)]
    batch: usize,
    /// Passes over the rows; the first is not timed.
    #[arg(long, default_value_t = 3)]
    epochs: usize,
    /// Where to write the rows and the first weights, instead of training.
    #[arg(long)]
    save: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let Options { rows, batch, epochs, save } = Options::parse();
    anyhow::ensure!(epochs > 1, "the first pass is not timed, so there must be another");
    let options = TrainOptions { batch, epochs, closing_epochs: epochs, ..TrainOptions::default() };
    let mut drill = TrainingBenchmark::new(rows, &options)?;
    if let Some(path) = save {
        return drill.save(&path).with_context(|| format!("cannot write {}", path.display()));
    }
    let mut losses = vec![drill.run_epoch()?];
    let start = Instant::now();
    for _ in 1..epochs {
        losses.push(drill.run_epoch()?);
    }
    let seconds = start.elapsed().as_secs_f64();
    let rows_per_second = (rows * (epochs - 1)) as f64 / seconds;
    println!("{}", serde_json::json!({ "rows_per_second": rows_per_second, "losses": losses }));
    Ok(())
}
