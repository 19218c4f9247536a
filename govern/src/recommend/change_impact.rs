//! Cost and benefit of a change, and whether it is recommended.

use plimsoll_lending::AssetId;

use super::exposure::Exposure;
use super::recommendation::{
    BorrowerCost, CurrentAndProposed, ExpectedLiquidations, Reason, ReasonCode, Shortfall, Verdict,
};
use super::tail_risk::TailRisk;
use crate::error::GovernError;
use crate::parameters::{BPS_PER_ONE, CollateralParameters};
use crate::policy::ThresholdPolicy;

/// Accounts liquidated by a change, and the shortfall avoided by it.
pub(super) struct ChangeImpact {
    pub(super) borrower_cost: BorrowerCost,
    pub(super) shortfall: Shortfall,
}

type ParameterCase<'a> = (&'a Exposure<'a>, &'a CollateralParameters);

impl ChangeImpact {
    /// Compares the proposed parameters with those in force.
    pub(super) fn compute(
        policy: &ThresholdPolicy,
        tail_risk: Option<&TailRisk>,
        (now, current): ParameterCase<'_>,
        (after, proposed): ParameterCase<'_>,
        asset: AssetId,
    ) -> Result<Self, GovernError> {
        let newly = after.newly_liquidatable(now);
        let next_day = match (now.next_day_liquidations()?, after.next_day_liquidations()?) {
            (Some(current), Some(proposed)) => Some(CurrentAndProposed { current, proposed }),
            _ => None,
        };
        let caused_usd =
            next_day.map_or(newly.debt_usd, |CurrentAndProposed { current, proposed }| {
                (proposed.debt_usd - current.debt_usd).max(0.0)
            });
        let bonus = f64::from(proposed.liquidation_bonus_bps) / BPS_PER_ONE;
        let uncovered = |alpha: f64, parameters: &CollateralParameters| {
            tail_risk.map_or(0.0, |tail_risk| {
                tail_risk.uncovered_share(alpha, parameters.threshold_with_bonus())
            })
        };
        let stressed = |exposure: &Exposure<'_>, parameters| {
            exposure.stressed_debt_usd(asset, policy.stress_fall)
                * uncovered(policy.alpha, parameters)
        };
        let expected =
            |day: ExpectedLiquidations, parameters| day.debt_usd * uncovered(0.0, parameters);
        let shortfall = Shortfall {
            stressed_usd: CurrentAndProposed {
                current: stressed(now, current),
                proposed: stressed(after, proposed),
            },
            next_day_usd: next_day.map(|day| CurrentAndProposed {
                current: expected(day.current, current),
                proposed: expected(day.proposed, proposed),
            }),
        };
        Ok(Self {
            borrower_cost: BorrowerCost { now: newly, next_day, penalty_usd: caused_usd * bonus },
            shortfall,
        })
    }

    /// Decides whether the change is recommended, and records the reasons.
    pub(super) fn decide(
        &self,
        policy: &ThresholdPolicy,
        current: &CollateralParameters,
        proposed: &CollateralParameters,
        reasons: &mut Vec<Reason>,
    ) -> Verdict {
        if self.borrower_cost.next_day.is_none() {
            let text = "no model was asked what the next day brings".to_owned();
            reasons.push(Reason::new(ReasonCode::NoModel, text));
        }
        let apart_bps = proposed.max_difference_bps(current);
        if apart_bps < policy.material_change_bps {
            let text = format!(
                "the greatest change is {apart_bps} bps, less than the {} bps that are worth a vote",
                policy.material_change_bps
            );
            reasons.push(Reason::new(ReasonCode::Immaterial, text));
            return Verdict::NoChange;
        }
        if proposed.liquidation_threshold_bps >= current.liquidation_threshold_bps {
            let text = "no account is worse off under a threshold that is not lowered".to_owned();
            reasons.push(Reason::new(ReasonCode::Raise, text));
            return Verdict::Change;
        }
        self.weigh_costs(policy, reasons)
    }

    fn weigh_costs(&self, policy: &ThresholdPolicy, reasons: &mut Vec<Reason>) -> Verdict {
        let CurrentAndProposed { current, proposed } = self.shortfall.stressed_usd;
        let (avoided_usd, penalty_usd) = (current - proposed, self.borrower_cost.penalty_usd);
        let outweighs = penalty_usd * policy.harm_weight > avoided_usd;
        let text = format!(
            "it liquidates {} accounts with {:.0} USD of debt at once and costs borrowers {:.0} USD of \
             penalties, and spares lenders {:.0} USD in the stress",
            self.borrower_cost.now.accounts,
            self.borrower_cost.now.debt_usd,
            penalty_usd,
            avoided_usd
        );
        let (code, verdict) = if outweighs {
            (ReasonCode::HarmOutweighs, Verdict::NoChange)
        } else {
            (ReasonCode::HarmAccepted, Verdict::Change)
        };
        reasons.push(Reason::new(code, text));
        verdict
    }
}
