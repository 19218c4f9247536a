//! How well scores rank positives above negatives: areas under the ROC and precision-recall curves.

use crate::support::inputs::{all_finite, ascending_order};

/// The area under the ROC curve: the chance that a positive row outscores a negative one.
///
/// Equal scores count half, so this is the Mann-Whitney U over its maximum. `None` without a
/// positive or without a negative row.
pub fn roc_auc(scores: &[f64], positives: &[bool]) -> Option<f64> {
    if !all_finite(scores, positives.len()) {
        return None;
    }
    let (mut half_wins, mut positives_seen, mut negatives_below) = (0, 0, 0);
    for tied in ascending_order(scores).chunk_by(|&a, &b| scores[a] == scores[b]) {
        let hits = count_positives(tied, positives);
        let misses = tied.len() as u64 - hits;
        half_wins += hits * (2 * negatives_below + misses);
        positives_seen += hits;
        negatives_below += misses;
    }
    let pairs = positives_seen * negatives_below;
    (pairs > 0).then(|| half_wins as f64 / (2 * pairs) as f64)
}

/// Average precision: `sum of (recall_k - recall_{k-1}) precision_k` over descending thresholds.
///
/// The step sum of scikit-learn, without interpolation; rows of equal score pass a threshold
/// together. `None` without a positive row, where scikit-learn warns and returns zero.
pub fn average_precision(scores: &[f64], positives: &[bool]) -> Option<f64> {
    if !all_finite(scores, positives.len()) {
        return None;
    }
    let (mut area, mut hits_above, mut rows_above) = (0.0, 0, 0);
    for tied in ascending_order(scores).chunk_by(|&a, &b| scores[a] == scores[b]).rev() {
        let hits = count_positives(tied, positives);
        hits_above += hits;
        rows_above += tied.len() as u64;
        area += hits as f64 * (hits_above as f64 / rows_above as f64);
    }
    (hits_above > 0).then(|| area / hits_above as f64)
}

/// How many of the rows are positive.
fn count_positives(rows: &[usize], positives: &[bool]) -> u64 {
    rows.iter().filter(|&&row| positives[row]).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    // from sklearn.metrics import roc_auc_score, average_precision_score
    // roc_auc_score(e, r), roc_auc_score(e, -d)
    // average_precision_score(e, r), average_precision_score(e, -d)
    #[test]
    fn tied_scores_agree_with_scikit_learn() {
        let set = test_rows();
        let early: Vec<f64> = set.durations.iter().map(|duration| -duration).collect();
        assert_near(roc_auc(&set.risk, &set.events).unwrap(), 0.5083732057416268);
        assert_near(roc_auc(&early, &set.events).unwrap(), 0.558761961722488);
        assert_near(average_precision(&set.risk, &set.events).unwrap(), 0.39824477786396306);
        assert_near(average_precision(&early, &set.events).unwrap(), 0.38383682840356537);
    }

    #[test]
    fn perfect_ranking_scores_one_and_constant_half() {
        let positives = [false, true, false, true];
        assert_eq!(roc_auc(&[0.1, 0.8, 0.2, 0.9], &positives), Some(1.0));
        assert_eq!(average_precision(&[0.1, 0.8, 0.2, 0.9], &positives), Some(1.0));
        assert_eq!(roc_auc(&[0.3; 4], &positives), Some(0.5));
        assert_eq!(average_precision(&[0.3; 4], &positives), Some(0.5));
        assert_eq!(roc_auc(&[0.0, -0.0], &[true, false]), Some(0.5));
    }

    #[test]
    fn one_class_nan_and_unequal_lengths_are_undefined() {
        assert_eq!(roc_auc(&[0.1, 0.2], &[true, true]), None);
        assert_eq!(roc_auc(&[0.1, f64::NAN], &[true, false]), None);
        assert_eq!(roc_auc(&[0.1], &[true, false]), None);
        assert_eq!(average_precision(&[0.1, 0.2], &[false, false]), None);
        assert_eq!(average_precision(&[], &[]), None);
    }
}
