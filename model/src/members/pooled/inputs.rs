//! The inputs of pooled members besides the horizon and the price anchor.

use ndarray::{Array2, ArrayView2};
use plimsoll_trees::Monotone;

use crate::input::ablation::Ablation;
use crate::input::covariate_index::covariate_index;

/// Limits of ln HF: healthier accounts follow the tail, see [`FarTail`](crate::forecast::far_tail).
const LOG_HEALTH: Transform = Transform::Clamp(-0.3, 1.5);

/// One input.
#[derive(Debug, Clone, Copy)]
struct PooledInput {
    covariate: &'static str,
    transform: Transform,
    monotone: Monotone,
}

/// The function of a covariate that is the input.
#[derive(Debug, Clone, Copy)]
enum Transform {
    Identity,
    Clamp(f32, f32),
    /// `ln(x + offset)`.
    Log(f32),
}

const fn falling(covariate: &'static str) -> PooledInput {
    PooledInput { covariate, transform: Transform::Identity, monotone: Monotone::Falling }
}

const fn free(covariate: &'static str, transform: Transform) -> PooledInput {
    PooledInput { covariate, transform, monotone: Monotone::Free }
}

const fn health(covariate: &'static str) -> PooledInput {
    PooledInput { transform: LOG_HEALTH, ..falling(covariate) }
}

/// Along the constrained directions, the capacity (collateral times threshold) is constant or
/// rises; debt would fall along one of them, so its own constraint would have to be the other way
/// round than in the data.
///
/// More inputs identify dates and accounts: sixteen others, of the account and of the first hours of a
/// storm, cost .03 of the average precision with sixty episodes, and .03 with 1,400.
const INPUTS: [PooledInput; 10] = [
    health("lower_log_health"),
    health("log_health_factor_spot"),
    falling("log_hours_lower_720h"),
    falling("log_health_gap"),
    free("hours_since_action", Transform::Log(1.0)),
    free("actions_per_day", Transform::Log(0.01)),
    falling("log_liquidation_capacity"),
    free("volatility_72h", Transform::Log(1e-4)),
    free("volatility_ratio", Transform::Identity),
    free("return_24h", Transform::Identity),
];

/// Number of inputs.
pub(crate) const INPUT_COUNT: usize = INPUTS.len();

/// The constraint of each input.
pub(super) fn monotone_inputs() -> impl Iterator<Item = Monotone> {
    INPUTS.iter().map(|input| input.monotone)
}

/// Computes the inputs from rows of covariates.
#[derive(Debug, Clone)]
pub(crate) struct PooledInputs {
    columns: Vec<(usize, Transform)>,
    masked: Vec<usize>,
}

impl PooledInputs {
    /// Looks up the columns; those that `ablation` removes are masked with NaN.
    pub(crate) fn new(ablation: Option<Ablation>) -> Self {
        let column = |input: &PooledInput| (covariate_index(input.covariate), input.transform);
        Self {
            columns: INPUTS.iter().map(column).collect(),
            masked: ablation.map(Ablation::masked_covariates).unwrap_or_default(),
        }
    }

    /// The inputs of one row.
    pub(crate) fn row(&self, covariates: &[f32]) -> Vec<f32> {
        let value = |&(column, transform): &(usize, Transform)| {
            if self.masked.contains(&column) {
                return f32::NAN;
            }
            let x = covariates[column];
            match transform {
                Transform::Identity => x,
                Transform::Clamp(low, high) => x.clamp(low, high),
                Transform::Log(offset) => (x.max(0.0) + offset).ln(),
            }
        };
        self.columns.iter().map(value).collect()
    }

    /// The inputs of all rows.
    pub(crate) fn rows(&self, covariates: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut rows = Array2::zeros((covariates.nrows(), self.columns.len()));
        for (row, mut to) in covariates.rows().into_iter().zip(rows.rows_mut()) {
            let inputs = self.row(row.as_slice().expect("covariates are contiguous"));
            to.assign(&ndarray::aview1(&inputs));
        }
        rows
    }
}
