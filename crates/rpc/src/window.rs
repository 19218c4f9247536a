//! How many blocks' logs an endpoint gives at once.

use super::Limit;

/// How many full windows must succeed before a wider one is tried.
const SUCCESSES_TO_WIDEN: u32 = 4;

/// The number of blocks that an endpoint is asked for, as learned so far.
#[derive(Debug)]
pub(crate) struct Window {
    blocks: u64,
    most: u64,
    successes: u32,
}

impl Window {
    pub(crate) fn new(blocks: u64) -> Self {
        Self { blocks: blocks.max(1), most: u64::MAX, successes: 0 }
    }

    pub(crate) fn blocks(&self) -> u64 {
        self.blocks
    }

    /// Learns from a window of `asked` blocks that went over a limit.
    pub(crate) fn exceeded(&mut self, limit: Limit, asked: u64) {
        let half = (asked / 2).max(1);
        let below = |blocks: u64| if blocks < asked { blocks.max(1) } else { half };
        let fits = match limit {
            Limit::Blocks(blocks) => {
                self.most = self.most.min(below(blocks));
                below(blocks)
            }
            Limit::TooWide => {
                self.most = self.most.min(half);
                half
            }
            Limit::Fits(blocks) => below(blocks),
            Limit::TooMuch => half,
        };
        self.blocks = self.blocks.min(fits);
        self.successes = 0;
    }

    /// Learns from a window of `asked` blocks that was answered.
    pub(crate) fn worked(&mut self, asked: u64) {
        if asked < self.blocks {
            return;
        }
        self.successes += 1;
        if self.successes >= SUCCESSES_TO_WIDEN {
            self.successes = 0;
            self.blocks = self.blocks.saturating_add((self.blocks / 4).max(1)).min(self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(limit: Limit, asked: u64) -> Window {
        let mut window = Window::new(10_000);
        window.exceeded(limit, asked);
        window
    }

    #[test]
    fn limit_of_blocks_is_never_passed_again() {
        let mut window = after(Limit::Blocks(500), 10_000);
        for _ in 0..100 {
            assert_eq!(window.blocks(), 500);
            window.worked(500);
        }
    }

    #[test]
    fn limit_of_results_halves_and_is_forgotten() {
        let mut window = after(Limit::TooMuch, 10_000);
        assert_eq!(window.blocks(), 5_000);
        for _ in 0..4 {
            window.worked(5_000);
        }
        assert_eq!(window.blocks(), 6_250);
    }

    #[test]
    fn windows_on_their_way_together_shrink_it_once() {
        let mut window = after(Limit::TooMuch, 10_000);
        window.exceeded(Limit::TooMuch, 10_000);
        assert_eq!(window.blocks(), 5_000);
    }

    #[test]
    fn limit_that_was_kept_still_shrinks() {
        assert_eq!(after(Limit::Blocks(10_000), 10_000).blocks(), 5_000);
        assert_eq!(after(Limit::Fits(20_000), 10_000).blocks(), 5_000);
        assert_eq!(after(Limit::TooWide, 1).blocks(), 1);
    }

    #[test]
    fn smaller_windows_do_not_widen() {
        let mut window = Window::new(100);
        (0..10).for_each(|_| window.worked(99));
        assert_eq!(window.blocks(), 100);
    }
}
