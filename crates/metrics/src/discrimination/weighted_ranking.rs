//! Areas under the ROC and precision-recall curves of weighted rows.

/// Rows in descending order of score, sorted once for repeated weighting, as a bootstrap needs.
#[derive(Debug, Clone)]
pub struct WeightedRanking {
    rows: Vec<RankedRow>,
}

/// One row of a ranking.
#[derive(Debug, Clone, Copy)]
struct RankedRow {
    cluster: u32,
    positive: bool,
    /// Whether the next row has a lower score.
    is_last_of_tie: bool,
}

/// Both areas, each absent where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankingAreas {
    /// Area under the ROC curve.
    pub auc: Option<f64>,
    /// Average precision.
    pub average_precision: Option<f64>,
}

impl WeightedRanking {
    /// Ranks rows by finite scores; `clusters` contains each row's index of a weight.
    ///
    /// # Panics
    /// If the slices have different lengths or a score is not finite.
    pub fn new(scores: &[f64], positives: &[bool], clusters: &[u32]) -> Self {
        assert_eq!((positives.len(), clusters.len()), (scores.len(), scores.len()), "one per row");
        assert!(scores.iter().all(|score| score.is_finite()), "scores are finite");
        let mut order: Vec<(f64, usize)> = scores.iter().copied().zip(0..).collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let ranked = |(position, &(score, row)): (usize, &(f64, usize))| RankedRow {
            cluster: clusters[row],
            positive: positives[row],
            is_last_of_tie: order.get(position + 1).is_none_or(|next| next.0 != score),
        };
        Self { rows: order.iter().enumerate().map(ranked).collect() }
    }

    /// The areas with each row weighted by its cluster, in one pass over the rows; with unit weights
    /// they equal [`roc_auc`](crate::roc_auc) and [`average_precision`](crate::average_precision).
    pub fn areas(&self, weights: &[u32]) -> RankingAreas {
        let (mut half_losses, mut precision_sum) = (0, 0.0);
        let (mut hits_above, mut misses_above) = (0_u64, 0_u64);
        let (mut hits, mut misses) = (0_u64, 0_u64);
        for row in &self.rows {
            let weight = u64::from(weights[row.cluster as usize]);
            if row.positive {
                hits += weight;
            } else {
                misses += weight;
            }
            if !row.is_last_of_tie {
                continue;
            }
            half_losses += hits * (2 * misses_above + misses);
            hits_above += hits;
            misses_above += misses;
            if hits > 0 {
                let rows_above = (hits_above + misses_above) as f64;
                precision_sum += hits as f64 * (hits_above as f64 / rows_above);
            }
            (hits, misses) = (0, 0);
        }
        let pairs = hits_above * misses_above;
        RankingAreas {
            auc: (pairs > 0).then(|| (2 * pairs - half_losses) as f64 / (2 * pairs) as f64),
            average_precision: (hits_above > 0).then(|| precision_sum / hits_above as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discrimination::ranking::{average_precision, roc_auc};
    use crate::test_set::assert_near;

    /// Scores with ties, and labels.
    fn rows() -> (Vec<f64>, Vec<bool>) {
        let scores: Vec<f64> = (0..300).map(|row| f64::from(row * 37 % 91)).collect();
        let positives = (0..300).map(|row| row * 53 % 11 == 0).collect();
        (scores, positives)
    }

    #[test]
    fn unit_weights_give_the_unweighted_areas() {
        let (scores, positives) = rows();
        let areas = WeightedRanking::new(&scores, &positives, &vec![0; 300]).areas(&[1]);
        assert_eq!(areas.auc, roc_auc(&scores, &positives));
        assert_eq!(areas.average_precision, average_precision(&scores, &positives));
    }

    #[test]
    fn weights_are_row_multiplicities() {
        let (scores, positives) = rows();
        let clusters: Vec<u32> = (0..300).map(|row| row / 100).collect();
        let weights = [2, 0, 3];
        let repeated = |row: usize| std::iter::repeat_n(row, weights[row / 100] as usize);
        let rows: Vec<usize> = (0..300).flat_map(repeated).collect();
        let more_scores: Vec<f64> = rows.iter().map(|&row| scores[row]).collect();
        let more_positives: Vec<bool> = rows.iter().map(|&row| positives[row]).collect();
        let areas = WeightedRanking::new(&scores, &positives, &clusters).areas(&weights);
        assert_eq!(areas.auc, roc_auc(&more_scores, &more_positives));
        assert_eq!(areas.average_precision, average_precision(&more_scores, &more_positives));
    }

    // Rows in descending order: + (weight 2), - (1), + and - tied (1, 3).
    // Pairs: 3 positives * 4 negatives = 12; won: 2 * 4 above all negatives, 1 * 3 / 2 in the tie.
    // Precision: 2 / 2 at the first threshold, 3 / 7 at the tie.
    #[test]
    fn areas_agree_with_a_count_by_hand() {
        let ranking =
            WeightedRanking::new(&[0.9, 0.7, 0.4, 0.4], &[true, false, true, false], &[0, 1, 2, 3]);
        let areas = ranking.areas(&[2, 1, 1, 3]);
        assert_near(areas.auc.unwrap(), 9.5 / 12.0);
        assert_near(areas.average_precision.unwrap(), (2.0 + 3.0 / 7.0) / 3.0);
    }

    #[test]
    fn a_draw_without_positives_has_no_areas() {
        let ranking = WeightedRanking::new(&[0.1, 0.2], &[true, false], &[0, 1]);
        assert_eq!(ranking.areas(&[0, 2]), RankingAreas { auc: None, average_precision: None });
    }
}
