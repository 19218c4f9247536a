//! Losses of one cause's cells, one per row and interval, and their gradients.

use pulp::{Simd, WithSimd};

use super::exponential::{exp_of_negative, ln_1p_of_unit};
use crate::net::forward::simd::dispatch_simd;

/// Targets of some cells of one cause; see [`Targets`](crate::input::dataset::Targets).
#[derive(Debug, Clone, Copy)]
pub(super) struct TargetCells<'a> {
    pub(super) at_risk: &'a [f32],
    pub(super) events: &'a [f32],
}

/// Replaces log odds by gradients, each times `share`; returns the sum of all losses.
///
/// Uses the formula of [`negative_log_likelihood`](crate::net::loss::negative_log_likelihood).
pub(super) fn replace_with_gradients(
    log_odds: &mut [f32],
    targets: TargetCells<'_>,
    share: f32,
) -> f64 {
    dispatch_simd(LossKernel { log_odds, targets, share })
}

struct LossKernel<'a> {
    log_odds: &'a mut [f32],
    targets: TargetCells<'a>,
    share: f32,
}

impl WithSimd for LossKernel<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let TargetCells { at_risk, events } = self.targets;
        let targets = S::as_simd_f32s(at_risk).0.iter().zip(S::as_simd_f32s(events).0);
        let share = simd.splat_f32s(self.share);
        let mut losses = simd.splat_f32s(0.0);
        for (log_odds, (&at_risk, &event)) in
            S::as_mut_simd_f32s(self.log_odds).0.iter_mut().zip(targets)
        {
            let cell = LossCell::<S> { log_odds: *log_odds, at_risk, event };
            let (loss, gradient) = cell.loss_and_gradient(simd);
            losses = simd.add_f32s(losses, loss);
            *log_odds = simd.mul_f32s(gradient, share);
        }
        f64::from(simd.reduce_sum_f32s(losses))
    }
}

/// A SIMD vector of cells.
struct LossCell<S: Simd> {
    log_odds: S::f32s,
    at_risk: S::f32s,
    event: S::f32s,
}

impl<S: Simd> LossCell<S> {
    /// The loss, and its gradient with respect to the log odds.
    #[inline(always)]
    fn loss_and_gradient(&self, simd: S) -> (S::f32s, S::f32s) {
        let Self { log_odds, at_risk, event } = *self;
        let (zero, one) = (simd.splat_f32s(0.0), simd.splat_f32s(1.0));
        // The exponent is never positive.
        let exp = exp_of_negative(simd, simd.neg_f32s(simd.abs_f32s(log_odds)));
        let softplus = simd.add_f32s(simd.max_f32s(log_odds, zero), ln_1p_of_unit(simd, exp));
        let loss = simd.sub_f32s(simd.mul_f32s(at_risk, softplus), simd.mul_f32s(event, log_odds));
        let likelier = simd.select_f32s(simd.less_than_f32s(log_odds, zero), exp, one);
        let probability = simd.div_f32s(likelier, simd.add_f32s(one, exp));
        (loss, simd.sub_f32s(simd.mul_f32s(at_risk, probability), event))
    }
}
