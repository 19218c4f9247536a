//! One tree, and how a row falls through it.

use serde::{Deserialize, Serialize};

/// A fork or, where both ways lead back to itself, a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Node {
    pub(super) input: u16,
    pub(super) unknown_right: bool,
    /// Values from here on go right.
    pub(super) threshold: f32,
    /// Where to go: left, right.
    pub(super) next: [u16; 2],
    /// What a leaf adds to the margin.
    pub(super) value: f32,
}

impl Node {
    pub(super) const fn leaf(place: u16, value: f32) -> Self {
        Self { input: 0, unknown_right: false, threshold: 0.0, next: [place; 2], value }
    }
}

/// A tree; its root is the first node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// Steps that lead from the root to any leaf; a leaf can be stepped on for ever.
    pub(super) depth: usize,
}

impl Tree {
    /// What each of some trees, at most eight, adds to a row's margin.
    ///
    /// A step waits for the one before; those in eight trees do not wait for each other.
    pub(super) fn leaf_values(trees: &[Self], row: &[f32]) -> [f64; 8] {
        let (mut places, mut values) = ([0_usize; 8], [0.0; 8]);
        let depth = trees.iter().map(|tree| tree.depth).max().unwrap_or(0);
        for _ in 0..depth {
            for (place, tree) in places.iter_mut().zip(trees) {
                *place = next_node(&tree.nodes, *place, row);
            }
        }
        for ((value, place), tree) in values.iter_mut().zip(places).zip(trees) {
            *value = f64::from(tree.nodes[place].value);
        }
        values
    }

    /// Adds the tree to the margins of rows of `width` inputs, eight at a time.
    ///
    /// A row's next step waits for its last; those of eight rows do not wait for each other.
    pub(super) fn add_to(&self, margins: &mut [f64], rows: &[f32], width: usize) {
        let eights = margins.chunks_mut(8).zip(rows.chunks(8 * width));
        for (margins, rows) in eights {
            let mut places = [0_usize; 8];
            for _ in 0..self.depth {
                for (place, row) in places.iter_mut().zip(rows.chunks_exact(width)) {
                    *place = next_node(&self.nodes, *place, row);
                }
            }
            for (margin, place) in margins.iter_mut().zip(places) {
                *margin += f64::from(self.nodes[place].value);
            }
        }
    }
}

fn next_node(nodes: &[Node], place: usize, row: &[f32]) -> usize {
    let node = &nodes[place];
    let value = row[usize::from(node.input)];
    let right = (value >= node.threshold) | (value.is_nan() & node.unknown_right);
    usize::from(node.next[usize::from(right)])
}
