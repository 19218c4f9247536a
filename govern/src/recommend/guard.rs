//! How far one proposal may go towards the parameters drawn.

use crate::collateral_parameters::CollateralParameters;
use crate::depth_curve::DepthSource;
use crate::policy::LinePolicy;
use crate::proposal::Field;
use crate::recommendation::{Reason, ReasonCode};

const HOURS_PER_DAY: usize = 24;

/// What a drawing rests on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    /// Hours of prices.
    pub(super) known_hours: usize,
    /// Whence the depth is known.
    pub(super) depth: DepthSource,
}

impl Evidence {
    /// The parameters drawn, as far as the policy lets one proposal go on this evidence.
    ///
    /// No field ends above what was drawn, so that what fitted together still does.
    pub(super) fn proposed(
        self,
        policy: &LinePolicy,
        current: &CollateralParameters,
        drawn: &CollateralParameters,
        reasons: &mut Vec<Reason>,
    ) -> CollateralParameters {
        let (known_days, least_days) =
            (self.known_hours / HOURS_PER_DAY, policy.least_change_history_days);
        if known_days < least_days as usize && drawn != current {
            let text = format!(
                "{known_days} days of prices are known, fewer than the {least_days} from which on \
                 a change is recommended"
            );
            reasons.push(Reason::new(ReasonCode::TooEarly, text));
            return *current;
        }
        let mut proposed = *drawn;
        if self.depth == DepthSource::Policy && policy.raise_needs == DepthSource::Pools {
            hold(current, &mut proposed, reasons);
        }
        cap(policy.most_raise_bps, current, &mut proposed, reasons);
        proposed
    }
}

/// Takes back what would have more lent on a collateral.
fn hold(
    current: &CollateralParameters,
    proposed: &mut CollateralParameters,
    reasons: &mut Vec<Reason>,
) {
    for field in [Field::MaxLtv, Field::LiquidationThreshold] {
        let (stands, drawn) = (field.of(current), field.of(proposed));
        if drawn > stands {
            field.set(proposed, stands);
            let text = format!(
                "the {field} stays at {:.2} % and is not raised to {:.2} %, as no pool is known \
                 that would show what a liquidation's sale costs",
                percent(stands),
                percent(drawn)
            );
            reasons.push(Reason::new(ReasonCode::RaiseHeld, text));
        }
    }
}

/// Stops each field that is raised where one proposal has to.
fn cap(
    most_raise_bps: u16,
    current: &CollateralParameters,
    proposed: &mut CollateralParameters,
    reasons: &mut Vec<Reason>,
) {
    for field in Field::ALL {
        let (stands, drawn) = (field.of(current), field.of(proposed));
        let most_bps = stands.saturating_add(most_raise_bps);
        if drawn > most_bps {
            field.set(proposed, most_bps);
            let text = format!(
                "the {field} is raised from {:.2} % to {:.2} % and not to {:.2} %, as one proposal \
                 raises by {most_raise_bps} bps at most",
                percent(stands),
                percent(most_bps),
                percent(drawn)
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
    use crate::proposal::consistent;

    /// Parameters that fit together.
    fn fitting() -> impl Strategy<Value = CollateralParameters> {
        let any = (1..=9_500_u16, 0.0..=1.0, 1..=3_000_u16);
        any.prop_map(|(threshold, share, bonus)| CollateralParameters {
            max_ltv_bps: (f64::from(threshold) * share) as u16,
            liquidation_threshold_bps: threshold,
            liquidation_bonus_bps: bonus,
        })
        .prop_filter("a product above one", |parameters| consistent(parameters).is_ok())
    }

    proptest! {
        #[test]
        fn what_is_proposed_fits_together_between_what_stands_and_what_is_drawn(
            current in fitting(), drawn in fitting(), most_raise_bps in 1..2_000_u16,
            measured in any::<bool>(),
        ) {
            let depth = if measured { DepthSource::Pools } else { DepthSource::Policy };
            let policy = LinePolicy { most_raise_bps, ..LinePolicy::default() };
            let evidence = Evidence { known_hours: 24 * 90, depth };
            let mut reasons = Vec::new();
            let proposed = evidence.proposed(&policy, &current, &drawn, &mut reasons);
            prop_assert_eq!(consistent(&proposed), Ok(()));
            for field in Field::ALL {
                let [stands, wanted, goes] = [&current, &drawn, &proposed].map(|p| field.of(p));
                prop_assert!(goes >= stands.min(wanted) && goes <= wanted);
                prop_assert!(goes <= stands.saturating_add(most_raise_bps));
                let lends_more = field != Field::LiquidationBonus && goes > stands;
                prop_assert!(measured || !lends_more);
            }
            prop_assert_eq!(reasons.is_empty(), proposed == drawn);
        }
    }
}
