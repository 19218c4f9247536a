//! `plimsoll`: when will an on-chain loan be liquidated, and how surely?

#[macro_use]
mod out;
mod alerts;
mod backtest;
mod cli;
mod demo;
mod endpoints;
mod evaluate;
mod features;
mod forecast;
mod ingest;
mod progress;
mod propose;
mod reconcile;
mod serve;
mod simulate;
mod status;
mod train;
mod truth;
mod verify;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// glibc's allocator takes twice as long over the many short-lived tensors of training.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into());
    let filter = filter.from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plimsoll: {error:#}");
            ExitCode::FAILURE
        }
    }
}
