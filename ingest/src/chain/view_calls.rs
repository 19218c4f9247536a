//! Typed calls of view functions.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;

use plimsoll_rpc::{BlockTag, CallOutcome, Client, RpcError};

/// Calls one function of several contracts; `None` where a call reverts or returns another type.
pub(crate) async fn call_views<C: SolCall>(
    client: &Client,
    calls: impl IntoIterator<Item = (Address, C)>,
    at: u64,
) -> Result<Vec<Option<C::Return>>, RpcError> {
    let encoded: Vec<(Address, Bytes)> =
        calls.into_iter().map(|(target, call)| (target, call.abi_encode().into())).collect();
    if encoded.is_empty() {
        return Ok(Vec::new());
    }
    let outcomes = client.call(&encoded, BlockTag::Number(at)).await?;
    Ok(outcomes.into_iter().map(|outcome| decode_return::<C>(&outcome)).collect())
}

/// Calls one function; `None` if it reverts or returns another type.
pub(crate) async fn call_view<C: SolCall>(
    client: &Client,
    target: Address,
    call: C,
    at: u64,
) -> Result<Option<C::Return>, RpcError> {
    Ok(call_views(client, [(target, call)], at).await?.pop().flatten())
}

/// As [`call_views`] at a past block, or at `otherwise` if no endpoint has that block's state.
pub(crate) async fn call_views_with_fallback<C: SolCall + Clone>(
    client: &Client,
    calls: &[(Address, C)],
    at: u64,
    otherwise: u64,
) -> Result<Vec<Option<C::Return>>, RpcError> {
    match call_views(client, calls.to_vec(), at).await {
        Err(RpcError::StateUnavailable { .. }) => {
            call_views(client, calls.to_vec(), otherwise).await
        }
        outcome => outcome,
    }
}

fn decode_return<C: SolCall>(outcome: &CallOutcome) -> Option<C::Return> {
    match outcome {
        CallOutcome::Returned(returned) => C::abi_decode_returns(returned).ok(),
        CallOutcome::Reverted(_) => None,
    }
}

/// The first of the blocks `low..=high` at which a condition is true, if it is true at `high` and
/// stays true once it is.
pub(crate) async fn first_block_where<F, E>(low: u64, high: u64, mut is_so: F) -> Result<u64, E>
where
    F: AsyncFnMut(u64) -> Result<bool, E>,
{
    let (mut low, mut high) = (low, high);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_so(middle).await? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}
