//! The verification of one chain's tables.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{Block, BlockProof, RawLog, Row};
use plimsoll_lake::{LakeError, RangeUnit, Store, Table};

use super::verification::{ChainCounts, Verification};
use crate::chain::adapter::tables_for_stream;
use crate::chain::lake_state::{
    BlockRange, DECODED_TABLES, StoredStream, covered_blocks, stored_blocks, stored_streams,
};

/// Verifies one chain's tables.
pub(super) struct ChainVerifier<'a> {
    pub(super) store: &'a Store,
    pub(super) chain: &'a str,
    pub(super) verification: &'a mut Verification,
    pub(super) counts: &'a mut ChainCounts,
}

impl ChainVerifier<'_> {
    /// The ranges of which some headers were read only.
    pub(super) fn sparse_ranges(&self) -> Result<Vec<BlockRange>, LakeError> {
        let mut ranges = Vec::new();
        for file in self.store.files(const { &BlockProof::TABLE })? {
            if file.partition.value("chain") == Some(self.chain) {
                let rows = self.store.file_rows::<BlockProof>(&file)?;
                ranges.extend(rows.iter().map(|row| (row.block, row.last_block)));
            }
        }
        Ok(merge_ranges(&sorted(ranges)))
    }

    /// Checks every block's link to the one before, and that only blocks of the sparse ranges lack
    /// a row; returns the ranges without other gaps.
    pub(super) fn verify_blocks(
        &mut self,
        sparse: &[BlockRange],
    ) -> Result<Vec<BlockRange>, LakeError> {
        let mut proven: Vec<BlockRange> = Vec::new();
        let mut last: Option<Block> = None;
        for file in self.store.files(const { &Block::TABLE })? {
            if file.partition.values() != [self.chain] {
                continue;
            }
            let (from, to) = file.range.as_blocks();
            let (mut next, mut missing) = (from, 0);
            for row in self.store.file_rows::<Block>(&file)? {
                missing += count_outside(sparse, next, row.block);
                next = row.block + 1;
                self.verify_link(last.as_ref(), &row);
                proven.push((row.block, row.block));
                last = Some(row);
            }
            missing += count_outside(sparse, next, to + 1);
            if missing > 0 {
                let chain = self.chain;
                self.verification
                    .add_fault(format!("{chain}: {missing} of blocks {from} to {to} lack headers"));
            }
        }
        proven.extend(sparse);
        Ok(merge_ranges(&sorted(proven)))
    }

    fn verify_link(&mut self, last: Option<&Block>, row: &Block) {
        let (chain, block) = (self.chain, row.block);
        if last.is_some_and(|last| last.block >= block) {
            self.verification.add_fault(format!("{chain}: block {block} is a duplicate"));
        }
        let before = last.filter(|last| last.block + 1 == block);
        let Some((before, parent)) = before.zip(row.parent_hash.as_ref()) else { return };
        if before.hash == *parent {
            self.counts.blocks_linked += 1;
        } else {
            self.verification
                .add_fault(format!("{chain}: block {block} is no child of the block before it"));
        }
    }

    pub(super) fn verify_streams(&mut self, linked: &[BlockRange]) -> Result<(), LakeError> {
        let mut logs = HashSet::new();
        for stream in stored_streams(self.store, self.chain)? {
            let ranges = covered_blocks(self.store, self.chain, &stream.name)?;
            for (from, to) in &ranges {
                if !is_covered(linked, (*from, *to)) {
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
            let (from, to) = file.range.as_blocks();
            let blocks = stored_blocks(self.store, self.chain, (from, to))?;
            let times: HashMap<u64, DateTime<Utc>> =
                blocks.into_iter().map(|row| (row.block, row.time)).collect();
            for row in self.store.file_rows::<RawLog>(&file)? {
                self.verify_log_block(&stream.name, &row, &times);
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

    fn verify_log_block(
        &mut self,
        stream: &str,
        log: &RawLog,
        times: &HashMap<u64, DateTime<Utc>>,
    ) {
        let (block, index) = (log.block, log.log_index);
        match times.get(&block) {
            Some(time) if *time == log.time => {}
            Some(time) => self.verification.add_fault(format!(
                "{stream}: log {index} of block {block} is of {}, the block of {time}",
                log.time
            )),
            None => self.verification.add_fault(format!(
                "{stream}: log {index} is a log of block {block}, which has no row in blocks"
            )),
        }
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
            let is_required =
                tables_for_stream(&stream.name).iter().any(|required| required.name == table.name);
            if files.is_empty() && is_required {
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
    table.ranged_by.0 == RangeUnit::Blocks
}

fn sorted(mut ranges: Vec<BlockRange>) -> Vec<BlockRange> {
    ranges.sort_unstable();
    ranges
}

/// The number of blocks from `from` on and before `end` that none of the merged ranges has.
fn count_outside(merged: &[BlockRange], from: u64, end: u64) -> u64 {
    let within =
        |(start, last): &BlockRange| (*last + 1).min(end).saturating_sub((*start).max(from));
    end.saturating_sub(from) - merged.iter().map(within).sum::<u64>()
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

fn is_covered(covered: &[BlockRange], (from, to): BlockRange) -> bool {
    covered.iter().any(|(start, end)| *start <= from && to <= *end)
}
