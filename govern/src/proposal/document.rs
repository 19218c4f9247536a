//! A proposal: what is wanted, how it is done on each route, and what it does to whom.

use alloy_primitives::{Address, Bytes};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::abi::EngineAbi;
use super::accounts::AffectedAccounts;
use super::inputs::ProposalInputs;
use super::limits::StewardLimits;
use super::reserve::ReserveState;
use super::update::CollateralUpdate;
use crate::{CollateralParameters, StewardPolicy};

/// The document's layout; a change of it makes older ones unreadable.
pub(super) const FORMAT_VERSION: u32 = 1;

/// `proposal.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Layout of this document.
    pub format: u32,
    /// Names it by what it was made from: [`Inputs::reference_id`].
    pub reference_id: String,
    /// What it was made from.
    pub inputs: ProposalInputs,
    /// Whose collaterals.
    pub market: MarketFacts,
    /// What it knew.
    #[serde(rename = "at")]
    pub as_of: AsOf,
    /// What the steward lets be.
    pub steward: StewardFacts,
    /// Every collateral that was looked at, in order of symbol.
    pub collaterals: Vec<ProposedCollateral>,
    /// The steward's way, step by step.
    pub steps: Vec<StewardStep>,
    /// Governance's way: all at once.
    pub payload: Option<GovernancePayload>,
    /// The accounts that hold what is changed; `None` where no chain was asked.
    pub accounts: Option<AffectedAccounts>,
}

/// A market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketFacts {
    /// Its name in the lake, `<protocol>/<market>`.
    pub name: String,
    /// The chain's number, if it is on one that is known.
    pub chain_id: Option<u64>,
    /// Its contracts, where a chain was asked.
    pub contracts: Option<Contracts>,
}

/// A market's contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contracts {
    /// `PoolAddressesProvider`.
    pub provider: Address,
    /// `Pool`.
    pub pool: Address,
    /// `PoolConfigurator`.
    pub configurator: Address,
    /// `POOL_REVISION`, which tells the release.
    pub pool_revision: u64,
}

/// Up to where a proposal knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// The time.
    pub time: DateTime<Utc>,
    /// The block, where a chain was asked.
    pub block: Option<u64>,
}

/// A steward and its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardFacts {
    /// The contract, if it is known.
    pub address: Option<Address>,
    /// Its limits.
    pub limits: StewardLimits,
    /// Whether they were read from the contract, not from the policy.
    pub limits_from_chain: bool,
    /// Which form of `updateCollateralSide` it takes.
    pub abi: EngineAbi,
}

/// One collateral.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedCollateral {
    /// As it stands.
    pub before: ReserveState,
    /// What governance set: as stored, but with the max LTV that is set aside.
    pub current: CollateralParameters,
    /// What is recommended.
    pub recommended: CollateralParameters,
    /// Whether nothing is to be changed.
    pub no_change: bool,
    /// The recommendation in a word.
    pub verdict: String,
    /// Why.
    pub reasons: Vec<String>,
    /// All that the recommendation rests on; `None` where somebody set what is wanted.
    pub recommendation: Option<serde_json::Value>,
    /// Why it is not on the steward's way, if it is not.
    pub steward_refuses: Option<String>,
    /// Why it is not in the payload, if it is not.
    pub payload_refuses: Option<String>,
}

/// One step of the steward. Calls are `None` where a token's address is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardStep {
    /// The first second at which the steward takes it.
    pub not_before: DateTime<Utc>,
    /// What is changed.
    pub changes: Vec<CollateralChange>,
    /// `updateCollateralSide` of the steward.
    pub steward_calldata: Option<Bytes>,
    /// `publishRiskParameterUpdate` of a risk oracle, or its bulk form.
    pub oracle_calldata: Option<Bytes>,
}

/// One collateral's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralChange {
    /// What is set.
    pub update: CollateralUpdate,
    /// The reserve after it.
    pub after: ReserveState,
    /// `configureReserveAsCollateral` of the configurator, by a risk admin.
    pub configurator_calldata: Option<Bytes>,
    /// What was clipped, held back or waited for.
    pub notes: Vec<String>,
}

/// Everything at once, as governance may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GovernancePayload {
    /// What is changed.
    pub changes: Vec<CollateralChange>,
    /// `updateCollateralSide` of the config engine.
    pub engine_calldata: Option<Bytes>,
}

impl StewardFacts {
    /// What a policy says, where no steward was asked.
    #[must_use]
    pub fn from_policy(policy: &StewardPolicy) -> Self {
        let StewardPolicy { address, abi, .. } = *policy;
        Self { address, limits: policy.into(), limits_from_chain: false, abi }
    }
}

impl Proposal {
    /// Whether nothing is to be changed.
    #[must_use]
    pub fn is_no_change(&self) -> bool {
        self.collaterals.iter().all(|collateral| collateral.no_change)
    }
}
