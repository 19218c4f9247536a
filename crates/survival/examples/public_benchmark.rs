//! Runs the learner on a public survival table by fold, writes the curves and prints the scores.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use plimsoll_survival::{Benchmark, SurvivalError, SurvivalOptions, SurvivalScores};

/// Forecasts survival on the test rows of every fold of a table, and scores it.
#[derive(Parser)]
struct Options {
    /// A CSV file of features with the columns `duration` and `event` (0 censored, 1.. causes).
    #[arg(long)]
    table: PathBuf,
    /// A CSV file with the columns `role_f0`, `role_f1`, ...: `train`, `val` or `test`.
    #[arg(long)]
    splits: PathBuf,
    /// The Parquet file to write: `row, fold, time, survival`, and `cif_1, ...` by cause.
    #[arg(long)]
    out: PathBuf,
    /// Seed of everything random.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {:#}", anyhow::Error::new(error));
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), SurvivalError> {
    let Options { table, splits, out, seed } = options;
    let benchmark = Benchmark { table, splits, out, options: SurvivalOptions { seed } };
    println!(
        "{:>6}{:>9}{:>9}{:>9}{:>9}{:>9}  C by cause",
        "fold", "Harrell", "Antolini", "IBS", "RCLL", "D-cal p"
    );
    let mut since = Instant::now();
    let folds = benchmark.run(|fold, scores| {
        println!("{fold:>6}{scores}  {:.1} s", since.elapsed().as_secs_f64());
        since = Instant::now();
    })?;
    println!("{:>6}{}", "mean", SurvivalScores::mean(&folds));
    Ok(())
}
