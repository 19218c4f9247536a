//! Direct members: simple models that forecast the probability of liquidation within one horizon,
//! beside the net.
//!
//! With few events, a simple model of a few inputs ranks better than a net of all inputs, and their
//! errors differ; `docs/results.md` has the measurements.

mod logistic;
pub(crate) mod spec;
pub(crate) mod stacker;

use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use logistic::LogisticRegression;
use plimsoll_trees::{Forest, Target, TreeOptions};
pub(crate) use spec::MEMBER_SPECS;
use spec::{ForestSpec, MemberInput, MemberSpec};
pub(crate) use stacker::{OutOfFoldRows, Stacker};

/// Number of direct members per horizon.
pub(crate) const DIRECT_MEMBER_COUNT: usize = 3;

/// The direct members of one horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectMembers {
    logistic: LogisticRegression,
    small_forest: Forest,
    large_forest: Forest,
}

/// Outcomes of rows within a horizon.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WeightedLabels<'a> {
    /// Whether each row was liquidated.
    pub(crate) positives: &'a [bool],
    /// Number of rows that each row represents.
    pub(crate) weights: &'a [f32],
    /// Seed of random draws.
    pub(crate) seed: u64,
}

/// Columns of the members' inputs in a row of covariates, for one horizon.
#[derive(Debug, Clone)]
pub(crate) struct MemberColumns {
    logistic: Vec<usize>,
    small_forest: Vec<usize>,
    large_forest: Vec<usize>,
}

impl MemberColumns {
    /// Looks up the columns of a horizon.
    pub(crate) fn new(spec: &MemberSpec) -> Self {
        let columns = |inputs: &[MemberInput]| inputs.iter().map(MemberInput::column).collect();
        let MemberSpec { logistic_inputs: logistic, small_forest, large_forest, .. } = spec;
        Self {
            logistic: columns(logistic),
            small_forest: columns(small_forest.inputs),
            large_forest: columns(large_forest.inputs),
        }
    }
}

impl DirectMembers {
    /// Fits the members of a horizon to rows with follow-up for the whole horizon.
    pub(crate) fn fit(
        spec: &MemberSpec,
        covariates: ArrayView2<'_, f32>,
        labels: &WeightedLabels<'_>,
    ) -> Self {
        let columns = MemberColumns::new(spec);
        let select = |columns: &[usize]| covariates.select(Axis(1), columns);
        let logistic = select(&columns.logistic);
        let logistic_inputs = spec.logistic_inputs.iter().zip(logistic.columns());
        let limits: Vec<_> = logistic_inputs
            .map(|(input, column)| input.clip_limits(column, labels.positives))
            .collect();
        Self {
            logistic: LogisticRegression::fit(logistic.view(), &limits, labels, spec.ridge),
            small_forest: spec.small_forest.fit(&select(&columns.small_forest), labels),
            large_forest: spec.large_forest.fit(&select(&columns.large_forest), labels),
        }
    }

    /// Whether the members have the inputs of this specification.
    pub(crate) fn matches(&self, spec: &MemberSpec) -> bool {
        self.logistic.inputs() == spec.logistic_inputs.len()
            && self.small_forest.input_count() == spec.small_forest.inputs.len()
            && self.large_forest.input_count() == spec.large_forest.inputs.len()
    }

    /// Each member's probability for a row of covariates.
    pub(crate) fn probabilities(
        &self,
        columns: &MemberColumns,
        row: &[f32],
    ) -> [f64; DIRECT_MEMBER_COUNT] {
        let select =
            |columns: &[usize]| columns.iter().map(|&column| row[column]).collect::<Vec<f32>>();
        let logistic = self.logistic.log_odds(columns.logistic.iter().map(|&column| row[column]));
        let small_forest =
            self.small_forest.margin(ndarray::aview1(&select(&columns.small_forest)));
        let large_forest =
            self.large_forest.margin(ndarray::aview1(&select(&columns.large_forest)));
        [logistic, small_forest, large_forest].map(plimsoll_numerics::logistic)
    }
}

impl ForestSpec {
    fn fit(&self, inputs: &Array2<f32>, labels: &WeightedLabels<'_>) -> Forest {
        let WeightedLabels { positives, weights, seed } = *labels;
        let labels: Vec<f32> = positives.iter().map(|p| f32::from(u8::from(*p))).collect();
        let target = Target::Logistic { labels: &labels, weights, base_margins: None };
        let options = TreeOptions {
            monotone: self.inputs.iter().map(|input| input.monotone).collect(),
            seed,
            ..self.options()
        };
        Forest::fit(inputs.view(), &target, None, &options)
    }
}
