//! From what is wanted to what is done.

use std::collections::BTreeMap;

use chrono::DateTime;

use super::abi::{EngineAbi, OracleUpdate, configure, publish, update_collateral_side};
use super::accounts::Accounts;
use super::document::{
    At, Change, Collateral, FORMAT, MarketFacts, Payload, Proposal, Step, StewardFacts,
};
use super::inputs::Inputs;
use super::ladder::{Rung, admit_anywhere, ladder};
use super::refusal::Refusal;
use super::reserve::ReserveState;
use super::update::CollateralUpdate;
use crate::{CollateralParameters, OraclePolicy};

/// A collateral and what it should become.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// As it stands.
    pub reserve: ReserveState,
    /// What is recommended.
    pub target: CollateralParameters,
    /// The recommendation in a word.
    pub verdict: String,
    /// Why.
    pub reasons: Vec<String>,
    /// All that the recommendation rests on, if it is one.
    pub recommendation: Option<serde_json::Value>,
}

/// Where and when a proposal is made, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// Whose collaterals.
    pub market: MarketFacts,
    /// Up to where it knows.
    pub at: At,
    /// What the steward lets be.
    pub steward: StewardFacts,
    /// How a risk oracle is told.
    pub oracle: OraclePolicy,
    /// What it is made from.
    pub inputs: Inputs,
}

/// Compiles what is wanted into a proposal; the accounts that it touches are told by `touch`,
/// from the reserves that change, as they will be.
///
/// # Errors
/// What `touch` fails with.
pub fn compile<E>(
    situation: Situation,
    mut wanted: Vec<Wanted>,
    touch: impl FnOnce(&[ReserveState]) -> Result<Option<Accounts>, E>,
) -> Result<Proposal, E> {
    wanted.sort_by(|a, b| a.reserve.asset.cmp(&b.reserve.asset));
    let now_s = u64::try_from(situation.at.time.timestamp()).unwrap_or_default();
    let plans: Vec<Plan> =
        wanted.into_iter().map(|wanted| plan(wanted, &situation.steward, now_s)).collect();
    let at = situation.at.block.map_or_else(|| situation.at.time.to_rfc3339(), |b| b.to_string());
    let reference_id = situation.inputs.reference_id(&situation.market.name, &at);
    let abi = situation.steward.abi;
    let steps = steps(&plans, abi, &situation.oracle, &reference_id);
    let payload = payload(&plans, abi);
    let changed: Vec<ReserveState> =
        payload.iter().flat_map(|payload| &payload.changes).map(|c| c.after.clone()).collect();
    let accounts = if changed.is_empty() { None } else { touch(&changed)? };
    Ok(Proposal {
        format: FORMAT,
        reference_id,
        inputs: situation.inputs,
        market: situation.market,
        at: situation.at,
        steward: situation.steward,
        collaterals: plans.into_iter().map(Plan::collateral).collect(),
        steps,
        payload,
        accounts,
    })
}

/// One collateral's way on either route.
struct Plan {
    wanted: Wanted,
    rungs: Result<Vec<Rung>, Refusal>,
    whole: Result<Option<CollateralUpdate>, Refusal>,
}

fn plan(wanted: Wanted, steward: &StewardFacts, now_s: u64) -> Plan {
    let rungs = ladder(&wanted.reserve, wanted.target, &steward.limits, now_s);
    let whole = match CollateralUpdate::minimal(&wanted.reserve, wanted.target) {
        Some(update) => admit_anywhere(&wanted.reserve, wanted.target).map(|()| Some(update)),
        None => Ok(None),
    };
    Plan { wanted, rungs, whole }
}

impl Plan {
    fn collateral(self) -> Collateral {
        let Wanted { reserve, target, verdict, reasons, recommendation } = self.wanted;
        let current = reserve.in_force();
        Collateral {
            no_change: current == target,
            current,
            recommended: target,
            verdict,
            reasons,
            recommendation,
            steward_refuses: self.rungs.err().map(|refusal| refusal.to_string()),
            payload_refuses: self.whole.err().map(|refusal| refusal.to_string()),
            before: reserve,
        }
    }
}

/// Steps of one date are one call.
fn steps(plans: &[Plan], abi: EngineAbi, oracle: &OraclePolicy, reference_id: &str) -> Vec<Step> {
    let mut dates: BTreeMap<u64, Vec<Change>> = BTreeMap::new();
    for plan in plans {
        let mut before = &plan.wanted.reserve;
        for rung in plan.rungs.iter().flatten() {
            let change = Change {
                configurator_calldata: configure(before, &rung.update),
                update: rung.update.clone(),
                after: rung.after.clone(),
                notes: rung.notes.clone(),
            };
            dates.entry(rung.not_before_s).or_default().push(change);
            before = &rung.after;
        }
    }
    let step = |(time_s, changes): (u64, Vec<Change>)| {
        let updates: Vec<CollateralUpdate> = changes.iter().map(|c| c.update.clone()).collect();
        let published: Option<Vec<OracleUpdate>> = changes.iter().map(published).collect();
        Step {
            not_before: i64::try_from(time_s)
                .ok()
                .and_then(|time_s| DateTime::from_timestamp(time_s, 0))
                .unwrap_or(DateTime::<chrono::Utc>::MAX_UTC),
            steward_calldata: update_collateral_side(abi, &updates),
            oracle_calldata: published
                .map(|published| publish(&published, &oracle.update_type, reference_id)),
            changes,
        }
    };
    dates.into_iter().map(step).collect()
}

fn published(change: &Change) -> Option<OracleUpdate> {
    Some(OracleUpdate { market: change.update.address?, parameters: change.after.in_force() })
}

fn payload(plans: &[Plan], abi: EngineAbi) -> Option<Payload> {
    let change = |plan: &Plan| {
        let update = plan.whole.as_ref().ok()?.clone()?;
        let reserve = &plan.wanted.reserve;
        Some(Change {
            after: reserve.after(&update),
            configurator_calldata: configure(reserve, &update),
            update,
            notes: Vec::new(),
        })
    };
    let changes: Vec<Change> = plans.iter().filter_map(change).collect();
    let updates: Vec<CollateralUpdate> = changes.iter().map(|c| c.update.clone()).collect();
    let engine_calldata = update_collateral_side(abi, &updates);
    (!changes.is_empty()).then_some(Payload { changes, engine_calldata })
}
