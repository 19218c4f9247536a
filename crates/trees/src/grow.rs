//! The growth of one tree.

use super::TreeOptions;
use super::bins::BinnedColumn;
use super::histogram::{GradientSums, Histogram};
use super::split::{Bounds, Split, SplitFinder};
use super::tree::{Node, Tree};

/// A tree under growth.
pub(super) struct TreeGrower<'a> {
    columns: &'a [BinnedColumn],
    /// Inputs in use.
    used: &'a [usize],
    derivatives: &'a [[f32; 2]],
    options: &'a TreeOptions,
    tree: Tree,
}

/// A node that may yet be split.
struct OpenNode<'r> {
    node: usize,
    rows: &'r mut [u32],
    sums: GradientSums,
    bounds: Bounds,
    depth: usize,
}

impl<'a> TreeGrower<'a> {
    /// Grows a tree on `rows`.
    pub(super) fn grow_tree(
        columns: &'a [BinnedColumn],
        used: &'a [usize],
        derivatives: &'a [[f32; 2]],
        options: &'a TreeOptions,
        rows: &mut [u32],
    ) -> Tree {
        let mut sums = GradientSums::default();
        rows.iter().for_each(|&row| sums.add(derivatives[row as usize]));
        let tree = Tree { nodes: vec![Node::leaf(0, 0.0)], depth: 0 };
        let mut growth = Self { columns, used, derivatives, options, tree };
        let bounds = Bounds { low: f64::NEG_INFINITY, high: f64::INFINITY };
        let histogram = (options.depth > 0).then(|| growth.histogram(rows));
        growth.grow(OpenNode { node: 0, rows, sums, bounds, depth: 0 }, histogram);
        growth.tree
    }

    fn histogram(&self, rows: &[u32]) -> Histogram {
        Histogram::new(self.columns, self.used, rows, self.derivatives)
    }

    /// Splits a bud as long as that gains, else makes it a leaf.
    fn grow(&mut self, bud: OpenNode<'_>, histogram: Option<Histogram>) {
        let judge = SplitFinder(self.options);
        let split = histogram.as_ref().and_then(|histogram| self.best_split(histogram, bud.bounds));
        let (Some(split), Some(histogram)) = (split, histogram) else {
            let value = judge.leaf_value(bud.sums, bud.bounds) * self.options.learning_rate;
            self.tree.nodes[bud.node].value = value as f32;
            return;
        };
        let input = self.used[split.used_index];
        let bounds = judge.child_bounds(&split, self.options.monotone(input), bud.bounds);
        let places = self.split_node(bud.node, &split);
        let (left, right) = self.partition_rows(bud.rows, &split);
        let histograms = self.child_histograms(histogram, left, right, bud.depth + 1);
        let children = [(left, split.left), (right, split.right)].into_iter();
        for (n, ((rows, sums), histogram)) in children.zip(histograms).enumerate() {
            let (place, bounds) = (places[n], bounds[n]);
            self.grow(
                OpenNode { node: place, rows, sums, bounds, depth: bud.depth + 1 },
                histogram,
            );
        }
        self.tree.depth = self.tree.depth.max(bud.depth + 1);
    }

    fn best_split(&self, histogram: &Histogram, bounds: Bounds) -> Option<Split> {
        let judge = SplitFinder(self.options);
        let places = histogram.0.iter().enumerate();
        let splits = places.filter_map(|(place, bins)| {
            judge.best_split(place, bins, self.options.monotone(self.used[place]), bounds)
        });
        // The first of equals, whatever the platform.
        splits.reduce(|best, next| if next.gain > best.gain { next } else { best })
    }

    /// Turns a node into a fork with two fresh leaves; returns their places.
    fn split_node(&mut self, place: usize, split: &Split) -> [usize; 2] {
        let places = [self.tree.nodes.len(), self.tree.nodes.len() + 1];
        let next = places.map(|place| u16::try_from(place).expect("trees stay below 65,536 nodes"));
        let input = self.used[split.used_index];
        let node = &mut self.tree.nodes[place];
        node.input = u16::try_from(input).expect("inputs stay below 65,536");
        node.unknown_right = split.unknown_right;
        node.threshold = self.columns[input].cuts[split.cut];
        node.next = next;
        self.tree.nodes.extend(next.map(|place| Node::leaf(place, 0.0)));
        places
    }

    /// Sorts rows by side, keeping their order within each.
    fn partition_rows<'r>(
        &self,
        rows: &'r mut [u32],
        split: &Split,
    ) -> (&'r mut [u32], &'r mut [u32]) {
        let column = &self.columns[self.used[split.used_index]];
        let goes_right = |row: u32| match usize::from(column.bins[row as usize]) {
            bin if bin == column.unknown_bin() => split.unknown_right,
            bin => bin > split.cut,
        };
        let (left, right): (Vec<u32>, Vec<u32>) = rows.iter().partition(|&&row| !goes_right(row));
        let middle = left.len();
        rows[..middle].copy_from_slice(&left);
        rows[middle..].copy_from_slice(&right);
        rows.split_at_mut(middle)
    }

    /// Histograms of both children, of which the larger follows from the smaller; none at depth.
    fn child_histograms(
        &self,
        parent: Histogram,
        left: &[u32],
        right: &[u32],
        depth: usize,
    ) -> [Option<Histogram>; 2] {
        if depth >= self.options.depth {
            return [None, None];
        }
        if left.len() <= right.len() {
            let small = self.histogram(left);
            let large = parent.minus_child(&small);
            [Some(small), Some(large)]
        } else {
            let small = self.histogram(right);
            let large = parent.minus_child(&small);
            [Some(large), Some(small)]
        }
    }
}
