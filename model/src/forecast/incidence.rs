//! Cumulative incidences of both causes.

use crate::input::grid::INTERVALS;
use crate::members::pooled::curve::LiquidationCurve;

/// Cumulative incidence of liquidation and of closing by each edge except the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CumulativeIncidence {
    /// Probability of liquidation by each edge.
    pub liquidated: [f64; INTERVALS],
    /// Probability that the owner closes first, by each edge.
    pub closed: [f64; INTERVALS],
}

impl CumulativeIncidence {
    /// Completes a liquidation curve by closings, whose hazards apply to accounts that are neither
    /// liquidated nor closed. As liquidations take the share of accounts that would have been closed
    /// earlier, closings are scaled down where both together would exceed one.
    pub(crate) fn new(liquidated: LiquidationCurve, closing_hazards: &[f64; INTERVALS]) -> Self {
        let (mut sum, mut scale) = (0.0, 1.0_f64);
        let unscaled: [f64; INTERVALS] = std::array::from_fn(|k| {
            sum += closing_hazards[k] * (1.0 - liquidated[k] - sum).max(0.0);
            scale = scale.min((1.0 - liquidated[k]) / f64::max(sum, f64::MIN_POSITIVE));
            sum
        });
        let closed = unscaled.map(|p| p * scale);
        Self { liquidated, closed }
    }
}

/// The curve of subdistribution hazards: accounts closed by their owners stay at risk.
pub(crate) fn curve_from_hazards(hazards: impl Iterator<Item = f64>) -> LiquidationCurve {
    let (mut survival, mut curve) = (1.0, [0.0; INTERVALS]);
    for (p, hazard) in curve.iter_mut().zip(hazards) {
        survival *= 1.0 - hazard;
        *p = 1.0 - survival;
    }
    curve
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn incidences_rise_and_add_up_to_at_most_one(
            liquidation in prop::array::uniform14(0.0_f64..1.0),
            closing in prop::array::uniform14(0.0_f64..1.0),
        ) {
            let curve = curve_from_hazards(liquidation.into_iter());
            let both = CumulativeIncidence::new(curve, &closing);
            prop_assert!(both.liquidated.is_sorted() && both.closed.is_sorted());
            for (liquidated, closed) in both.liquidated.iter().zip(both.closed) {
                prop_assert!(liquidated + closed <= 1.0 + 1e-12);
            }
        }
    }
}
