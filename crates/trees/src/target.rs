//! The target of a forest: its loss and the derivatives of the loss.

use plimsoll_numerics::{logistic, logistic_and_complement, softplus};

/// The observations of each row, and with them the loss.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// Binary labels: the loss is `weight * (ln(1 + exp(margin)) - label * margin)`.
    Logistic {
        /// 1 or 0; fractions are allowed.
        labels: &'a [f32],
        /// The weight of each row.
        weights: &'a [f32],
        /// Log odds that the forest corrects; its own constant is then zero.
        base_margins: Option<&'a [f32]>,
    },
    /// Binary labels of rows whose probability has a known maximum: it is `p = ceiling *
    /// logistic(base margin + margin)`, and the loss `-weight * (label * ln(p) + (1 - label) *
    /// ln(1 - p))`. The second derivative is the expected one (Fisher information), which is never
    /// negative. With a ceiling of 1 it equals [`Target::Logistic`].
    CappedLogistic {
        /// 1 or 0.
        labels: &'a [f32],
        /// The weight of each row.
        weights: &'a [f32],
        /// Log odds that the forest corrects; its own constant is zero.
        base_margins: &'a [f32],
        /// The maximum of each row's probability, above 0 and at most 1.
        ceilings: &'a [f32],
    },
    /// Counts: the loss is `exp(margin) * exposure - events * margin`.
    Poisson {
        /// Observed number of events.
        events: &'a [f32],
        /// Exposure, such as time at risk; an expected count serves as a base rate.
        exposure: &'a [f32],
    },
}

