//! A Fenwick tree: counts below a rank, kept while ranks are added.

/// Counts of ranks `0..ranks`, with both operations in O(log ranks) (Fenwick 1994).
pub(crate) struct Fenwick {
    /// Node `i` (from one) holds the count of the `i & -i` ranks that end at rank `i - 1`.
    nodes: Vec<u64>,
}

impl Fenwick {
    /// An empty tree for ranks `0..ranks`.
    pub(crate) fn new(ranks: usize) -> Self {
        Self { nodes: vec![0; ranks + 1] }
    }

    /// Counts one more of `rank`.
    pub(crate) fn add(&mut self, rank: usize) {
        let mut node = rank + 1;
        while node < self.nodes.len() {
            self.nodes[node] += 1;
            node += node & node.wrapping_neg();
        }
    }

    /// How many ranks below `rank` were added.
    pub(crate) fn count_below(&self, rank: usize) -> u64 {
        let (mut node, mut count) = (rank, 0);
        while node > 0 {
            count += self.nodes[node];
            node &= node - 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_equal_a_plain_scan() {
        let mut tree = Fenwick::new(13);
        let mut added = Vec::new();
        for step in 0..50 {
            let rank = step * step % 13;
            tree.add(rank);
            added.push(rank);
            for limit in 0..=13 {
                let scanned = added.iter().filter(|&&rank| rank < limit).count();
                assert_eq!(tree.count_below(limit), scanned as u64);
            }
        }
    }
}
