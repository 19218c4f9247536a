//! One tree and its evaluation.

use serde::{Deserialize, Serialize};

/// An inner node or, if both children are the node itself, a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Node {
    pub(crate) input: u16,
    pub(crate) unknown_right: bool,
    /// Values of at least this go right.
    pub(crate) threshold: f32,
    /// The children: left, right.
    pub(crate) next: [u16; 2],
    /// The value that a leaf adds to the margin.
    pub(crate) value: f32,
}

impl Node {
    pub(crate) const fn leaf(index: u16, value: f32) -> Self {
        Self { input: 0, unknown_right: false, threshold: 0.0, next: [index; 2], value }
    }
}

/// A tree; its root is the first node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    /// Steps from the root that reach every leaf; a step from a leaf leads to the leaf itself.
    pub(crate) depth: usize,
}

impl Tree {
    /// The value of each of at most eight trees for a row.
    ///
    /// A step depends on the one before; steps in eight trees are independent of each other.
    pub(crate) fn leaf_values(trees: &[Self], row: &[f32]) -> [f64; 8] {
        let (mut positions, mut values) = ([0_usize; 8], [0.0; 8]);
        let depth = trees.iter().map(|tree| tree.depth).max().unwrap_or(0);
        for _ in 0..depth {
            for (position, tree) in positions.iter_mut().zip(trees) {
                *position = next_node(&tree.nodes, *position, row);
            }
        }
        for ((value, position), tree) in values.iter_mut().zip(positions).zip(trees) {
            *value = f64::from(tree.nodes[position].value);
        }
        values
    }

    /// Adds the tree to the margins of rows of `width` inputs, eight at a time.
    ///
    /// A row's step depends on the one before; steps of eight rows are independent of each other.
    pub(crate) fn add_to(&self, margins: &mut [f64], rows: &[f32], width: usize) {
        let eights = margins.chunks_mut(8).zip(rows.chunks(8 * width));
        for (margins, rows) in eights {
            let mut positions = [0_usize; 8];
            for _ in 0..self.depth {
                for (position, row) in positions.iter_mut().zip(rows.chunks_exact(width)) {
                    *position = next_node(&self.nodes, *position, row);
                }
            }
            for (margin, position) in margins.iter_mut().zip(positions) {
                *margin += f64::from(self.nodes[position].value);
            }
        }
    }
}

/// The inputs of one row at several steps: the first inputs rise from step to step, the others are
/// constant.
#[derive(Debug, Clone, Copy)]
pub struct SteppedRow<'a> {
    /// The values of each rising input, step by step, ascending; one entry per rising input.
    pub rising: &'a [&'a [f32]],
    /// The other inputs.
    pub constant: &'a [f32],
}

impl Tree {
    /// Adds the tree to the margins at each step.
    ///
    /// A split by a rising input divides a range of steps into two, and any other split keeps it
    /// together, so a tree is walked once for all steps.
    pub(crate) fn add_steps(&self, row: SteppedRow<'_>, margins: &mut [f64]) {
        self.add_steps_below(0, row, (0, margins.len()), margins);
    }

    fn add_steps_below(
        &self,
        position: usize,
        row: SteppedRow<'_>,
        (from, to): (usize, usize),
        margins: &mut [f64],
    ) {
        let node = &self.nodes[position];
        let [left, right] = node.next.map(usize::from);
        if left == position {
            let value = f64::from(node.value);
            return margins[from..to].iter_mut().for_each(|margin| *margin += value);
        }
        let input = usize::from(node.input);
        let Some(rising) = row.rising.get(input) else {
            let value = row.constant[input - row.rising.len()];
            let goes_right = (value >= node.threshold) | (value.is_nan() & node.unknown_right);
            let next = if goes_right { right } else { left };
            return self.add_steps_below(next, row, (from, to), margins);
        };
        let middle = from + rising[from..to].iter().take_while(|&&x| x < node.threshold).count();
        if from < middle {
            self.add_steps_below(left, row, (from, middle), margins);
        }
        if middle < to {
            self.add_steps_below(right, row, (middle, to), margins);
        }
    }
}

fn next_node(nodes: &[Node], position: usize, row: &[f32]) -> usize {
    let node = &nodes[position];
    let value = row[usize::from(node.input)];
    let right = (value >= node.threshold) | (value.is_nan() & node.unknown_right);
    usize::from(node.next[usize::from(right)])
}
