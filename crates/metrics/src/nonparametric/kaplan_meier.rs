//! The Kaplan-Meier estimate of a survival function, of events or of censoring.

use crate::support::inputs::{ascending_order, valid_durations};

/// `S(t) = P(T > t)` as a step function (Kaplan & Meier 1958).
///
/// The last value holds past the last duration; it is zero if all rows of the last duration dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// Days at which survival drops, ascrisk_set.
    times: Vec<f64>,
    /// Survival from each of `times` on.
    survival: Vec<f64>,
}

/// Rows at risk at one duration, and how many of them end there.
struct RiskSet {
    at_risk: usize,
    events: usize,
    censored: usize,
}

impl KaplanMeier {
    /// The survival function of the event; `None` on malformed input or no rows.
    pub fn fit(durations: &[f64], events: &[bool]) -> Option<Self> {
        Self::from_drops(durations, events, |risk_set| (risk_set.events, risk_set.at_risk))
    }

    /// The survival function `G` of the censoring, for weights; `None` on malformed input or no
    /// rows.
    ///
    /// At a tie events come before censorings, so rows with an event leave the risk set first
    /// (as in scikit-survival). pycox keeps them in and is slightly above this at ties.
    pub fn fit_censoring(durations: &[f64], events: &[bool]) -> Option<Self> {
        Self::from_drops(durations, events, |risk_set| {
            (risk_set.censored, risk_set.at_risk - risk_set.events)
        })
    }

    /// `P(T > t)`, with `t` in days.
    pub fn survival_at(&self, t: f64) -> f64 {
        self.survival_after(self.times.partition_point(|&time| time <= t))
    }

    /// The left limit `P(T >= t)`, with `t` in days.
    pub fn survival_before(&self, t: f64) -> f64 {
        self.survival_after(self.times.partition_point(|&time| time < t))
    }

    /// Survival after the first `drops` drops.
    fn survival_after(&self, drops: usize) -> f64 {
        if drops == 0 { 1.0 } else { self.survival[drops - 1] }
    }

    /// The product of `1 - dropped / at_risk` over ascending durations.
    fn from_drops(
        durations: &[f64],
        events: &[bool],
        drop: impl Fn(&RiskSet) -> (usize, usize),
    ) -> Option<Self> {
        if !valid_durations(durations, events.len()) {
            return None;
        }
        let (mut at_risk, mut current) = (events.len(), 1.0);
        let mut curve = Self { times: Vec::new(), survival: Vec::new() };
        for tied in ascending_order(durations).chunk_by(|&a, &b| durations[a] == durations[b]) {
            let happened = tied.iter().filter(|&&row| events[row]).count();
            let (dropped, exposed) =
                drop(&RiskSet { at_risk, events: happened, censored: tied.len() - happened });
            if dropped > 0 {
                current *= 1.0 - dropped as f64 / exposed as f64;
                curve.times.push(durations[tied[0]]);
                curve.survival.push(current);
            }
            at_risk -= tied.len();
        }
        Some(curve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    // from lifelines import KaplanMeierFitter
    // KaplanMeierFitter().fit(d, e).predict([0.0, 0.5, 3.0, 3.25, 9.5, 12.0])
    #[test]
    fn event_survival_agrees_with_lifelines() {
        let set = test_rows();
        let curve = KaplanMeier::fit(&set.durations, &set.events).unwrap();
        for (t, survival) in [
            (0.0, 1.0),
            (0.5, 1.0),
            (3.0, 0.9457065541755932),
            (3.25, 0.9457065541755932),
            (9.5, 0.5545532890518496),
            (12.0, 0.32408958451082115),
        ] {
            assert_near(curve.survival_at(t), survival);
        }
    }

    // from sksurv.nonparametric import CensoringDistributionEstimator
    // G = CensoringDistributionEstimator().fit(y(7, 120))
    // G.predict_proba(np.array([0.0, 0.5, 3.0, 3.25, 9.5, 12.0]))
    #[test]
    fn censoring_survival_agrees_with_scikit_survival() {
        let set = test_rows();
        let curve = KaplanMeier::fit_censoring(&set.durations, &set.events).unwrap();
        for (t, survival) in [
            (0.0, 1.0),
            (0.5, 0.9666666666666667),
            (3.0, 0.8371166120941099),
            (3.25, 0.8371166120941099),
            (9.5, 0.33059642229656366),
            (12.0, 0.0),
        ] {
            assert_near(curve.survival_at(t), survival);
        }
    }

    #[test]
    fn left_limit_differs_only_where_survival_drops() {
        let curve = KaplanMeier::fit(&[1.0, 2.0, 2.0, 4.0], &[true, true, false, false]).unwrap();
        assert_eq!(curve.survival_before(1.0), 1.0);
        assert_eq!(curve.survival_at(1.0), 0.75);
        assert_eq!(curve.survival_before(2.0), 0.75);
        assert_eq!(curve.survival_at(2.0), 0.5);
        assert_eq!(curve.survival_before(3.0), curve.survival_at(3.0));
        assert_eq!(curve.survival_at(100.0), 0.5);
    }

    #[test]
    fn without_censoring_the_weights_are_one() {
        let curve = KaplanMeier::fit_censoring(&[1.0, 2.0], &[true, true]).unwrap();
        assert_eq!(curve.survival_at(2.0), 1.0);
    }

    #[test]
    fn no_rows_nan_and_unequal_lengths_are_undefined() {
        assert_eq!(KaplanMeier::fit(&[], &[]), None);
        assert_eq!(KaplanMeier::fit(&[f64::NAN], &[true]), None);
        assert_eq!(KaplanMeier::fit_censoring(&[1.0, 2.0], &[true]), None);
    }
}
