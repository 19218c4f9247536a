//! The result of a verification.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::chain::lake_state::BlockRange;

/// The most faults that are reported.
const MAX_REPORTED_FAULTS: usize = 20;

/// What was verified, and the faults found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The counts of each chain.
    pub chains: BTreeMap<String, ChainCounts>,
    /// Descriptions of the faults; empty if there are none.
    pub faults: Vec<String>,
    /// The number of faults beyond those described.
    #[serde(rename = "faults_untold")]
    pub omitted_faults: u64,
}

/// What was verified of one chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChainCounts {
    /// Blocks whose parent hash is the hash of the block before.
    pub blocks_linked: u64,
    /// Blocks whose hash equals the endpoints'.
    pub blocks_confirmed: u64,
    /// Blocks that each stream was read for.
    pub covered: BTreeMap<String, Vec<BlockRange>>,
    /// Logs, each in a covered block, without duplicates.
    pub logs: u64,
    /// Rows of the decoded tables, within their stream's coverage, without duplicates.
    pub rows: BTreeMap<&'static str, u64>,
}

impl Verification {
    /// Whether there are no faults.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn add_fault(&mut self, fault: String) {
        if self.faults.len() < MAX_REPORTED_FAULTS {
            self.faults.push(fault);
        } else {
            self.omitted_faults += 1;
        }
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (chain, counts) in &self.chains {
            writeln!(f, "{chain}: {} blocks linked by their hashes", counts.blocks_linked)?;
            if counts.blocks_confirmed > 0 {
                writeln!(f, "  {} blocks confirmed by the endpoints", counts.blocks_confirmed)?;
            }
            for (stream, ranges) in &counts.covered {
                let ranges: Vec<_> =
                    ranges.iter().map(|(from, to)| format!("{from} to {to}")).collect();
                writeln!(f, "  {stream}: read for blocks {}", ranges.join(", "))?;
            }
            writeln!(f, "  {} logs, no duplicates", counts.logs)?;
            for (table, rows) in &counts.rows {
                writeln!(f, "  {table}: {rows} rows")?;
            }
        }
        for fault in &self.faults {
            writeln!(f, "fault: {fault}")?;
        }
        if self.omitted_faults > 0 {
            writeln!(f, "and {} more", self.omitted_faults)?;
        }
        Ok(())
    }
}
