//! Holding the lake against the chain, and taking back what a reorg has undone.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Block, Liquidation, OraclePrice, PoolLiquidity, PositionEvent,
    QuarantinedLog, RawLog, ReserveIndex, ReserveParameter, Row,
};
use plimsoll_lake::{LakeError, Partition, RangeUnit, Store, Table};

use super::error::ChainError;
use super::plan::BlockRange;
use plimsoll_lake::format_address as hash;
use plimsoll_rpc::Header;
use plimsoll_rpc::{BlockTag, Client};

/// Stored headers looked at in one go.
const HEADERS_PER_STEP: u64 = 64;

/// The tables that follow from logs.
pub(super) const DECODED_TABLES: [&Table; 9] = [
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

/// Compares the lake's last blocks with the chain, and drops those that are no longer in it.
///
/// Returns the first block that was dropped. An endpoint that has not come so far yet is not
/// believed to have lost the blocks.
///
/// # Errors
/// [`ChainError::AnotherChain`] if more than `limit` blocks differ.
pub(crate) async fn handle_reorg(
    client: &Client,
    store: &Store,
    chain: &str,
    head: &Header,
    limit: u64,
) -> Result<Option<u64>, ChainError> {
    let Some(tip) = last_block(store, chain, u64::MAX)? else { return Ok(None) };
    let mut top = tip.block.min(head.number);
    let mut first_gone = None;
    loop {
        let low = top.saturating_sub(HEADERS_PER_STEP - 1);
        let stored = stored_blocks(store, chain, (low, top))?;
        let Some(lowest) = stored.first().map(|block| block.block) else { break };
        let now = client.headers(lowest..=top).await?;
        let same = |block: &&Block| {
            now.iter().any(|h| h.number == block.block && hash(h.hash) == block.hash)
        };
        match stored.iter().rev().find(same) {
            Some(block) if block.block == tip.block.min(head.number) => return Ok(None),
            Some(block) => {
                first_gone = Some(block.block + 1);
                break;
            }
            None => first_gone = Some(lowest),
        }
        if tip.block - lowest >= limit || lowest == 0 {
            break;
        }
        top = lowest - 1;
    }
    let Some(block) = first_gone else { return Ok(None) };
    let depth = tip.block + 1 - block;
    if depth > limit {
        return Err(ChainError::DivergedChain { block, depth, limit });
    }
    tracing::warn!("the chain was reorganised: {depth} blocks from {block} on are read again");
    roll_back(store, chain, block)?;
    Ok(Some(block))
}

/// Drops all that was read of a chain from `block` on; the coverage goes first.
fn roll_back(store: &Store, chain: &str, block: u64) -> Result<(), LakeError> {
    let time = last_block(store, chain, block.saturating_sub(1))?.map(|block| block.time);
    for stream in stored_streams(store, chain)? {
        store.truncate_from(&stream.log_partition()?, to_range_bound(block))?;
    }
    for stream in stored_streams(store, chain)? {
        stream.truncate_decoded(store, block, time)?;
    }
    store.truncate_from(&Partition::new(const { &Block::TABLE }, &[chain])?, to_range_bound(block))
}

/// Drops rows that a killed writer left beyond what the logs cover.
pub(crate) fn truncate_uncommitted(store: &Store, chain: &str) -> Result<(), LakeError> {
    let mut last = None;
    for stream in stored_streams(store, chain)? {
        let end = stream.covered_until(store)?;
        let time = last_block(store, chain, end)?.map(|block| block.time);
        stream.truncate_decoded(store, end + 1, time)?;
        last = last.max(Some(end));
    }
    match last {
        Some(end) => store.truncate_from(
            &Partition::new(const { &Block::TABLE }, &[chain])?,
            to_range_bound(end + 1),
        ),
        None => Ok(()),
    }
}

/// One stream that the lake knows.
pub(super) struct StoredStream {
    chain: String,
    pub(super) name: String,
}

pub(super) fn stored_streams(store: &Store, chain: &str) -> Result<Vec<StoredStream>, LakeError> {
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
    fn log_partition(&self) -> Result<Partition, LakeError> {
        Partition::new(const { &RawLog::TABLE }, &[&self.chain, &self.name])
    }

    /// The last block that the stream was read for.
    fn covered_until(&self, store: &Store) -> Result<u64, LakeError> {
        let covered = super::plan::covered_blocks(store, &self.chain, &self.name)?;
        Ok(covered.last().map_or(0, |(_, end)| *end))
    }

    /// Drops the stream's rows from `block` on; `time` is that of the block before.
    fn truncate_decoded(
        &self,
        store: &Store,
        block: u64,
        time: Option<DateTime<Utc>>,
    ) -> Result<(), LakeError> {
        for table in DECODED_TABLES {
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

    /// Whether a partition holds what follows from this stream: its market, one of its isolated
    /// markets, or its pool.
    pub(super) fn owns(&self, partition: &Partition) -> bool {
        let value = |column| partition.value(column).unwrap_or_default();
        let of_market = |name: &str| {
            let rest = name.strip_prefix(&self.name);
            // An isolated market has its id behind the stream's name.
            rest.is_some_and(|rest| rest.is_empty() || is_market_id_suffix(rest))
        };
        if let Some(source) = partition.value("source") {
            let own = source.strip_prefix(&self.chain).and_then(|rest| rest.strip_prefix('.'));
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

/// Stored blocks of a range, without a hole below the last of them.
fn stored_blocks(
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
    let hole = blocks.windows(2).rposition(|pair| pair[0].block + 1 != pair[1].block);
    Ok(blocks.split_off(hole.map_or(0, |at| at + 1)))
}

/// The stored block before a range must be its parent, and the one after it its child.
pub(crate) async fn check_continuity(
    client: &Client,
    store: &Store,
    chain: &str,
    (from, to): BlockRange,
    limit: u64,
) -> Result<(), ChainError> {
    for block in [from.checked_sub(1), to.checked_add(1)].into_iter().flatten() {
        let Some(held) = stored_blocks(store, chain, (block, block))?.pop() else { continue };
        let now = client.header(BlockTag::Number(block)).await?;
        if hash(now.hash) != held.hash {
            let tip = last_block(store, chain, u64::MAX)?.map_or(block, |tip| tip.block);
            return Err(ChainError::DivergedChain { block, depth: tip - block + 1, limit });
        }
    }
    Ok(())
}

fn to_range_bound(block: u64) -> i64 {
    i64::try_from(block).unwrap_or(i64::MAX)
}
