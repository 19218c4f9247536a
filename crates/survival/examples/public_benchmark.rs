//! Runs the learner on a public survival table by fold, writes the curves and prints the scores.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use plimsoll_survival::{
    Benchmark, BenchmarkReport, CauseScores, SurvivalError, SurvivalOptions, SurvivalScores,
};

/// Forecasts survival on the test rows of every fold of a table, and scores it.
#[derive(Parser)]
struct Options {
    /// A CSV file of features with the columns `duration` and `event` (0 censored, 1.. causes), and
    /// `entry` if rows came under observation late.
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
    /// Print one JSON object instead of tables: {"folds": [{"fold", "scores"}], "mean", "refused"}.
    #[arg(long)]
    json: bool,
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
    let Options { table, splits, out, seed, json } = options;
    let benchmark = Benchmark { table, splits, out, options: SurvivalOptions { seed } };
    if json {
        let report = benchmark.run(|_, _| {})?;
        let text = serde_json::to_string_pretty(&report);
        println!("{}", text.expect("scores are numbers and names"));
        return Ok(());
    }
    println!(
        "{:>6}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "fold", "Harrell", "Antolini", "IBS", "RCLL", "D-cal p"
    );
    let mut since = Instant::now();
    let report = benchmark.run(|fold, scores| {
        println!("{fold:>6}{scores}  {:.1} s", since.elapsed().as_secs_f64());
        since = Instant::now();
    })?;
    println!("{:>6}{}", "mean", report.mean);
    print_causes(&report);
    for refused in &report.refused {
        println!("not scored: {}: {}", refused.score, refused.reason);
    }
    Ok(())
}

fn print_causes(report: &BenchmarkReport) {
    if report.mean.by_cause.is_empty() {
        return;
    }
    println!("\nby cause, at quartiles of event times: AUC, observed/expected, calibration error");
    println!("{:>6}{}", "fold", CauseScores::HEADER);
    let print = |fold: &str, scores: &SurvivalScores| {
        scores.by_cause.iter().for_each(|cause| println!("{fold:>6}{cause}"));
    };
    report.folds.iter().for_each(|fold| print(&fold.fold.to_string(), &fold.scores));
    print("mean", &report.mean);
}
