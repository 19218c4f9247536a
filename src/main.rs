//! `plimsoll`: when will an on-chain loan be liquidated, and with what probability?

#[macro_use]
mod stdout;
mod alerts;
mod args;
mod backtest;
mod cli;
mod demo;
mod evaluate;
mod features;
mod forecast;
mod ingest;
mod progress;
mod propose;
mod reconcile;
mod serve;
mod shutdown;
mod simulate;
mod status;
mod table;
mod train;
mod truth;
mod verify;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// glibc's allocator takes twice as long for the many temporary tensors of training.
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
    let command = cli::Cli::parse();
    shutdown::handle_signals();
    match command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plimsoll: {error:#}");
            ExitCode::FAILURE
        }
    }
}
