//! The best split of a node.

use super::TreeOptions;
use super::histogram::Sums;
use super::options::Monotone;

/// Gains no greater than this are rounding.
const LEAST_GAIN: f64 = 1e-9;

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
    pub(super) place: usize,
    pub(super) cut: usize,
    pub(super) unknown_right: bool,
    pub(super) gain: f64,
    pub(super) left: Sums,
    pub(super) right: Sums,
}

/// Finds splits under a forest's options.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a>(pub(super) &'a TreeOptions);

impl Judge<'_> {
    /// A node's best value: `-slope / (curvature + lambda)`, within bounds.
    pub(super) fn value(self, sums: Sums, bounds: Bounds) -> f64 {
        let curvature = sums.curvature + self.0.lambda;
        let value = if curvature > 0.0 { -sums.slope / curvature } else { 0.0 };
        let step = self.0.max_delta_step.unwrap_or(f64::INFINITY);
        value.clamp(-step, step).clamp(bounds.low, bounds.high)
    }

    /// Twice the loss that a value saves.
    fn saving(self, sums: Sums, value: f64) -> f64 {
        -(2.0 * sums.slope * value + (sums.curvature + self.0.lambda) * value * value)
    }

    /// The best cut of one input, whose last bin holds the unknown values.
    pub(super) fn best(
        self,
        place: usize,
        bins: &[Sums],
        monotone: Monotone,
        bounds: Bounds,
    ) -> Option<Split> {
        let (&unknown, known) = bins.split_last()?;
        let all = bins.iter().fold(Sums::default(), |sum, &bin| sum.plus(bin));
        let unsplit = self.saving(all, self.value(all, bounds));
        let mut best: Option<Split> = None;
        let mut below = Sums::default();
        for (cut, &bin) in known.iter().enumerate().take(known.len() - 1) {
            below = below.plus(bin);
            for unknown_right in [true, false] {
                if !unknown_right && unknown == Sums::default() {
                    continue;
                }
                let left = if unknown_right { below } else { below.plus(unknown) };
                let right = all.minus(left);
                let saved = self.saved_by(left, right, monotone, bounds);
                let gain = saved.map_or(f64::NEG_INFINITY, |saved| saved - unsplit);
                if gain > best.map_or(LEAST_GAIN, |best| best.gain) {
                    best = Some(Split { place, cut, unknown_right, gain, left, right });
                }
            }
        }
        best
    }

    /// What two children save, unless one is too light or they stand in the wrong order.
    fn saved_by(self, left: Sums, right: Sums, monotone: Monotone, bounds: Bounds) -> Option<f64> {
        let lightest = left.curvature.min(right.curvature);
        if lightest < self.0.min_child_weight.max(f64::MIN_POSITIVE) {
            return None;
        }
        let (low, high) = (self.value(left, bounds), self.value(right, bounds));
        let ordered = match monotone {
            Monotone::Free => true,
            Monotone::Rising => low <= high,
            Monotone::Falling => low >= high,
        };
        ordered.then(|| self.saving(left, low) + self.saving(right, high))
    }

    /// The bounds of both children: where order is asked, neither passes the middle.
    pub(super) fn children(self, split: &Split, monotone: Monotone, bounds: Bounds) -> [Bounds; 2] {
        let middle = f64::midpoint(self.value(split.left, bounds), self.value(split.right, bounds));
        let (under, over) = (Bounds { high: middle, ..bounds }, Bounds { low: middle, ..bounds });
        match monotone {
            Monotone::Free => [bounds, bounds],
            Monotone::Rising => [under, over],
            Monotone::Falling => [over, under],
        }
    }
}
