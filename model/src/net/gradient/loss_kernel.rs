//! Losses of the likelihood's cells, one per row and interval, and their gradients.

use pulp::{Simd, WithSimd};

use super::exponential::{exp_of_negative, ln_between_1_and_4};
use crate::net::forward::simd::dispatch_simd;

/// Targets of some cells; see [`Targets`](crate::input::dataset::Targets).
#[derive(Debug, Clone, Copy)]
pub(super) struct TargetCells<'a> {
    pub(super) at_risk: &'a [f32],
    pub(super) liquidated: &'a [f32],
    pub(super) closed: &'a [f32],
}

/// Replaces log odds by gradients, each times `share`; returns the sum of all losses.
///
/// Uses the formula of [`negative_log_likelihood`](crate::net::loss::negative_log_likelihood).
pub(super) fn replace_with_gradients(
    liquidated: &mut [f32],
    closed: &mut [f32],
    targets: TargetCells<'_>,
    share: f32,
) -> f64 {
    dispatch_simd(LossKernel { liquidated, closed, targets, share })
}

struct LossKernel<'a> {
    liquidated: &'a mut [f32],
    closed: &'a mut [f32],
    targets: TargetCells<'a>,
    share: f32,
}

impl WithSimd for LossKernel<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let TargetCells { at_risk, liquidated, closed } = self.targets;
        let odds = S::as_mut_simd_f32s(self.liquidated).0.iter_mut();
        let odds = odds.zip(S::as_mut_simd_f32s(self.closed).0);
        let events = S::as_simd_f32s(liquidated).0.iter().zip(S::as_simd_f32s(closed).0);
        let share = simd.splat_f32s(self.share);
        let mut losses = simd.splat_f32s(0.0);
        for (((a, b), (&event_a, &event_b)), &risk) in
            odds.zip(events).zip(S::as_simd_f32s(at_risk).0)
        {
            let cell =
                LossCell::<S> { log_odds: [*a, *b], events: [event_a, event_b], at_risk: risk };
            let (loss, by) = cell.loss_and_gradients(simd);
            losses = simd.add_f32s(losses, loss);
            *a = simd.mul_f32s(by[0], share);
            *b = simd.mul_f32s(by[1], share);
        }
        f64::from(simd.reduce_sum_f32s(losses))
    }
}

/// A SIMD vector of cells; pairs contain liquidation and closing.
struct LossCell<S: Simd> {
    log_odds: [S::f32s; 2],
    events: [S::f32s; 2],
    at_risk: S::f32s,
}

impl<S: Simd> LossCell<S> {
    /// The loss, and its gradients with respect to the log odds.
    #[inline(always)]
    fn loss_and_gradients(&self, simd: S) -> (S::f32s, [S::f32s; 2]) {
        // The maximum of the three logits is subtracted before exponentiation.
        let top = simd.max_f32s(self.log_odds[0], self.log_odds[1]);
        let top = simd.max_f32s(top, simd.splat_f32s(0.0));
        let stay = exp_of_negative(simd, simd.neg_f32s(top));
        let [mut a, mut b] = self.log_odds;
        a = exp_of_negative(simd, simd.sub_f32s(a, top));
        b = exp_of_negative(simd, simd.sub_f32s(b, top));
        let sum = simd.add_f32s(stay, simd.add_f32s(a, b));
        let ended = simd.add_f32s(ln_between_1_and_4(simd, sum), top);
        let mut loss = simd.mul_f32s(self.at_risk, ended);
        for (&event, &logit) in self.events.iter().zip(&self.log_odds) {
            loss = simd.sub_f32s(loss, simd.mul_f32s(event, logit));
        }
        let scale = simd.div_f32s(self.at_risk, sum);
        let by_a = simd.sub_f32s(simd.mul_f32s(scale, a), self.events[0]);
        let by_b = simd.sub_f32s(simd.mul_f32s(scale, b), self.events[1]);
        (loss, [by_a, by_b])
    }
}
