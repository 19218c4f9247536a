//! The best split of a node.

use crate::histogram::GradientSums;
use crate::options::Monotone;
use crate::options::TreeOptions;

/// Gains up to this are rounding errors.
const MIN_GAIN: f64 = 1e-9;

/// Bounds of the values of the leaves below a node, from monotone constraints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// A split: rows below the cut go left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Split {
    /// Position among the inputs in use.
    pub(crate) used_index: usize,
    pub(crate) cut: usize,
    pub(crate) unknown_right: bool,
    pub(crate) gain: f64,
    pub(crate) left: GradientSums,
    pub(crate) right: GradientSums,
}

/// Finds splits with the options of a forest.
#[derive(Clone, Copy)]
pub(crate) struct SplitFinder<'a>(pub(crate) &'a TreeOptions);

impl SplitFinder<'_> {
    /// The best value of a leaf: `-gradient / (hessian + lambda)`, within bounds.
    pub(crate) fn leaf_value(self, sums: GradientSums, bounds: Bounds) -> f64 {
        let hessian = sums.hessian + self.0.lambda;
        let value = if hessian > 0.0 { -sums.gradient / hessian } else { 0.0 };
        let step = self.0.max_delta_step.unwrap_or(f64::INFINITY);
        value.clamp(-step, step).clamp(bounds.low, bounds.high)
    }

    /// Twice the reduction of the loss by a leaf of this value.
    fn loss_reduction(self, sums: GradientSums, value: f64) -> f64 {
        -(2.0 * sums.gradient * value + (sums.hessian + self.0.lambda) * value * value)
    }

    /// The best cut of one input; the last bin is that of missing values.
    pub(crate) fn best_split(
        self,
        used_index: usize,
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
                let reduction = self.children_reduction(left, right, monotone, bounds);
                let gain = reduction.map_or(f64::NEG_INFINITY, |reduction| reduction - unsplit);
                if gain > best.map_or(MIN_GAIN, |best| best.gain) {
                    best = Some(Split { used_index, cut, unknown_right, gain, left, right });
                }
            }
        }
        best
    }

    /// Twice the reduction of the loss by two children; `None` if one is too light or their order
    /// violates the constraint.
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

    /// The bounds of both children: with a constraint, neither passes the midpoint of their values.
    pub(crate) fn child_bounds(
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
