//! Verifies a lake's chain tables: coverage, hashes, uniqueness, agreement with the chain.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use plimsoll_lake::tables::{Block, RawLog, Row};
use plimsoll_lake::{LakeError, Store, Table, format_address};
use plimsoll_rpc::Client;
use serde::Serialize;

use super::adapter::tables_for_stream;
use super::error::ChainError;
use super::lake_state::{BlockRange, DECODED_TABLES, StoredStream, covered_blocks, stored_streams};

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

/// Verifies a lake's chain tables against each other.
///
/// # Errors
/// [`LakeError`] if a file cannot be read; a fault of the content is not an error.
pub fn verify(store: &Store) -> Result<Verification, LakeError> {
    let mut verification = Verification::default();
    for chain in chains(store)? {
        let mut counts = ChainCounts::default();
        let mut check = ChainVerifier {
            store,
            chain: &chain,
            verification: &mut verification,
            counts: &mut counts,
        };
        let times = check.verify_blocks()?;
        check.verify_streams(&times)?;
        verification.chains.insert(chain, counts);
    }
    Ok(verification)
}

/// Compares one chain's block hashes with the endpoints'.
///
/// # Errors
/// [`ChainError`] if no endpoint responds or the lake cannot be read.
pub async fn verify_hashes(
    client: &Client,
    store: &Store,
    chain: &str,
    verification: &mut Verification,
) -> Result<(), ChainError> {
    for file in store.files(const { &Block::TABLE })? {
        if file.partition.values() != [chain] {
            continue;
        }
        let rows: Vec<Block> = store.file_rows(&file)?;
        let (from, to) = file.range.as_blocks();
        let headers = client.headers(from..=to).await?;
        for (row, header) in rows.iter().zip(&headers) {
            if row.block == header.number && row.hash == format_address(header.hash) {
                let counts = verification.chains.entry(chain.to_owned()).or_default();
                counts.blocks_confirmed += 1;
            } else {
                let (block, stored, found) = (row.block, &row.hash, header.hash);
                verification.add_fault(format!(
                    "{chain}: block {block} is {stored}, but {found} on the chain"
                ));
            }
        }
    }
    Ok(())
}

impl Verification {
    /// Whether there are no faults.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.faults.is_empty()
    }

    fn add_fault(&mut self, fault: String) {
        if self.faults.len() < MAX_REPORTED_FAULTS {
            self.faults.push(fault);
        } else {
            self.omitted_faults += 1;
        }
    }
}

struct ChainVerifier<'a> {
    store: &'a Store,
    chain: &'a str,
    verification: &'a mut Verification,
    counts: &'a mut ChainCounts,
}

