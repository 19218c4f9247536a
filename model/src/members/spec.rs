//! The inputs and hyperparameters of each horizon's direct members.

use ndarray::ArrayView1;

use crate::input::covariate_index::covariate_index;
use plimsoll_trees::{Monotone, TreeOptions};

/// The members of one horizon.
#[derive(Debug)]
pub(crate) struct MemberSpec {
    /// Inputs of the logistic regression.
    pub(super) logistic_inputs: &'static [MemberInput],
    /// Ridge penalty of the logistic regression, the inverse variance of a standardised weight.
    pub(super) ridge: f64,
    /// A forest of a few inputs, most of them with a monotone constraint.
    pub(super) small_forest: ForestSpec,
    /// A forest of many inputs.
    pub(super) large_forest: ForestSpec,
}

/// Inputs and hyperparameters of a forest.
#[derive(Debug)]
pub(super) struct ForestSpec {
    pub(super) inputs: &'static [MemberInput],
    rounds: usize,
    depth: usize,
    lambda: f64,
    min_child_weight: f64,
    colsample: f64,
}

/// One input of a member.
#[derive(Debug)]
pub(crate) struct MemberInput {
    name: &'static str,
    clip: Clipping,
    pub(super) monotone: Monotone,
}

/// How an input is clipped.
#[derive(Debug, Clone, Copy)]
enum Clipping {
    /// No clipping.
    Unbounded,
    /// To the central range of positive rows, so that no weight depends on a few outliers.
    PositiveQuantiles,
}

impl MemberInput {
    const fn free(name: &'static str) -> Self {
        Self { name, clip: Clipping::Unbounded, monotone: Monotone::Free }
    }

    const fn rising(name: &'static str) -> Self {
        Self { monotone: Monotone::Rising, ..Self::free(name) }
    }

    const fn falling(name: &'static str) -> Self {
        Self { monotone: Monotone::Falling, ..Self::free(name) }
    }

    const fn clipped(name: &'static str) -> Self {
        Self { clip: Clipping::PositiveQuantiles, ..Self::free(name) }
    }

    pub(super) fn column(&self) -> usize {
        covariate_index(self.name)
    }

    /// Returns the clipping range, given the input's values and the labels of the same rows.
    pub(super) fn clip_limits(
        &self,
        column: ArrayView1<'_, f32>,
        positives: &[bool],
    ) -> (f64, f64) {
        let rows = column.iter().zip(positives);
        let among = rows.filter(|(x, positive)| **positive && x.is_finite());
        let mut among: Vec<f32> = among.map(|(x, _)| *x).collect();
        if among.is_empty() || matches!(self.clip, Clipping::Unbounded) {
            return (f64::MIN, f64::MAX);
        }
        among.sort_by(f32::total_cmp);
        let at = |share: f64| f64::from(among[(share * (among.len() - 1) as f64).round() as usize]);
        (at(CLIP_SHARE), at(1.0 - CLIP_SHARE))
    }
}

/// Share of the positive rows beyond either limit of a clipped input.
const CLIP_SHARE: f64 = 0.05;

impl ForestSpec {
    pub(super) fn options(&self) -> TreeOptions {
        TreeOptions {
            rounds: self.rounds,
            learning_rate: 0.05,
            depth: self.depth,
            lambda: self.lambda,
            min_child_weight: self.min_child_weight,
            colsample: self.colsample,
            ..TreeOptions::default()
        }
    }
}

/// Inputs of the large forest: those that describe the account rather than the date.
const LARGE_FOREST_INPUTS: [MemberInput; 26] = [
    MemberInput::rising("log_passage_24h"),
    MemberInput::rising("log_passage_7d"),
    MemberInput::falling("log_health"),
    MemberInput::falling("log_health_factor"),
    MemberInput::falling("log_health_factor_spot"),
    MemberInput::falling("health_dwell_720h"),
    MemberInput::falling("health_dwell"),
    MemberInput::free("log_health_above_lowest"),
    MemberInput::free("volatility_6h"),
    MemberInput::free("volatility_24h"),
    MemberInput::free("volatility_72h"),
    MemberInput::free("volatility_ratio"),
    MemberInput::free("parkinson_24h"),
    MemberInput::free("return_24h"),
    MemberInput::free("position_age_days"),
    MemberInput::free("hours_since_action"),
    MemberInput::free("actions"),
    MemberInput::free("actions_30d"),
    MemberInput::free("actions_per_day"),
    MemberInput::free("liquidations"),
    MemberInput::free("rescues"),
    MemberInput::free("log_health_since_action"),
    MemberInput::free("log_health_raised"),
    MemberInput::free("log_debt_usd"),
    MemberInput::free("selling_cost"),
    MemberInput::free("log_nearer_debt_over_depth"),
];

const fn large_forest(depth: usize) -> ForestSpec {
    ForestSpec {
        inputs: &LARGE_FOREST_INPUTS,
        rounds: 150,
        depth,
        lambda: 10.0,
        min_child_weight: 5.0,
        colsample: 0.5,
    }
}

const fn small_forest(inputs: &'static [MemberInput], depth: usize) -> ForestSpec {
    ForestSpec { inputs, rounds: 150, depth, lambda: 10.0, min_child_weight: 1.0, colsample: 1.0 }
}

/// The members at each of the [`MILESTONES`](crate::forecast::incidence::MILESTONES). Short
/// horizons use the account's current and recent health. At longer horizons the current state of
/// the market mostly identifies the date.
pub(crate) const MEMBER_SPECS: [MemberSpec; 3] = [
    MemberSpec {
        logistic_inputs: &[
            MemberInput::free("sigmas"),
            MemberInput::free("proximity"),
            MemberInput::free("log_health"),
            MemberInput::free("near_sigmas"),
            MemberInput::clipped("log_debt_usd"),
            MemberInput::clipped("log_volatility_720h"),
            MemberInput::free("health_dwell_720h"),
            MemberInput::free("lowest_log_health_since_action"),
        ],
        ridge: 17.5,
        small_forest: small_forest(
            &[
                MemberInput::rising("log_passage_7d"),
                MemberInput::falling("log_health"),
                MemberInput::falling("health_dwell_720h"),
                MemberInput::falling("near_sigmas"),
                MemberInput::free("log_debt_usd"),
                MemberInput::free("log_volatility_720h"),
            ],
            3,
        ),
        large_forest: large_forest(4),
    },
    MemberSpec {
        logistic_inputs: &[MemberInput::free("log_passage_7d")],
        ridge: 20.0,
        small_forest: small_forest(
            &[
                MemberInput::rising("log_passage_7d"),
                MemberInput::falling("health_dwell"),
                MemberInput::free("log_health_above_lowest"),
            ],
            2,
        ),
        large_forest: large_forest(4),
    },
    MemberSpec {
        logistic_inputs: &[MemberInput::free("log_passage_30d")],
        ridge: 20.0,
        small_forest: small_forest(
            &[
                MemberInput::rising("log_passage_30d"),
                MemberInput::falling("health_dwell"),
                MemberInput::free("log_health_above_lowest"),
            ],
            2,
        ),
        large_forest: large_forest(4),
    },
];
