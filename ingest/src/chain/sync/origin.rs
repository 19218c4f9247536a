//! The block from which a stream is worth reading.

use crate::chain::adapter::Root;
use crate::chain::error::ChainError;
use crate::chain::rpc::{BlockTag, Client, RpcError};
use crate::chain::view::first_block;

/// The first block: that asked for, that of the market file, or that of the root's creation.
///
/// What was found is remembered in `root`.
pub(super) async fn find(
    client: &Client,
    root: &mut Root,
    asked: Option<u64>,
    last: u64,
) -> Result<u64, ChainError> {
    let created = match (root.from_block, asked) {
        (Some(block), _) => block,
        (None, Some(asked)) => return Ok(asked),
        (None, None) => created(client, root, last).await?,
    };
    root.from_block = Some(created);
    let first = created.max(asked.unwrap_or(0));
    if first > created && !root.warned {
        root.warned = true;
        tracing::warn!(
            "{} begins at block {created}: what happened before block {first} will be missing in \
             balances and totals",
            root.stream
        );
    }
    Ok(first)
}

async fn created(client: &Client, root: &Root, last: u64) -> Result<u64, ChainError> {
    let address = root.address;
    let is_there = async |block: u64| -> Result<bool, RpcError> {
        Ok(!client.code(address, BlockTag::Number(block)).await?.is_empty())
    };
    if !is_there(last).await? {
        let (kind, call) = ("contract", "eth_getCode");
        return Err(ChainError::NotThere { address, kind, call, block: last });
    }
    match first_block(0, last, is_there).await {
        Err(RpcError::NoState { .. }) => Err(ChainError::NoOrigin { address }),
        found => Ok(found?),
    }
}
