//! Fitting the models of owners' actions.

use chrono::{DateTime, Utc};
use plimsoll_features::Observations;
use rayon::prelude::*;

use super::health_buckets::HealthBuckets;
use super::held_out::{HeldOutActionScores, poisson_deviance};
use super::kind::OwnerActionKind;
use super::model::{KindModel, OwnerActions};
use super::rates::RateModel;
use super::regression::{Design, Family, Regression, Sign};
use super::size_model::SizeModel;
use super::spline::{MAX_COLUMNS, SplineBasis};
use super::training_rows::{ActionRows, rows_with_known_actions};

/// Fewer rows of known actions do not determine anything.
const MIN_ROWS: usize = 500;
/// With fewer episodes of a kind its rate is constant.
const MIN_EPISODES: usize = 100;
/// Ridge penalty of a coefficient of a standardised column where all actions are independent; the
/// held-out deviance is nearly the same at 10, 30 and 100.
const RIDGE: f64 = 20.0;
/// Number of held-out blocks of time.
const BLOCKS: usize = 3;

/// Fits the models to the actions known at `until`; `None` if too few rows have labels of actions.
pub(crate) fn fit_owner_actions(
    observations: &Observations,
    until: DateTime<Utc>,
) -> Option<OwnerActions> {
    let known = rows_with_known_actions(observations, until);
    if known.len() < MIN_ROWS {
        return None;
    }
    let (rows, ranges) = ActionRows::new(observations, &known);
    let (sampled, factors) = rows.sample();
    let design = rows.design(&sampled);
    let sample = Sample { rows: &rows, sampled: &sampled, factors: &factors, design: &design };
    let models: Vec<KindModel> =
        OwnerActionKind::ALL.par_iter().map(|&kind| sample.fit_kind(kind)).collect();
    let kinds = models.try_into().expect("one model for each kind");
    Some(OwnerActions { ranges, kinds })
}

/// Rows to fit rates to.
struct Sample<'a> {
    rows: &'a ActionRows,
    /// Rows in the sample, which are those of the design.
    sampled: &'a [usize],
    factors: &'a [f64],
    design: &'a Design,
}

