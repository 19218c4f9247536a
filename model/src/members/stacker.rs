//! Stacking: a calibrated mixture of members' probabilities, fitted to out-of-fold predictions.

use plimsoll_numerics::{logit, softplus};
use serde::{Deserialize, Serialize};

use crate::input::ablation::Ablation;

/// Penalty on unequal weights, nats; as much as a handful of events.
const EQUAL_WEIGHT_PENALTY: f64 = 10.0;
const WEIGHT_STEPS: usize = 300;
const WEIGHT_LEARNING_RATE: f64 = 0.5;
/// Prior precision of the calibration's intercept and slope.
const INTERCEPT_PRECISION: f64 = 10.0;
const SLOPE_PRECISION: f64 = 30.0;
const NEWTON_STEPS: usize = 20;
const MAX_STEP: f64 = 0.5;
/// Mixed probabilities are clamped to this distance from 0 and 1.
const MIN_PROBABILITY: f64 = 1e-7;

/// The mixture of members at one horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stacker {
    /// Weight of each member.
    pub(crate) weights: Vec<f64>,
    /// Added to the scaled log odds of the mixture.
    pub(crate) intercept: f64,
    /// Scales the log odds of the mixture.
    pub(crate) slope: f64,
}

/// Out-of-fold probabilities at one horizon, and labels.
pub(crate) struct OutOfFoldRows<'a> {
    /// Probabilities row by row, one per member.
    pub(crate) members: &'a [f64],
    pub(crate) positives: &'a [bool],
    /// Rows per event: such rows count as one.
    pub(crate) rows_per_event: f64,
}

impl Stacker {
    /// Equal weights without calibration.
    pub(crate) fn equal_weights(members: usize) -> Self {
        Self { weights: vec![1.0 / members as f64; members], intercept: 0.0, slope: 1.0 }
    }

    /// Only the first member, without calibration.
    pub(crate) fn first_only(members: usize) -> Self {
        let weights = (0..members).map(|member| f64::from(u8::from(member == 0))).collect();
        Self { weights, intercept: 0.0, slope: 1.0 }
    }

    /// Fits weights, then intercept and slope, except for the part that `ablation` removes.
    pub(crate) fn fit(
        members: usize,
        held_out: &OutOfFoldRows<'_>,
        ablation: Option<Ablation>,
    ) -> Self {
        let mixed = match ablation {
            Some(Ablation::Ensemble) => Self::first_only(members),
            _ => Self { weights: held_out.fit_weights(members), intercept: 0.0, slope: 1.0 },
        };
        if ablation == Some(Ablation::Calibration) {
            return mixed;
        }
        let rows = held_out.members.chunks_exact(members);
        let log_odds: Vec<f64> = rows.map(|row| mixed.log_odds(row)).collect();
        let (intercept, slope) = held_out.fit_calibration(&log_odds);
        Self { intercept, slope, ..mixed }
    }

    /// Log odds of the calibrated mixture, for a row of members' probabilities.
    pub(crate) fn log_odds(&self, members: &[f64]) -> f64 {
        let mixed: f64 = self.weights.iter().zip(members).map(|(weight, p)| weight * p).sum();
        let mixed = mixed.clamp(MIN_PROBABILITY, 1.0 - MIN_PROBABILITY);
        self.intercept + self.slope * logit(mixed)
    }
}

