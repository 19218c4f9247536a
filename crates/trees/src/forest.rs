//! A forest: fitting and prediction.

use ndarray::{ArrayView1, ArrayView2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::bins::{BinnedColumn, bin_columns};
use crate::draws::{draw_inputs, draw_rows};
use crate::grow::TreeGrower;
use crate::options::TreeOptions;
use crate::plain_rows::PlainRows;
use crate::target::Target;
use crate::tree::{SteppedRow, Tree};

/// Rows that one task evaluates with all trees, so that they stay in its cache.
const BLOCK_ROWS: usize = 512;

/// Fitted gradient-boosted trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    pub(crate) inputs: usize,
    pub(crate) constant: f32,
    pub(crate) trees: Vec<Tree>,
}

/// Rows for early stopping.
#[derive(Debug, Clone, Copy)]
pub struct Validation<'a> {
    /// Rows by inputs.
    pub inputs: ArrayView2<'a, f32>,
    /// Their target.
    pub target: Target<'a>,
    /// Boosting ends after this number of trees without improvement; trees after the best are dropped.
    pub patience: usize,
}

impl Forest {
    /// Fits a forest to rows by inputs; NaN is a missing value.
    ///
    /// # Panics
    /// If the lengths of a target and its inputs differ, or validation has another number of inputs.
    #[must_use]
    pub fn fit(
        inputs: ArrayView2<'_, f32>,
        target: &Target<'_>,
        validation: Option<&Validation<'_>>,
        options: &TreeOptions,
    ) -> Self {
        let mut booster = Booster::new(inputs, *target, options);
        let mut stopping =
            validation.map(|validation| EarlyStopping::new(*validation, &booster.forest));
        for _ in 0..options.rounds {
            let tree = booster.grow_tree();
            if stopping.as_mut().is_some_and(|stopping| stopping.should_stop(&tree)) {
                break;
            }
            booster.forest.trees.push(tree);
        }
        if let Some(stopping) = stopping {
            booster.forest.trees.truncate(stopping.best_trees);
        }
        booster.forest
    }

    /// Number of inputs of a row.
    #[must_use]
    pub const fn input_count(&self) -> usize {
        self.inputs
    }

    /// Number of trees.
    #[must_use]
    pub const fn tree_count(&self) -> usize {
        self.trees.len()
    }

    /// The margin of one row: log odds or log rate.
    ///
    /// # Panics
    /// If the row has another number of inputs than the forest.
    #[must_use]
    pub fn margin(&self, row: ArrayView1<'_, f32>) -> f64 {
        assert_eq!(row.len(), self.inputs, "a row has as many inputs as the forest");
        row.as_slice().map_or_else(|| self.sum_trees(&row.to_vec()), |row| self.sum_trees(row))
    }

    /// Adds the margins of one row at each of some steps to `margins`, all steps at once.
    ///
    /// # Panics
    /// If the row has another number of inputs than the forest, or a rising input has too few steps.
    pub fn add_stepped_margins(&self, row: SteppedRow<'_>, margins: &mut [f64]) {
        let inputs = row.rising.len() + row.constant.len();
        assert_eq!(inputs, self.inputs, "a row has as many inputs as the forest");
        margins.iter_mut().for_each(|margin| *margin += f64::from(self.constant));
        self.trees.iter().for_each(|tree| tree.add_steps(row, margins));
    }

    /// Sums the trees in order, independent of how many are evaluated at once.
    fn sum_trees(&self, row: &[f32]) -> f64 {
        self.trees.chunks(8).fold(f64::from(self.constant), |sum, trees| {
            let values = Tree::leaf_values(trees, row);
            values[..trees.len()].iter().fold(sum, |sum, value| sum + value)
        })
    }

    /// The margin of each row.
    ///
    /// # Panics
    /// If the rows have another number of inputs than the forest.
    #[must_use]
    pub fn margins(&self, rows: ArrayView2<'_, f32>) -> Vec<f64> {
        assert_eq!(rows.ncols(), self.inputs, "rows have as many inputs as the forest");
        let mut margins = vec![f64::from(self.constant); rows.nrows()];
        add_trees(&self.trees, &mut margins, rows);
        margins
    }
}