impl Sample<'_> {
    fn fit_kind(&self, kind: OwnerActionKind) -> KindModel {
        let rows = self.rows;
        let by_health = self.buckets(kind, |_| true);
        let size = SizeModel::fit(rows, kind);
        let constant = RateModel::constant(by_health.overall_per_day);
        let episodes = rows.episodes(kind);
        if episodes < MIN_EPISODES {
            return KindModel { rate: constant, size, by_health, held_out: None };
        }
        let events: f64 = rows.counts[kind.index()].iter().sum();
        let ridge = RIDGE * (events / episodes as f64).max(1.0);
        let fitted = self.fit_rate(kind, ridge, constant.coefficients.clone(), |_| true);
        let held_out = self.held_out(kind, ridge, &fitted);
        let is_better = held_out.deviance < held_out.constant_deviance;
        let rate = if is_better { fitted } else { constant };
        KindModel { rate, size, by_health, held_out: Some(held_out) }
    }

    /// The rate fitted to the rows whose time satisfies a condition.
    fn fit_rate(
        &self,
        kind: OwnerActionKind,
        ridge: f64,
        start: Vec<f64>,
        is_used: impl Fn(i64) -> bool,
    ) -> RateModel {
        let pick = |values: &[f64]| self.sampled.iter().map(|&row| values[row]).collect::<Vec<_>>();
        let labels = pick(&self.rows.counts[kind.index()]);
        let days = pick(&self.rows.days);
        let exposure: Vec<f64> = days.iter().zip(self.factors).map(|(d, f)| d * f).collect();
        let used: Vec<usize> = (0..self.sampled.len())
            .filter(|&i| is_used(self.rows.time_s[self.sampled[i]]))
            .collect();
        let signs = rate_signs(kind);
        let regression = Regression {
            family: Family::Poisson,
            design: self.design,
            rows: &used,
            labels: &labels,
            exposure: &exposure,
            ridge,
            signs: &signs,
        };
        let mut rate = RateModel { coefficients: regression.fit(start) };
        // The sample is random: the sum over all rows is that of the actions.
        let (mut observed, mut expected) = (0.0, 0.0);
        self.for_each_row(|row, columns| {
            if is_used(self.rows.time_s[row]) {
                observed += self.rows.counts[kind.index()][row];
                expected += self.rows.days[row] * rate.per_day(columns);
            }
        });
        rate.coefficients[0] += (f64::max(observed, 0.5) / f64::max(expected, 1e-9)).ln();
        rate
    }

    /// Scores on blocks of time of equal length, each with a rate fitted to the other blocks.
    fn held_out(
        &self,
        kind: OwnerActionKind,
        ridge: f64,
        fitted: &RateModel,
    ) -> HeldOutActionScores {
        let first_s = self.rows.time_s.iter().min().copied().unwrap_or(0);
        let last_s = self.rows.time_s.iter().max().copied().unwrap_or(0) + 1;
        let boundary = |block: usize| first_s + (last_s - first_s) / BLOCKS as i64 * block as i64;
        let mut scores = HeldOutActionScores::default();
        for block in 0..BLOCKS {
            let end_s = if block + 1 == BLOCKS { last_s } else { boundary(block + 1) };
            let is_held_out = |time_s: i64| boundary(block) <= time_s && time_s < end_s;
            let others = |time_s: i64| !is_held_out(time_s);
            let rate = self.fit_rate(kind, ridge, fitted.coefficients.clone(), others);
            let buckets = self.buckets(kind, others);
            self.for_each_row(|row, columns| {
                if is_held_out(self.rows.time_s[row]) {
                    let days = self.rows.days[row];
                    let observed = self.rows.counts[kind.index()][row];
                    let expected = days * rate.per_day(columns);
                    scores.observed += observed;
                    scores.expected += expected;
                    scores.deviance += poisson_deviance(observed, expected);
                    scores.constant_deviance +=
                        poisson_deviance(observed, days * buckets.overall_per_day);
                    let by_health = days * buckets.at(self.rows.log_health[row]);
                    scores.by_health_deviance += poisson_deviance(observed, by_health);
                }
            });
        }
        scores
    }

    fn buckets(&self, kind: OwnerActionKind, is_used: impl Fn(i64) -> bool) -> HealthBuckets {
        let rows = self.rows;
        let used = (0..rows.len()).filter(|&row| is_used(rows.time_s[row]));
        let counts = &rows.counts[kind.index()];
        HealthBuckets::fit(used.map(|row| (rows.log_health[row], counts[row], rows.days[row])))
    }

    /// Calls with each row, sampled or not, and its columns.
    fn for_each_row(&self, mut visit: impl FnMut(usize, &[f64])) {
        let mut buffer = [0.0; MAX_COLUMNS];
        for (row, inputs) in self.rows.inputs.iter().enumerate() {
            visit(row, SplineBasis::shared().fill(inputs, &mut buffer));
        }
    }
}

/// Repayments and additions never become rarer as HF falls. Below the threshold borrowing never
/// becomes more frequent, as protocols refuse it (Aave v3 `ValidationLogic.validateBorrow`, Maker
/// `Vat.frob`). Withdrawals are free: near the threshold, owners withdraw to repay in one block.
fn rate_signs(kind: OwnerActionKind) -> Vec<Sign> {
    let mut signs = vec![Sign::Free; SplineBasis::shared().columns()];
    for (column, high) in SplineBasis::shared().health_columns() {
        signs[column] = match kind {
            OwnerActionKind::Repay | OwnerActionKind::AddCollateral => Sign::NotPositive,
            OwnerActionKind::Borrow if high <= 0.0 => Sign::NotNegative,
            _ => Sign::Free,
        };
    }
    signs
}