impl OutOfFoldRows<'_> {
    /// Minimises the log loss of the mixture plus a penalty on unequal weights, by exponentiated
    /// gradients (Kivinen and Warmuth 1997).
    fn fit_weights(&self, members: usize) -> Vec<f64> {
        let equal = 1.0 / members as f64;
        let mut weights = vec![equal; members];
        let events =
            (self.positives.iter().filter(|p| **p).count() as f64 / self.rows_per_event).max(1.0);
        for _ in 0..WEIGHT_STEPS {
            let mut gradient: Vec<f64> =
                weights.iter().map(|weight| -EQUAL_WEIGHT_PENALTY * equal / weight).collect();
            for (row, positive) in self.members.chunks_exact(members).zip(self.positives) {
                let mixed: f64 = weights.iter().zip(row).map(|(weight, p)| weight * p).sum();
                let mixed = mixed.clamp(MIN_PROBABILITY, 1.0 - MIN_PROBABILITY);
                let derivative = if *positive { -1.0 / mixed } else { 1.0 / (1.0 - mixed) };
                let derivative = derivative / self.rows_per_event;
                gradient.iter_mut().zip(row).for_each(|(gradient, p)| *gradient += derivative * p);
            }
            let mean: f64 = weights.iter().zip(&gradient).map(|(w, g)| w * g).sum();
            let learning_rate = WEIGHT_LEARNING_RATE / (events + EQUAL_WEIGHT_PENALTY);
            let step = |(weight, g): (&mut f64, f64)| {
                *weight *= (-learning_rate * (g - mean)).clamp(-0.5, 0.5).exp()
            };
            weights.iter_mut().zip(gradient).for_each(step);
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        weights
    }

    /// Fits intercept and slope by Newton's method, with a prior at 0 and 1 (Platt 1999).
    fn fit_calibration(&self, log_odds: &[f64]) -> (f64, f64) {
        let (mut intercept, mut slope) = (0.0, 1.0);
        for _ in 0..NEWTON_STEPS {
            let mut g = [-INTERCEPT_PRECISION * intercept, SLOPE_PRECISION * (1.0 - slope)];
            let mut h = [INTERCEPT_PRECISION, 0.0, SLOPE_PRECISION];
            for (&z, positive) in log_odds.iter().zip(self.positives) {
                let at = intercept + slope * z;
                let p = (at - softplus(at)).exp();
                let residual = (f64::from(u8::from(*positive)) - p) / self.rows_per_event;
                let weight = p * (1.0 - p) / self.rows_per_event;
                g[0] += residual;
                g[1] += residual * z;
                h[0] += weight;
                h[1] += weight * z;
                h[2] += weight * z * z;
            }
            let determinant = h[0] * h[2] - h[1] * h[1];
            let step = |d: f64| d.clamp(-MAX_STEP, MAX_STEP);
            intercept += step((g[0] * h[2] - g[1] * h[1]) / determinant);
            slope += step((g[1] * h[0] - g[0] * h[1]) / determinant);
        }
        (intercept, slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of two members: the first is correct and the second predicts the base rate.
    fn two_member_rows() -> (Vec<f64>, Vec<bool>) {
        let p = |row: usize| if row.is_multiple_of(10) { 0.5 } else { 0.02 };
        let members = (0..20_000).flat_map(|row| [p(row), 0.068]).collect();
        let positive = |row: usize| (row / 10 % 100) as f64 + 0.5 < 100.0 * p(row);
        (members, (0..20_000).map(positive).collect())
    }

    fn out_of_fold_rows<'a>(members: &'a [f64], positives: &'a [bool]) -> OutOfFoldRows<'a> {
        OutOfFoldRows { members, positives, rows_per_event: 1.0 }
    }

    #[test]
    fn the_accurate_member_gets_the_weight() {
        let (members, positives) = two_member_rows();
        let stack = Stacker::fit(2, &out_of_fold_rows(&members, &positives), None);
        assert!(stack.weights[0] > 0.95, "{stack:?}");
        assert!((stack.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn calibrated_members_stay_and_miscalibrated_ones_are_corrected() {
        let (members, positives) = two_member_rows();
        let right: Vec<f64> = members.chunks_exact(2).map(|row| row[0]).collect();
        let stack = Stacker::fit(1, &out_of_fold_rows(&right, &positives), None);
        assert!(stack.intercept.abs() < 0.02 && (stack.slope - 1.0).abs() < 0.02, "{stack:?}");
        let halved: Vec<f64> = right.iter().map(|p| p / 2.0).collect();
        let stack = Stacker::fit(1, &out_of_fold_rows(&halved, &positives), None);
        let p = 1.0 / (1.0 + (-stack.log_odds(&[0.01])).exp());
        assert!((p - 0.02).abs() < 0.003, "{p}");
    }

    #[test]
    fn without_events_weights_stay_equal_and_calibration_is_identity() {
        let (members, _) = two_member_rows();
        let few = &members[..40];
        let stack = Stacker::fit(
            2,
            &OutOfFoldRows { rows_per_event: 20.0, ..out_of_fold_rows(few, &[false; 20]) },
            None,
        );
        assert!((stack.weights[0] - 0.5).abs() < 0.1, "{stack:?}");
        assert!(stack.intercept.abs() < 0.05 && (stack.slope - 1.0).abs() < 0.05, "{stack:?}");
    }
}
