//! Concordance of one risk score with the order of events, by Harrell and by Uno.

use crate::nonparametric::kaplan_meier::KaplanMeier;
use crate::support::fenwick::Fenwick;
use crate::support::inputs::{all_finite, ascending_order, is_tied, valid_durations};

/// A concordance index and the number of pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concordance {
    /// The (weighted) share of pairs that the forecast orders correctly; one half is chance.
    pub index: f64,
    /// The number of comparable pairs.
    pub pairs: u64,
}

/// Harrell's C: the share of comparable pairs in which the riskier row ends first.
///
/// A pair is comparable where the shorter row has an event; a row censored at the event's own
/// time outlived it, two events at one time are not compared. Risks within 1e-8 count half, as
/// in scikit-survival. O(n log n); `None` without a comparable pair. Harrell et al. 1996,
/// Statistics in Medicine 15(4). Depends on the censoring: prefer [`concordance_uno`].
pub fn concordance_harrell(
    durations: &[f64],
    events: &[bool],
    risk: &[f64],
) -> Option<Concordance> {
    weighted_concordance(durations, events, risk, |_| Some(1.0))
}

/// Uno's C: pairs as in [`concordance_harrell`], each weighted by `1 / G(T_i)^2`, up to `tau`.
///
/// Only events before `tau` days open a pair; `None` for `tau` takes all. As in scikit-survival
/// (Uno et al. 2011, Statistics in Medicine 30(10)) and O(n log n). `None` without a
/// comparable pair or where `G` is zero at an event, which a smaller `tau` avoids.
pub fn concordance_uno(
    durations: &[f64],
    events: &[bool],
    risk: &[f64],
    censoring: &KaplanMeier,
    tau: Option<f64>,
) -> Option<Concordance> {
    let tau = tau.unwrap_or(f64::INFINITY);
    if tau.is_nan() {
        return None;
    }
    weighted_concordance(durations, events, risk, |row| {
        if durations[row] >= tau {
            return Some(0.0);
        }
        let g = censoring.survival_at(durations[row]);
        (g > 0.0).then(|| g.recip().powi(2))
    })
}

/// The concordance with pairs weighted by the row whose event opens them; runs from the longest
/// duration down, so that the tree contains the rows that outlived the present one.
fn weighted_concordance(
    durations: &[f64],
    events: &[bool],
    risk: &[f64],
    weight: impl Fn(usize) -> Option<f64>,
) -> Option<Concordance> {
    if !valid_durations(durations, events.len()) || !all_finite(risk, events.len()) {
        return None;
    }
    let mut outlived = Survivors::new(risk);
    let (mut won, mut compared, mut pairs) = (0.0, 0.0, 0);
    let order = ascending_order(durations);
    for together in order.chunk_by(|&a, &b| durations[a] == durations[b]).rev() {
        let (happened, censored): (Vec<usize>, Vec<usize>) =
            together.iter().partition(|&&row| events[row]);
        censored.into_iter().for_each(|row| outlived.add(risk[row]));
        for &row in &happened {
            let weight = weight(row)?;
            if weight > 0.0 {
                won += weight * outlived.half_wins(risk[row]) as f64 / 2.0;
                compared += weight * outlived.count as f64;
                pairs += outlived.count;
            }
        }
        happened.into_iter().for_each(|row| outlived.add(risk[row]));
    }
    (pairs > 0).then(|| Concordance { index: won / compared, pairs })
}

/// The risks of the rows that lasted longer.
struct Survivors {
    /// Distinct risks of all rows, ascending.
    levels: Vec<f64>,
    by_level: Fenwick,
    count: u64,
}

impl Survivors {
    /// An empty set, for rows with these risks.
    fn new(risk: &[f64]) -> Self {
        let mut levels = risk.to_vec();
        levels.sort_unstable_by(f64::total_cmp);
        levels.dedup();
        Self { by_level: Fenwick::new(levels.len()), levels, count: 0 }
    }

    /// Adds a row.
    fn add(&mut self, risk: f64) {
        self.by_level.add(self.levels.partition_point(|&level| level < risk));
        self.count += 1;
    }

