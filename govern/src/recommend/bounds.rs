//! Upper bounds of the liquidation threshold and the lower bound of the bonus.

use super::recommendation::{Bound, BoundKind};
use crate::parameters::{BPS_PER_ONE, MAX_PRODUCT, WHOLE_BPS, floor_bps};

/// The quantities that bound a liquidation threshold; fractions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ThresholdConstraints {
    /// `x_alpha`.
    pub(crate) excursion: f64,
    /// Fall of the collateral's price caused by selling what is seized.
    pub(crate) price_impact: f64,
    /// Share of a debt that one liquidation repays.
    pub(crate) close_factor: f64,
    /// The bonus, basis points.
    pub(crate) bonus_bps: u16,
}

impl ThresholdConstraints {
    /// The greatest threshold of each constraint; the least of them is binding.
    pub(crate) fn bounds(&self) -> [Bound; 3] {
        let with_bonus = 1.0 + f64::from(self.bonus_bps) / BPS_PER_ONE;
        let values = [
            (BoundKind::Excursion, floor_bps((1.0 - self.excursion) / with_bonus)),
            (BoundKind::ToxicSpiral, floor_bps(self.toxic_spiral_limit() / with_bonus)),
            (BoundKind::ExactProduct, exact_product_threshold_bps(self.bonus_bps)),
        ];
        let least = values.iter().map(|(_, bps)| *bps).min().unwrap_or(0);
        values.map(|(kind, value_bps)| Bound { kind, value_bps, binds: value_bps == least })
    }

    /// The greatest `LT (1 + LB)` at which a liquidation lowers the loan-to-value.
    ///
    /// Of collateral `C` a liquidation seizes `s = k LT (1 + LB) C`; with
    /// `lambda = 1 + f (C - s) / s`, `LT (1 + LB) lambda < 1` is
    /// `LT (1 + LB) < (1 - f / k) / (1 - f)`.
    fn toxic_spiral_limit(&self) -> f64 {
        let Self { price_impact: f, close_factor: k, .. } = *self;
        if f < 1.0 { ((1.0 - f / k) / (1.0 - f)).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// The greatest threshold that contracts accept with this bonus, basis points.
fn exact_product_threshold_bps(bonus_bps: u16) -> u16 {
    (MAX_PRODUCT / (WHOLE_BPS + u32::from(bonus_bps))) as u16
}

/// The least bonus in whole basis points.
pub(crate) fn incentive_bound(bonus: f64, current_bps: u16) -> Bound {
    // 0.05 * 10,000 exceeds 500 only by rounding error.
    let value_bps = (bonus * BPS_PER_ONE - 1e-6).ceil().clamp(0.0, f64::from(u16::MAX)) as u16;
    Bound { kind: BoundKind::LiquidatorIncentive, value_bps, binds: value_bps > current_bps }
}

#[cfg(test)]
mod tests {
    use plimsoll_lending::{liquidation_lowers_ltv, liquidity_penalty};
    use proptest::prelude::*;

    use super::*;

    const CONSTRAINTS: ThresholdConstraints = ThresholdConstraints {
        excursion: 0.06,
        price_impact: 0.0,
        close_factor: 0.5,
        bonus_bps: 500,
    };

    fn binding(rules: ThresholdConstraints) -> (BoundKind, u16) {
        let bound = rules.bounds().into_iter().find(|bound| bound.binds).unwrap();
        (bound.kind, bound.value_bps)
    }

    #[test]
    fn each_constraint_can_bind() {
        // (1 - .06) / 1.05 = .89523.
        assert_eq!(binding(CONSTRAINTS), (BoundKind::Excursion, 8_952));
        // (1 - .1 / .5) / .9 / 1.05 = .84656.
        let thin = ThresholdConstraints { price_impact: 0.1, ..CONSTRAINTS };
        assert_eq!(binding(thin), (BoundKind::ToxicSpiral, 8_465));
        let still = ThresholdConstraints {
            excursion: 0.0,
            price_impact: 0.0,
            close_factor: 1.0,
            bonus_bps: 526,
        };
        assert_eq!(
            still.bounds()[2].value_bps,
            9_500,
            "95.00 % with 5.26 % is the published limit"
        );
        assert_eq!(exact_product_threshold_bps(527), 9_499);
        assert_eq!(exact_product_threshold_bps(753), 9_299, "9300 with 753 is above one");
    }

    #[test]
    fn bonus_is_rounded_up() {
        assert_eq!(incentive_bound(0.05, 500).value_bps, 500);
        assert_eq!(incentive_bound(0.050_01, 500).value_bps, 501);
        assert!(!incentive_bound(0.05, 500).binds && incentive_bound(0.051, 500).binds);
        assert_eq!(incentive_bound(f64::INFINITY, 500).value_bps, u16::MAX);
    }

    proptest! {
        #[test]
        fn liquidation_lowers_the_ltv_only_below_the_toxic_spiral_bound(
            price_fall in 0.0..0.4_f64, close_share in 0.45..1.0_f64, bonus_bps in 0..1_500_u16,
        ) {
            let rules = ThresholdConstraints { price_impact: price_fall, close_factor: close_share, bonus_bps, ..CONSTRAINTS };
            let bonus = f64::from(bonus_bps) / BPS_PER_ONE;
            let lowers_ltv = |lt: f64| {
                let seized = close_share * lt * (1.0 + bonus);
                liquidation_lowers_ltv(lt, bonus, liquidity_penalty(1.0, seized, price_fall))
            };
            let bound = rules.toxic_spiral_limit() / (1.0 + bonus);
            prop_assert!(lowers_ltv(bound * 0.999));
            prop_assume!(close_share * bound * 1.001 * (1.0 + bonus) <= 1.0);
            prop_assert!(!lowers_ltv(bound * 1.001));
        }
    }
}