/// Adds trees to margins, by block of rows.
fn add_trees(trees: &[Tree], margins: &mut [f64], rows: ArrayView2<'_, f32>) {
    let (rows, width) = (rows.as_standard_layout(), rows.ncols());
    if width == 0 {
        return;
    }
    let rows = rows.as_slice().expect("a standard layout is a slice");
    let blocks = margins.par_chunks_mut(BLOCK_ROWS).zip(rows.par_chunks(BLOCK_ROWS * width));
    blocks.for_each(|(margins, rows)| {
        trees.iter().for_each(|tree| tree.add_to(margins, rows, width));
    });
}

/// A forest during boosting.
struct Booster<'a> {
    inputs: ArrayView2<'a, f32>,
    target: Target<'a>,
    options: &'a TreeOptions,
    columns: Vec<BinnedColumn>,
    margins: Vec<f64>,
    rng: ChaCha8Rng,
    forest: Forest,
}

impl<'a> Booster<'a> {
    fn new(inputs: ArrayView2<'a, f32>, target: Target<'a>, options: &'a TreeOptions) -> Self {
        assert!(target.has_rows(inputs.nrows()), "a target has as many rows as its inputs");
        let constant = target.best_constant();
        Self {
            inputs,
            target,
            options,
            columns: bin_columns(inputs, options.bins),
            margins: initial_margins(constant, &target),
            rng: ChaCha8Rng::seed_from_u64(options.seed),
            forest: Forest { inputs: inputs.ncols(), constant, trees: Vec::new() },
        }
    }

    /// Grows the next tree and adds it to the margins.
    fn grow_tree(&mut self) -> Tree {
        let (target, margins) = (&self.target, &self.margins);
        let rows = margins.par_iter().enumerate().with_min_len(BLOCK_ROWS);
        let derivatives: Vec<[f32; 2]> =
            rows.map(|(row, &margin)| target.derivatives(row, margin)).collect();
        let rows = u32::try_from(self.margins.len()).expect("rows stay below 2^32");
        let mut rows = draw_rows(rows, self.options.subsample, &mut self.rng);
        let used = draw_inputs(self.columns.len(), self.options.colsample, &mut self.rng);
        let rows = PlainRows { columns: &self.columns, derivatives: &derivatives, rows: &mut rows };
        let tree = TreeGrower::grow_tree(&self.columns, &used, self.options, rows).tree;
        add_trees(std::slice::from_ref(&tree), &mut self.margins, self.inputs);
        tree
    }
}

pub(crate) fn initial_margins(constant: f32, target: &Target<'_>) -> Vec<f64> {
    (0..target.rows()).map(|row| f64::from(constant) + target.base_margin(row)).collect()
}

/// The loss of the validation rows, and the number of trees at which it was lowest.
struct EarlyStopping<'a> {
    validation: Validation<'a>,
    margins: Vec<f64>,
    best_loss: f64,
    best_trees: usize,
    trees: usize,
}

impl<'a> EarlyStopping<'a> {
    fn new(validation: Validation<'a>, forest: &Forest) -> Self {
        let Validation { inputs, target, .. } = &validation;
        assert_eq!(inputs.ncols(), forest.inputs, "validation has as many inputs as the forest");
        assert!(target.has_rows(inputs.nrows()), "a target has as many rows as its inputs");
        let margins = initial_margins(forest.constant, target);
        let mut stopping =
            Self { validation, margins, best_loss: f64::INFINITY, best_trees: 0, trees: 0 };
        stopping.best_loss = stopping.loss();
        stopping
    }

    /// Adds a tree and returns whether boosting should stop.
    fn should_stop(&mut self, tree: &Tree) -> bool {
        add_trees(std::slice::from_ref(tree), &mut self.margins, self.validation.inputs);
        self.trees += 1;
        let loss = self.loss();
        if loss < self.best_loss {
            (self.best_loss, self.best_trees) = (loss, self.trees);
        }
        self.trees - self.best_trees >= self.validation.patience
    }

    fn loss(&self) -> f64 {
        let target = &self.validation.target;
        let rows = self.margins.iter().enumerate();
        rows.map(|(row, &margin)| target.loss(row, margin)).sum()
    }
}

#[cfg(test)]
mod tests;
