//! Growing one tree.

use crate::bins::BinnedColumn;
use crate::histogram::{GradientSums, Histogram};
use crate::options::TreeOptions;
use crate::split::{Bounds, Split, SplitFinder};
use crate::tree::{Node, Tree};

/// A tree during grower.
pub(crate) struct TreeGrower<'a> {
    columns: &'a [BinnedColumn],
    /// The inputs drawn for this tree.
    used: &'a [usize],
    derivatives: &'a [[f32; 2]],
    options: &'a TreeOptions,
    tree: Tree,
}

/// A node that may be split.
struct OpenNode<'r> {
    node: usize,
    rows: &'r mut [u32],
    sums: GradientSums,
    bounds: Bounds,
    depth: usize,
}

impl<'a> TreeGrower<'a> {
    /// Grows a tree on `rows`.
    pub(crate) fn grow_tree(
        columns: &'a [BinnedColumn],
        used: &'a [usize],
        derivatives: &'a [[f32; 2]],
        options: &'a TreeOptions,
        rows: &mut [u32],
    ) -> Tree {
        let mut sums = GradientSums::default();
        rows.iter().for_each(|&row| sums.add(derivatives[row as usize]));
        let tree = Tree { nodes: vec![Node::leaf(0, 0.0)], depth: 0 };
        let mut grower = Self { columns, used, derivatives, options, tree };
        let bounds = Bounds { low: f64::NEG_INFINITY, high: f64::INFINITY };
        let histogram = (options.depth > 0).then(|| grower.histogram(rows));
        grower.grow(OpenNode { node: 0, rows, sums, bounds, depth: 0 }, histogram);
        grower.tree
    }

    fn histogram(&self, rows: &[u32]) -> Histogram {
        Histogram::new(self.columns, self.used, rows, self.derivatives)
    }

    /// Splits a node recursively while that reduces the loss, else makes it a leaf.
    fn grow(&mut self, open: OpenNode<'_>, histogram: Option<Histogram>) {
        let finder = SplitFinder(self.options);
        let split =
            histogram.as_ref().and_then(|histogram| self.best_split(histogram, open.bounds));
        let (Some(split), Some(histogram)) = (split, histogram) else {
            let value = finder.leaf_value(open.sums, open.bounds) * self.options.learning_rate;
            self.tree.nodes[open.node].value = value as f32;
            return;
        };
        let input = self.used[split.used_index];
        let bounds = finder.child_bounds(&split, self.options.monotone(input), open.bounds);
        let children_nodes = self.split_node(open.node, &split);
        let (left, right) = self.partition_rows(open.rows, &split);
        let histograms = self.child_histograms(histogram, left, right, open.depth + 1);
        let children = [(left, split.left), (right, split.right)].into_iter();
        for (n, ((rows, sums), histogram)) in children.zip(histograms).enumerate() {
            let (node, bounds) = (children_nodes[n], bounds[n]);
            self.grow(OpenNode { node, rows, sums, bounds, depth: open.depth + 1 }, histogram);
        }
        self.tree.depth = self.tree.depth.max(open.depth + 1);
    }

    fn best_split(&self, histogram: &Histogram, bounds: Bounds) -> Option<Split> {
        let finder = SplitFinder(self.options);
        let inputs = histogram.0.iter().enumerate();
        let splits = inputs.filter_map(|(used_index, bins)| {
            finder.best_split(
                used_index,
                bins,
                self.options.monotone(self.used[used_index]),
                bounds,
            )
        });
        // The first of equal gains, on every platform.
        splits.reduce(|best, next| if next.gain > best.gain { next } else { best })
    }

    /// Turns a leaf into an inner node with two new leaves; returns the indices of the leaves.
    fn split_node(&mut self, node: usize, split: &Split) -> [usize; 2] {
        let leaves = [self.tree.nodes.len(), self.tree.nodes.len() + 1];
        let next =
            leaves.map(|leaf| u16::try_from(leaf).expect("a tree has fewer than 65,536 nodes"));
        let input = self.used[split.used_index];
        let node = &mut self.tree.nodes[node];
        node.input = u16::try_from(input).expect("there are fewer than 65,536 inputs");
        node.unknown_right = split.unknown_right;
        node.threshold = self.columns[input].cuts[split.cut];
        node.next = next;
        self.tree.nodes.extend(next.map(|leaf| Node::leaf(leaf, 0.0)));
        leaves
    }

    /// Moves rows that go left to the front, keeping the order on both sides.
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

    /// Histograms of both children, the larger as the difference of the parent and the smaller; none at
    /// the greatest depth.
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
