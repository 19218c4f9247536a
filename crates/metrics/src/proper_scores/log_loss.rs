//! The right-censored log loss of a forecast on time intervals, with competing causes.

use std::ops::RangeInclusive;

use crate::support::inputs::{all_finite, valid_durations};
use crate::support::sums::chunked_sums;

/// Probabilities below this are raised to it before the logarithm, so the loss of a row is at most 27.7.
const FLOOR: f64 = 1e-12;

/// The mean negative log-likelihood of rows on the intervals `(e_{j-1}, e_j]` of `edges`.
///
/// With `CIF_c(e_k) = cif(row, c, k)` for causes `1..=cause_count`, and `S = 1 - sum of CIF_c`:
///
/// * ended by cause c in interval j: `-ln(CIF_c(e_j) - CIF_c(e_{j-1}))`;
/// * longer than the last edge, whatever the cause: `-ln S(e_K)`;
/// * censored in interval j at fraction phi of it: `-ln(S(e_{j-1})^(1 - phi) S(e_j)^phi)`, that
///   is with the hazard constant within the interval.
///
/// Every probability is floored at 1e-12 first. A row of duration zero belongs to the first
/// interval. `causes` is 0 for censored rows; one cause gives the single-risk log loss. `edges`
/// are days, `e_0 = 0`, strictly ascending, at least two. `None` where that fails, a duration is
/// negative, or a row names a cause beyond `cause_count`.
pub fn right_censored_log_loss(
    durations: &[f64],
    causes: &[u8],
    cause_count: u8,
    edges: &[f64],
    cif: impl Fn(usize, u8, usize) -> f64 + Sync,
) -> Option<f64> {
    let rows = causes.len();
    let rows_fit = valid_durations(durations, rows)
        && durations.iter().all(|&duration| duration >= 0.0)
        && causes.iter().all(|&cause| cause <= cause_count);
    if !rows_fit || !valid_edges(edges) {
        return None;
    }
    let forecast = IncidenceForecast { causes: 1..=cause_count, edges, cif };
    let total = chunked_sums(rows, 1, |row, sums| {
        sums[0] -= forecast.log_likelihood(row, durations[row], causes[row]);
    });
    Some(total[0] / rows as f64)
}

/// Whether there are at least two finite edges, strictly ascending from zero.
fn valid_edges(edges: &[f64]) -> bool {
    edges.len() >= 2
        && all_finite(edges, edges.len())
        && edges[0] == 0.0
        && edges.is_sorted_by(|earlier, later| earlier < later)
}

/// Cumulative incidence at the edges of intervals.
struct IncidenceForecast<'a, C> {
    causes: RangeInclusive<u8>,
    edges: &'a [f64],
    cif: C,
}

impl<C: Fn(usize, u8, usize) -> f64> IncidenceForecast<'_, C> {
    /// The log-likelihood of a row's observation.
    fn log_likelihood(&self, row: usize, duration: f64, cause: u8) -> f64 {
        let interval = self.edges.partition_point(|&edge| edge < duration).max(1);
        if interval == self.edges.len() {
            return floored_ln(self.survival(row, interval - 1));
        }
        if cause > 0 {
            return floored_ln(
                (self.cif)(row, cause, interval) - (self.cif)(row, cause, interval - 1),
            );
        }
        let (start, end) = (self.edges[interval - 1], self.edges[interval]);
        let phi = (duration - start) / (end - start);
        (1.0 - phi) * floored_ln(self.survival(row, interval - 1))
            + phi * floored_ln(self.survival(row, interval))
    }

    /// The probability that no cause ended the row by edge `k`.
    fn survival(&self, row: usize, k: usize) -> f64 {
        1.0 - self.causes.clone().map(|cause| (self.cif)(row, cause, k)).sum::<f64>()
    }
}

