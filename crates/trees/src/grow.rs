//! Growing one tree.

use crate::bins::BinnedColumn;
use crate::histogram::{GradientSums, Histogram};
use crate::options::TreeOptions;
use crate::split::{Bounds, Split, SplitFinder};
use crate::tree::{Node, Tree};

/// The training rows of a node.
pub(crate) trait NodeRows: Sized {
    /// What histograms cost: the number of rows, or of what stands for several rows.
    fn len(&self) -> usize;
    /// Sums over all rows.
    fn sums(&self) -> GradientSums;
    /// Sums by bin of each input in use.
    fn histogram(&self, used: &[usize]) -> Histogram;
    /// Rows below a cut of an input, and the others; order is kept on both sides.
    fn split(self, input: usize, cut: usize, unknown_right: bool) -> [Self; 2];
}

/// A tree and the training rows of its leaves with the leaves' values.
pub(crate) struct GrownTree<R> {
    pub(crate) tree: Tree,
    pub(crate) leaves: Vec<(R, f32)>,
}

/// A tree that grows.
pub(crate) struct TreeGrower<'a, R> {
    columns: &'a [BinnedColumn],
    /// The inputs drawn for this tree.
    used: &'a [usize],
    options: &'a TreeOptions,
    grown: GrownTree<R>,
}

/// A node that may be split.
struct OpenNode<R> {
    node: usize,
    rows: R,
    sums: GradientSums,
    bounds: Bounds,
    depth: usize,
}

impl<'a, R: NodeRows> TreeGrower<'a, R> {
    /// Grows a tree on `rows`.
    pub(crate) fn grow_tree(
        columns: &'a [BinnedColumn],
        used: &'a [usize],
        options: &'a TreeOptions,
        rows: R,
    ) -> GrownTree<R> {
        let tree = Tree { nodes: vec![Node::leaf(0, 0.0)], depth: 0 };
        let grown = GrownTree { tree, leaves: Vec::new() };
        let mut grower = Self { columns, used, options, grown };
        let bounds = Bounds { low: f64::NEG_INFINITY, high: f64::INFINITY };
        let histogram = (options.depth > 0).then(|| rows.histogram(used));
        let sums = rows.sums();
        grower.grow(OpenNode { node: 0, rows, sums, bounds, depth: 0 }, histogram);
        grower.grown
    }

    /// Splits a node recursively while that reduces the loss, else makes it a leaf.
    fn grow(&mut self, open: OpenNode<R>, histogram: Option<Histogram>) {
        let finder = SplitFinder(self.options);
        let split =
            histogram.as_ref().and_then(|histogram| self.best_split(histogram, open.bounds));
        let (Some(split), Some(histogram)) = (split, histogram) else {
            let value = finder.leaf_value(open.sums, open.bounds) * self.options.learning_rate;
            self.grown.tree.nodes[open.node].value = value as f32;
            self.grown.leaves.push((open.rows, value as f32));
            return;
        };
        let input = self.used[split.used_index];
        let bounds = finder.child_bounds(&split, self.options.monotone(input), open.bounds);
        let children_nodes = self.split_node(open.node, &split);
        let [left, right] = open.rows.split(input, split.cut, split.unknown_right);
        let histograms = self.child_histograms(histogram, &left, &right, open.depth + 1);
        let children = [(left, split.left), (right, split.right)].into_iter();
        for (n, ((rows, sums), histogram)) in children.zip(histograms).enumerate() {
            let (node, bounds) = (children_nodes[n], bounds[n]);
            self.grow(OpenNode { node, rows, sums, bounds, depth: open.depth + 1 }, histogram);
        }
        let tree = &mut self.grown.tree;
        tree.depth = tree.depth.max(open.depth + 1);
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
        let nodes = &mut self.grown.tree.nodes;
        let leaves = [nodes.len(), nodes.len() + 1];
        let next =
            leaves.map(|leaf| u16::try_from(leaf).expect("a tree has fewer than 65,536 nodes"));
        let input = self.used[split.used_index];
        let node = &mut nodes[node];
        node.input = u16::try_from(input).expect("there are fewer than 65,536 inputs");
        node.unknown_right = split.unknown_right;
        node.threshold = self.columns[input].cuts[split.cut];
        node.next = next;
        nodes.extend(next.map(|leaf| Node::leaf(leaf, 0.0)));
        leaves
    }

    /// Histograms of both children, the larger as the difference of the parent and the smaller; none at
    /// the greatest depth.
    fn child_histograms(
        &self,
        parent: Histogram,
        left: &R,
        right: &R,
        depth: usize,
    ) -> [Option<Histogram>; 2] {
        if depth >= self.options.depth {
            return [None, None];
        }
        if left.len() <= right.len() {
            let small = left.histogram(self.used);
            let large = parent.minus_child(&small);
            [Some(small), Some(large)]
        } else {
            let small = right.histogram(self.used);
            let large = parent.minus_child(&small);
            [Some(large), Some(small)]
        }
    }
}
