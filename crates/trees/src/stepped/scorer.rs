//! Fast evaluation of a forest at all steps of a row at once.

use super::leaf_masks::LeafMasks;
use crate::forest::Forest;
use crate::tree::SteppedRow;

/// Maximum number of steps; vectors of a power of two are evaluated.
const LANES: usize = 16;
/// Maximum number of leaves of a tree: a set of leaves is one word.
const MAX_LEAVES: usize = 32;
/// Rows that all trees are evaluated for at once, tree by tree, so that a tree stays in the cache.
const BLOCK_ROWS: usize = 32;

/// A forest compiled for [`SteppedRow`]s whose first rising input is the same in every row.
///
/// `QuickScorer` (Lucchese et al. 2015, SIGIR): each leaf is a bit, and a node whose test leads right
/// excludes the leaves on its left; the first leaf left is the tree's. No branch depends on the
/// data, steps are evaluated side by side, and what the first rising input excludes is known before.
#[derive(Debug, Clone, PartialEq)]
pub struct SteppedForest {
    rising: usize,
    constant: usize,
    steps: usize,
    base: f64,
    trees: Vec<CompiledTree>,
}

#[derive(Debug, Clone, PartialEq)]
struct CompiledTree {
    /// Tests of constant inputs.
    constant: Vec<Test>,
    /// Tests of rising inputs but the first.
    rising: Vec<Test>,
    /// What tests of the first rising input leave at each step.
    first: Option<[u32; LANES]>,
    values: [f64; MAX_LEAVES],
}

/// One inner node.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Test {
    input: u16,
    unknown_right: bool,
    /// Values of at least this go right.
    threshold: f32,
    /// The leaves that remain then.
    right_mask: u32,
}

/// The inputs of some rows.
struct Block {
    rows: usize,
    /// Rising inputs but the first: input by row, padded steps.
    rising: Vec<[[f32; LANES]; BLOCK_ROWS]>,
    /// The other inputs: input by row.
    constant: Vec<[f32; BLOCK_ROWS]>,
}

impl Forest {
    /// Compiles the forest for rows whose first rising input has the values `first` in every row;
    /// `rising` is the number of rising inputs. `None` if a tree has more than 32 leaves, there are
    /// more than 16 steps, or a node is not part of a tree.
    #[must_use]
    pub fn compile_stepped(&self, first: &[f32], rising: usize) -> Option<SteppedForest> {
        let constant = self.inputs.checked_sub(rising)?;
        if first.is_empty() || first.len() > LANES || rising == 0 {
            return None;
        }
        let trees: Option<Vec<CompiledTree>> =
            self.trees.iter().map(|tree| CompiledTree::new(tree, first, rising)).collect();
        let base = f64::from(self.constant);
        Some(SteppedForest { rising, constant, steps: first.len(), base, trees: trees? })
    }
}

