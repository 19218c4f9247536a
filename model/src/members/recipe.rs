//! Which inputs each horizon's members look at, and how.

use ndarray::ArrayView1;

use crate::covariates::place;
use plimsoll_trees::{Monotone, TreeOptions};

/// One horizon's members.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// Inputs of the logistic regression.
    pub(super) line: &'static [Input],
    /// Its ridge, an inverse variance of a standardised weight.
    pub(super) ridge: f64,
    /// A few inputs, all but one of which may move the odds one way only.
    pub(super) few: Trees,
    /// Many inputs.
    pub(super) many: Trees,
}

/// A forest's inputs and size.
#[derive(Debug)]
pub(super) struct Trees {
    pub(super) inputs: &'static [Input],
    rounds: usize,
    depth: usize,
    lambda: f64,
    min_child_weight: f64,
    colsample: f64,
}

/// One input of a member.
#[derive(Debug)]
pub(crate) struct Input {
    name: &'static str,
    clip: Clip,
    pub(super) monotone: Monotone,
}

/// How far an input may go.
#[derive(Debug, Clone, Copy)]
enum Clip {
    /// As far as it likes.
    Never,
    /// To where nearly all liquidations lay, so that no weight rests on a few far ones.
    AmongPositives,
}

impl Input {
    const fn free(name: &'static str) -> Self {
        Self { name, clip: Clip::Never, monotone: Monotone::Free }
    }

    const fn rising(name: &'static str) -> Self {
        Self { monotone: Monotone::Rising, ..Self::free(name) }
    }

    const fn falling(name: &'static str) -> Self {
        Self { monotone: Monotone::Falling, ..Self::free(name) }
    }

    const fn clipped(name: &'static str) -> Self {
        Self { clip: Clip::AmongPositives, ..Self::free(name) }
    }

    pub(super) fn place(&self) -> usize {
        place(self.name)
    }

    /// What the input is clipped to, given its values and the verdicts of the same rows.
    pub(super) fn limits(&self, column: ArrayView1<'_, f32>, positives: &[bool]) -> (f64, f64) {
        let rows = column.iter().zip(positives);
        let among = rows.filter(|(x, positive)| **positive && x.is_finite());
        let mut among: Vec<f32> = among.map(|(x, _)| *x).collect();
        if among.is_empty() || matches!(self.clip, Clip::Never) {
            return (f64::MIN, f64::MAX);
        }
        among.sort_by(f32::total_cmp);
        let at = |share: f64| f64::from(among[(share * (among.len() - 1) as f64).round() as usize]);
        (at(LEAST_SHARE), at(1.0 - LEAST_SHARE))
    }
}

/// Share of the liquidations beyond either limit of a clipped input.
const LEAST_SHARE: f64 = 0.05;

impl Trees {
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

/// What many trees see: all that tells of the account rather than of the date.
const MANY: [Input; 26] = [
    Input::rising("log_passage_24h"),
    Input::rising("log_passage_7d"),
    Input::falling("log_health"),
    Input::falling("log_health_factor"),
    Input::falling("log_health_factor_spot"),
    Input::falling("health_dwell_720h"),
    Input::falling("health_dwell"),
    Input::free("log_health_above_lowest"),
    Input::free("volatility_6h"),
    Input::free("volatility_24h"),
    Input::free("volatility_72h"),
    Input::free("volatility_ratio"),
    Input::free("parkinson_24h"),
    Input::free("return_24h"),
    Input::free("position_age_days"),
    Input::free("hours_since_action"),
    Input::free("actions"),
    Input::free("actions_30d"),
    Input::free("actions_per_day"),
    Input::free("liquidations"),
    Input::free("rescues"),
    Input::free("log_health_since_action"),
    Input::free("log_health_raised"),
    Input::free("log_debt_usd"),
    Input::free("selling_cost"),
    Input::free("log_nearer_debt_over_depth"),
];

const fn many(depth: usize) -> Trees {
    Trees { inputs: &MANY, rounds: 150, depth, lambda: 10.0, min_child_weight: 5.0, colsample: 0.5 }
}

const fn few(inputs: &'static [Input], depth: usize) -> Trees {
    Trees { inputs, rounds: 150, depth, lambda: 10.0, min_child_weight: 1.0, colsample: 1.0 }
}

/// The members at each of the [`MILESTONES`](crate::tilt::MILESTONES): near ones look at where the
/// account stands and how it has stood there before; farther out the market's state of today tells
/// the date and little else.
pub(crate) const RECIPES: [Recipe; 3] = [
    Recipe {
        line: &[
            Input::free("sigmas"),
            Input::free("proximity"),
            Input::free("log_health"),
            Input::free("near_sigmas"),
            Input::clipped("log_debt_usd"),
            Input::clipped("log_volatility_720h"),
            Input::free("health_dwell_720h"),
            Input::free("lowest_log_health_since_action"),
        ],
        ridge: 17.5,
        few: few(
            &[
                Input::rising("log_passage_7d"),
                Input::falling("log_health"),
                Input::falling("health_dwell_720h"),
                Input::falling("near_sigmas"),
                Input::free("log_debt_usd"),
                Input::free("log_volatility_720h"),
            ],
            3,
        ),
        many: many(4),
    },
    Recipe {
        line: &[Input::free("log_passage_7d")],
        ridge: 20.0,
        few: few(
            &[
                Input::rising("log_passage_7d"),
                Input::falling("health_dwell"),
                Input::free("log_health_above_lowest"),
            ],
            2,
        ),
        many: many(4),
    },
    Recipe {
        line: &[Input::free("log_passage_30d")],
        ridge: 20.0,
        few: few(
            &[
                Input::rising("log_passage_30d"),
                Input::falling("health_dwell"),
                Input::free("log_health_above_lowest"),
            ],
            2,
        ),
        many: many(4),
    },
];
