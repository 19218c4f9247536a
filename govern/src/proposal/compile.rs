//! Compiles target parameters into a proposal.

use std::collections::BTreeMap;

use chrono::DateTime;

use super::abi::{
    OracleUpdate, encode_configure_reserve, encode_publication, encode_update_collateral_side,
};
use super::accounts::AffectedAccounts;
use super::document::{
    AsOf, CollateralChange, FORMAT_VERSION, GovernancePayload, MarketFacts, Proposal,
    ProposedCollateral, StewardFacts, StewardStep,
};
use super::inputs::ProposalInputs;
use super::steward::{
    CollateralUpdate, Refusal, ReserveState, ScheduledStep, check_any_route, steward_schedule,
};
use crate::parameters::CollateralParameters;
use crate::policy::{EngineAbi, OraclePolicy};

/// A collateral and its target parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetParameters {
    /// The current state.
    pub reserve: ReserveState,
    /// The recommended parameters.
    pub target: CollateralParameters,
    /// The verdict in a word.
    pub verdict: String,
    /// The reasons.
    pub reasons: Vec<String>,
    /// The full recommendation, if there is one.
    pub recommendation: Option<serde_json::Value>,
}

/// Where, when and from which inputs a proposal is made.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposalContext {
    /// The market.
    pub market: MarketFacts,
    /// Time and block up to which data is used.
    pub as_of: AsOf,
    /// The steward's limits.
    pub steward: StewardFacts,
    /// How a risk oracle is updated.
    pub oracle: OraclePolicy,
    /// Hashes of the inputs.
    pub inputs: ProposalInputs,
}

/// Compiles target parameters into a proposal. `touch` computes the affected accounts from the
/// changed reserves, as they are after the change.
///
/// # Errors
/// The error of `touch`.
pub fn compile_proposal<E>(
    context: ProposalContext,
    mut requested: Vec<TargetParameters>,
    touch: impl FnOnce(&[ReserveState]) -> Result<Option<AffectedAccounts>, E>,
) -> Result<Proposal, E> {
    requested.sort_by(|a, b| a.reserve.asset.cmp(&b.reserve.asset));
    let now_s = u64::try_from(context.as_of.time.timestamp()).unwrap_or_default();
    let plans: Vec<CollateralPlan> = requested
        .into_iter()
        .map(|requested| plan_collateral(requested, &context.steward, now_s))
        .collect();
    let at = context.as_of.block.map_or_else(|| context.as_of.time.to_rfc3339(), |b| b.to_string());
    let reference_id = context.inputs.reference_id(&context.market.name, &at);
    let abi = context.steward.abi;
    let steps = build_steps(&plans, abi, &context.oracle, &reference_id);
    let payload = build_payload(&plans, abi);
    let changed: Vec<ReserveState> =
        payload.iter().flat_map(|payload| &payload.changes).map(|c| c.after.clone()).collect();
    let accounts = if changed.is_empty() { None } else { touch(&changed)? };
    Ok(Proposal {
        format: FORMAT_VERSION,
        reference_id,
        inputs: context.inputs,
        market: context.market,
        as_of: context.as_of,
        steward: context.steward,
        collaterals: plans.into_iter().map(CollateralPlan::into_collateral).collect(),
        steps,
        payload,
        accounts,
    })
}

/// One collateral's change on either route.
struct CollateralPlan {
    requested: TargetParameters,
    steps: Result<Vec<ScheduledStep>, Refusal>,
    payload_update: Result<Option<CollateralUpdate>, Refusal>,
}

fn plan_collateral(
    requested: TargetParameters,
    steward: &StewardFacts,
    now_s: u64,
) -> CollateralPlan {
    let steps = steward_schedule(&requested.reserve, requested.target, &steward.limits, now_s);
    let payload_update = match requested.reserve.minimal_update(requested.target) {
        Some(update) => {
            check_any_route(&requested.reserve, requested.target).map(|()| Some(update))
        }
        None => Ok(None),
    };
    CollateralPlan { requested, steps, payload_update }
}

impl CollateralPlan {
    fn into_collateral(self) -> ProposedCollateral {
        let TargetParameters { reserve, target, verdict, reasons, recommendation } = self.requested;
        let current = reserve.in_force();
        ProposedCollateral {
            no_change: current == target,
            current,
            recommended: target,
            verdict,
            reasons,
            recommendation,
            steward_refuses: self.steps.err().map(|refusal| refusal.to_string()),
            payload_refuses: self.payload_update.err().map(|refusal| refusal.to_string()),
            before: reserve,
        }
    }
}

/// Steps of one date are merged into one call.
fn build_steps(
    plans: &[CollateralPlan],
    abi: EngineAbi,
    oracle: &OraclePolicy,
    reference_id: &str,
) -> Vec<StewardStep> {
    let mut dates: BTreeMap<u64, Vec<CollateralChange>> = BTreeMap::new();
    for plan in plans {
        let mut before = &plan.requested.reserve;
        for step in plan.steps.iter().flatten() {
            let change = CollateralChange {
                configurator_calldata: encode_configure_reserve(before, &step.update),
                update: step.update.clone(),
                after: step.after.clone(),
                notes: step.notes.clone(),
            };
            dates.entry(step.not_before_s).or_default().push(change);
            before = &step.after;
        }
    }
    let step = |(time_s, changes): (u64, Vec<CollateralChange>)| {
        let updates: Vec<CollateralUpdate> = changes.iter().map(|c| c.update.clone()).collect();
        let published: Option<Vec<OracleUpdate>> = changes.iter().map(oracle_update).collect();
        StewardStep {
            not_before: i64::try_from(time_s)
                .ok()
                .and_then(|time_s| DateTime::from_timestamp(time_s, 0))
                .unwrap_or(DateTime::<chrono::Utc>::MAX_UTC),
            steward_calldata: encode_update_collateral_side(abi, &updates),
            oracle_calldata: published
                .map(|published| encode_publication(&published, &oracle.update_type, reference_id)),
            changes,
        }
    };
    dates.into_iter().map(step).collect()
}

fn oracle_update(change: &CollateralChange) -> Option<OracleUpdate> {
    Some(OracleUpdate { market: change.update.address?, parameters: change.after.in_force() })
}

fn build_payload(plans: &[CollateralPlan], abi: EngineAbi) -> Option<GovernancePayload> {
    let change = |plan: &CollateralPlan| {
        let update = plan.payload_update.as_ref().ok()?.clone()?;
        let reserve = &plan.requested.reserve;
        Some(CollateralChange {
            after: reserve.after_update(&update),
            configurator_calldata: encode_configure_reserve(reserve, &update),
            update,
            notes: Vec::new(),
        })
    };
    let changes: Vec<CollateralChange> = plans.iter().filter_map(change).collect();
    let updates: Vec<CollateralUpdate> = changes.iter().map(|c| c.update.clone()).collect();
    let engine_calldata = encode_update_collateral_side(abi, &updates);
    (!changes.is_empty()).then_some(GovernancePayload { changes, engine_calldata })
}
