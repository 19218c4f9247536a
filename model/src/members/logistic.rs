//! A logistic regression with a ridge penalty.

use ndarray::{ArrayView1, ArrayView2};
use plimsoll_numerics::{logistic, logit, softplus};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::members::WeightedLabels;

const NEWTON_STEPS: usize = 25;
const MAX_HALVINGS: usize = 12;
/// Iteration ends when a Newton step gains less than this, in nats over all rows.
const MIN_GAIN: f64 = 1e-7;
/// Rows per partial sum, so that sums do not depend on the number of threads.
const CHUNK_ROWS: usize = 16_384;

/// Log odds that are linear in clipped, standardised inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogisticRegression {
    terms: Vec<Term>,
    intercept: f64,
}

/// The term of one input: `weight * (clip(x) - mean) / std`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    min: f64,
    max: f64,
    mean: f64,
    std: f64,
    weight: f64,
}

impl LogisticRegression {
    /// Maximises the log likelihood of the labels minus `ridge / 2` times the sum of squared
    /// weights.
    ///
    /// `inputs`: rows by inputs; `limits`: the clipping range of each input.
    pub(crate) fn fit(
        inputs: ArrayView2<'_, f32>,
        limits: &[(f64, f64)],
        labels: &WeightedLabels<'_>,
        ridge: f64,
    ) -> Self {
        let columns = inputs.columns().into_iter().zip(limits);
        let terms: Vec<Term> = columns.map(|(column, limits)| Term::fit(column, *limits)).collect();
        let rows = design_rows(inputs, &terms);
        let design = DesignMatrix { rows, width: terms.len() + 1, labels: *labels, ridge };
        let rate = design.positive_rate();
        let mut weights = vec![0.0; design.width];
        weights[0] = logit(rate);
        let mut loss = design.loss(&weights);
        for _ in 0..NEWTON_STEPS {
            let step = design.newton_step(&weights);
            let Some((nearer, less)) = design.line_search(&weights, &step, loss) else { break };
            let gain = loss - less;
            (weights, loss) = (nearer, less);
            if gain < MIN_GAIN {
                break;
            }
        }
        let mut model = Self { terms, intercept: weights[0] };
        model.terms.iter_mut().zip(&weights[1..]).for_each(|(term, weight)| term.weight = *weight);
        model
    }

    /// Number of inputs.
    pub(crate) const fn inputs(&self) -> usize {
        self.terms.len()
    }

    /// Log odds of a row of inputs.
    pub(crate) fn log_odds(&self, inputs: impl Iterator<Item = f32>) -> f64 {
        let parts =
            self.terms.iter().zip(inputs).map(|(term, x)| term.weight * term.standardize(x));
        self.intercept + parts.sum::<f64>()
    }
}

impl Term {
    fn fit(column: ArrayView1<'_, f32>, (min, max): (f64, f64)) -> Self {
        let known = || {
            let finite = column.iter().filter(|x| x.is_finite());
            finite.map(|x| f64::from(*x).clamp(min, max))
        };
        let count = known().count().max(1) as f64;
        let mean = known().sum::<f64>() / count;
        let variance = known().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        let std = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        Self { min, max, mean, std, weight: 0.0 }
    }

    /// A missing input counts as the mean.
    fn standardize(&self, x: f32) -> f64 {
        if !x.is_finite() {
            return 0.0;
        }
        (f64::from(x).clamp(self.min, self.max) - self.mean) / self.std
    }
}

/// A leading one and the standardised inputs, row by row.
fn design_rows(inputs: ArrayView2<'_, f32>, terms: &[Term]) -> Vec<f64> {
    let row = |row: ArrayView1<'_, f32>| {
        let scaled: Vec<f64> =
            terms.iter().zip(row).map(|(term, x)| term.standardize(*x)).collect();
        std::iter::once(1.0).chain(scaled)
    };
    inputs.rows().into_iter().flat_map(row).collect()
}

struct DesignMatrix<'a> {
    rows: Vec<f64>,
    width: usize,
    labels: WeightedLabels<'a>,
    ridge: f64,
}