impl ChainVerifier<'_> {
    /// Checks every block's link to the one before; returns the ranges without gaps.
    fn verify_blocks(&mut self) -> Result<Vec<BlockRange>, LakeError> {
        let mut whole: Vec<BlockRange> = Vec::new();
        let mut last: Option<Block> = None;
        for file in self.store.files(const { &Block::TABLE })? {
            if file.partition.values() != [self.chain] {
                continue;
            }
            let rows: Vec<Block> = self.store.file_rows(&file)?;
            let (from, to) = file.range.as_blocks();
            if rows.len() as u64 != to - from + 1 {
                let (chain, found) = (self.chain, rows.len());
                self.verification
                    .add_fault(format!("{chain}: {found} headers for blocks {from} to {to}"));
            }
            for row in rows {
                self.verify_link(last.as_ref(), &row, &mut whole);
                last = Some(row);
            }
        }
        Ok(whole)
    }

    fn verify_link(&mut self, last: Option<&Block>, row: &Block, whole: &mut Vec<BlockRange>) {
        let follows = last.is_some_and(|last| last.block + 1 == row.block);
        if !follows {
            if last.is_some_and(|last| last.block >= row.block) {
                self.verification
                    .add_fault(format!("{}: block {} is a duplicate", self.chain, row.block));
            }
            whole.push((row.block, row.block));
            return;
        }
        if last.is_some_and(|last| last.hash == row.parent_hash) {
            self.counts.blocks_linked += 1;
        } else {
            let (chain, block) = (self.chain, row.block);
            self.verification
                .add_fault(format!("{chain}: block {block} is no child of the block before it"));
        }
        if let Some((_, end)) = whole.last_mut() {
            *end = row.block;
        }
    }

    fn verify_streams(&mut self, whole: &[BlockRange]) -> Result<(), LakeError> {
        let mut logs = HashSet::new();
        for stream in stored_streams(self.store, self.chain)? {
            let ranges = covered_blocks(self.store, self.chain, &stream.name)?;
            for (from, to) in &ranges {
                if !is_covered(whole, (*from, *to)) {
                    let name = &stream.name;
                    self.verification
                        .add_fault(format!("{name}: blocks {from} to {to} lack headers"));
                }
            }
            let seen = self.verify_logs(&stream)?;
            self.verify_rows(&stream, &ranges)?;
            logs.extend(seen);
            self.counts.covered.insert(stream.name, ranges);
        }
        self.counts.logs = logs.len() as u64;
        Ok(())
    }

    /// Checks that every log is stored once.
    fn verify_logs(&mut self, stream: &StoredStream) -> Result<HashSet<(u64, u32)>, LakeError> {
        let mut seen = HashSet::new();
        for file in self.store.files(const { &RawLog::TABLE })? {
            if file.partition.values() != [self.chain, &stream.name] {
                continue;
            }
            for row in self.store.file_rows::<RawLog>(&file)? {
                let (from, to) = file.range.as_blocks();
                let position = (row.block, row.log_index);
                if !seen.insert(position) || row.block < from || to < row.block {
                    let name = &stream.name;
                    self.verification.add_fault(format!(
                        "{name}: log {position:?} is a duplicate or outside its file's range"
                    ));
                }
            }
        }
        Ok(seen)
    }

    /// Checks that the decoded tables cover their stream's blocks, without duplicate keys.
    fn verify_rows(
        &mut self,
        stream: &StoredStream,
        ranges: &[BlockRange],
    ) -> Result<(), LakeError> {
        for table in DECODED_TABLES {
            let files = self.store.files(table)?;
            let files: Vec<_> =
                files.into_iter().filter(|file| stream.owns(&file.partition)).collect();
            let wanted =
                tables_for_stream(&stream.name).iter().any(|wanted| wanted.name == table.name);
            if files.is_empty() && wanted {
                self.verification.add_fault(format!("{}: {} has no file", table.name, stream.name));
            }
            let mut partitions: BTreeMap<String, Vec<BlockRange>> = BTreeMap::new();
            for file in &files {
                let (rows, duplicates) = self.store.count_rows_and_duplicates(file)?;
                *self.counts.rows.entry(table.name).or_default() += rows;
                let name = file.partition.name();
                if duplicates > 0 {
                    self.verification.add_fault(format!(
                        "{}: {duplicates} duplicate rows in {name}",
                        table.name
                    ));
                }
                let covered = partitions.entry(name).or_default();
                covered.push(file.range.as_blocks());
            }
            if is_ranged_by_block(table) {
                self.verify_coverage(table, &partitions, ranges);
            }
        }
        Ok(())
    }

    fn verify_coverage(
        &mut self,
        table: &Table,
        partitions: &BTreeMap<String, Vec<BlockRange>>,
        ranges: &[BlockRange],
    ) {
        for (name, covered) in partitions {
            let covered = merge_ranges(covered);
            let first = covered.first().map_or(0, |(from, _)| *from);
            // A market that was created later has no rows before.
            for (from, to) in ranges.iter().filter(|(_, to)| *to >= first) {
                if !is_covered(&covered, ((*from).max(first), *to)) {
                    let table = table.name;
                    self.verification
                        .add_fault(format!("{table}: {name} lacks some of blocks {from} to {to}"));
                }
            }
        }
    }
}

fn is_ranged_by_block(table: &Table) -> bool {
    table.ranged_by.0 == plimsoll_lake::RangeUnit::Blocks
}

fn merge_ranges(ranges: &[BlockRange]) -> Vec<BlockRange> {
    let mut joined: Vec<BlockRange> = Vec::new();
    for (from, to) in ranges {
        match joined.last_mut() {
            Some((_, end)) if *from <= *end + 1 => *end = (*end).max(*to),
            _ => joined.push((*from, *to)),
        }
    }
    joined
}

fn is_covered(whole: &[BlockRange], (from, to): BlockRange) -> bool {
    whole.iter().any(|(start, end)| *start <= from && to <= *end)
}

fn chains(store: &Store) -> Result<Vec<String>, LakeError> {
    let files = store.files(const { &Block::TABLE })?;
    let mut chains: Vec<String> =
        files.iter().flat_map(|file| file.partition.values().first().cloned()).collect();
    chains.dedup();
    Ok(chains)
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
