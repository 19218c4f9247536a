//! The blocks of a range that are not requested yet.

use std::ops::RangeInclusive;
use std::sync::Mutex;

/// Disjoint ranges of blocks.
pub(super) struct BlockQueue(Mutex<Vec<RangeInclusive<u64>>>);

impl BlockQueue {
    pub(super) fn new(range: RangeInclusive<u64>) -> Self {
        Self(Mutex::new(vec![range]))
    }

    /// Takes at most the given number of contiguous blocks.
    pub(super) fn take(&self, blocks: u64) -> Option<RangeInclusive<u64>> {
        let range = self.lock_ranges().pop()?;
        (!range.is_empty()).then(|| self.split_to(range, blocks))
    }

    /// At most the given number of blocks from the start of a range; the others are returned to the queue.
    pub(super) fn split_to(&self, range: RangeInclusive<u64>, blocks: u64) -> RangeInclusive<u64> {
        let (from, to) = range.into_inner();
        let last = from.saturating_add(blocks.max(1) - 1).min(to);
        if last < to {
            self.lock_ranges().push(last + 1..=to);
        }
        from..=last
    }

    fn lock_ranges(&self) -> std::sync::MutexGuard<'_, Vec<RangeInclusive<u64>>> {
        self.0.lock().expect("no thread panics while it holds the lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn pieces_tile_the_range(
            from in 0u64..1000,
            length in 0u64..500,
            sizes in vec((1u64..60, 1u64..60), 1..20),
        ) {
            let queue = BlockQueue::new(from..=from + length);
            let mut taken: Vec<u64> = Vec::new();
            for (size, trimmed) in sizes.iter().cycle() {
                let Some(range) = queue.take(*size) else { break };
                taken.extend(queue.split_to(range, *trimmed));
            }
            taken.sort_unstable();
            prop_assert_eq!(taken, (from..=from + length).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn empty_range_has_no_blocks_to_fetch() {
        #[expect(clippy::reversed_empty_ranges, reason = "an empty range of blocks")]
        let queue = BlockQueue::new(5..=4);
        assert_eq!(queue.take(10), None);
    }

    #[test]
    fn last_block_there_can_be_is_taken() {
        let queue = BlockQueue::new(u64::MAX - 1..=u64::MAX);
        assert_eq!(queue.take(1), Some(u64::MAX - 1..=u64::MAX - 1));
        assert_eq!(queue.take(u64::MAX), Some(u64::MAX..=u64::MAX));
        assert_eq!(queue.take(1), None);
    }
}