impl DesignMatrix<'_> {
    /// Share of positives, with half a positive added so that it is never zero.
    fn positive_rate(&self) -> f64 {
        let weights = self.labels.weights.iter().map(|weight| f64::from(*weight));
        let weighted = weights.zip(self.labels.positives);
        let (some, all) = weighted.fold((0.5, 1.0), |(some, all), (weight, positive)| {
            (some + if *positive { weight } else { 0.0 }, all + weight)
        });
        some / all
    }

    fn loss(&self, weights: &[f64]) -> f64 {
        let sums = self.sum_rows(1, |x, (positive, share), sums| {
            let z = dot(weights, x);
            sums[0] += share * (softplus(z) - if positive { z } else { 0.0 });
        });
        sums[0] + self.ridge / 2.0 * weights[1..].iter().map(|w| w * w).sum::<f64>()
    }

    fn newton_step(&self, weights: &[f64]) -> Vec<f64> {
        let width = self.width;
        let sums = self.sum_rows(width * (width + 1), |x, (positive, share), sums| {
            let p = logistic(dot(weights, x));
            let residual = share * (f64::from(u8::from(positive)) - p);
            let weight = share * p * (1.0 - p);
            for (i, xi) in x.iter().enumerate() {
                sums[i] += residual * xi;
                let row = &mut sums[width * (i + 1)..][..=i];
                row.iter_mut().zip(x).for_each(|(sum, xj)| *sum += weight * xi * xj);
            }
        });
        let (gradient, curvature) = sums.split_at(width);
        let ridged = |i: usize| if i == 0 { 0.0 } else { self.ridge };
        let gradient = (0..width).map(|i| gradient[i] - ridged(i) * weights[i]).collect();
        let curvature = |i: usize, j: usize| {
            let (high, low) = (i.max(j), i.min(j));
            curvature[width * high + low] + if i == j { ridged(i) + 1e-9 } else { 0.0 }
        };
        solve_cholesky(gradient, curvature)
    }

    /// Halves a step until the loss improves; `None` if it never does.
    fn line_search(&self, weights: &[f64], step: &[f64], loss: f64) -> Option<(Vec<f64>, f64)> {
        (0..MAX_HALVINGS).find_map(|halvings| {
            let share = 0.5_f64.powi(halvings as i32);
            let there: Vec<f64> = weights.iter().zip(step).map(|(w, s)| w + share * s).collect();
            let less = self.loss(&there);
            (less < loss).then_some((there, less))
        })
    }

    /// Sums over rows, each with its label and weight.
    fn sum_rows(
        &self,
        width: usize,
        add: impl Fn(&[f64], (bool, f64), &mut [f64]) + Sync,
    ) -> Vec<f64> {
        let WeightedLabels { positives, weights, .. } = self.labels;
        let rows = self.rows.par_chunks(CHUNK_ROWS * self.width);
        let rows = rows.zip(positives.par_chunks(CHUNK_ROWS)).zip(weights.par_chunks(CHUNK_ROWS));
        let chunk = |((rows, positives), weights): ((&[f64], &[bool]), &[f32])| {
            let mut sums = vec![0.0; width];
            let labels = positives.iter().zip(weights).map(|(p, w)| (*p, f64::from(*w)));
            let rows = rows.chunks_exact(self.width).zip(labels);
            rows.for_each(|(x, label)| add(x, label, &mut sums));
            sums
        };
        let chunks: Vec<Vec<f64>> = rows.map(chunk).collect();
        chunks.into_iter().fold(vec![0.0; width], |mut total, chunk| {
            total.iter_mut().zip(chunk).for_each(|(total, sum)| *total += sum);
            total
        })
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Solves a symmetric positive definite system by Cholesky decomposition.
fn solve_cholesky(mut b: Vec<f64>, a: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let n = b.len();
    let mut l = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| l[i * n + k] * l[j * n + k]).sum();
            let value = a(i, j) - known;
            l[i * n + j] =
                if i == j { value.max(f64::MIN_POSITIVE).sqrt() } else { value / l[j * n + j] };
        }
    }
    for i in 0..n {
        let known: f64 = (0..i).map(|k| l[i * n + k] * b[k]).sum();
        b[i] = (b[i] - known) / l[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| l[k * n + i] * b[k]).sum();
        b[i] = (b[i] - known) / l[i * n + i];
    }
    b
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use plimsoll_numerics::normal_cdf;

    use super::*;

    const FREE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

    /// Evenly spaced inputs, and labels whose shares follow a line on the logit scale.
    fn logistic_rows(rows: usize, level: f64, slope: f64) -> (Array2<f32>, Vec<bool>) {
        let x = |row: usize| normal_cdf((row / 50) as f64 / 50.0 - 2.0) * 4.0 - 2.0;
        let inputs = Array2::from_shape_fn((rows, 1), |(row, _)| x(row) as f32);
        let p = |row: usize| 1.0 / (1.0 + (-level - slope * x(row)).exp());
        let positives = (0..rows).map(|row| ((row % 50) as f64 + 0.5) / 50.0 < p(row)).collect();
        (inputs, positives)
    }

    fn fit_one_input(
        inputs: &Array2<f32>,
        limits: (f64, f64),
        positives: &[bool],
        ridge: f64,
    ) -> LogisticRegression {
        let weights = vec![1.0; positives.len()];
        let labels = WeightedLabels { positives, weights: &weights, seed: 0 };
        LogisticRegression::fit(inputs.view(), &[limits], &labels, ridge)
    }

    #[test]
    fn intercept_and_slope_are_recovered() {
        let (inputs, positives) = logistic_rows(10_000, -1.0, 0.8);
        let model = fit_one_input(&inputs, FREE, &positives, 1e-6);
        let at = |x: f32| model.log_odds([x].into_iter());
        assert!((at(0.0) + 1.0).abs() < 0.05, "{}", at(0.0));
        assert!((at(1.0) - at(0.0) - 0.8).abs() < 0.05, "{}", at(1.0) - at(0.0));
    }

    #[test]
    fn a_strong_ridge_leaves_the_base_rate() {
        let (inputs, positives) = logistic_rows(10_000, -1.0, 0.8);
        let model = fit_one_input(&inputs, FREE, &positives, 1e12);
        let rate = positives.iter().filter(|positive| **positive).count() as f64 / 10_000.0;
        let odds = (rate / (1.0 - rate)).ln();
        assert!(
            [-2.0, 0.0, 2.0].iter().all(|x| (model.log_odds([*x].into_iter()) - odds).abs() < 1e-3)
        );
    }

    #[test]
    fn inputs_are_clipped_and_missing_inputs_are_the_mean() {
        let (inputs, positives) = logistic_rows(10_000, -1.0, 0.8);
        let model = fit_one_input(&inputs, (-1.0, 1.0), &positives, 1.0);
        let at = |x: f32| model.log_odds([x].into_iter());
        assert_eq!(at(5.0), at(1.0));
        assert_eq!(at(f32::NAN), model.intercept);
    }

    #[test]
    fn fit_is_finite_without_positives() {
        let (inputs, _) = logistic_rows(1_000, 0.0, 1.0);
        let model = fit_one_input(&inputs, FREE, &[false; 1_000], 1.0);
        assert!(model.log_odds([0.0].into_iter()).is_finite());
    }
}