    /// Twice the rows of lower risk plus the rows of tied risk.
    fn half_wins(&self, risk: f64) -> u64 {
        let lower = self.levels.partition_point(|&level| level < risk && !is_tied(level, risk));
        let up_to_tied = self.levels.partition_point(|&level| level < risk || is_tied(level, risk));
        self.by_level.count_below(lower) + self.by_level.count_below(up_to_tied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows, train_rows};

    // from sksurv.metrics import concordance_index_censored
    // concordance_index_censored(e, d, r)  # C, concordant 1556, discordant 1038, tied 246
    // concordance_index_censored(e, d, r + (np.arange(120) % 3) * 0.6e-8)
    #[test]
    fn harrell_agrees_with_scikit_survival_at_ties_and_near_ties() {
        let mut set = test_rows();
        let exact = concordance_harrell(&set.durations, &set.events, &set.risk).unwrap();
        assert_near(exact.index, 0.5911971830985916);
        assert_eq!(exact.pairs, 1556 + 1038 + 246);
        set.risk.iter_mut().enumerate().for_each(|(row, risk)| *risk += (row % 3) as f64 * 0.6e-8);
        let near = concordance_harrell(&set.durations, &set.events, &set.risk).unwrap();
        assert_near(near.index, 0.5952464788732394);
    }

    // from sksurv.metrics import concordance_index_ipcw
    // concordance_index_ipcw(y(8, 200, 1.5), y(7, 120), r)
    // concordance_index_ipcw(y(8, 200, 1.5), y(7, 120), r, tau=8.0)
    // concordance_index_ipcw(y(8, 200), y(7, 120), r, tau=8.0)
    #[test]
    fn uno_agrees_with_scikit_survival() {
        let (set, mut train) = (test_rows(), train_rows());
        let uno = |censoring: &KaplanMeier, tau| {
            concordance_uno(&set.durations, &set.events, &set.risk, censoring, tau)
        };
        let long = KaplanMeier::fit_censoring(&train.durations, &train.events).unwrap();
        assert_near(uno(&long, None).unwrap().index, 0.5708591862923288);
        assert_near(uno(&long, Some(8.0)).unwrap().index, 0.5826219066702091);
        train.durations.iter_mut().for_each(|duration| *duration /= 1.5);
        let short = KaplanMeier::fit_censoring(&train.durations, &train.events).unwrap();
        assert_near(uno(&short, Some(8.0)).unwrap().index, 0.5802815515075364);
        assert_eq!(uno(&short, None), None, "an event falls where the weight is infinite");
    }

    #[test]
    fn tree_equals_a_scan_of_all_pairs() {
        let set = crate::test_set::rows(11, 300);
        let (mut half_wins, mut pairs) = (0, 0);
        for i in (0..300).filter(|&i| set.events[i]) {
            for j in 0..300 {
                let outlived = set.durations[j] > set.durations[i]
                    || (set.durations[j] == set.durations[i] && !set.events[j]);
                pairs += u64::from(outlived);
                half_wins += u64::from(outlived && set.risk[j] < set.risk[i])
                    + u64::from(outlived && set.risk[j] <= set.risk[i]);
            }
        }
        let scored = concordance_harrell(&set.durations, &set.events, &set.risk).unwrap();
        assert_eq!(scored, Concordance { index: half_wins as f64 / (2 * pairs) as f64, pairs });
    }

    #[test]
    fn row_that_never_ends_outlives_all() {
        let scored = concordance_harrell(&[1.0, f64::INFINITY], &[true, false], &[0.9, 0.1]);
        assert_eq!(scored, Some(Concordance { index: 1.0, pairs: 1 }));
    }

    #[test]
    fn without_a_comparable_pair_it_is_undefined() {
        assert_eq!(concordance_harrell(&[1.0, 2.0], &[false, true], &[0.1, 0.2]), None);
        assert_eq!(concordance_harrell(&[1.0, 1.0], &[true, true], &[0.1, 0.2]), None);
        assert_eq!(concordance_harrell(&[1.0, 2.0], &[true, true], &[0.1, f64::NAN]), None);
        assert_eq!(concordance_harrell(&[1.0], &[true, true], &[0.1, 0.2]), None);
    }
}
