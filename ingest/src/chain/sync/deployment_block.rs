//! The first blocks of streams.

use futures_util::future::try_join_all;

use plimsoll_rpc::{BlockTag, Client, RpcError};

use crate::chain::adapter::stream_root::StreamRoot;
use crate::chain::error::ChainError;

/// Blocks compared in one request: more make fewer rounds, but larger ones.
const SEARCH_POINTS: u64 = 16;

/// Each root's first block: the requested one, that of the market file, or that of its creation.
///
/// A block that was found is stored in `roots`.
pub(super) async fn find_first_blocks(
    client: &Client,
    roots: &mut [StreamRoot],
    requested: Option<u64>,
    last: u64,
) -> Result<Vec<u64>, ChainError> {
    let market = roots.first().and_then(|root| root.from_block).filter(|block| *block <= last);
    let created = roots.iter().map(|root| async move {
        match (root.from_block, requested) {
            (None, requested) => match market {
                // A pool that is younger than its market is read from the market's start.
                Some(block) if is_deployed_after(client, root, block).await? => Ok(Some(block)),
                _ => match (deployment_block(client, root, last).await, requested) {
                    // Without past state only the user can know the first block.
                    (Err(ChainError::UnknownDeploymentBlock { .. }), Some(_)) => Ok(None),
                    (found, _) => found.map(Some),
                },
            },
            (known, _) => Ok(known),
        }
    });
    let created = try_join_all(created).await?;
    let mut first = Vec::new();
    for (root, created) in roots.iter_mut().zip(created) {
        root.from_block = created;
        first.push(first_block(root, created, requested)?);
    }
    Ok(first)
}

/// # Errors
/// [`ChainError::PartialHistory`] if the requested block is after the creation: balances are sums of
/// all changes, so they would be wrong.
fn first_block(
    root: &mut StreamRoot,
    created: Option<u64>,
    requested: Option<u64>,
) -> Result<u64, ChainError> {
    match (created, requested) {
        (Some(created), Some(from)) if from > created => {
            Err(ChainError::PartialHistory { stream: root.stream.clone(), created, from })
        }
        (Some(created), _) => Ok(created),
        (None, requested) => {
            if !std::mem::replace(&mut root.is_warned, true) {
                tracing::warn!(
                    "{}: no endpoint has the past state to find its creation; balances are right \
                     only if it was created in or after block {}",
                    root.stream,
                    requested.unwrap_or(0)
                );
            }
            Ok(requested.unwrap_or(0))
        }
    }
}

/// Whether a contract did not exist before a block; false without past state.
async fn is_deployed_after(
    client: &Client,
    root: &StreamRoot,
    block: u64,
) -> Result<bool, ChainError> {
    let Some(before) = block.checked_sub(1) else { return Ok(true) };
    match client.nonces(root.address, &[before]).await {
        Err(RpcError::StateUnavailable { .. }) => Ok(false),
        nonces => Ok(nonces? == [0]),
    }
}

/// The block in which a contract was created, by a search for its first nonce.
async fn deployment_block(
    client: &Client,
    root: &StreamRoot,
    last: u64,
) -> Result<u64, ChainError> {
    let address = root.address;
    if client.code(address, BlockTag::Number(last)).await?.is_empty() {
        let (kind, call) = ("contract", "eth_getCode");
        return Err(ChainError::MissingContract { address, kind, call, block: last });
    }
    let (mut low, mut high) = (0, last);
    while low < high {
        let step = (high - low).div_ceil(SEARCH_POINTS).max(1);
        let blocks: Vec<u64> = (low..high).step_by(step as usize).collect();
        // A contract's nonce is 1 from its creation on (EIP-161), and far shorter than its code.
        let deployed = match client.nonces(address, &blocks).await {
            Err(RpcError::StateUnavailable { .. }) => {
                return Err(ChainError::UnknownDeploymentBlock { address });
            }
            nonces => nonces?.into_iter().position(|nonce| nonce > 0),
        };
        match deployed {
            Some(0) => high = low,
            Some(at) => (low, high) = (blocks[at - 1] + 1, blocks[at]),
            None => low = blocks[blocks.len() - 1] + 1,
        }
    }
    Ok(low)
}
