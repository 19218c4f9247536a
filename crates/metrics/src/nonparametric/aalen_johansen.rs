//! The Aalen-Johansen estimate of cumulative incidence under competing causes.

use crate::support::inputs::{ascending_order, valid_durations};

/// `CIF_c(t) = P(T <= t, cause = c)` as step functions (Aalen & Johansen 1978).
///
/// `CIF_c(t)` adds up `S(t_i-) d_c(t_i) / n(t_i)`, with `S` the Kaplan-Meier survival of any
/// cause. Together with `S` the causes sum to one; ties need no jitter (lifelines adds some).
#[derive(Debug, Clone, PartialEq)]
pub struct AalenJohansen {
    /// Days at which any cause happens, ascending.
    times: Vec<f64>,
    /// For each cause from one on, its incidence from each of `times` on.
    incidence: Vec<Vec<f64>>,
}

impl AalenJohansen {
    /// Fits all causes at once, with cause 0 for censored rows; `None` on malformed input or no
    /// rows.
    pub fn fit(durations: &[f64], causes: &[u8]) -> Option<Self> {
        if !valid_durations(durations, causes.len()) {
            return None;
        }
        let last = causes.iter().copied().max().map_or(0, usize::from);
        let (mut at_risk, mut survival, mut reached) = (causes.len(), 1.0, vec![0.0; last]);
        let mut curves = Self { times: Vec::new(), incidence: vec![Vec::new(); last] };
        for tied in ascending_order(durations).chunk_by(|&a, &b| durations[a] == durations[b]) {
            let share = survival / at_risk as f64;
            let mut ended = 0;
            for cause in tied.iter().map(|&row| usize::from(causes[row])).filter(|&c| c > 0) {
                reached[cause - 1] += share;
                ended += 1;
            }
            if ended > 0 {
                survival *= 1.0 - f64::from(ended) / at_risk as f64;
                curves.push(durations[tied[0]], &reached);
            }
            at_risk -= tied.len();
        }
        Some(curves)
    }

    /// The probability that `cause` ended a row by `t` days; zero for a cause never observed and for
    /// cause 0.
    pub fn cumulative_incidence(&self, cause: u8, t: f64) -> f64 {
        let steps = self.times.partition_point(|&time| time <= t);
        let curve = usize::from(cause).checked_sub(1).and_then(|cause| self.incidence.get(cause));
        curve.filter(|_| steps > 0).map_or(0.0, |curve| curve[steps - 1])
    }

    /// Appends one step at `time`.
    fn push(&mut self, time: f64, reached: &[f64]) {
        self.times.push(time);
        self.incidence.iter_mut().zip(reached).for_each(|(curve, &value)| curve.push(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nonparametric::kaplan_meier::KaplanMeier;
    use crate::test_set::{assert_near, test_rows};

    // from sksurv.nonparametric import cumulative_incidence_competing_risks
    // t, cif = cumulative_incidence_competing_risks(c.astype(int), d)
    // cif[1:, np.searchsorted(t, [0.5, 3.0, 3.25, 9.5, 12.0], side="right") - 1].T
    #[test]
    fn tied_causes_agree_with_scikit_survival() {
        let set = test_rows();
        let curves = AalenJohansen::fit(&set.durations, &set.causes).unwrap();
        for (t, liquidated, closed) in [
            (0.5, 0.0, 0.0),
            (3.0, 0.052894102338397954, 0.05247630346868741),
            (3.25, 0.052894102338397954, 0.05247630346868741),
            (9.5, 0.40080615991849183, 0.19898408290070035),
            (12.0, 0.5432999929946837, 0.28630257537651294),
        ] {
            assert_near(curves.cumulative_incidence(1, t), liquidated);
            assert_near(curves.cumulative_incidence(2, t), closed);
        }
    }

    // from lifelines import AalenJohansenFitter
    // fit = AalenJohansenFitter(calculate_variance=False)
    // fit.fit(np.arange(40) * 7 % 40 + 1.0, c[:40].astype(int), event_of_interest=1)
    // fit.cumulative_density_.loc[[5.0, 17.0, 40.0]]  # no ties, hence no jitter
    #[test]
    fn untied_causes_agree_with_lifelines() {
        let durations: Vec<f64> = (0..40).map(|row| (row * 7 % 40 + 1) as f64).collect();
        let curves = AalenJohansen::fit(&durations, &test_rows().causes[..40]).unwrap();
        assert_near(curves.cumulative_incidence(1, 5.0), 0.02702702702702703);
        assert_near(curves.cumulative_incidence(1, 17.0), 0.0906964656964657);
        assert_near(curves.cumulative_incidence(1, 40.0), 0.6589450026950027);
    }

    #[test]
    fn causes_and_survival_sum_to_one() {
        let set = test_rows();
        let any: Vec<bool> = set.causes.iter().map(|&cause| cause > 0).collect();
        let curves = AalenJohansen::fit(&set.durations, &set.causes).unwrap();
        let survival = KaplanMeier::fit(&set.durations, &any).unwrap();
        for t in [0.0, 0.5, 4.0, 9.75, 12.0, 50.0] {
            let ended = curves.cumulative_incidence(1, t) + curves.cumulative_incidence(2, t);
            assert_near(ended + survival.survival_at(t), 1.0);
        }
    }

    #[test]
    fn unseen_cause_never_happens() {
        let curves = AalenJohansen::fit(&[1.0, 2.0], &[1, 0]).unwrap();
        assert_eq!(curves.cumulative_incidence(0, 5.0), 0.0);
        assert_eq!(curves.cumulative_incidence(1, 0.5), 0.0);
        assert_eq!(curves.cumulative_incidence(1, 1.0), 0.5);
        assert_eq!(curves.cumulative_incidence(2, 5.0), 0.0);
        assert_eq!(AalenJohansen::fit(&[1.0], &[]), None);
    }
}