impl SteppedForest {
    /// The margins of rows at each step, rows by steps.
    ///
    /// # Panics
    /// If a row has another number of inputs or steps than the forest.
    #[must_use]
    pub fn margins(&self, rows: &[SteppedRow<'_>]) -> Vec<f64> {
        let mut margins = Vec::with_capacity(rows.len() * self.steps);
        let mut block = self.empty_block();
        for rows in rows.chunks(BLOCK_ROWS) {
            self.fill(&mut block, rows);
            let mut sums = [[self.base; LANES]; BLOCK_ROWS];
            for tree in &self.trees {
                let remaining = tree.remaining(&block);
                let rows = sums.iter_mut().zip(remaining).take(block.rows).enumerate();
                rows.for_each(|(n, (sums, remaining))| {
                    tree.add_to(&mut sums[..self.steps], remaining, n, &block.rising);
                });
            }
            sums[..rows.len()].iter().for_each(|sums| margins.extend(&sums[..self.steps]));
        }
        margins
    }

    fn empty_block(&self) -> Block {
        Block {
            rows: 0,
            rising: vec![[[f32::INFINITY; LANES]; BLOCK_ROWS]; self.rising - 1],
            constant: vec![[0.0; BLOCK_ROWS]; self.constant],
        }
    }

    fn fill(&self, block: &mut Block, rows: &[SteppedRow<'_>]) {
        block.rows = rows.len();
        for (n, row) in rows.iter().enumerate() {
            assert_eq!(row.rising.len(), self.rising, "a row has the forest's rising inputs");
            assert_eq!(row.constant.len(), self.constant, "a row has the forest's inputs");
            for (to, values) in block.rising.iter_mut().zip(&row.rising[1..]) {
                to[n][..self.steps].copy_from_slice(&values[..self.steps]);
            }
            block.constant.iter_mut().zip(row.constant).for_each(|(to, &value)| to[n] = value);
        }
    }
}

impl CompiledTree {
    fn new(tree: &crate::tree::Tree, first: &[f32], rising: usize) -> Option<Self> {
        let LeafMasks { inner, values } = LeafMasks::new(tree, MAX_LEAVES)?;
        let mut compiled = Self {
            constant: Vec::new(),
            rising: Vec::new(),
            first: None,
            values: [0.0; MAX_LEAVES],
        };
        compiled.values.iter_mut().zip(values).for_each(|(to, value)| *to = f64::from(value));
        for (node, right_mask) in inner {
            let test = |input: usize| Test {
                input: input as u16,
                unknown_right: node.unknown_right,
                threshold: node.threshold,
                right_mask,
            };
            match usize::from(node.input) {
                0 => {
                    let masks = compiled.first.get_or_insert([u32::MAX; LANES]);
                    let goes_right = first.iter().map(|&value| value >= node.threshold);
                    let right = masks.iter_mut().zip(goes_right).filter(|(_, right)| *right);
                    right.for_each(|(mask, _)| *mask &= right_mask);
                }
                input if input < rising => compiled.rising.push(test(input - 1)),
                input => compiled.constant.push(test(input - rising)),
            }
        }
        Some(compiled)
    }

    /// The leaves that tests of constant inputs leave for each row of a block.
    fn remaining(&self, block: &Block) -> [u32; BLOCK_ROWS] {
        let mut remaining = [u32::MAX; BLOCK_ROWS];
        for test in &self.constant {
            let values = &block.constant[usize::from(test.input)];
            // One row needs no vectors.
            if block.rows == 1 {
                let goes_right = goes_right(test, values[0]);
                remaining[0] &= test.right_mask | u32::from(goes_right).wrapping_sub(1);
            } else if test.unknown_right {
                for (mask, value) in remaining.iter_mut().zip(values) {
                    let goes_left = *value < test.threshold;
                    *mask &= test.right_mask | u32::from(goes_left).wrapping_neg();
                }
            } else {
                for (mask, value) in remaining.iter_mut().zip(values) {
                    let goes_right = *value >= test.threshold;
                    *mask &= test.right_mask | u32::from(goes_right).wrapping_sub(1);
                }
            }
        }
        remaining
    }

    /// Adds the tree to a row's sums.
    fn add_to(
        &self,
        sums: &mut [f64],
        remaining: u32,
        row: usize,
        rising: &[[[f32; LANES]; BLOCK_ROWS]],
    ) {
        if self.rising.is_empty() && self.first.is_none() {
            let value = self.value(remaining);
            return sums.iter_mut().for_each(|sum| *sum += value);
        }
        let mut lanes = self.first.unwrap_or([u32::MAX; LANES]).map(|mask| mask & remaining);
        for test in &self.rising {
            let values = &rising[usize::from(test.input)][row];
            for (lane, value) in lanes.iter_mut().zip(values) {
                *lane &= test.right_mask | u32::from(*value >= test.threshold).wrapping_sub(1);
            }
        }
        sums.iter_mut().zip(lanes).for_each(|(sum, lane)| *sum += self.value(lane));
    }

    /// The value of the first remaining leaf.
    fn value(&self, remaining: u32) -> f64 {
        self.values[remaining.trailing_zeros() as usize % MAX_LEAVES]
    }
}

fn goes_right(test: &Test, value: f32) -> bool {
    (value >= test.threshold) | (value.is_nan() & test.unknown_right)
}
