//! The weights of members in the mean curve, from their curves of rows held out.

use plimsoll_metrics::KaplanMeier;

/// Share of the best weights; the others are equal weights. The best weights of a few hundred events
/// are as uncertain as the members' scores differ.
const BEST_SHARE: f64 = 0.5;
/// Steps of the descent.
const STEPS: usize = 500;
/// Step size, divided by the greatest product of two members.
const STEP: f64 = 0.5;

/// A row held out: when and how it ended, and its survival.
#[derive(Debug, Clone)]
pub(crate) struct HeldOutCurves {
    pub(crate) end: f64,
    pub(crate) event: bool,
    /// Survival by each member at each time, members by times.
    pub(crate) survival: Vec<f64>,
}

/// Weights of members that sum to 1, halfway from equal weights to those with the lowest integrated
/// Brier score of the mean curve of the rows held out.
///
/// Wey, Connett and Rudser (2015), Biostatistics 16(3): stacked survival models. The likelihood
/// would weigh down members whose incidence rises in steps, which the mean smooths.
pub(crate) fn stacking_weights(rows: &[HeldOutCurves], times: &[f64], members: usize) -> Vec<f64> {
    let form = StackedBrier::new(rows, times, members);
    let equal = 1.0 / members as f64;
    let best = form.best_weights();
    best.into_iter().map(|weight| BEST_SHARE * weight + (1.0 - BEST_SHARE) * equal).collect()
}

/// The integrated Brier score of a mean curve as a quadratic form of the members' weights: each
/// member's error is survival less the outcome, and the score the mean square of the mean error.
#[derive(Debug, Clone)]
struct StackedBrier {
    members: usize,
    /// Mean products of two members' errors, members by members.
    products: Vec<f64>,
}

impl StackedBrier {
    /// Weighs rows by the inverse probability of censoring (Graf et al. 1999, Statistics in Medicine
    /// 18(17)).
    fn new(rows: &[HeldOutCurves], times: &[f64], members: usize) -> Self {
        let ends: Vec<f64> = rows.iter().map(|row| row.end).collect();
        let events: Vec<bool> = rows.iter().map(|row| row.event).collect();
        let censoring = KaplanMeier::fit_censoring(&ends, &events);
        let inverse = |time: f64| {
            let g = censoring.as_ref().map_or(1.0, |g| g.survival_at(time));
            if g > 0.0 { g.recip() } else { 0.0 }
        };
        let lasting: Vec<f64> = times.iter().map(|&time| inverse(time)).collect();
        let mut products = vec![0.0; members * members];
        let mut total = 0.0;
        for row in rows {
            let ended = if row.event { inverse(row.end) } else { 0.0 };
            for (index, &time) in times.iter().enumerate() {
                let lasts = row.end > time;
                let weight = if lasts { lasting[index] } else { ended };
                let outcome = f64::from(u8::from(lasts));
                let error = |member: usize| row.survival[member * times.len() + index] - outcome;
                for (cell, product) in products.iter_mut().enumerate() {
                    *product += weight * error(cell / members) * error(cell % members);
                }
                total += weight;
            }
        }
        products.iter_mut().for_each(|product| *product /= total.max(f64::MIN_POSITIVE));
        Self { members, products }
    }

    /// The score's derivative by each weight, halved.
    fn gradient(&self, weights: &[f64]) -> Vec<f64> {
        let rows = self.products.chunks_exact(self.members);
        rows.map(|row| row.iter().zip(weights).map(|(p, w)| p * w).sum()).collect()
    }

    /// The weights with the lowest score, by exponentiated gradients (Kivinen and Warmuth 1997,
    /// Information and Computation 132(1)), which keep weights positive and their sum 1.
    fn best_weights(&self) -> Vec<f64> {
        let mut weights = vec![1.0 / self.members as f64; self.members];
        let scale = self.products.iter().fold(f64::MIN_POSITIVE, |top, p| top.max(p.abs()));
        // Members err alike: only how they differ moves weights, so that steps are large.
        let step = STEP * self.members as f64 * 10.0 / scale;
        for _ in 0..STEPS {
            let gradient = self.gradient(&weights);
            let raised = weights.iter().zip(gradient).map(|(w, g)| w * (-step * g).exp());
            let raised: Vec<f64> = raised.collect();
            let total: f64 = raised.iter().sum();
            weights = raised.into_iter().map(|weight| weight / total).collect();
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: [f64; 3] = [0.5, 1.0, 1.5];

    /// Exponential rows of two hazards, of which the first member knows the right one and the second
    /// the mean only.
    fn rows(count: usize) -> Vec<HeldOutCurves> {
        let row = |n: usize| {
            let hazard = if n.is_multiple_of(2) { 0.3 } else { 1.7 };
            let end = -(1.0 - (n as f64 + 0.5) / count as f64).ln() / hazard;
            let censored = 0.3 + (n * 7 % 13) as f64 / 4.0;
            let of = |hazard: f64| TIMES.map(|time| (-hazard * time).exp());
            HeldOutCurves {
                end: end.min(censored),
                event: end <= censored,
                survival: [of(hazard), of(1.0)].concat(),
            }
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn the_better_member_weighs_more() {
        let weights = stacking_weights(&rows(400), &TIMES, 2);
        assert!(weights[0] > 0.7 && weights[1] >= 0.25, "{weights:?}");
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn equal_members_have_equal_weights() {
        let mut rows = rows(100);
        rows.iter_mut().for_each(|row| row.survival.copy_within(0..3, 3));
        let weights = stacking_weights(&rows, &TIMES, 2);
        assert!((weights[0] - 0.5).abs() < 1e-12 && (weights[1] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn no_other_weights_have_a_lower_score() {
        let form = StackedBrier::new(&rows(400), &TIMES, 2);
        let score = |w: &[f64]| -> f64 {
            form.gradient(w).iter().zip(w).map(|(gradient, weight)| gradient * weight).sum()
        };
        let best = score(&form.best_weights());
        for n in 0..=50 {
            let weight = f64::from(n) / 50.0;
            assert!(best <= score(&[weight, 1.0 - weight]) + 1e-6);
        }
    }
}
