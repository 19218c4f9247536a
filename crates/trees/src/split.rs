//! The best split of a node.

use super::TreeOptions;
use super::histogram::GradientSums;
use super::options::Monotone;

/// Gains no greater than this are rounding.
const MIN_GAIN: f64 = 1e-9;

/// Between which values the leaves below a node must lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Rows below a cut go left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    /// Position among the inputs in use.
    pub(super) used_index: usize,
    pub(super) cut: usize,
    pub(super) unknown_right: bool,
    pub(super) gain: f64,
    pub(super) left: GradientSums,
    pub(super) right: GradientSums,
}

/// Finds splits under a forest's options.
#[derive(Clone, Copy)]
pub(super) struct SplitFinder<'a>(pub(super) &'a TreeOptions);

impl SplitFinder<'_> {
    /// A node's best value: `-slope / (curvature + lambda)`, within bounds.
    pub(super) fn leaf_value(self, sums: GradientSums, bounds: Bounds) -> f64 {
        let curvature = sums.hessian + self.0.lambda;
        let value = if curvature > 0.0 { -sums.gradient / curvature } else { 0.0 };
        let step = self.0.max_delta_step.unwrap_or(f64::INFINITY);
        value.clamp(-step, step).clamp(bounds.low, bounds.high)
    }

    /// Twice the loss that a value saves.
    fn loss_reduction(self, sums: GradientSums, value: f64) -> f64 {
        -(2.0 * sums.gradient * value + (sums.hessian + self.0.lambda) * value * value)
    }

    /// The best cut of one input, whose last bin holds the unknown values.
    pub(super) fn best_split(
        self,
        place: usize,
        bins: &[GradientSums],
        monotone: Monotone,
        bounds: Bounds,
    ) -> Option<Split> {
        let (&unknown, known) = bins.split_last()?;
        let all = bins.iter().fold(GradientSums::default(), |sum, &bin| sum.plus(bin));
        let unsplit = self.loss_reduction(all, self.leaf_value(all, bounds));
        let mut best: Option<Split> = None;
        let mut below = GradientSums::default();
        for (cut, &bin) in known.iter().enumerate().take(known.len() - 1) {
            below = below.plus(bin);
            for unknown_right in [true, false] {
                if !unknown_right && unknown == GradientSums::default() {
                    continue;
                }
                let left = if unknown_right { below } else { below.plus(unknown) };
                let right = all.minus(left);
                let saved = self.children_reduction(left, right, monotone, bounds);
                let gain = saved.map_or(f64::NEG_INFINITY, |saved| saved - unsplit);
                if gain > best.map_or(MIN_GAIN, |best| best.gain) {
                    best = Some(Split { used_index: place, cut, unknown_right, gain, left, right });
                }
            }
        }
        best
    }

    /// What two children save, unless one is too light or they stand in the wrong order.
    fn children_reduction(
        self,
        left: GradientSums,
        right: GradientSums,
        monotone: Monotone,
        bounds: Bounds,
    ) -> Option<f64> {
        let lightest = left.hessian.min(right.hessian);
        if lightest < self.0.min_child_weight.max(f64::MIN_POSITIVE) {
            return None;
        }
        let (low, high) = (self.leaf_value(left, bounds), self.leaf_value(right, bounds));
        let ordered = match monotone {
            Monotone::Free => true,
            Monotone::Rising => low <= high,
            Monotone::Falling => low >= high,
        };
        ordered.then(|| self.loss_reduction(left, low) + self.loss_reduction(right, high))
    }

    /// The bounds of both children: where order is asked, neither passes the middle.
    pub(super) fn child_bounds(
        self,
        split: &Split,
        monotone: Monotone,
        bounds: Bounds,
    ) -> [Bounds; 2] {
        let middle = f64::midpoint(
            self.leaf_value(split.left, bounds),
            self.leaf_value(split.right, bounds),
        );
        let (under, over) = (Bounds { high: middle, ..bounds }, Bounds { low: middle, ..bounds });
        match monotone {
            Monotone::Free => [bounds, bounds],
            Monotone::Rising => [under, over],
            Monotone::Falling => [over, under],
        }
    }
}
