//! Smoothing of event counts over accounts, so that no probability is zero by chance.

/// Prior weight of the average timing at the account's own risk, in futures.
const TIMING_PRIOR_FUTURES: f64 = 2.0;
/// Prior weight of the average account's risk over the whole horizon, in futures.
const RISK_PRIOR_FUTURES: f64 = 1.0;

/// Converts cumulative counts by account and edge, out of `futures` futures, into cumulative
/// incidences.
///
/// An account's risk over the whole horizon is estimated from its own futures and
/// [`RISK_PRIOR_FUTURES`] futures of the average account; its incidence at an edge from its own
/// futures and [`TIMING_PRIOR_FUTURES`] futures with this risk and the average account's timing.
/// The sum over accounts at an edge equals the sum of the raw shares.
pub(super) fn smooth_incidence(counts: &[&Vec<u64>], futures: f64) -> Vec<Vec<f64>> {
    let edges = counts.first().map_or(0, |counts| counts.len());
    let average = |edge: usize| {
        let sum: u64 = counts.iter().map(|counts| counts[edge]).sum();
        sum as f64 / (counts.len() as f64 * futures)
    };
    let averages: Vec<f64> = (0..edges).map(average).collect();
    let average_risk = averages.last().copied().unwrap_or(0.0);
    let account = |counts: &&Vec<u64>| -> Vec<f64> {
        let own = counts.last().map_or(0.0, |&count| count as f64);
        let risk = (own + RISK_PRIOR_FUTURES * average_risk) / (futures + RISK_PRIOR_FUTURES);
        let at = |(&count, average): (&u64, &f64)| {
            let timing = if average_risk > 0.0 { average / average_risk } else { 0.0 };
            (count as f64 + TIMING_PRIOR_FUTURES * risk * timing) / (futures + TIMING_PRIOR_FUTURES)
        };
        counts.iter().zip(&averages).map(at).collect()
    };
    counts.iter().map(account).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_stay_and_nothing_seen_elsewhere_is_impossible() {
        let counts = [vec![0, 0, 3], vec![1, 5, 90], vec![0, 0, 0]];
        let smooth = smooth_incidence(&counts.iter().collect::<Vec<_>>(), 100.0);
        for edge in 0..3 {
            let sum: f64 = smooth.iter().map(|curve| curve[edge]).sum();
            let shares = counts.iter().map(|counts| counts[edge] as f64 / 100.0).sum::<f64>();
            assert!((sum - shares).abs() < 1e-12, "edge {edge}");
        }
        assert!(smooth.iter().all(|curve| curve[0] > 0.0 && curve.is_sorted()));
    }

    #[test]
    fn of_accounts_without_a_count_the_riskier_stays_riskier() {
        let counts = [vec![0, 3], vec![0, 90], vec![1, 1]];
        let smooth = smooth_incidence(&counts.iter().collect::<Vec<_>>(), 100.0);
        assert!(smooth[1][0] > smooth[0][0] && smooth[2][0] > smooth[1][0]);
    }

    #[test]
    fn what_nobody_saw_is_zero() {
        let counts = vec![0, 0];
        assert_eq!(smooth_incidence(&[&counts], 10.0), [[0.0, 0.0]]);
    }
}
