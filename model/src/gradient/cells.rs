//! The likelihood's cells, one for each row and interval, and their gradients.

use pulp::{Simd, WithSimd};

use super::exponential::{exp_of_negative, ln_of_small};
use super::vectors::on_vectors;

/// What was seen in some cells; see [`Targets`](crate::loss::Targets).
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) at_risk: &'a [f32],
    pub(super) liquidated: &'a [f32],
    pub(super) closed: &'a [f32],
}

/// Puts gradients, each times `share`, in the place of log odds; returns the sum of all losses.
///
/// The formula is that of [`negative_log_likelihood`](crate::loss::negative_log_likelihood).
pub(super) fn to_gradients(
    liquidated: &mut [f32],
    closed: &mut [f32],
    seen: Seen<'_>,
    share: f32,
) -> f64 {
    on_vectors(Cells { liquidated, closed, seen, share })
}

struct Cells<'a> {
    liquidated: &'a mut [f32],
    closed: &'a mut [f32],
    seen: Seen<'a>,
    share: f32,
}

impl WithSimd for Cells<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let Seen { at_risk, liquidated, closed } = self.seen;
        let odds = S::as_mut_simd_f32s(self.liquidated).0.iter_mut();
        let odds = odds.zip(S::as_mut_simd_f32s(self.closed).0);
        let seen = S::as_simd_f32s(liquidated).0.iter().zip(S::as_simd_f32s(closed).0);
        let share = simd.splat_f32s(self.share);
        let mut losses = simd.splat_f32s(0.0);
        for (((a, b), (&seen_a, &seen_b)), &risk) in odds.zip(seen).zip(S::as_simd_f32s(at_risk).0)
        {
            let cell = Cell::<S> { odds: [*a, *b], seen: [seen_a, seen_b], risk };
            let (loss, by) = cell.loss(simd);
            losses = simd.add_f32s(losses, loss);
            *a = simd.mul_f32s(by[0], share);
            *b = simd.mul_f32s(by[1], share);
        }
        f64::from(simd.reduce_sum_f32s(losses))
    }
}

/// A vector of cells, whose pairs are of liquidation and closing.
struct Cell<S: Simd> {
    odds: [S::f32s; 2],
    seen: [S::f32s; 2],
    risk: S::f32s,
}

impl<S: Simd> Cell<S> {
    /// The loss, and its gradients by log odds.
    #[inline(always)]
    fn loss(&self, simd: S) -> (S::f32s, [S::f32s; 2]) {
        // The greatest of the three logits is taken out of the exponents.
        let top = simd.max_f32s(self.odds[0], self.odds[1]);
        let top = simd.max_f32s(top, simd.splat_f32s(0.0));
        let stay = exp_of_negative(simd, simd.neg_f32s(top));
        let [mut a, mut b] = self.odds;
        a = exp_of_negative(simd, simd.sub_f32s(a, top));
        b = exp_of_negative(simd, simd.sub_f32s(b, top));
        let sum = simd.add_f32s(stay, simd.add_f32s(a, b));
        let ended = simd.add_f32s(ln_of_small(simd, sum), top);
        let mut loss = simd.mul_f32s(self.risk, ended);
        for (&seen, &logit) in self.seen.iter().zip(&self.odds) {
            loss = simd.sub_f32s(loss, simd.mul_f32s(seen, logit));
        }
        let scale = simd.div_f32s(self.risk, sum);
        let by_a = simd.sub_f32s(simd.mul_f32s(scale, a), self.seen[0]);
        let by_b = simd.sub_f32s(simd.mul_f32s(scale, b), self.seen[1]);
        (loss, [by_a, by_b])
    }
}
