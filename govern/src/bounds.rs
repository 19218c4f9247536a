//! The greatest thresholds and the least bonus that each rule allows.

use crate::collateral_parameters::ONE_BPS;
use crate::recommendation::{Bound, BoundKind};

/// `LT (10000 + LB)` may not exceed this, in basis points of each: with it, collateral at the
/// threshold pays for debt and bonus. Contracts round half up and so accept a little more.
const EXACT_PRODUCT: u32 = 100_000_000;

/// What bounds a threshold; fractions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ThresholdRules {
    /// `x_alpha`.
    pub(crate) fall: f64,
    /// How far the sale of what is seized lowers the price.
    pub(crate) price_fall: f64,
    /// Share of a debt that one liquidation repays.
    pub(crate) close_share: f64,
    /// The bonus, basis points.
    pub(crate) bonus_bps: u16,
}

impl ThresholdRules {
    /// Each rule's greatest threshold; the least of them binds.
    pub(crate) fn bounds(&self) -> [Bound; 3] {
        let with_bonus = 1.0 + f64::from(self.bonus_bps) / ONE_BPS;
        let values = [
            (BoundKind::Excursion, bps_down((1.0 - self.fall) / with_bonus)),
            (BoundKind::ToxicSpiral, bps_down(self.heals_below() / with_bonus)),
            (BoundKind::ExactProduct, exact_threshold_bps(self.bonus_bps)),
        ];
        let least = values.iter().map(|(_, bps)| *bps).min().unwrap_or(0);
        values.map(|(kind, value_bps)| Bound { kind, value_bps, binds: value_bps == least })
    }

    /// The greatest `LT (1 + LB)` at which a liquidation heals.
    ///
    /// Of collateral `C` a liquidation seizes `s = k LT (1 + LB) C`; with
    /// `lambda = 1 + f (C - s) / s`, `LT (1 + LB) lambda < 1` is
    /// `LT (1 + LB) < (1 - f / k) / (1 - f)`.
    fn heals_below(&self) -> f64 {
        let Self { price_fall: f, close_share: k, .. } = *self;
        if f < 1.0 { ((1.0 - f / k) / (1.0 - f)).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// The greatest threshold with this bonus whose exact product contracts accept, basis points.
fn exact_threshold_bps(bonus_bps: u16) -> u16 {
    (EXACT_PRODUCT / (10_000 + u32::from(bonus_bps))) as u16
}

/// The least bonus in whole basis points.
pub(crate) fn bonus_bound(bonus: f64, current_bps: u16) -> Bound {
    // Of .05 * 10,000 only rounding is above 500.
    let value_bps = (bonus * ONE_BPS - 1e-6).ceil().clamp(0.0, f64::from(u16::MAX)) as u16;
    Bound { kind: BoundKind::LiquidatorIncentive, value_bps, binds: value_bps > current_bps }
}

/// A fraction in whole basis points, never more of it.
pub(crate) fn bps_down(fraction: f64) -> u16 {
    (fraction.clamp(0.0, 1.0) * ONE_BPS + 1e-6).floor() as u16
}

#[cfg(test)]
mod tests {
    use plimsoll_lending::{liquidation_heals, liquidity_penalty};
    use proptest::prelude::*;

    use super::*;

    const RULES: ThresholdRules =
        ThresholdRules { fall: 0.06, price_fall: 0.0, close_share: 0.5, bonus_bps: 500 };

    fn binding(rules: ThresholdRules) -> (BoundKind, u16) {
        let bound = rules.bounds().into_iter().find(|bound| bound.binds).unwrap();
        (bound.kind, bound.value_bps)
    }

    #[test]
    fn each_rule_may_bind() {
        // (1 - .06) / 1.05 = .89523.
        assert_eq!(binding(RULES), (BoundKind::Excursion, 8_952));
        // (1 - .1 / .5) / .9 / 1.05 = .84656.
        let thin = ThresholdRules { price_fall: 0.1, ..RULES };
        assert_eq!(binding(thin), (BoundKind::ToxicSpiral, 8_465));
        let still = ThresholdRules { fall: 0.0, price_fall: 0.0, close_share: 1.0, bonus_bps: 526 };
        assert_eq!(
            still.bounds()[2].value_bps,
            9_500,
            "95.00 % with 5.26 % is the published limit"
        );
        assert_eq!(exact_threshold_bps(527), 9_499);
        assert_eq!(exact_threshold_bps(753), 9_299, "9300 with 753 is above one");
    }

    #[test]
    fn a_bonus_is_rounded_up_and_a_threshold_down() {
        assert_eq!(bonus_bound(0.05, 500).value_bps, 500);
        assert_eq!(bonus_bound(0.050_01, 500).value_bps, 501);
        assert!(!bonus_bound(0.05, 500).binds && bonus_bound(0.051, 500).binds);
        assert_eq!(bonus_bound(f64::INFINITY, 500).value_bps, u16::MAX);
        assert_eq!((bps_down(0.7), bps_down(0.699_99)), (7_000, 6_999));
    }

    proptest! {
        #[test]
        fn below_the_spiral_bound_a_liquidation_heals_and_above_it_does_not(
            price_fall in 0.0..0.4_f64, close_share in 0.45..1.0_f64, bonus_bps in 0..1_500_u16,
        ) {
            let rules = ThresholdRules { price_fall, close_share, bonus_bps, ..RULES };
            let bonus = f64::from(bonus_bps) / ONE_BPS;
            let heals = |lt: f64| {
                let seized = close_share * lt * (1.0 + bonus);
                liquidation_heals(lt, bonus, liquidity_penalty(1.0, seized, price_fall))
            };
            let bound = rules.heals_below() / (1.0 + bonus);
            prop_assert!(heals(bound * 0.999));
            prop_assume!(close_share * bound * 1.001 * (1.0 + bonus) <= 1.0);
            prop_assert!(!heals(bound * 1.001));
        }
    }
}
