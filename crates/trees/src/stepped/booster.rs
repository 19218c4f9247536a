//! Boosting on groups of rows.

use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::segments::{BinnedGroups, SegmentRows};
use crate::bins::{BinnedColumn, bin_columns};
use crate::draws::{draw_inputs, draw_rows};
use crate::forest::{Forest, initial_margins};
use crate::grow::{GrownTree, TreeGrower};
use crate::options::TreeOptions;
use crate::target::Target;
use crate::tree::{SteppedRow, Tree};

/// Groups whose margins one task moves.
const BLOCK_GROUPS: usize = 256;

/// The inputs of groups of rows: within a group some inputs rise from step to step, such as the
/// horizon of a forecast, and the others are constant.
#[derive(Debug, Clone, Copy)]
pub struct SteppedInputs<'a> {
    /// Each rising input, groups by steps; never NaN and never falling with the step.
    pub rising: &'a [ArrayView2<'a, f32>],
    /// The other inputs, groups by inputs.
    pub constant: ArrayView2<'a, f32>,
}

impl Forest {
    /// Fits a forest as [`Forest::fit`] does to the rows of all steps of all groups, rising inputs
    /// first, in a fraction of the time: a split by another input moves whole groups. Groups, not
    /// rows, are drawn for each tree. A row that is not known has a weight of 0.
    ///
    /// `target`: one row per group and step, steps of a group adjacent.
    ///
    /// # Panics
    /// If the shapes differ, a group has more than 65,535 steps, or there is no rising input.
    #[must_use]
    pub fn fit_stepped<'a>(
        inputs: SteppedInputs<'a>,
        target: &Target<'a>,
        options: &'a TreeOptions,
    ) -> Self {
        let mut booster = SteppedBooster::new(inputs, *target, options);
        (0..options.rounds).for_each(|_| booster.add_tree());
        booster.forest
    }
}

struct SteppedBooster<'a> {
    inputs: SteppedInputs<'a>,
    target: Target<'a>,
    options: &'a TreeOptions,
    columns: Vec<BinnedColumn>,
    steps: usize,
    /// Of each row.
    margins: Vec<f64>,
    derivatives: Vec<[f32; 2]>,
    rng: ChaCha8Rng,
    forest: Forest,
}

impl<'a> SteppedBooster<'a> {
    fn new(inputs: SteppedInputs<'a>, target: Target<'a>, options: &'a TreeOptions) -> Self {
        let steps = inputs.rising.first().expect("there is a rising input").ncols();
        let groups = inputs.constant.nrows();
        let shape = [groups, steps];
        assert!(inputs.rising.iter().all(|input| input.shape() == shape), "shapes are equal");
        assert!(target.has_rows(groups * steps), "a target has a row for each group and step");
        assert!(u16::try_from(steps).is_ok(), "steps are numbered by 16 bits");
        let constant = target.best_constant();
        Self {
            inputs,
            target,
            options,
            columns: binned_columns(inputs, options.bins),
            steps,
            margins: initial_margins(constant, &target),
            derivatives: vec![[0.0; 2]; groups * steps],
            rng: ChaCha8Rng::seed_from_u64(options.seed),
            forest: Forest {
                inputs: inputs.rising.len() + inputs.constant.ncols(),
                constant,
                trees: Vec::new(),
            },
        }
    }

    fn add_tree(&mut self) {
        let groups = u32::try_from(self.inputs.constant.nrows()).expect("groups stay below 2^32");
        let drawn = draw_rows(groups, self.options.subsample, &mut self.rng);
        let used = draw_inputs(self.columns.len(), self.options.colsample, &mut self.rng);
        self.compute_derivatives(&drawn);
        let binned = BinnedGroups {
            columns: &self.columns,
            rising: self.inputs.rising.len(),
            steps: self.steps,
            derivatives: &self.derivatives,
        };
        let rows = SegmentRows::new(binned, &drawn);
        let grown = TreeGrower::grow_tree(&self.columns, &used, self.options, rows);
        add_to_drawn(&mut self.margins, self.steps, &grown.leaves);
        let GrownTree { tree, .. } = grown;
        let mut is_drawn = vec![false; groups as usize];
        drawn.iter().for_each(|&group| is_drawn[group as usize] = true);
        self.add_to_others(&tree, &is_drawn);
        self.forest.trees.push(tree);
    }

    /// Computes the derivatives of the groups that are drawn.
    fn compute_derivatives(&mut self, drawn: &[u32]) {
        let Self { target, margins, derivatives, steps, .. } = self;
        let steps = *steps;
        let blocks = derivatives.par_chunks_mut(BLOCK_GROUPS * steps).enumerate();
        blocks.for_each(|(block, derivatives)| {
            let first = block * BLOCK_GROUPS;
            let last = first + derivatives.len() / steps;
            let of_block = drawn.partition_point(|&group| (group as usize) < first)
                ..drawn.partition_point(|&group| (group as usize) < last);
            for &group in &drawn[of_block] {
                let row = group as usize * steps;
                let of_group = (group as usize - first) * steps;
                let derivatives = &mut derivatives[of_group..of_group + steps];
                target.write_derivatives(row, &margins[row..row + steps], derivatives);
            }
        });
    }

    /// Adds a tree to the margins of the groups that were not drawn.
    fn add_to_others(&mut self, tree: &Tree, is_drawn: &[bool]) {
        let Self { inputs, margins, steps, .. } = self;
        let steps = *steps;
        let constants = inputs.constant.as_standard_layout();
        let rising: Vec<_> = inputs.rising.iter().map(|input| input.as_standard_layout()).collect();
        let rising: Vec<&[f32]> =
            rising.iter().map(|input| input.as_slice().expect("a standard layout")).collect();
        let constants = constants.as_slice().expect("a standard layout");
        let width = inputs.constant.ncols();
        let blocks = margins.par_chunks_mut(BLOCK_GROUPS * steps).enumerate();
        blocks.for_each(|(block, margins)| {
            let mut of_row = Vec::with_capacity(rising.len());
            for (n, margins) in margins.chunks_exact_mut(steps).enumerate() {
                let group = block * BLOCK_GROUPS + n;
                if is_drawn[group] {
                    continue;
                }
                of_row.clear();
                of_row.extend(rising.iter().map(|input| &input[group * steps..][..steps]));
                let constant = &constants[group * width..][..width];
                tree.add_steps(SteppedRow { rising: &of_row, constant }, margins);
            }
        });
    }
}

/// Adds the values of a tree's leaves to the rows in them.
fn add_to_drawn(margins: &mut [f64], steps: usize, leaves: &[(SegmentRows<'_>, f32)]) {
    for (rows, value) in leaves {
        for segment in &rows.segments {
            let first = segment.group as usize * steps;
            let rows = first + usize::from(segment.from)..first + usize::from(segment.to);
            margins[rows].iter_mut().for_each(|margin| *margin += f64::from(*value));
        }
    }
}

/// Bins rising inputs by row, and the others by group.
fn binned_columns(inputs: SteppedInputs<'_>, bins: usize) -> Vec<BinnedColumn> {
    let by_row = inputs.rising.iter().flat_map(|input| {
        let rows = input.as_standard_layout();
        let column = rows.to_shape((input.len(), 1)).expect("the number of values is the same");
        bin_columns(column.view(), bins)
    });
    by_row.chain(bin_columns(inputs.constant, bins)).collect()
}
