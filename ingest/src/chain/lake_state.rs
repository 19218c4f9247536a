//! What a lake has of a chain: streams, covered blocks, headers.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Block, BlockProof, Liquidation, OraclePrice, PoolLiquidity,
    PositionEvent, QuarantinedLog, RawLog, ReserveIndex, ReserveParameter, Row,
};
use plimsoll_lake::{LakeError, Partition, RangeUnit, Store, Table};

/// A range of blocks, both ends included.
pub type BlockRange = (u64, u64);

/// The tables that are decoded from logs.
pub(crate) const DECODED_TABLES: [&Table; 9] = [
    &PositionEvent::TABLE,
    &Liquidation::TABLE,
    &BalanceChange::TABLE,
    &AccountSetting::TABLE,
    &OraclePrice::TABLE,
    &ReserveIndex::TABLE,
    &ReserveParameter::TABLE,
    &PoolLiquidity::TABLE,
    &QuarantinedLog::TABLE,
];

/// A stream with logs in the lake.
pub(crate) struct StoredStream {
    chain: String,
    pub(crate) name: String,
}

pub(crate) fn stored_streams(store: &Store, chain: &str) -> Result<Vec<StoredStream>, LakeError> {
    let mut names: Vec<String> = Vec::new();
    let table = store.root().join(RawLog::TABLE.name).join(format!("chain={chain}"));
    for entry in std::fs::read_dir(table).into_iter().flatten().flatten() {
        names.extend(
            entry.file_name().to_str().and_then(|n| n.strip_prefix("stream=")).map(str::to_owned),
        );
    }
    names.sort();
    Ok(names
        .into_iter()
        .map(|stream| StoredStream { chain: chain.to_owned(), name: stream })
        .collect())
}

impl StoredStream {
    pub(crate) fn log_partition(&self) -> Result<Partition, LakeError> {
        Partition::new(const { &RawLog::TABLE }, &[&self.chain, &self.name])
    }

    /// The last block that the stream was read for.
    pub(crate) fn covered_until(&self, store: &Store) -> Result<u64, LakeError> {
        let covered = covered_blocks(store, &self.chain, &self.name)?;
        Ok(covered.last().map_or(0, |(_, end)| *end))
    }

    /// Removes the stream's rows from `block` on; `time` is that of the block before.
    pub(crate) fn truncate_decoded(
        &self,
        store: &Store,
        block: u64,
        time: Option<DateTime<Utc>>,
    ) -> Result<(), LakeError> {
        for table in DECODED_TABLES.into_iter().chain([const { &BlockProof::TABLE }]) {
            for file in store.files(table)? {
                let from = match table.ranged_by.0 {
                    RangeUnit::Times => time.map_or(i64::MIN, |t| t.timestamp() + 1),
                    _ => to_range_bound(block),
                };
                if self.owns(&file.partition) && file.range.ends_at_or_after(from) {
                    store.truncate_from(&file.partition, from)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a partition is decoded from this stream: its market, one of its isolated markets, or
    /// its pool.
    pub(crate) fn owns(&self, partition: &Partition) -> bool {
        let value = |column| partition.value(column).unwrap_or_default();
        let of_market = |name: &str| {
            let suffix = name.strip_prefix(&self.name);
            // An isolated market has its id after the stream's name.
            suffix.is_some_and(|suffix| suffix.is_empty() || is_market_id_suffix(suffix))
        };
        if let Some(source) = partition.value("source") {
            let own = source.strip_prefix(&self.chain).and_then(|suffix| suffix.strip_prefix('.'));
            return own.is_some_and(of_market);
        }
        let named = match (partition.value("stream"), partition.value("pool")) {
            (Some(stream), _) => stream == self.name,
            (_, Some(pool)) => self.name.ends_with(&format!(".{pool}")),
            _ => of_market(&format!("{}.{}", value("protocol"), value("market"))),
        };
        named && value("chain") == self.chain
    }
}

/// Whether this is a dash and an id of 32 bytes.
fn is_market_id_suffix(text: &str) -> bool {
    text.strip_prefix("-0x").is_some_and(|id| id.len() == 64)
}

/// The blocks that a stream was read for, in order; adjacent ranges are merged.
pub(crate) fn covered_blocks(
    store: &Store,
    chain: &str,
    stream: &str,
) -> Result<Vec<BlockRange>, LakeError> {
    let mut covered: Vec<BlockRange> = Vec::new();
    for file in store.files(const { &RawLog::TABLE })? {
        if file.partition.values() != [chain, stream] {
            continue;
        }
        let (from, to) = file.range.as_blocks();
        match covered.last_mut() {
            Some((_, end)) if from <= *end + 1 => *end = (*end).max(to),
            _ => covered.push((from, to)),
        }
    }
    Ok(covered)
}

/// The last stored block up to `limit`.
pub(crate) fn last_block(
    store: &Store,
    chain: &str,
    limit: u64,
) -> Result<Option<Block>, LakeError> {
    let files = store.files(const { &Block::TABLE })?;
    let files = files.into_iter().rev().filter(|file| file.partition.values() == [chain]);
    for file in files.filter(|file| file.range.as_blocks().0 <= limit) {
        let rows: Vec<Block> = store.file_rows(&file)?;
        let last = rows.into_iter().filter(|row| row.block <= limit).max_by_key(|row| row.block);
        if last.is_some() {
            return Ok(last);
        }
    }
    Ok(None)
}

/// The last stored blocks up to `limit`: those of the same `span` of blocks without a gap.
pub(crate) fn last_linked_blocks(
    store: &Store,
    chain: &str,
    limit: u64,
    span: u64,
) -> Result<Vec<Block>, LakeError> {
    let Some(last) = last_block(store, chain, limit)? else { return Ok(Vec::new()) };
    let mut blocks =
        stored_blocks(store, chain, (last.block.saturating_sub(span - 1), last.block))?;
    let gap = blocks.windows(2).rposition(|pair| pair[0].block + 1 != pair[1].block);
    Ok(blocks.split_off(gap.map_or(0, |at| at + 1)))
}

/// The stored blocks of a range.
pub(crate) fn stored_blocks(
    store: &Store,
    chain: &str,
    (from, to): BlockRange,
) -> Result<Vec<Block>, LakeError> {
    let mut blocks: Vec<Block> = Vec::new();
    for file in store.files(const { &Block::TABLE })? {
        let (first, last) = file.range.as_blocks();
        if file.partition.values() == [chain] && first <= to && from <= last {
            let rows: Vec<Block> = store.file_rows(&file)?;
            blocks.extend(rows.into_iter().filter(|row| from <= row.block && row.block <= to));
        }
    }
    Ok(blocks)
}

/// The last stored log of a stream before `block`.
pub(crate) fn last_log_block(
    store: &Store,
    chain: &str,
    stream: &str,
    block: u64,
) -> Result<Option<u64>, LakeError> {
    let files = store.files(const { &RawLog::TABLE })?;
    let files = files.into_iter().rev().filter(|file| file.partition.values() == [chain, stream]);
    for file in files.filter(|file| file.range.as_blocks().0 < block) {
        let rows: Vec<RawLog> = store.file_rows(&file)?;
        let last = rows.iter().map(|row| row.block).filter(|log| *log < block).max();
        if last.is_some() {
            return Ok(last);
        }
    }
    Ok(None)
}

pub(crate) fn to_range_bound(block: u64) -> i64 {
    i64::try_from(block).unwrap_or(i64::MAX)
}
