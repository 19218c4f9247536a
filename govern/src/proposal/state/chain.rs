//! State of a market's contracts and its risk steward at a block.

mod decode;

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::{SolCall, sol};
use plimsoll_lake::sha256_hex;
use plimsoll_rpc::{BlockTag, CallOutcome, Client, RpcError};

use crate::policy::StewardPolicy;
use crate::proposal::document::{Contracts, StewardFacts};
use crate::proposal::steward::{LastChange, ReserveState};
pub(in crate::proposal) use decode::decode_parameters;
use decode::{FROZEN_BIT, decode_last_change, decode_limits, detect_abi, split_words};

sol! {
    /// `IPoolAddressesProvider`, `IPool` and `IPoolConfigurator`; the last from release 3.1 on.
    function getPool() external view returns (address);
    function getPoolConfigurator() external view returns (address);
    function POOL_REVISION() external view returns (uint256);
    function getConfiguration(address asset) external view returns (uint256);
    function getPendingLtv(address asset) external view returns (uint256);

    /// `IRiskSteward`; the return types of the first two differ between releases.
    function getRiskConfig() external view;
    function getTimelock(address asset) external view;
    function isAddressRestricted(address contractAddress) external view returns (bool);
}

/// A market and its steward at a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainState {
    /// The market's contracts.
    pub contracts: Contracts,
    /// The requested reserves, in the requested order.
    pub reserves: Vec<ReserveState>,
    /// The steward's limits, or the policy's.
    pub steward: StewardFacts,
}

/// A contract that is not the expected one.
#[derive(Debug, thiserror::Error)]
pub enum ChainStateError {
    /// A function returns nothing.
    #[error("{address} is no {kind} at block {block}: `{call}` has no answer")]
    NoAnswer {
        /// The contract.
        address: Address,
        /// The expected kind of contract.
        kind: &'static str,
        /// The function.
        call: &'static str,
        /// The block.
        block: u64,
    },
    /// The length of a steward's result is that of no known release.
    #[error(
        "steward {steward}: `{call}` returns {words} words, which no known release does ({known})"
    )]
    UnknownShape {
        /// The steward.
        steward: Address,
        /// The function.
        call: &'static str,
        /// Number of words returned.
        words: usize,
        /// Known numbers of words.
        known: &'static str,
    },
    /// A steward has neither form of `updateCollateralSide`.
    #[error(
        "{steward} is no risk steward at block {block}: its code has neither form of `updateCollateralSide`"
    )]
    NoSteward {
        /// The contract.
        steward: Address,
        /// The block.
        block: u64,
    },
    /// The endpoints failed.
    #[error(transparent)]
    Rpc(#[from] RpcError),
}

impl ChainState {
    /// Reads a market's contracts, some of its reserves, and the steward if the policy names one.
    ///
    /// # Errors
    /// `ChainStateError` if a contract is not the expected one, or no endpoint answers.
    pub async fn read(
        client: &Client,
        provider: Address,
        assets: &[(String, Address)],
        policy: &StewardPolicy,
        block: u64,
    ) -> Result<Self, ChainStateError> {
        let reader = Reader { client, block };
        let contracts = reader.contracts(provider).await?;
        let steward = reader.steward(policy).await?;
        let mut reserves = Vec::with_capacity(assets.len());
        for (asset, address) in assets {
            let mut reserve = reader.reserve(&contracts, asset, *address).await?;
            reserve.is_restricted = policy.restricts(asset, Some(*address));
            if let Some(steward) = policy.address {
                reader.read_last_change(steward, &mut reserve).await?;
            }
            reserves.push(reserve);
        }
        Ok(Self { contracts, reserves, steward })
    }

    /// SHA-256 of the whole state.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256_hex(format!("{self:?}"))
    }
}

struct Reader<'a> {
    client: &'a Client,
    block: u64,
}

