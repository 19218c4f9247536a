//! Simple members: what forecasts one horizon directly, beside the net.
//!
//! Where events are few, a handful of inputs in a plain form ranks better than a net that sees all
//! of them, and the two err in different places; see DESIGN.md for what was measured.

mod logistic;
mod recipe;
mod stack;

use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use plimsoll_trees::{Forest, Target, TreeOptions};
use logistic::Logistic;
pub(crate) use recipe::RECIPES;
use recipe::{Input, Recipe, Trees};
pub(crate) use stack::{HeldOut, Stack};

/// How many members forecast a horizon directly.
pub(crate) const DIRECT: usize = 3;

/// The direct members of one horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Members {
    line: Logistic,
    few: Forest,
    many: Forest,
}

/// What became of rows within a horizon.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdicts<'a> {
    /// Whether each was liquidated.
    pub(crate) positives: &'a [bool],
    /// How many rows each stands for.
    pub(crate) weights: &'a [f32],
    /// Seed of what is drawn.
    pub(crate) seed: u64,
}

/// Where a horizon's members find their inputs in a row of covariates.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    line: Vec<usize>,
    few: Vec<usize>,
    many: Vec<usize>,
}

impl Places {
    /// Those of each horizon.
    pub(crate) fn of(recipe: &Recipe) -> Self {
        let places = |inputs: &[Input]| inputs.iter().map(Input::place).collect();
        let Recipe { line, few, many, .. } = recipe;
        Self { line: places(line), few: places(few.inputs), many: places(many.inputs) }
    }
}

impl Members {
    /// Fits the members of a horizon to rows that were followed up for all of it.
    pub(crate) fn fit(
        recipe: &Recipe,
        covariates: ArrayView2<'_, f32>,
        verdicts: &Verdicts<'_>,
    ) -> Self {
        let places = Places::of(recipe);
        let pick = |places: &[usize]| covariates.select(Axis(1), places);
        let line = pick(&places.line);
        let columns = recipe.line.iter().zip(line.columns());
        let limits: Vec<_> =
            columns.map(|(input, column)| input.limits(column, verdicts.positives)).collect();
        Self {
            line: Logistic::fit(line.view(), &limits, verdicts, recipe.ridge),
            few: recipe.few.grow(&pick(&places.few), verdicts),
            many: recipe.many.grow(&pick(&places.many), verdicts),
        }
    }

    /// Whether they were made by this recipe.
    pub(crate) fn fits(&self, recipe: &Recipe) -> bool {
        self.line.inputs() == recipe.line.len()
            && self.few.inputs() == recipe.few.inputs.len()
            && self.many.inputs() == recipe.many.inputs.len()
    }

    /// Each member's probability for a row of covariates.
    pub(crate) fn probabilities(&self, places: &Places, row: &[f32]) -> [f64; DIRECT] {
        let picked =
            |places: &[usize]| places.iter().map(|&place| row[place]).collect::<Vec<f32>>();
        let line = self.line.log_odds(places.line.iter().map(|&place| row[place]));
        let few = self.few.margin(ndarray::aview1(&picked(&places.few)));
        let many = self.many.margin(ndarray::aview1(&picked(&places.many)));
        [line, few, many].map(|log_odds| 1.0 / (1.0 + (-log_odds).exp()))
    }
}

impl Trees {
    fn grow(&self, inputs: &Array2<f32>, verdicts: &Verdicts<'_>) -> Forest {
        let Verdicts { positives, weights, seed } = *verdicts;
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
