//! Proving again what a lake claims of its chains: coverage, hashes, uniqueness, agreement.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use plimsoll_lake::tables::{Block, RawLog, Row};
use plimsoll_lake::{LakeError, Store, Table};
use serde::Serialize;

use super::adapter::tables_of;
use super::error::ChainError;
use plimsoll_lake::{hex as hash};
use super::plan::{Blocks, covered};
use super::rollback::{DECODED, Known, streams};
use plimsoll_rpc::Client;

/// Faults of one kind are told up to this many.
const FAULTS_TOLD: usize = 20;

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Chains looked at, with the figures of each.
    pub chains: BTreeMap<String, ChainFigures>,
    /// What is wrong, in words; empty if nothing is.
    pub faults: Vec<String>,
    /// Faults beyond those told.
    pub faults_untold: u64,
}

/// What was looked at of one chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChainFigures {
    /// Blocks whose parent's hash was found to be that of the block before.
    pub blocks_linked: u64,
    /// Blocks whose hash the endpoints confirmed.
    pub blocks_confirmed: u64,
    /// Blocks that each stream was read for.
    pub covered: BTreeMap<String, Vec<Blocks>>,
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
        let mut figures = ChainFigures::default();
        let mut check =
            Check { store, chain: &chain, told: &mut verification, figures: &mut figures };
        let times = check.blocks()?;
        check.streams(&times)?;
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
            if row.block == header.number && row.hash == hash(header.hash) {
                let figures = verification.chains.entry(chain.to_owned()).or_default();
                figures.blocks_confirmed += 1;
            } else {
                let (block, held, found) = (row.block, &row.hash, header.hash);
                verification
                    .fault(format!("{chain}: block {block} is {held}, but {found} on the chain"));
            }
        }
    }
    Ok(())
}

impl Verification {
    /// Whether nothing was found wrong.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, fault: String) {
        if self.faults.len() < FAULTS_TOLD {
            self.faults.push(fault);
        } else {
            self.faults_untold += 1;
        }
    }
}

struct Check<'a> {
    store: &'a Store,
    chain: &'a str,
    told: &'a mut Verification,
    figures: &'a mut ChainFigures,
}

impl Check<'_> {
    /// Links every block to the one before; returns the stretches that are whole.
    fn blocks(&mut self) -> Result<Vec<Blocks>, LakeError> {
        let mut whole: Vec<Blocks> = Vec::new();
        let mut last: Option<Block> = None;
        for file in self.store.files(const { &Block::TABLE })? {
            if file.partition.values() != [self.chain] {
                continue;
            }
            let rows: Vec<Block> = self.store.file_rows(&file)?;
            let (from, to) = file.range.as_blocks();
            if rows.len() as u64 != to - from + 1 {
                let (chain, found) = (self.chain, rows.len());
                self.told.fault(format!("{chain}: {found} headers for blocks {from} to {to}"));
            }
            for row in rows {
                self.link(last.as_ref(), &row, &mut whole);
                last = Some(row);
            }
        }
        Ok(whole)
    }

    fn link(&mut self, last: Option<&Block>, row: &Block, whole: &mut Vec<Blocks>) {
        let follows = last.is_some_and(|last| last.block + 1 == row.block);
        if !follows {
            if last.is_some_and(|last| last.block >= row.block) {
                self.told.fault(format!("{}: block {} stands twice", self.chain, row.block));
            }
            whole.push((row.block, row.block));
            return;
        }
        if last.is_some_and(|last| last.hash == row.parent_hash) {
            self.figures.blocks_linked += 1;
        } else {
            let (chain, block) = (self.chain, row.block);
            self.told.fault(format!("{chain}: block {block} is no child of the block before it"));
        }
        if let Some((_, end)) = whole.last_mut() {
            *end = row.block;
        }
    }

    fn streams(&mut self, whole: &[Blocks]) -> Result<(), LakeError> {
        let mut logs = HashSet::new();
        for stream in streams(self.store, self.chain)? {
            let ranges = covered(self.store, self.chain, &stream.stream)?;
            for (from, to) in &ranges {
                if !within(whole, (*from, *to)) {
                    let name = &stream.stream;
                    self.told.fault(format!("{name}: blocks {from} to {to} lack headers"));
                }
            }
            let seen = self.logs(&stream)?;
            self.rows(&stream, &ranges)?;
            logs.extend(seen);
            self.figures.covered.insert(stream.stream, ranges);
        }
        self.figures.logs = logs.len() as u64;
        Ok(())
    }

    /// Every log is there once.
    fn logs(&mut self, stream: &Known) -> Result<HashSet<(u64, u32)>, LakeError> {
        let mut seen = HashSet::new();
        for file in self.store.files(const { &RawLog::TABLE })? {
            if file.partition.values() != [self.chain, &stream.stream] {
                continue;
            }
            for row in self.store.file_rows::<RawLog>(&file)? {
                let (from, to) = file.range.as_blocks();
                let place = (row.block, row.log_index);
                if !seen.insert(place) || row.block < from || to < row.block {
                    let name = &stream.stream;
                    self.told.fault(format!("{name}: log {place:?} stands twice or elsewhere"));
                }
            }
        }
        Ok(seen)
    }

    /// The decoded tables cover what their stream was read for, and repeat no key.
    fn rows(&mut self, stream: &Known, ranges: &[Blocks]) -> Result<(), LakeError> {
        for table in DECODED {
            let files = self.store.files(table)?;
            let files: Vec<_> =
                files.into_iter().filter(|file| stream.owns(&file.partition)).collect();
            let wanted = tables_of(&stream.stream).iter().any(|wanted| wanted.name == table.name);
            if files.is_empty() && wanted {
                self.told.fault(format!("{}: {} has no file", table.name, stream.stream));
            }
            let mut partitions: BTreeMap<String, Vec<Blocks>> = BTreeMap::new();
            for file in &files {
                let (rows, twice) = self.store.count_keys(file)?;
                *self.figures.rows.entry(table.name).or_default() += rows;
                let name = file.partition.name();
                if twice > 0 {
                    self.told.fault(format!("{}: {twice} rows stand twice in {name}", table.name));
                }
                let held = partitions.entry(name).or_default();
                held.push(file.range.as_blocks());
            }
            if is_by_block(table) {
                self.coverage(table, &partitions, ranges);
            }
        }
        Ok(())
    }

    fn coverage(
        &mut self,
        table: &Table,
        partitions: &BTreeMap<String, Vec<Blocks>>,
        ranges: &[Blocks],
    ) {
        for (name, held) in partitions {
            let held = joined(held);
            let first = held.first().map_or(0, |(from, _)| *from);
            // A market that was made later has no rows before.
            for (from, to) in ranges.iter().filter(|(_, to)| *to >= first) {
                if !within(&held, ((*from).max(first), *to)) {
                    let table = table.name;
                    self.told.fault(format!("{table}: {name} lacks some of blocks {from} to {to}"));
                }
            }
        }
    }
}

fn is_by_block(table: &Table) -> bool {
    table.ranged_by.0 == plimsoll_lake::Unit::Blocks
}

fn joined(ranges: &[Blocks]) -> Vec<Blocks> {
    let mut joined: Vec<Blocks> = Vec::new();
    for (from, to) in ranges {
        match joined.last_mut() {
            Some((_, end)) if *from <= *end + 1 => *end = (*end).max(*to),
            _ => joined.push((*from, *to)),
        }
    }
    joined
}

fn within(whole: &[Blocks], (from, to): Blocks) -> bool {
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
        if self.faults_untold > 0 {
            writeln!(f, "and {} more", self.faults_untold)?;
        }
        Ok(())
    }
}
