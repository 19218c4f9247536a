//! Limits of the change that one proposal may make.

use super::recommendation::{Reason, ReasonCode};
use crate::parameters::{CollateralField, CollateralParameters};
use crate::policy::ThresholdPolicy;
use crate::risk::DepthSource;
use crate::time::HOURS_PER_DAY;

/// The data on which implied parameters are based; it limits the change.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChangeLimits {
    /// Hours of price history.
    pub(super) history_hours: usize,
    /// Source of the depth.
    pub(super) depth_source: DepthSource,
}

impl ChangeLimits {
    /// The implied parameters, limited to the change that the policy allows one proposal.
    ///
    /// No field exceeds its implied value, so that consistent parameters stay consistent.
    pub(super) fn apply(
        self,
        policy: &ThresholdPolicy,
        current: &CollateralParameters,
        implied: &CollateralParameters,
        reasons: &mut Vec<Reason>,
    ) -> CollateralParameters {
        let (history_days, least_days) =
            (self.history_hours / HOURS_PER_DAY, policy.least_change_history_days);
        if history_days < least_days as usize && implied != current {
            let text = format!(
                "{history_days} days of prices are known, fewer than the {least_days} from which on \
                 a change is recommended"
            );
            reasons.push(Reason::new(ReasonCode::TooEarly, text));
            return *current;
        }
        let mut proposed = *implied;
        if self.depth_source == DepthSource::Policy && policy.raise_needs == DepthSource::Pools {
            hold_raises(current, &mut proposed, reasons);
        }
        cap_raises(policy.most_raise_bps, current, &mut proposed, reasons);
        proposed
    }
}

/// Reverts raises of max LTV and threshold.
fn hold_raises(
    current: &CollateralParameters,
    proposed: &mut CollateralParameters,
    reasons: &mut Vec<Reason>,
) {
    for field in [CollateralField::MaxLtv, CollateralField::LiquidationThreshold] {
        let (current_bps, implied) = (field.get(current), field.get(proposed));
        if implied > current_bps {
            field.set(proposed, current_bps);
            let text = format!(
                "the {field} stays at {:.2} % and is not raised to {:.2} %, as no pool is known \
                 that would show what a liquidation's sale costs",
                percent(current_bps),
                percent(implied)
            );
            reasons.push(Reason::new(ReasonCode::RaiseHeld, text));
        }
    }
}

/// Caps each raised field at the greatest raise of one proposal.
fn cap_raises(
    most_raise_bps: u16,
    current: &CollateralParameters,
    proposed: &mut CollateralParameters,
    reasons: &mut Vec<Reason>,
) {
    for field in CollateralField::ALL {
        let (current_bps, implied) = (field.get(current), field.get(proposed));
        let most_bps = current_bps.saturating_add(most_raise_bps);
        if implied > most_bps {
            field.set(proposed, most_bps);
            let text = format!(
                "the {field} is raised from {:.2} % to {:.2} % and not to {:.2} %, as one proposal \
                 raises by {most_raise_bps} bps at most",
                percent(current_bps),
                percent(most_bps),
                percent(implied)
            );
            reasons.push(Reason::new(ReasonCode::RaiseCapped, text));
        }
    }
}

fn percent(bps: u16) -> f64 {
    f64::from(bps) / 100.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::proposal::check_consistency;

    /// Parameters that are consistent.
    fn consistent_parameters() -> impl Strategy<Value = CollateralParameters> {
        let any = (1..=9_500_u16, 0.0..=1.0, 1..=3_000_u16);
        any.prop_map(|(threshold, share, bonus)| CollateralParameters {
            max_ltv_bps: (f64::from(threshold) * share) as u16,
            liquidation_threshold_bps: threshold,
            liquidation_bonus_bps: bonus,
        })
        .prop_filter("a product above one", |parameters| check_consistency(parameters).is_ok())
    }

    proptest! {
        #[test]
        fn proposed_parameters_are_consistent_and_between_current_and_implied(
            current in consistent_parameters(), implied in consistent_parameters(), most_raise_bps in 1..2_000_u16,
            measured in any::<bool>(),
        ) {
            let depth = if measured { DepthSource::Pools } else { DepthSource::Policy };
            let policy = ThresholdPolicy { most_raise_bps, ..ThresholdPolicy::default() };
            let limits = ChangeLimits { history_hours: 24 * 90, depth_source: depth };
            let mut reasons = Vec::new();
            let proposed = limits.apply(&policy, &current, &implied, &mut reasons);
            prop_assert_eq!(check_consistency(&proposed), Ok(()));
            for field in CollateralField::ALL {
                let [current_bps, target, goes] = [&current, &implied, &proposed].map(|p| field.get(p));
                prop_assert!(goes >= current_bps.min(target) && goes <= target);
                prop_assert!(goes <= current_bps.saturating_add(most_raise_bps));
                let lends_more = field != CollateralField::LiquidationBonus && goes > current_bps;
                prop_assert!(measured || !lends_more);
            }
            prop_assert_eq!(reasons.is_empty(), proposed == implied);
        }
    }
}
