//! The logarithmic score of a probability of one yes-or-no outcome.

use crate::support::inputs::all_finite;
use crate::support::sums::chunked_sums;

/// Probabilities are clipped to `[PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR]`, so that one certain
/// forecast that fails costs 20.7 nats instead of an infinite score.
pub const PROBABILITY_FLOOR: f64 = 1e-9;

/// A mean log loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogScore {
    /// Mean loss, nats a row.
    pub mean: f64,
    /// Number of rows whose probability was clipped.
    pub clipped: usize,
}

/// The log loss of one probability, nats: `-ln p` of a positive, `-ln(1 - p)` of a negative, with
/// `p` clipped by [`PROBABILITY_FLOOR`].
pub fn log_loss(probability: f64, positive: bool) -> f64 {
    let clipped = clip(probability);
    if positive { -clipped.ln() } else { -(-clipped).ln_1p() }
}

/// The logarithmic score: the mean [`log_loss`] (Good 1952); lower is better.
///
/// `None` on no rows. A constant at the base rate scores the entropy of the base rate.
pub fn log_score(probabilities: &[f64], positives: &[bool]) -> Option<LogScore> {
    let rows = positives.len();
    if !all_finite(probabilities, rows) {
        return None;
    }
    let sums = chunked_sums(rows, 1, |row, sums| {
        sums[0] += log_loss(probabilities[row], positives[row]);
    });
    let clipped = probabilities.iter().filter(|&&p| clip(p) != p).count();
    Some(LogScore { mean: sums[0] / rows as f64, clipped })
}

/// The nearest probability that is neither zero nor one.
pub(crate) fn clip(probability: f64) -> f64 {
    probability.clamp(PROBABILITY_FLOOR, 1.0 - PROBABILITY_FLOOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    // from sklearn.metrics import log_loss
    // log_loss(e, r)
    #[test]
    fn score_agrees_with_scikit_learn() {
        let set = test_rows();
        let score = log_score(&set.risk, &set.events).unwrap();
        assert_near(score.mean, 0.975199954709869);
        assert_eq!(score.clipped, 0);
    }

    #[test]
    fn scores_agree_with_logarithms_by_hand() {
        let score = log_score(&[0.5, 0.25, 0.75], &[true, false, false]).unwrap();
        // ln 2 + ln 4/3 + ln 4 = ln 32/3
        assert_near(score.mean, (32.0_f64 / 3.0).ln() / 3.0);
    }

    #[test]
    fn base_rate_scores_its_entropy() {
        let positives = [true, false, false, false];
        let entropy = -0.25 * 0.25_f64.ln() - 0.75 * 0.75_f64.ln();
        assert_near(log_score(&[0.25; 4], &positives).unwrap().mean, entropy);
    }

    #[test]
    fn certainties_are_clipped_and_counted() {
        let score = log_score(&[0.0, 1.0, 0.5, 0.0], &[true, true, true, false]).unwrap();
        assert_eq!(score.clipped, 3);
        let certain_and_right = 2.0 * -(-PROBABILITY_FLOOR).ln_1p();
        let sum = -PROBABILITY_FLOOR.ln() + 2.0_f64.ln() + certain_and_right;
        assert!((score.mean - sum / 4.0).abs() < 1e-9, "{score:?}");
    }

    #[test]
    fn no_rows_and_unequal_lengths_are_undefined() {
        assert_eq!(log_score(&[], &[]), None);
        assert_eq!(log_score(&[0.5], &[true, false]), None);
        assert_eq!(log_score(&[f64::NAN], &[true]), None);
    }
}
