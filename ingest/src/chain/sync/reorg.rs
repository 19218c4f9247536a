//! Compares the lake with the chain, and removes blocks that a reorg removed.

use plimsoll_lake::tables::{Block, Row};
use plimsoll_lake::{LakeError, Partition, Store, format_address};
use plimsoll_rpc::{BlockTag, Client, Header};

use crate::chain::error::ChainError;
use crate::chain::lake_state::{
    BlockRange, StoredStream, last_block, last_linked_blocks, stored_blocks, stored_streams,
    to_range_bound,
};

/// Stored headers compared in one step.
const HEADERS_PER_STEP: u64 = 64;

/// Compares the lake's last blocks with the chain, and removes those that are no longer in it.
///
/// Returns the first removed block. An endpoint that lags is not evidence of removed blocks.
///
/// # Errors
/// [`ChainError::DivergedChain`] if more than `limit` blocks differ.
pub(crate) async fn handle_reorg(
    client: &Client,
    store: &Store,
    chain: &str,
    head: &Header,
    limit: u64,
) -> Result<Option<u64>, ChainError> {
    let Some(last) = last_block(store, chain, u64::MAX)? else { return Ok(None) };
    let mut top = last.block.min(head.number);
    let mut first_gone = None;
    loop {
        let stored = last_linked_blocks(store, chain, top, HEADERS_PER_STEP)?;
        let Some((lowest, highest)) = stored.first().zip(stored.last()) else { break };
        let (lowest, highest) = (lowest.block, highest.block);
        let current = client.headers(lowest..=highest).await?;
        let same = |block: &&Block| {
            current.iter().any(|h| h.number == block.block && format_address(h.hash) == block.hash)
        };
        match stored.iter().rev().find(same) {
            Some(block) if block.block == highest && first_gone.is_none() => return Ok(None),
            // Blocks without a row, between this one and the lowest that is gone, are gone too.
            Some(block) => {
                first_gone = Some(block.block + 1);
                break;
            }
            None => first_gone = Some(lowest),
        }
        if last.block - lowest >= limit || lowest == 0 {
            break;
        }
        top = lowest - 1;
    }
    let Some(block) = first_gone else { return Ok(None) };
    let depth = last.block + 1 - block;
    if depth > limit {
        return Err(ChainError::DivergedChain { block, depth, limit });
    }
    tracing::warn!("the chain was reorganised: {depth} blocks from {block} on are read again");
    roll_back(store, chain, block)?;
    Ok(Some(block))
}

/// Removes everything of a chain from `block` on.
fn roll_back(store: &Store, chain: &str, block: u64) -> Result<(), LakeError> {
    let _lock = store.lock_chain(chain)?;
    truncate_from_block(store, chain, &stored_streams(store, chain)?, block)?;
    store.truncate_from(&Partition::new(const { &Block::TABLE }, &[chain])?, to_range_bound(block))
}

/// Removes everything of some streams from `block` on.
pub(crate) fn truncate_streams(
    store: &Store,
    chain: &str,
    names: &[&str],
    block: u64,
) -> Result<(), LakeError> {
    let _lock = store.lock_chain(chain)?;
    let mut streams = stored_streams(store, chain)?;
    streams.retain(|stream| names.contains(&stream.name.as_str()));
    truncate_from_block(store, chain, &streams, block)
}

/// Removes the rows of streams from `block` on; logs first, since they define the coverage. The caller
/// holds the chain's lock.
fn truncate_from_block(
    store: &Store,
    chain: &str,
    streams: &[StoredStream],
    block: u64,
) -> Result<(), LakeError> {
    let time = last_block(store, chain, block.saturating_sub(1))?.map(|block| block.time);
    for stream in streams {
        store.truncate_from(&stream.log_partition()?, to_range_bound(block))?;
    }
    streams.iter().try_for_each(|stream| stream.truncate_decoded(store, block, time))
}

/// Removes rows that an interrupted writer left beyond the coverage of the logs.
pub(crate) fn truncate_uncommitted(store: &Store, chain: &str) -> Result<(), LakeError> {
    let streams = stored_streams(store, chain)?;
    if streams.is_empty() {
        return Ok(());
    }
    // Another process may be writing: its logs follow its other rows, under the same lock.
    let _lock = store.lock_chain(chain)?;
    let mut last = None;
    for stream in streams {
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

/// Checks the stored blocks before and after a range against the chain.
pub(crate) async fn check_continuity(
    client: &Client,
    store: &Store,
    chain: &str,
    (from, to): BlockRange,
    limit: u64,
) -> Result<(), ChainError> {
    for block in [from.checked_sub(1), to.checked_add(1)].into_iter().flatten() {
        let Some(block_row) = stored_blocks(store, chain, (block, block))?.pop() else { continue };
        let current = client.header(BlockTag::Number(block)).await?;
        if format_address(current.hash) != block_row.hash {
            let last = last_block(store, chain, u64::MAX)?.map_or(block, |last| last.block);
            return Err(ChainError::DivergedChain { block, depth: last - block + 1, limit });
        }
    }
    Ok(())
}
