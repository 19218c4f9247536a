//! The versions of a market's aTokens and debt tokens, which are upgraded apart from their pool.

use std::collections::{BTreeMap, HashMap};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;
use plimsoll_lending::aave_v3::Release;
use plimsoll_rpc::{BlockTag, CallOutcome, Client, RpcError};

use super::events::{FirstAToken, ScaledToken};
use super::reserve_registry::Reserve;
use crate::chain::error::ChainError;
use crate::chain::view_calls::call_views;

/// The selector of `Error(string)`, with which Solidity encodes the reason of a revert.
const REVERT_REASON: &str = "08c379a0";
/// `Errors.CALLER_MUST_BE_POOL` of releases 3.0.
const CALLER_MUST_BE_POOL: &str = "23";

/// What one implementation of a token does with balances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenVersion {
    /// The newest release that it may belong to.
    pub(crate) release: Release,
    /// Whether `BalanceTransfer` has amounts with interest: release 3.0.0 only.
    pub(crate) transfers_unscaled: bool,
}

/// The versions of each token, with the blocks from which they apply.
#[derive(Debug, Default)]
pub(crate) struct TokenVersions(HashMap<Address, Vec<(u64, TokenVersion)>>);

impl TokenVersions {
    /// A token's version at a block; `None` if no endpoint has it.
    pub(crate) fn get(&self, token: Address, block: u64) -> Option<TokenVersion> {
        let versions = self.0.get(&token)?;
        let known = versions.partition_point(|(from, _)| *from <= block);
        Some(versions[known.checked_sub(1)?].1)
    }

    /// Adds a version; versions of a token are added in order.
    pub(crate) fn add(&mut self, token: Address, from: u64, version: TokenVersion) {
        self.0.entry(token).or_default().push((from, version));
    }
}

/// A contract whose version is read: a token, or an implementation that it was upgraded to.
#[derive(Debug, Clone, Copy)]
struct VersionCall {
    token: Address,
    from: u64,
    contract: Address,
    is_a_token: bool,
}

/// Reads the versions of all tokens, given all their upgrades: block, token, implementation.
///
/// A token that was never upgraded is read at the last block. One that was is read before its first
/// upgrade too, which needs that block's state.
pub(super) async fn token_versions(
    client: &Client,
    reserves: &[Reserve],
    upgrades: &[(u64, Address, Address)],
    last: u64,
) -> Result<TokenVersions, ChainError> {
    let mut versions = TokenVersions::default();
    for (block, calls) in version_calls(reserves, upgrades, last) {
        match read_versions(client, &calls, block).await {
            Ok(found) => {
                for (call, version) in calls.iter().zip(found) {
                    version.into_iter().for_each(|v| versions.add(call.token, call.from, v));
                }
            }
            Err(RpcError::StateUnavailable { endpoint, .. }) => tracing::warn!(
                "{endpoint} has no state of block {block}: the releases of {} tokens before \
                 their upgrade are taken from the pool's",
                calls.len()
            ),
            Err(error) => return Err(error.into()),
        }
    }
    versions.0.values_mut().for_each(|versions| versions.sort_by_key(|(from, _)| *from));
    Ok(versions)
}

/// The calls to make, by block.
fn version_calls(
    reserves: &[Reserve],
    upgrades: &[(u64, Address, Address)],
    last: u64,
) -> BTreeMap<u64, Vec<VersionCall>> {
    let mut calls: BTreeMap<u64, Vec<VersionCall>> = BTreeMap::new();
    for reserve in reserves {
        for (token, is_a_token) in [(reserve.a_token, true), (reserve.debt_token, false)] {
            let own = upgrades.iter().filter(|(_, proxy, _)| *proxy == token);
            let first = own.clone().map(|(block, ..)| *block).min();
            let at = first.map_or(last, |block| block.saturating_sub(1));
            let call = VersionCall { token, from: 0, contract: token, is_a_token };
            calls.entry(at).or_default().push(call);
            calls.entry(last).or_default().extend(own.map(|&(from, _, contract)| VersionCall {
                from,
                contract,
                ..call
            }));
        }
    }
    calls
}

/// The versions of some contracts at a block; `None` of one that has no revision.
async fn read_versions(
    client: &Client,
    calls: &[VersionCall],
    block: u64,
) -> Result<Vec<Option<TokenVersion>>, RpcError> {
    let a_tokens = calls.iter().filter(|call| call.is_a_token).map(|call| call.contract);
    let debt_tokens = calls.iter().filter(|call| !call.is_a_token).map(|call| call.contract);
    let handle = FirstAToken::handleRepaymentCall { user: Address::ZERO, amount: U256::ZERO };
    let input = Bytes::from(handle.abi_encode());
    let handles: Vec<_> = a_tokens.clone().map(|token| (token, input.clone())).collect();
    let (revisions, handled, debt_revisions) = tokio::try_join!(
        call_views(client, a_tokens.map(|t| (t, ScaledToken::ATOKEN_REVISIONCall {})), block),
        async {
            // An empty batch is no request.
            if handles.is_empty() {
                return Ok(Vec::new());
            }
            client.call(&handles, BlockTag::Number(block)).await
        },
        call_views(
            client,
            debt_tokens.map(|t| (t, ScaledToken::DEBT_TOKEN_REVISIONCall {})),
            block
        ),
    )?;
    let mut a_tokens = revisions.into_iter().zip(handled);
    let mut debt_tokens = debt_revisions.into_iter();
    let version = |call: &VersionCall| {
        let (revision, first) = if call.is_a_token {
            let (revision, handled) = a_tokens.next()?;
            (revision?, has_function(&handled))
        } else {
            (debt_tokens.next()??, false)
        };
        let transfers_unscaled = first && revision <= U256::ONE;
        Some(TokenVersion { release: Release::from_token_revision(revision), transfers_unscaled })
    };
    Ok(calls.iter().map(version).collect())
}

/// Whether a contract has the function: without it, it reverts without a reason.
fn has_function(outcome: &CallOutcome) -> bool {
    match outcome {
        CallOutcome::Returned(_) => true,
        CallOutcome::Reverted(text) => {
            let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
            text.contains(REVERT_REASON) || words.any(|word| word == CALLER_MUST_BE_POOL)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_function_reverts_without_a_reason() {
        let reverted = |text: &str| has_function(&CallOutcome::Reverted(text.to_owned()));
        assert!(reverted("execution reverted: 23"));
        assert!(reverted("execution reverted 0x08c379a000000000000000000000000000000000"));
        assert!(!reverted("execution reverted"));
        assert!(!reverted("execution reverted 0x"));
    }

    #[test]
    fn a_version_applies_from_its_block_on() {
        let token = Address::repeat_byte(1);
        let version = |release| TokenVersion { release, transfers_unscaled: false };
        let mut versions = TokenVersions::default();
        versions.add(token, 5, version(Release::V3_3));
        versions.add(token, 9, version(Release::V3_7));
        let at = |block| versions.get(token, block).map(|version| version.release);
        assert_eq!(
            [4, 5, 8, 9].map(at),
            [None, Some(Release::V3_3), Some(Release::V3_3), Some(Release::V3_7)]
        );
        assert_eq!(versions.get(Address::ZERO, 9), None);
    }
}
