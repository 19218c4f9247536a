//! `plimsoll`: when will an on-chain loan be liquidated, and how surely?

mod cli;
mod evaluate;
mod features;
mod forecast;
mod ingest;
mod progress;
mod serve;
mod status;
mod train;

use std::process::ExitCode;

use clap::Parser;

/// glibc's allocator takes twice as long over the many short-lived tensors of training.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
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