/// `ln max(probability, FLOOR)`; NaN propagates, so that an invalid forecast is visible.
fn floored_ln(probability: f64) -> f64 {
    if probability < FLOOR { FLOOR.ln() } else { probability.ln() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    const EDGES: [f64; 6] = [0.0, 0.75, 1.5, 3.0, 6.0, 9.5];

    // edges = np.array([0, 0.75, 1.5, 3, 6, 9.5])
    // total = 1 - np.exp(-4 * r[:, None] * edges)
    // cif = np.stack([0.7 * total, 0.3 * total], 1)  # row, cause - 1, edge
    // survival, loss = 1 - cif.sum(1), 0.0
    // for i, (t, k) in enumerate(zip(d, c.astype(int))):
    //     j = max(np.searchsorted(edges, t), 1)
    //     if t > edges[-1]:
    //         p = survival[i, -1]
    //     elif k:
    //         p = cif[i, k - 1, j] - cif[i, k - 1, j - 1]
    //     else:
    //         phi = (t - edges[j - 1]) / (edges[j] - edges[j - 1])
    //         p = survival[i, j - 1] * (survival[i, j] / survival[i, j - 1]) ** phi
    //     loss -= np.log(max(p, 1e-12)) / len(d)
    #[test]
    fn two_causes_agree_with_numpy() {
        let set = test_rows();
        let cif = |row: usize, cause: u8, k: usize| {
            [0.7, 0.3][usize::from(cause) - 1] * (1.0 - (-4.0 * set.risk[row] * EDGES[k]).exp())
        };
        let loss = right_censored_log_loss(&set.durations, &set.causes, 2, &EDGES, cif);
        assert_near(loss.unwrap(), 2.638583008044862);
    }

    // S = np.exp(-4 * r[:, None] * edges)  # single risk: events by differences of survival,
    // i, j = np.arange(120), np.clip(np.searchsorted(edges, d), 1, 5)
    // hazard = -np.log(S[i, j] / S[i, j - 1]) / (edges[j] - edges[j - 1])  # else exposure
    // seen = np.where(e, S[i, j - 1] - S[i, j],
    //                 S[i, j - 1] * np.exp(-hazard * (d - edges[j - 1])))
    // -np.log(np.where(d > 9.5, S[:, -1], seen)).mean()
    #[test]
    fn one_cause_is_the_single_risk_loss() {
        let set = test_rows();
        let causes: Vec<u8> = set.events.iter().map(|&event| u8::from(event)).collect();
        let cif = |row: usize, _: u8, k: usize| 1.0 - (-4.0 * set.risk[row] * EDGES[k]).exp();
        let single = right_censored_log_loss(&set.durations, &causes, 1, &EDGES, cif);
        assert_near(single.unwrap(), 2.3192425664103506);
        let with_idle_cause = right_censored_log_loss(&set.durations, &causes, 2, &EDGES, {
            |row, cause, k| if cause == 1 { cif(row, cause, k) } else { 0.0 }
        });
        assert_eq!(with_idle_cause, single);
    }

    #[test]
    fn impossible_row_costs_the_floor_and_nan_propagates() {
        let loss =
            |value: f64| {
                right_censored_log_loss(&[1.0], &[1], 1, &[0.0, 2.0], |_, _, k| {
                    if k == 0 { 0.0 } else { value }
                })
            };
        assert_eq!(loss(0.0), Some(-(1e-12_f64.ln())));
        assert_eq!(loss(1.0), Some(0.0));
        assert!(loss(f64::NAN).unwrap().is_nan());
    }

    #[test]
    fn edge_belongs_to_the_interval_it_ends() {
        let cif = |_: usize, _: u8, k: usize| [0.0, 0.25, 0.75][k];
        let loss = |duration: f64, cause: u8| {
            right_censored_log_loss(&[duration], &[cause], 1, &[0.0, 1.0, 2.0], cif).unwrap()
        };
        assert_near(loss(0.0, 1), -(0.25_f64.ln()));
        assert_near(loss(0.0, 0), 0.0);
        assert_near(loss(1.0, 1), -(0.25_f64.ln()));
        assert_near(loss(1.0, 0), -(0.75_f64.ln()));
        assert_near(loss(2.0, 1), -(0.5_f64.ln()));
        assert_near(loss(2.0, 0), -(0.25_f64.ln()));
        assert_near(loss(2.1, 1), -(0.25_f64.ln()));
    }

    #[test]
    fn wrong_edges_and_unknown_causes_are_undefined() {
        let loss = |duration, cause, edges: &[f64]| {
            right_censored_log_loss(&[duration], &[cause], 1, edges, |_, _, _| 0.0)
        };
        assert_eq!(loss(1.0, 2, &[0.0, 2.0]), None);
        assert_eq!(loss(-1.0, 1, &[0.0, 2.0]), None);
        assert_eq!(loss(1.0, 1, &[0.5, 2.0]), None);
        assert_eq!(loss(1.0, 1, &[0.0, 2.0, 2.0]), None);
        assert_eq!(loss(1.0, 1, &[0.0]), None);
    }
}
