//! Simple members: what forecasts one horizon directly, beside the net.
//!
//! Where events are few, a handful of inputs in a plain form ranks better than a net that sees all
//! of them, and the two err in different places; see DESIGN.md for what was measured.

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

/// How many members forecast a horizon directly.
pub(crate) const DIRECT_MEMBER_COUNT: usize = 3;

/// The direct members of one horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectMembers {
    logistic: LogisticRegression,
    small_forest: Forest,
    large_forest: Forest,
}

/// What became of rows within a horizon.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WeightedLabels<'a> {
    /// Whether each was liquidated.
    pub(crate) positives: &'a [bool],
    /// How many rows each stands for.
    pub(crate) weights: &'a [f32],
    /// Seed of what is drawn.
    pub(crate) seed: u64,
}

/// Where a horizon's members find their inputs in a row of covariates.
#[derive(Debug, Clone)]
pub(crate) struct MemberColumns {
    logistic: Vec<usize>,
    small_forest: Vec<usize>,
    large_forest: Vec<usize>,
}

impl MemberColumns {
    /// Those of each horizon.
    pub(crate) fn new(recipe: &MemberSpec) -> Self {
        let places = |inputs: &[MemberInput]| inputs.iter().map(MemberInput::column).collect();
        let MemberSpec { logistic_inputs: line, small_forest: few, large_forest: many, .. } =
            recipe;
        Self {
            logistic: places(line),
            small_forest: places(few.inputs),
            large_forest: places(many.inputs),
        }
    }
}

impl DirectMembers {
    /// Fits the members of a horizon to rows that were followed up for all of it.
    pub(crate) fn fit(
        recipe: &MemberSpec,
        covariates: ArrayView2<'_, f32>,
        verdicts: &WeightedLabels<'_>,
    ) -> Self {
        let places = MemberColumns::new(recipe);
        let pick = |places: &[usize]| covariates.select(Axis(1), places);
        let line = pick(&places.logistic);
        let columns = recipe.logistic_inputs.iter().zip(line.columns());
        let limits: Vec<_> =
            columns.map(|(input, column)| input.clip_limits(column, verdicts.positives)).collect();
        Self {
            logistic: LogisticRegression::fit(line.view(), &limits, verdicts, recipe.ridge),
            small_forest: recipe.small_forest.fit(&pick(&places.small_forest), verdicts),
            large_forest: recipe.large_forest.fit(&pick(&places.large_forest), verdicts),
        }
    }

    /// Whether they were made by this recipe.
    pub(crate) fn matches(&self, recipe: &MemberSpec) -> bool {
        self.logistic.inputs() == recipe.logistic_inputs.len()
            && self.small_forest.input_count() == recipe.small_forest.inputs.len()
            && self.large_forest.input_count() == recipe.large_forest.inputs.len()
    }

    /// Each member's probability for a row of covariates.
    pub(crate) fn probabilities(
        &self,
        places: &MemberColumns,
        row: &[f32],
    ) -> [f64; DIRECT_MEMBER_COUNT] {
        let picked =
            |places: &[usize]| places.iter().map(|&place| row[place]).collect::<Vec<f32>>();
        let line = self.logistic.log_odds(places.logistic.iter().map(|&place| row[place]));
        let few = self.small_forest.margin(ndarray::aview1(&picked(&places.small_forest)));
        let many = self.large_forest.margin(ndarray::aview1(&picked(&places.large_forest)));
        [line, few, many].map(|log_odds| 1.0 / (1.0 + (-log_odds).exp()))
    }
}

impl ForestSpec {
    fn fit(&self, inputs: &Array2<f32>, verdicts: &WeightedLabels<'_>) -> Forest {
        let WeightedLabels { positives, weights, seed } = *verdicts;
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
