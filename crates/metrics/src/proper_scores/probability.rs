//! Scores of a probability of one yes-or-no outcome, such as "liquidated within a day".

use crate::support::inputs::all_finite;

/// The Brier score: the mean of `(probability - outcome)^2` (Brier 1950); lower is better.
///
/// `None` on no rows. A constant at the base rate `b` scores `b (1 - b)`.
pub fn brier_score(probabilities: &[f64], positives: &[bool]) -> Option<f64> {
    if !all_finite(probabilities, positives.len()) {
        return None;
    }
    let squares = probabilities.iter().zip(positives).map(|(probability, &positive)| {
        let miss = probability - f64::from(positive);
        miss * miss
    });
    Some(squares.sum::<f64>() / positives.len() as f64)
}

/// Observed over expected positives, `count / sum of probabilities`; one when calibrated
/// in the large, above one when the forecast is too low.
///
/// `None` where nothing is expected.
pub fn observed_over_expected(probabilities: &[f64], positives: &[bool]) -> Option<f64> {
    if !all_finite(probabilities, positives.len()) {
        return None;
    }
    let observed = positives.iter().filter(|&&positive| positive).count();
    let expected: f64 = probabilities.iter().sum();
    (expected > 0.0).then(|| observed as f64 / expected)
}

/// Skill of a loss relative to a reference forecast's: `1 - score / reference` (Murphy 1988).
///
/// One is perfect, zero no better than the reference. `None` unless the reference's loss is positive.
pub fn skill(score: f64, reference: f64) -> Option<f64> {
    (score.is_finite() && reference.is_finite() && reference > 0.0).then(|| 1.0 - score / reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    // from sklearn.metrics import brier_score_loss
    // brier_score_loss(e, r)
    // e.sum() / r.sum()
    #[test]
    fn scores_agree_with_scikit_learn_and_numpy() {
        let set = test_rows();
        assert_near(brier_score(&set.risk, &set.events).unwrap(), 0.304400634765625);
        assert_near(observed_over_expected(&set.risk, &set.events).unwrap(), 3.6056338028169015);
    }

    #[test]
    fn base_rate_scores_its_variance_and_is_calibrated_in_the_large() {
        let positives = [true, false, false, false];
        assert_eq!(brier_score(&[0.25; 4], &positives), Some(0.25 * 0.75));
        assert_eq!(observed_over_expected(&[0.25; 4], &positives), Some(1.0));
    }

    #[test]
    fn reference_has_no_skill_and_perfection_all() {
        assert_eq!(skill(0.2, 0.2), Some(0.0));
        assert_eq!(skill(0.0, 0.2), Some(1.0));
        assert_eq!(skill(0.3, 0.2).map(|skill| skill < 0.0), Some(true));
        assert_eq!(skill(0.1, 0.0), None);
    }

    #[test]
    fn nothing_expected_and_unequal_lengths_are_undefined() {
        assert_eq!(observed_over_expected(&[0.0], &[true]), None);
        assert_eq!(brier_score(&[0.5], &[true, false]), None);
        assert_eq!(brier_score(&[f64::NAN], &[true]), None);
    }
}