impl Reader<'_> {
    /// The bytes returned by a function, or `None` if it reverts or there is no contract.
    async fn call_bytes(&self, to: Address, input: Vec<u8>) -> Result<Option<Bytes>, RpcError> {
        let tag = BlockTag::Number(self.block);
        let outcome = self.client.call(&[(to, input.into())], tag).await?.pop();
        Ok(match outcome {
            Some(CallOutcome::Returned(bytes)) if !bytes.is_empty() => Some(bytes),
            _ => None,
        })
    }

    async fn view<C: SolCall>(&self, to: Address, call: C) -> Result<Option<C::Return>, RpcError> {
        let returned = self.call_bytes(to, call.abi_encode()).await?;
        Ok(returned.and_then(|bytes| C::abi_decode_returns(&bytes).ok()))
    }

    const fn no_answer(
        &self,
        address: Address,
        kind: &'static str,
        call: &'static str,
    ) -> ChainStateError {
        ChainStateError::NoAnswer { address, kind, call, block: self.block }
    }

    async fn contracts(&self, provider: Address) -> Result<Contracts, ChainStateError> {
        let kind = "PoolAddressesProvider";
        let pool = self.view(provider, getPoolCall {}).await?;
        let pool = pool.ok_or(self.no_answer(provider, kind, "getPool"))?;
        let configurator = self.view(provider, getPoolConfiguratorCall {}).await?;
        let configurator =
            configurator.ok_or(self.no_answer(provider, kind, "getPoolConfigurator"))?;
        let revision = self.view(pool, POOL_REVISIONCall {}).await?;
        let revision = revision.ok_or(self.no_answer(pool, "Aave v3 pool", "POOL_REVISION"))?;
        Ok(Contracts { provider, pool, configurator, pool_revision: revision.saturating_to() })
    }

    async fn reserve(
        &self,
        contracts: &Contracts,
        asset: &str,
        address: Address,
    ) -> Result<ReserveState, ChainStateError> {
        let configuration =
            self.view(contracts.pool, getConfigurationCall { asset: address }).await?;
        let configuration = configuration.ok_or(self.no_answer(
            contracts.pool,
            "Aave v3 pool",
            "getConfiguration",
        ))?;
        let pending =
            self.view(contracts.configurator, getPendingLtvCall { asset: address }).await?;
        Ok(ReserveState {
            asset: asset.to_owned(),
            address: Some(address),
            stored: decode_parameters(configuration),
            is_frozen: configuration.bit(FROZEN_BIT),
            pending_ltv_bps: pending.map(|pending| pending.saturating_to()),
            is_restricted: false,
            last_change: LastChange::default(),
        })
    }

    async fn steward(&self, policy: &StewardPolicy) -> Result<StewardFacts, ChainStateError> {
        let Some(address) = policy.address else { return Ok(StewardFacts::from_policy(policy)) };
        let code = self.client.code(address, BlockTag::Number(self.block)).await?;
        let abi = detect_abi(&code)
            .ok_or(ChainStateError::NoSteward { steward: address, block: self.block })?;
        let call = "getRiskConfig";
        let returned = self.call_bytes(address, getRiskConfigCall {}.abi_encode()).await?;
        let words = split_words(&returned.ok_or(self.no_answer(address, "RiskSteward", call))?);
        let limits = decode_limits(&words).ok_or(ChainStateError::UnknownShape {
            steward: address,
            call,
            words: words.len(),
            known: "24, 30 or 32",
        })?;
        Ok(StewardFacts { address: Some(address), limits, limits_from_chain: true, abi })
    }

    async fn read_last_change(
        &self,
        steward: Address,
        reserve: &mut ReserveState,
    ) -> Result<(), ChainStateError> {
        let Some(asset) = reserve.address else { return Ok(()) };
        let call = "getTimelock";
        let returned = self.call_bytes(steward, getTimelockCall { asset }.abi_encode()).await?;
        let words = split_words(&returned.ok_or(self.no_answer(steward, "RiskSteward", call))?);
        reserve.last_change = decode_last_change(&words).ok_or(ChainStateError::UnknownShape {
            steward,
            call,
            words: words.len(),
            known: "10 or 11",
        })?;
        let restricted =
            self.view(steward, isAddressRestrictedCall { contractAddress: asset }).await?;
        let restricted =
            restricted.ok_or(self.no_answer(steward, "RiskSteward", "isAddressRestricted"))?;
        reserve.is_restricted |= restricted;
        Ok(())
    }
}
