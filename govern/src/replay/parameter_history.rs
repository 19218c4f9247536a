//! Rules that set parameters, and the parameters that each would have set over time.

use plimsoll_features::Market;
use plimsoll_lending::ReserveParameters;
use serde::Serialize;

use super::step::ReplayStep;
use crate::parameters::CollateralParameters;

/// A rule by which parameters are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterRule {
    /// The parameters in force on the chain.
    Fixed,
    /// The implied parameters at every step, whatever they cost.
    #[serde(rename = "line")]
    Implied,
    /// The implied parameters where they are below those in force.
    NeverAbove,
    /// The recommended parameters: a change only where it is worth its cost.
    Recommended,
}

impl ParameterRule {
    /// All rules.
    pub const ALL: [Self; 4] = [Self::Fixed, Self::Implied, Self::NeverAbove, Self::Recommended];

    fn parameters(self, step: &ReplayStep) -> CollateralParameters {
        let implied = step.recommendation.implied;
        match self {
            Self::Fixed => step.fixed,
            Self::Implied => implied,
            Self::NeverAbove => CollateralParameters {
                max_ltv_bps: implied.max_ltv_bps.min(step.fixed.max_ltv_bps),
                liquidation_threshold_bps: implied
                    .liquidation_threshold_bps
                    .min(step.fixed.liquidation_threshold_bps),
                ..implied
            },
            Self::Recommended => step.recommendation.recommended,
        }
    }
}

/// The parameters that a rule sets over time.
#[derive(Debug)]
pub(super) struct ParameterHistory {
    pub(super) rule: ParameterRule,
    /// Reserves, by the second from which they apply.
    changes: Vec<(i64, Vec<ReserveParameters>)>,
}

impl ParameterHistory {
    pub(super) fn from_steps(rule: ParameterRule, market: &Market, steps: &[ReplayStep]) -> Self {
        let mut changes: Vec<(i64, Vec<ReserveParameters>)> = Vec::new();
        for step in steps {
            let time_s = step.recommendation.as_of.timestamp();
            if changes.last().is_none_or(|(last_s, _)| *last_s < time_s) {
                changes.push((time_s, market.reserves(time_s).to_vec()));
            }
            let (Some((_, reserves)), Ok(asset)) =
                (changes.last_mut(), market.find_asset(&step.recommendation.asset))
            else {
                continue;
            };
            reserves[asset] = rule.parameters(step).applied_to(&reserves[asset]);
        }
        Self { rule, changes }
    }

    /// The reserves' parameters at a time; those of the chain before the first step, and for the
    /// rule that keeps them.
    pub(super) fn reserves<'a>(
        &'a self,
        market: &'a Market,
        time_s: i64,
    ) -> &'a [ReserveParameters] {
        let known = self.changes.partition_point(|(from_s, _)| *from_s <= time_s);
        match (self.rule, known.checked_sub(1)) {
            (ParameterRule::Fixed, _) | (_, None) => market.reserves(time_s),
            (_, Some(last)) => &self.changes[last].1,
        }
    }
}
