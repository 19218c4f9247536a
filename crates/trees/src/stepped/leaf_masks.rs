//! The leaves of a tree as bits, and what each inner node excludes.

use crate::tree::{Node, Tree};

/// A tree by its leaves, from left to right.
pub(super) struct LeafMasks {
    /// Each inner node with the leaves that remain when it leads right: all but those on its left.
    pub(super) inner: Vec<(Node, u32)>,
    /// The value of each leaf.
    pub(super) values: Vec<f32>,
}

impl LeafMasks {
    /// Numbers the leaves; `None` if there are more than `max_leaves`, at most 32, or a node's
    /// children do not exist.
    pub(super) fn new(tree: &Tree, max_leaves: usize) -> Option<Self> {
        let mut masks = Self { inner: Vec::new(), values: Vec::new() };
        masks.add_below(tree, 0, max_leaves.min(32)).map(|()| masks)
    }

    fn add_below(&mut self, tree: &Tree, position: usize, max_leaves: usize) -> Option<()> {
        let node = tree.nodes.get(position)?;
        let [left, right] = node.next.map(usize::from);
        if left == position {
            self.values.push(node.value);
            return (self.values.len() <= max_leaves).then_some(());
        }
        // Children follow their parent, so that a corrupt tree cannot be endless.
        if left <= position || right <= position {
            return None;
        }
        let first = self.values.len();
        self.add_below(tree, left, max_leaves)?;
        let on_the_left = bits_below(self.values.len()) & !bits_below(first);
        self.inner.push((*node, !on_the_left));
        self.add_below(tree, right, max_leaves)
    }
}

/// The lowest `count` bits.
fn bits_below(count: usize) -> u32 {
    u32::try_from((1_u64 << count) - 1).expect("there are at most 32 leaves")
}
