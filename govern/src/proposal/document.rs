//! The proposal document: target parameters, the calls of each route, and the affected accounts.

use alloy_primitives::{Address, Bytes};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::accounts::AffectedAccounts;
use super::inputs::ProposalInputs;
use super::steward::{CollateralUpdate, ReserveState, StewardLimits};
use crate::parameters::CollateralParameters;
use crate::policy::{EngineAbi, StewardPolicy};

/// Version of the document's layout; documents of another version cannot be read.
pub(super) const FORMAT_VERSION: u32 = 1;

/// `proposal.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Version of the document's layout.
    pub format: u32,
    /// Identifies the proposal by its inputs: [`ProposalInputs::reference_id`].
    pub reference_id: String,
    /// Hashes of its inputs.
    pub inputs: ProposalInputs,
    /// The market.
    pub market: MarketFacts,
    /// Time and block up to which data is used.
    #[serde(rename = "at")]
    pub as_of: AsOf,
    /// The steward's limits.
    pub steward: StewardFacts,
    /// Every collateral considered, by symbol.
    pub collaterals: Vec<ProposedCollateral>,
    /// The steward's route, step by step.
    pub steps: Vec<StewardStep>,
    /// Governance's route: all changes at once.
    pub payload: Option<GovernancePayload>,
    /// The accounts with a changed collateral; `None` without a chain.
    pub accounts: Option<AffectedAccounts>,
}

/// A market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketFacts {
    /// Its name in the lake, `<chain>/<protocol>/<market>`; older documents lack the chain.
    pub name: String,
    /// The chain id, if known.
    pub chain_id: Option<u64>,
    /// Its contracts; `None` without a chain.
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
    /// `POOL_REVISION`, which identifies the release.
    pub pool_revision: u64,
}

/// Time and block up to which a proposal uses data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// The time.
    pub time: DateTime<Utc>,
    /// The block; `None` without a chain.
    pub block: Option<u64>,
}

/// A steward and its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardFacts {
    /// The contract, if known.
    pub address: Option<Address>,
    /// Its limits.
    pub limits: StewardLimits,
    /// Whether the limits were read from the contract rather than the policy.
    pub limits_from_chain: bool,
    /// Which form of `updateCollateralSide` it has.
    pub abi: EngineAbi,
}

/// One collateral of a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedCollateral {
    /// The current state.
    pub before: ReserveState,
    /// The parameters set by governance: as stored, but with the pending max LTV.
    pub current: CollateralParameters,
    /// The recommended parameters.
    pub recommended: CollateralParameters,
    /// Whether nothing changes.
    pub no_change: bool,
    /// The verdict in a word.
    pub verdict: String,
    /// The reasons.
    pub reasons: Vec<String>,
    /// The full recommendation; `None` if the target was set by hand.
    pub recommendation: Option<serde_json::Value>,
    /// Why the change is not on the steward's route, if so.
    pub steward_refuses: Option<String>,
    /// Why the change is not in the payload, if so.
    pub payload_refuses: Option<String>,
}

/// One step of the steward. Calls are `None` if a token's address is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardStep {
    /// The first second at which the steward accepts it.
    pub not_before: DateTime<Utc>,
    /// The changes.
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
    /// The fields set.
    pub update: CollateralUpdate,
    /// The reserve after it.
    pub after: ReserveState,
    /// `configureReserveAsCollateral` of the configurator, by a risk admin.
    pub configurator_calldata: Option<Bytes>,
    /// Notes on clipped, held or delayed fields.
    pub notes: Vec<String>,
}

/// All changes at once, through governance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GovernancePayload {
    /// The changes.
    pub changes: Vec<CollateralChange>,
    /// `updateCollateralSide` of the config engine.
    pub engine_calldata: Option<Bytes>,
}

impl StewardFacts {
    /// The facts of a policy, without a chain.
    #[must_use]
    pub fn from_policy(policy: &StewardPolicy) -> Self {
        let StewardPolicy { address, abi, .. } = *policy;
        Self { address, limits: policy.into(), limits_from_chain: false, abi }
    }
}

impl Proposal {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_no_change(&self) -> bool {
        self.collaterals.iter().all(|collateral| collateral.no_change)
    }
}
