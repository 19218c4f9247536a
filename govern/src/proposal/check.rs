//! Executes a proposal on a local node and compares the result with the document.

mod error;
mod finding;
mod market;

use std::collections::BTreeSet;

use alloy_primitives::{Address, Bytes, U256, address};
use plimsoll_rpc::{CallOutcome, DevNode};

use super::document::{CollateralChange, Proposal};
use super::steward::ReserveState;
use error::ProposalCheckError;
use finding::{CheckedState, ProposalCheck};
use market::NodeMarket;

/// An account without a role in any market.
const UNAUTHORIZED_CALLER: Address = address!("0x00000000000000000000000000000000000bad00");

/// Executes a proposal as a risk admin on each route, and compares every field of every reserve and
/// the health of every account with the document.
///
/// The node's state is restored, unless `keep` asks to keep the whole change. Without a
/// `risk_admin` one of the market's is found and impersonated.
///
/// # Errors
/// `ProposalCheckError` if the node fails or the proposal has nothing to execute; a difference from
/// the document is a `Finding`.
pub async fn check_proposal(
    node: &DevNode,
    proposal: &Proposal,
    risk_admin: Option<Address>,
    keep: bool,
) -> Result<ProposalCheck, ProposalCheckError> {
    let market = NodeMarket::open(node, proposal).await?;
    let risk_admin = match risk_admin {
        Some(risk_admin) => risk_admin,
        None => market.risk_admin().await?,
    };
    let mut check = ProposalCheck::new(market.block, risk_admin);
    market.compare_before(proposal, &mut check).await?;
    let executor = RouteExecutor { node, market: &market, risk_admin };
    executor.check_unauthorized_caller(proposal, &mut check).await?;
    for route in [CheckedState::Steps, CheckedState::Payload] {
        let snapshot = node.snapshot().await?;
        let result = executor.execute_route(route, proposal, &mut check).await;
        if !(keep && route == CheckedState::Payload) || result.is_err() {
            node.revert(snapshot).await?;
        }
        result?;
    }
    Ok(check)
}

/// Executes the routes of a proposal on a node.
struct RouteExecutor<'a> {
    node: &'a DevNode,
    market: &'a NodeMarket<'a>,
    risk_admin: Address,
}

impl RouteExecutor<'_> {
    /// Executes one route, and compares the accounts if all changes are on it.
    async fn execute_route(
        &self,
        route: CheckedState,
        proposal: &Proposal,
        check: &mut ProposalCheck,
    ) -> Result<(), ProposalCheckError> {
        let batches = change_batches(route, proposal);
        for changes in &batches {
            let before = self.market.configurations(changes).await?;
            for change in *changes {
                self.execute_change(route, change, check).await?;
            }
            let expected = changes.iter().map(|change| &change.after);
            for (after, before) in expected.zip(before) {
                self.compare_reserve(route, after, before, check).await?;
            }
        }
        if !batches.is_empty()
            && changed_assets(&batches) == changed_assets(&payload_batches(proposal))
        {
            self.market.compare_accounts(route, proposal, check).await?;
        }
        Ok(())
    }

    async fn execute_change(
        &self,
        route: CheckedState,
        change: &CollateralChange,
        check: &mut ProposalCheck,
    ) -> Result<(), ProposalCheckError> {
        let to = self.market.contracts.configurator;
        let data = change.configurator_calldata.as_ref().ok_or(ProposalCheckError::NoContracts)?;
        let sent = self.node.send(self.risk_admin, to, data).await?;
        let outcome = |succeeds: bool| if succeeds { "succeeds" } else { "reverts" };
        let (asset, found) = (&change.update.asset, outcome(sent.succeeded));
        check.add(route, asset, "configureReserveAsCollateral", outcome(true), found);
        Ok(())
    }

    async fn compare_reserve(
        &self,
        route: CheckedState,
        expected: &ReserveState,
        before: U256,
        check: &mut ProposalCheck,
    ) -> Result<(), ProposalCheckError> {
        let address = expected.address.ok_or(ProposalCheckError::NoContracts)?;
        let found = self.market.configuration(address).await?;
        let pending = self.market.pending_ltv(address).await?;
        check.add_reserve(route, expected, (found, pending));
        let asset = &expected.asset;
        let [before, found] = [before, found].map(finding::other_fields);
        check.add(route, asset, "all other fields", before, found);
        Ok(())
    }

    /// Checks that an account without the role cannot make the same calls.
    async fn check_unauthorized_caller(
        &self,
        proposal: &Proposal,
        check: &mut ProposalCheck,
    ) -> Result<(), ProposalCheckError> {
        let to = self.market.contracts.configurator;
        for change in payload_batches(proposal).concat() {
            let data = change.configurator_calldata.ok_or(ProposalCheckError::NoContracts)?;
            let call: (Address, Bytes) = (to, data);
            let outcomes =
                self.node.call_at_time(UNAUTHORIZED_CALLER, &[call], self.market.time_s).await?;
            let reverts = matches!(outcomes[..], [CallOutcome::Reverted(_)]);
            let found = if reverts { "reverts" } else { "succeeds" };
            let asset = &change.update.asset;
            check.add(CheckedState::Unauthorized, asset, "the same call", "reverts", found);
        }
        Ok(())
    }
}

/// Changes that are executed together, in order.
fn change_batches(route: CheckedState, proposal: &Proposal) -> Vec<&[CollateralChange]> {
    match route {
        CheckedState::Steps => proposal.steps.iter().map(|step| &step.changes[..]).collect(),
        _ => payload_batches(proposal),
    }
}

fn payload_batches(proposal: &Proposal) -> Vec<&[CollateralChange]> {
    proposal.payload.iter().map(|payload| &payload.changes[..]).collect()
}

fn changed_assets(batches: &[&[CollateralChange]]) -> BTreeSet<Address> {
    batches.iter().copied().flatten().filter_map(|change| change.update.address).collect()
}
