//! The size of a kind of action, given an account's state.

use plimsoll_numerics::logistic;
use serde::{Deserialize, Serialize};

use super::inputs::{
    ACTIONS_PER_DAY, INPUT_COUNT, LAST_ACTION, LOG_DEBT, LOG_VOLATILITY, LOWER_LOG_HEALTH,
};
use super::kind::OwnerActionKind;
use super::regression::{Design, Family, Regression, Sign, dot};
use super::size::{MAX_SIZE, OwnerActionSize};
use super::training_rows::ActionRows;

/// Columns: a constant, ln HF and its parts above two knots, and four other inputs.
const COLUMNS: usize = 8;
const HEALTH_KNOTS: [f64; 2] = [0.2, 0.6];
/// An action of at least this size closes the position.
pub(crate) const CLOSING_SIZE: f64 = 2.9;
/// Smaller sizes count as this: they are interest, rounding and tests of a wallet.
pub(crate) const MIN_SIZE: f64 = 1e-3;
/// Fewer actions do not determine how sizes depend on the state.
const MIN_ACTIONS: usize = 100;
/// Ridge penalty of a coefficient of a standardised column, actions.
const RIDGE: f64 = 20.0;
/// Without any action: 8 % of HF, within a factor of about three.
const DEFAULT_LOG_MEAN: f64 = -2.5;
const DEFAULT_LOG_DEVIATION: f64 = 1.2;

/// A logistic regression of closing, and a linear one of ln of other sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SizeModel {
    closing: Vec<f64>,
    log_mean: Vec<f64>,
    log_deviation: f64,
}

impl SizeModel {
    /// Fits the model to the rows with actions of a kind: their mean sizes.
    pub(super) fn fit(rows: &ActionRows, kind: OwnerActionKind) -> Self {
        let counts = &rows.counts[kind.index()];
        let acting: Vec<usize> = (0..rows.len()).filter(|&row| counts[row] > 0.0).collect();
        let sizes: Vec<f64> =
            acting.iter().map(|&row| rows.sizes[kind.index()][row] / counts[row]).collect();
        let values = acting.iter().flat_map(|&row| columns(&rows.inputs[row])).collect();
        let design = Design { columns: COLUMNS, values };
        let is_closing: Vec<f64> =
            sizes.iter().map(|&size| f64::from(size >= CLOSING_SIZE)).collect();
        let log_sizes: Vec<f64> = sizes.iter().map(|size| size.max(MIN_SIZE).ln()).collect();
        let partial: Vec<usize> = (0..sizes.len()).filter(|&i| sizes[i] < CLOSING_SIZE).collect();
        let (log_mean, log_deviation) = fit_log_sizes(&design, &partial, &log_sizes);
        Self { closing: fit_closing(&design, &is_closing), log_mean, log_deviation }
    }

    /// The distribution of sizes for a row of inputs.
    pub(super) fn distribution(&self, inputs: &[f64; INPUT_COUNT]) -> OwnerActionSize {
        let row = columns(inputs);
        OwnerActionSize {
            closing_share: logistic(dot(&self.closing, &row)),
            log_mean: dot(&self.log_mean, &row).clamp(MIN_SIZE.ln(), MAX_SIZE.ln()),
            log_deviation: self.log_deviation,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        let coefficients = [&self.closing, &self.log_mean];
        coefficients.iter().all(|values| values.len() == COLUMNS) && self.log_deviation > 0.0
    }
}

fn columns(inputs: &[f64; INPUT_COUNT]) -> [f64; COLUMNS] {
    let health = inputs[LOWER_LOG_HEALTH];
    let [low, high] = HEALTH_KNOTS.map(|knot| (health - knot).max(0.0));
    let [debt, habit] = [inputs[LOG_DEBT], inputs[ACTIONS_PER_DAY]];
    [1.0, health, low, high, debt, habit, inputs[LAST_ACTION], inputs[LOG_VOLATILITY]]
}

fn fit_closing(design: &Design, is_closing: &[f64]) -> Vec<f64> {
    let closings: f64 = is_closing.iter().sum();
    let share = (closings + 0.5) / (is_closing.len() as f64 + 1.0);
    let mut start = vec![0.0; COLUMNS];
    start[0] = (share / (1.0 - share)).ln();
    if closings < MIN_ACTIONS as f64 || is_closing.len() as f64 - closings < MIN_ACTIONS as f64 {
        if is_closing.is_empty() {
            start[0] = f64::MIN_POSITIVE.ln();
        }
        return start;
    }
    let rows: Vec<usize> = (0..is_closing.len()).collect();
    let exposure = vec![1.0; rows.len()];
    Regression {
        family: Family::Logistic,
        design,
        rows: &rows,
        labels: is_closing,
        exposure: &exposure,
        ridge: RIDGE,
        signs: &[Sign::Free; COLUMNS],
    }
    .fit(start)
}

/// The linear regression of ln sizes, and the standard deviation around it.
fn fit_log_sizes(design: &Design, rows: &[usize], log_sizes: &[f64]) -> (Vec<f64>, f64) {
    let mut coefficients = vec![0.0; COLUMNS];
    let count = rows.len() as f64;
    coefficients[0] = DEFAULT_LOG_MEAN;
    if rows.is_empty() {
        return (coefficients, DEFAULT_LOG_DEVIATION);
    }
    coefficients[0] = rows.iter().map(|&row| log_sizes[row]).sum::<f64>() / count;
    if rows.len() >= MIN_ACTIONS {
        let exposure = vec![1.0; log_sizes.len()];
        let regression = Regression {
            family: Family::Gaussian,
            design,
            rows,
            labels: log_sizes,
            exposure: &exposure,
            ridge: RIDGE,
            signs: &[Sign::Free; COLUMNS],
        };
        coefficients = regression.fit(coefficients);
    }
    let squares =
        rows.iter().map(|&row| (log_sizes[row] - dot(&coefficients, design.row(row))).powi(2));
    // A few actions of one size do not show that all are of this size.
    let variance = (squares.sum::<f64>() + DEFAULT_LOG_DEVIATION.powi(2) * 5.0) / (count + 5.0);
    (coefficients, variance.sqrt())
}
