//! `plimsoll status`.

mod market_problems;

use clap::Args;
use plimsoll_lake::{LakeStatus, TableStatus};
use serde::Serialize;

use market_problems::MarketProblems;

use crate::args::{JsonArgs, LakeArgs};

/// Report what a lake contains: rows, accounts, coverage, gaps, last write.
///
/// A gap is a range of blocks or times between two files of a partition that no file covers: it
/// was never indexed. Files whose checksum differs or that were removed are listed with their table,
/// and the exit code is then 1. With --json the answer is one object:
/// {"tables": {"position_events": {"rows", "accounts", "by_kind", "first_time", "last_time",
/// "first_block", "last_block", "gaps", "missing", "damaged", "files", "bytes", "last_write"}, ...},
/// "left_out": [{"market", "reason"}], "unpriced_assets": [{"market", "asset"}]}. `left_out` are the
/// markets that other commands go on without, and `unpriced_assets` the assets whose accounts they
/// leave out, each with its reason.
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    output: JsonArgs,
}

impl Status {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = self.lake.open()?;
        let status = store.status()?;
        let markets = MarketProblems::read(&store, &status)?;
        if self.output.enabled() {
            self.output.print(&WholeStatus { lake: &status, markets: &markets }, "")?;
        } else {
            print(&status);
            print!("{markets}");
        }
        match status.bad_files() {
            0 => Ok(()),
            bad => anyhow::bail!(
                "{bad} files of the lake are damaged or missing: restore them from a copy, or \
                 delete the damaged ones and ingest their ranges again"
            ),
        }
    }
}

/// The JSON object.
#[derive(Serialize)]
struct WholeStatus<'a> {
    #[serde(flatten)]
    lake: &'a LakeStatus,
    #[serde(flatten)]
    markets: &'a MarketProblems,
}

fn print(status: &LakeStatus) {
    for (name, table) in &status.tables {
        let accounts = table.accounts.map_or(String::new(), |n| format!(", {n} accounts"));
        println!(
            "{name}: {} rows{accounts}, {} files, {} bytes",
            table.rows, table.files, table.bytes
        );
        for tally in [&table.by_kind, &table.by_parameter, &table.by_reason, &table.by_source] {
            if !tally.is_empty() {
                let parts: Vec<_> = tally.iter().map(|(value, n)| format!("{value} {n}")).collect();
                println!("  {}", parts.join(", "));
            }
        }
        print_coverage(table);
    }
}

fn print_coverage(table: &TableStatus) {
    if let (Some(first), Some(last)) = (table.first_time, table.last_time) {
        println!("  from {} to {}", rfc3339(first), rfc3339(last));
    }
    if let (Some(first), Some(last)) = (table.first_block, table.last_block) {
        println!("  blocks {first} to {last}");
    }
    for gap in &table.gaps {
        println!("  gap in {}: {} to {}", gap.partition, gap.from, gap.to);
    }
    for gap in &table.missing {
        println!("  missing in {}: the file with {} to {}", gap.partition, gap.from, gap.to);
    }
    for file in &table.damaged {
        println!("  damaged: {}", file.problem);
    }
    if let Some(written) = table.last_write {
        println!("  last written {}", rfc3339(written));
    }
}

fn rfc3339(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
