//! A market on the node.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolEvent, sol};
use plimsoll_rpc::{BlockTag, CallOutcome, DevNode};

use super::error::ProposalCheckError;
use super::finding::{CheckedState, ProposalCheck};
use crate::proposal::accounts::{AccountChange, AccountFigures};
use crate::proposal::document::{CollateralChange, Contracts, Proposal};
use crate::proposal::wad::Wad;

sol! {
    function getACLManager() external view returns (address);
    function isRiskAdmin(address admin) external view returns (bool);
    function getConfiguration(address asset) external view returns (uint256);
    function getPendingLtv(address asset) external view returns (uint256);
    function getUserAccountData(address user) external view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor);
    /// `IAccessControl` of OpenZeppelin.
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
}

/// The proposal's market on the node, always viewed at the time of the initial block.
pub(super) struct NodeMarket<'a> {
    node: &'a DevNode,
    pub(super) contracts: Contracts,
    /// The newest block when it was opened.
    pub(super) block: u64,
    /// That block's time: interest accrued during the check must not affect the comparison.
    pub(super) time_s: u64,
}

impl<'a> NodeMarket<'a> {
    pub(super) async fn open(
        node: &'a DevNode,
        proposal: &Proposal,
    ) -> Result<Self, ProposalCheckError> {
        let (Some(contracts), Some(chain_id)) =
            (proposal.market.contracts, proposal.market.chain_id)
        else {
            return Err(ProposalCheckError::NoContracts);
        };
        node.client().connect(chain_id).await?;
        let head = node.client().header(BlockTag::Latest).await?;
        Ok(Self { node, contracts, block: head.number, time_s: head.time_s })
    }

    /// An account with the role; the most recent grant first.
    pub(super) async fn risk_admin(&self) -> Result<Address, ProposalCheckError> {
        let provider = self.contracts.provider;
        let acl_manager = self.view(provider, "getACLManager", getACLManagerCall {}).await?;
        let topics: [B256; 2] = [RoleGranted::SIGNATURE_HASH, keccak256("RISK_ADMIN")];
        let granted = self.node.logged_addresses(acl_manager, &topics, 2).await?;
        for admin in granted.into_iter().rev() {
            if self.view(acl_manager, "isRiskAdmin", isRiskAdminCall { admin }).await? {
                return Ok(admin);
            }
        }
        Err(ProposalCheckError::NoRiskAdmin { acl_manager })
    }

    /// The configurations of the changed reserves.
    pub(super) async fn configurations(
        &self,
        changes: &[CollateralChange],
    ) -> Result<Vec<U256>, ProposalCheckError> {
        let mut found = Vec::with_capacity(changes.len());
        for change in changes {
            let address = change.update.address.ok_or(ProposalCheckError::NoContracts)?;
            found.push(self.configuration(address).await?);
        }
        Ok(found)
    }

    pub(super) async fn configuration(&self, asset: Address) -> Result<U256, ProposalCheckError> {
        self.view(self.contracts.pool, "getConfiguration", getConfigurationCall { asset }).await
    }

    /// The pending max LTV; `None` before release 3.1, which has none.
    pub(super) async fn pending_ltv(
        &self,
        asset: Address,
    ) -> Result<Option<u16>, ProposalCheckError> {
        let call = getPendingLtvCall { asset };
        let results = self.call_each(&[(self.contracts.configurator, call)]).await?;
        Ok(results.into_iter().flatten().next().map(|pending| pending.saturating_to()))
    }

    /// Compares every reserve and every account with the proposal's initial state.
    pub(super) async fn compare_before(
        &self,
        proposal: &Proposal,
        check: &mut ProposalCheck,
    ) -> Result<(), ProposalCheckError> {
        for collateral in proposal.collaterals.iter().filter(|collateral| !collateral.no_change) {
            let reserve = &collateral.before;
            let address = reserve.address.ok_or(ProposalCheckError::NoContracts)?;
            let found = self.configuration(address).await?;
            let pending = self.pending_ltv(address).await?;
            check.add_reserve(CheckedState::Before, reserve, (found, pending));
        }
        self.compare(CheckedState::Before, proposal, |change| change.before, check).await
    }

    /// Compares every account with the proposal's final state.
    pub(super) async fn compare_accounts(
        &self,
        route: CheckedState,
        proposal: &Proposal,
        check: &mut ProposalCheck,
    ) -> Result<(), ProposalCheckError> {
        self.compare(route, proposal, |change| change.after, check).await
    }

    async fn compare(
        &self,
        subject: CheckedState,
        proposal: &Proposal,
        expected: impl Fn(&AccountChange) -> AccountFigures,
        check: &mut ProposalCheck,
    ) -> Result<(), ProposalCheckError> {
        let list = proposal.accounts.as_ref().map(|accounts| &accounts.list[..]);
        let list = list.unwrap_or_default();
        let pool = self.contracts.pool;
        let call = |change: &AccountChange| (pool, getUserAccountDataCall { user: change.account });
        let results = self.call_each(&list.iter().map(call).collect::<Vec<_>>()).await?;
        let missing =
            ProposalCheckError::NoSuchFunction { address: pool, call: "getUserAccountData" };
        let results: Option<Vec<_>> = results.into_iter().collect();
        for (change, result) in list.iter().zip(results.ok_or(missing)?) {
            let (account, expected) = (change.account, expected(change));
            let mut add = |what, expected: String, found: String| {
                check.add_account(subject, account, what, [expected, found]);
            };
            let found = Wad(result.healthFactor);
            add("health factor", expected.health_factor.to_string(), found.to_string());
            let (threshold, ltv) = (expected.liquidation_threshold_bps, expected.max_ltv_bps);
            let found = result.currentLiquidationThreshold.to_string();
            add("liquidation threshold", threshold.to_string(), found);
            add("max LTV", ltv.to_string(), result.ltv.to_string());
        }
        Ok(())
    }

    async fn view<C: SolCall>(
        &self,
        address: Address,
        call: &'static str,
        input: C,
    ) -> Result<C::Return, ProposalCheckError> {
        let result = self.call_each(&[(address, input)]).await?.into_iter().flatten().next();
        result.ok_or(ProposalCheckError::NoSuchFunction { address, call })
    }

    async fn call_each<C: SolCall>(
        &self,
        calls: &[(Address, C)],
    ) -> Result<Vec<Option<C::Return>>, ProposalCheckError> {
        let encode = |(to, call): &(Address, C)| (*to, Bytes::from(call.abi_encode()));
        let calls: Vec<(Address, Bytes)> = calls.iter().map(encode).collect();
        let outcomes = self.node.call_at_time(Address::ZERO, &calls, self.time_s).await?;
        let decode = |outcome| match outcome {
            CallOutcome::Returned(bytes) => C::abi_decode_returns(&bytes).ok(),
            CallOutcome::Reverted(_) => None,
        };
        Ok(outcomes.into_iter().map(decode).collect())
    }
}
