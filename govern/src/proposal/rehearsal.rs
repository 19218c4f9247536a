//! Executes a proposal on a local node and compares the result with the document.

mod error;
mod finding;
mod market;

use std::collections::BTreeSet;

use alloy_primitives::{Address, Bytes, U256, address};
use plimsoll_rpc::{CallOutcome, DevNode};

use super::document::{CollateralChange, Proposal};
use super::steward::ReserveState;
use error::RehearsalError;
use finding::{Rehearsal, Subject};
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
/// `RehearsalError` if the node fails or the proposal has nothing to execute; a difference from
/// the document is a `Finding`.
pub async fn rehearse(
    node: &DevNode,
    proposal: &Proposal,
    risk_admin: Option<Address>,
    keep: bool,
) -> Result<Rehearsal, RehearsalError> {
    let market = NodeMarket::open(node, proposal).await?;
    let risk_admin = match risk_admin {
        Some(risk_admin) => risk_admin,
        None => market.risk_admin().await?,
    };
    let mut rehearsal = Rehearsal::new(market.block, risk_admin);
    market.compare_before(proposal, &mut rehearsal).await?;
    let executor = RouteExecutor { node, market: &market, risk_admin };
    executor.check_unauthorized_caller(proposal, &mut rehearsal).await?;
    for route in [Subject::Steps, Subject::Payload] {
        let snapshot = node.snapshot().await?;
        let result = executor.execute_route(route, proposal, &mut rehearsal).await;
        if !(keep && route == Subject::Payload) || result.is_err() {
            node.revert(snapshot).await?;
        }
        result?;
    }
    Ok(rehearsal)
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
        route: Subject,
        proposal: &Proposal,
        rehearsal: &mut Rehearsal,
    ) -> Result<(), RehearsalError> {
        let batches = change_batches(route, proposal);
        for changes in &batches {
            let before = self.market.configurations(changes).await?;
            for change in *changes {
                self.execute_change(route, change, rehearsal).await?;
            }
            let expected = changes.iter().map(|change| &change.after);
            for (after, before) in expected.zip(before) {
                self.compare_reserve(route, after, before, rehearsal).await?;
            }
        }
        if !batches.is_empty()
            && changed_assets(&batches) == changed_assets(&payload_batches(proposal))
        {
            self.market.compare_accounts(route, proposal, rehearsal).await?;
        }
        Ok(())
    }

    async fn execute_change(
        &self,
        route: Subject,
        change: &CollateralChange,
        rehearsal: &mut Rehearsal,
    ) -> Result<(), RehearsalError> {
        let to = self.market.contracts.configurator;
        let data = change.configurator_calldata.as_ref().ok_or(RehearsalError::NoContracts)?;
        let sent = self.node.send(self.risk_admin, to, data).await?;
        let outcome = |succeeds: bool| if succeeds { "succeeds" } else { "reverts" };
        let (asset, found) = (&change.update.asset, outcome(sent.succeeded));
        rehearsal.add(route, asset, "configureReserveAsCollateral", outcome(true), found);
        Ok(())
    }

    async fn compare_reserve(
        &self,
        route: Subject,
        expected: &ReserveState,
        before: U256,
        rehearsal: &mut Rehearsal,
    ) -> Result<(), RehearsalError> {
        let address = expected.address.ok_or(RehearsalError::NoContracts)?;
        let found = self.market.configuration(address).await?;
        let pending = self.market.pending_ltv(address).await?;
        rehearsal.add_reserve(route, expected, (found, pending));
        let asset = &expected.asset;
        let [before, found] = [before, found].map(finding::other_fields);
        rehearsal.add(route, asset, "all other fields", before, found);
        Ok(())
    }

    /// Checks that an account without the role cannot make the same calls.
    async fn check_unauthorized_caller(
        &self,
        proposal: &Proposal,
        rehearsal: &mut Rehearsal,
    ) -> Result<(), RehearsalError> {
        let to = self.market.contracts.configurator;
        for change in payload_batches(proposal).concat() {
            let data = change.configurator_calldata.ok_or(RehearsalError::NoContracts)?;
            let call: (Address, Bytes) = (to, data);
            let outcomes =
                self.node.call_at_time(UNAUTHORIZED_CALLER, &[call], self.market.time_s).await?;
            let reverts = matches!(outcomes[..], [CallOutcome::Reverted(_)]);
            let found = if reverts { "reverts" } else { "succeeds" };
            let asset = &change.update.asset;
            rehearsal.add(Subject::Unauthorized, asset, "the same call", "reverts", found);
        }
        Ok(())
    }
}

/// Changes that are executed together, in order.
fn change_batches(route: Subject, proposal: &Proposal) -> Vec<&[CollateralChange]> {
    match route {
        Subject::Steps => proposal.steps.iter().map(|step| &step.changes[..]).collect(),
        _ => payload_batches(proposal),
    }
}

fn payload_batches(proposal: &Proposal) -> Vec<&[CollateralChange]> {
    proposal.payload.iter().map(|payload| &payload.changes[..]).collect()
}

fn changed_assets(batches: &[&[CollateralChange]]) -> BTreeSet<Address> {
    batches.iter().copied().flatten().filter_map(|change| change.update.address).collect()
}
