//! Proving again what a lake claims of its chains: coverage, hashes, uniqueness, agreement.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use plimsoll_lake::tables::{Block, RawLog, Row};
use plimsoll_lake::{LakeError, Store, Table, format_address};
use plimsoll_rpc::Client;
use serde::Serialize;

use super::adapter::tables_for_stream;
use super::error::ChainError;
use super::lake_state::{BlockRange, DECODED_TABLES, StoredStream, covered_blocks, stored_streams};

/// Faults of one kind are told up to this many.
const MAX_REPORTED_FAULTS: usize = 20;

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Chains looked at, with the figures of each.
    pub chains: BTreeMap<String, ChainCounts>,
    /// What is wrong, in words; empty if nothing is.
    pub faults: Vec<String>,
    /// Faults beyond those told.
    pub omitted_faults: u64,
}

/// What was looked at of one chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChainCounts {
    /// Blocks whose parent's hash was found to be that of the block before.
    pub blocks_linked: u64,
    /// Blocks whose hash the endpoints confirmed.
    pub blocks_confirmed: u64,
    /// Blocks that each stream was read for.
    pub covered: BTreeMap<String, Vec<BlockRange>>,
    /// Logs, each in a block that is covered and known, none twice.
    pub logs: u64,
    /// Rows of the decoded tables, each within what its stream was read for, none twice.
    pub rows: BTreeMap<&'static str, u64>,
}

/// Proves a lake's chain tables by themselves.
///
/// # Errors
/// [`LakeError`] if a file cannot be read; what is wrong with the content is not an error.
pub fn verify(store: &Store) -> Result<Verification, LakeError> {
    let mut verification = Verification::default();
    for chain in chains(store)? {
        let mut figures = ChainCounts::default();
        let mut check = ChainVerifier {
            store,
            chain: &chain,
            verification: &mut verification,
            counts: &mut figures,
        };
        let times = check.verify_blocks()?;
        check.verify_streams(&times)?;
        verification.chains.insert(chain, figures);
    }
    Ok(verification)
}

/// Asks endpoints whether one chain's blocks are theirs too.
///
/// # Errors
/// [`ChainError`] if no endpoint answers or the lake cannot be read.
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
                let figures = verification.chains.entry(chain.to_owned()).or_default();
                figures.blocks_confirmed += 1;
            } else {
                let (block, held, found) = (row.block, &row.hash, header.hash);
                verification.add_fault(format!(
                    "{chain}: block {block} is {held}, but {found} on the chain"
                ));
            }
        }
    }
    Ok(())
}

impl Verification {
    /// Whether nothing was found wrong.
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
    /// Links every block to the one before; returns the stretches that are whole.
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
                    .add_fault(format!("{}: block {} stands twice", self.chain, row.block));
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

    /// Every log is there once.
    fn verify_logs(&mut self, stream: &StoredStream) -> Result<HashSet<(u64, u32)>, LakeError> {
        let mut seen = HashSet::new();
        for file in self.store.files(const { &RawLog::TABLE })? {
            if file.partition.values() != [self.chain, &stream.name] {
                continue;
            }
            for row in self.store.file_rows::<RawLog>(&file)? {
                let (from, to) = file.range.as_blocks();
                let place = (row.block, row.log_index);
                if !seen.insert(place) || row.block < from || to < row.block {
                    let name = &stream.name;
                    self.verification
                        .add_fault(format!("{name}: log {place:?} stands twice or elsewhere"));
                }
            }
        }
        Ok(seen)
    }

    /// The decoded tables cover what their stream was read for, and repeat no key.
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
                let (rows, twice) = self.store.count_rows_and_duplicates(file)?;
                *self.counts.rows.entry(table.name).or_default() += rows;
                let name = file.partition.name();
                if twice > 0 {
                    self.verification
                        .add_fault(format!("{}: {twice} rows stand twice in {name}", table.name));
                }
                let held = partitions.entry(name).or_default();
                held.push(file.range.as_blocks());
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
        for (name, held) in partitions {
            let held = merge_ranges(held);
            let first = held.first().map_or(0, |(from, _)| *from);
            // A market that was made later has no rows before.
            for (from, to) in ranges.iter().filter(|(_, to)| *to >= first) {
                if !is_covered(&held, ((*from).max(first), *to)) {
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
        for (chain, figures) in &self.chains {
            writeln!(f, "{chain}: {} blocks linked by their hashes", figures.blocks_linked)?;
            if figures.blocks_confirmed > 0 {
                writeln!(f, "  {} blocks confirmed by the endpoints", figures.blocks_confirmed)?;
            }
            for (stream, ranges) in &figures.covered {
                let ranges: Vec<_> =
                    ranges.iter().map(|(from, to)| format!("{from} to {to}")).collect();
                writeln!(f, "  {stream}: read for blocks {}", ranges.join(", "))?;
            }
            writeln!(f, "  {} logs, none twice", figures.logs)?;
            for (table, rows) in &figures.rows {
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