impl Target<'_> {
    pub(crate) const fn rows(&self) -> usize {
        match self {
            Self::Logistic { labels, .. } | Self::CappedLogistic { labels, .. } => labels.len(),
            Self::Poisson { events, .. } => events.len(),
        }
    }

    /// Whether every slice has `rows` entries.
    pub(crate) fn has_rows(&self, rows: usize) -> bool {
        match self {
            Self::Logistic { labels, weights, base_margins } => {
                labels.len() == rows
                    && weights.len() == rows
                    && base_margins.is_none_or(|margins| margins.len() == rows)
            }
            Self::CappedLogistic { labels, weights, base_margins, ceilings } => {
                [labels, weights, base_margins, ceilings].iter().all(|slice| slice.len() == rows)
            }
            Self::Poisson { events, exposure } => events.len() == rows && exposure.len() == rows,
        }
    }

    /// The constant margin with the lowest loss.
    ///
    /// Counts below half an event are raised to one half, which keeps the margin finite.
    pub(crate) fn best_constant(&self) -> f32 {
        let ratio =
            |positive: f64, negative: f64| (positive.max(0.5) / negative.max(0.5)).ln() as f32;
        match self {
            Self::Logistic { base_margins: Some(_), .. } | Self::CappedLogistic { .. } => 0.0,
            Self::Logistic { labels, weights, .. } => {
                let rows =
                    || labels.iter().zip(*weights).map(|(&y, &w)| (f64::from(y), f64::from(w)));
                ratio(rows().map(|(y, w)| y * w).sum(), rows().map(|(y, w)| (1.0 - y) * w).sum())
            }
            Self::Poisson { events, exposure } => {
                let sum = |values: &[f32]| values.iter().map(|&v| f64::from(v)).sum::<f64>();
                let exposed = sum(exposure).max(f64::from(f32::MIN_POSITIVE));
                (sum(events).max(0.5) / exposed).ln() as f32
            }
        }
    }

    /// The margin of a row before any tree, without the constant.
    pub(crate) fn base_margin(&self, row: usize) -> f64 {
        match self {
            Self::Logistic { base_margins: Some(margins), .. }
            | Self::CappedLogistic { base_margins: margins, .. } => f64::from(margins[row]),
            _ => 0.0,
        }
    }

    /// First and second derivative of a row's loss at a margin.
    pub(crate) fn derivatives(&self, row: usize, margin: f64) -> [f32; 2] {
        let mut derivatives = [[0.0; 2]];
        self.write_derivatives(row, &[margin], &mut derivatives);
        derivatives[0]
    }

    /// First and second derivatives of the losses of adjacent rows at their margins, in single
    /// precision. Counts use double precision, as their rates have no bound.
    pub(crate) fn write_derivatives(&self, first: usize, margins: &[f64], to: &mut [[f32; 2]]) {
        let rows = first..first + margins.len();
        let margins = margins.iter().zip(to);
        match self {
            Self::Logistic { labels, weights, .. } => {
                let rows = labels[rows.clone()].iter().zip(&weights[rows]);
                for ((label, weight), (margin, to)) in rows.zip(margins) {
                    let [p, q] = logistic_and_complement(*margin as f32);
                    *to = [weight * (p * (1.0 - label) - q * label), weight * p * q];
                }
            }
            Self::CappedLogistic { labels, weights, ceilings, .. } => {
                let labels = labels[rows.clone()].iter().zip(&weights[rows.clone()]);
                let rows = labels.zip(&ceilings[rows]);
                for (((label, weight), ceiling), (margin, to)) in rows.zip(margins) {
                    let [p, q] = logistic_and_complement(*margin as f32);
                    // The odds of ceiling * p; where it rounds to 1, q is still positive.
                    let odds = ceiling * p / (q + (1.0 - ceiling) * p);
                    *to = [weight * q * ((1.0 - label) * odds - label), weight * odds * q * q];
                }
            }
            Self::Poisson { events, exposure } => {
                let rows = events[rows.clone()].iter().zip(&exposure[rows]);
                for ((events, exposure), (margin, to)) in rows.zip(margins) {
                    let expected = margin.exp() * f64::from(*exposure);
                    *to = [(expected - f64::from(*events)) as f32, expected as f32];
                }
            }
        }
    }

    /// A row's loss at a margin.
    pub(crate) fn loss(&self, row: usize, margin: f64) -> f64 {
        match self {
            Self::Logistic { labels, weights, .. } => {
                f64::from(weights[row]) * (softplus(margin) - f64::from(labels[row]) * margin)
            }
            Self::CappedLogistic { labels, weights, ceilings, .. } => {
                let p = f64::from(ceilings[row]) * logistic(margin);
                let label = f64::from(labels[row]);
                let log = |p: f64| p.max(f64::MIN_POSITIVE).ln();
                -f64::from(weights[row]) * (label * log(p) + (1.0 - label) * log(1.0 - p))
            }
            Self::Poisson { events, exposure } => {
                margin.exp() * f64::from(exposure[row]) - f64::from(events[row]) * margin
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_finite_differences_of_the_loss() {
        let (labels, weights, exposure) = ([1.0, 0.0], [2.0, 0.5], [3.0, 0.25]);
        for target in [
            Target::Logistic { labels: &labels, weights: &weights, base_margins: None },
            Target::Poisson { events: &labels, exposure: &exposure },
        ] {
            for (row, margin) in [(0, -1.3), (1, 0.7)] {
                let [gradient, hessian] = target.derivatives(row, margin).map(f64::from);
                let loss = |step: f64| target.loss(row, margin + step);
                assert!((gradient - (loss(1e-4) - loss(-1e-4)) / 2e-4).abs() < 1e-5);
                let difference = (loss(1e-3) - 2.0 * loss(0.0) + loss(-1e-3)) / 1e-6;
                assert!((hessian - difference).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn capped_gradients_are_finite_differences_and_equal_the_logistic_at_a_ceiling_of_one() {
        let (labels, weights, base) = ([1.0, 0.0, 0.0], [2.0, 0.5, 1.0], [0.0; 3]);
        for ceiling in [1.0, 0.4] {
            let ceilings = [ceiling; 3];
            let target = Target::CappedLogistic {
                labels: &labels,
                weights: &weights,
                base_margins: &base,
                ceilings: &ceilings,
            };
            let logistic =
                Target::Logistic { labels: &labels, weights: &weights, base_margins: None };
            for (row, margin) in [(0, -1.3), (1, 0.7), (2, -4.0)] {
                let [gradient, hessian] = target.derivatives(row, margin);
                let loss = |step: f64| target.loss(row, margin + step);
                let difference = (loss(1e-4) - loss(-1e-4)) / 2e-4;
                assert!((f64::from(gradient) - difference).abs() < 1e-5);
                assert!(hessian > 0.0);
                if ceiling == 1.0 {
                    let expected = logistic.derivatives(row, margin);
                    assert!((gradient - expected[0]).abs() < 1e-6);
                    assert!((hessian - expected[1]).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn capped_derivatives_stay_finite_at_extreme_margins() {
        let target = Target::CappedLogistic {
            labels: &[1.0, 0.0],
            weights: &[1.0; 2],
            base_margins: &[0.0; 2],
            ceilings: &[1.0; 2],
        };
        for margin in [-700.0, 700.0] {
            for row in [0, 1] {
                assert!(target.derivatives(row, margin).iter().all(|d| d.is_finite()));
                assert!(target.loss(row, margin).is_finite());
            }
        }
    }

    #[test]
    fn without_events_the_constant_is_finite() {
        let target = Target::Poisson { events: &[0.0; 3], exposure: &[1.0; 3] };
        assert!((target.best_constant() - (0.5_f32 / 3.0).ln()).abs() < 1e-6);
    }
}
