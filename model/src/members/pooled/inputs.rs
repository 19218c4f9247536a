//! The inputs of pooled members besides the horizon and the price anchor.

use ndarray::{Array2, ArrayView2};
use plimsoll_trees::Monotone;
use serde::{Deserialize, Serialize};

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

/// A set of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InputSet {
    /// About ten: more inputs identify dates and accounts where there are few episodes.
    Core,
    /// All that describe the account and the first hours of a storm, for thousands of episodes.
    Extended,
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
const CORE: [PooledInput; 10] = [
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

/// Further inputs of the extended set.
const FURTHER: [PooledInput; 16] = [
    health("log_health_factor"),
    health("lowest_log_health_since_opened"),
    free("account_age_days", Transform::Log(0.1)),
    free("position_age_days", Transform::Log(0.1)),
    free("actions_30d", Transform::Log(1.0)),
    free("actions_near_this_hour_share", Transform::Identity),
    free("volatility_6h", Transform::Log(1e-4)),
    free("volatility_720h", Transform::Log(1e-4)),
    free("parkinson_6h", Transform::Log(1e-4)),
    free("return_1h", Transform::Identity),
    free("return_6h", Transform::Identity),
    free("return_72h", Transform::Identity),
    free("fall_from_high_6h", Transform::Identity),
    free("log_liquidated_bps_6h", Transform::Identity),
    free("log_liquidated_bps_24h", Transform::Identity),
    free("log_base_fee_over_median_168h", Transform::Identity),
];

impl InputSet {
    fn inputs(self) -> Vec<PooledInput> {
        match self {
            Self::Core => CORE.to_vec(),
            Self::Extended => [&CORE[..], &FURTHER[..]].concat(),
        }
    }

    /// Number of inputs.
    pub(crate) fn count(self) -> usize {
        self.inputs().len()
    }

    /// The constraint of each input.
    pub(super) fn monotone(self) -> impl Iterator<Item = Monotone> {
        self.inputs().into_iter().map(|input| input.monotone)
    }
}

/// Computes the inputs of a set from rows of covariates.
#[derive(Debug, Clone)]
pub(crate) struct PooledInputs {
    columns: Vec<(usize, Transform)>,
    masked: Vec<usize>,
}

impl PooledInputs {
    /// Looks up the columns; those that `ablation` removes are masked with NaN.
    pub(crate) fn new(set: InputSet, ablation: Option<Ablation>) -> Self {
        let column = |input: &PooledInput| (covariate_index(input.covariate), input.transform);
        Self {
            columns: set.inputs().iter().map(column).collect(),
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
