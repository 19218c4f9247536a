//! Trains the net on synthetic rows and prints its speed as JSON; `benches/compare_with_pytorch.py` compares it
//! with the same training in `PyTorch`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::Parser;
use plimsoll_model::{TrainOptions, TrainingBenchmark};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the training speed of the net.
#[derive(Parser)]
struct Options {
    /// Training rows.
    #[arg(long, default_value_t = 65_536)]
    rows: usize,
    /// Rows per step.
    #[arg(long, default_value_t = 2_048)]
    batch: usize,
    /// Epochs; the first is not timed.
    #[arg(long, default_value_t = 3)]
    epochs: usize,
    /// File for the rows and the initial weights; if given, nothing is trained.
    #[arg(long)]
    save: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let Options { rows, batch, epochs, save } = Options::parse();
    anyhow::ensure!(epochs > 1, "the first epoch is not timed, so at least 2 are needed");
    let options = TrainOptions { batch, epochs, closing_epochs: epochs, ..TrainOptions::default() };
    let mut benchmark = TrainingBenchmark::new(rows, &options)?;
    if let Some(path) = save {
        return benchmark.save(&path).with_context(|| format!("cannot write {}", path.display()));
    }
    let mut losses = vec![benchmark.run_epoch()?];
    let start = Instant::now();
    for _ in 1..epochs {
        losses.push(benchmark.run_epoch()?);
    }
    let seconds = start.elapsed().as_secs_f64();
    let rows_per_second = (rows * (epochs - 1)) as f64 / seconds;
    println!("{}", serde_json::json!({ "rows_per_second": rows_per_second, "losses": losses }));
    Ok(())
}
