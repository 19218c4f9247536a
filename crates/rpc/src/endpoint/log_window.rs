//! Blocks per request for logs, adapted to an endpoint's limits.

use super::log_limit::LogLimit;

/// Full windows that must succeed before a wider one is tried.
const SUCCESSES_TO_WIDEN: u32 = 4;

/// The number of blocks per request.
#[derive(Debug)]
pub(crate) struct LogWindow {
    blocks: u64,
    max_blocks: u64,
    successes: u32,
}

impl LogWindow {
    pub(crate) fn new(blocks: u64) -> Self {
        Self { blocks: blocks.max(1), max_blocks: u64::MAX, successes: 0 }
    }

    pub(crate) fn blocks(&self) -> u64 {
        self.blocks
    }

    /// Adapts the window after a request for `requested` blocks exceeded a limit.
    pub(crate) fn on_limit_exceeded(&mut self, limit: LogLimit, requested: u64) {
        let half = (requested / 2).max(1);
        let below = |blocks: u64| if blocks < requested { blocks.max(1) } else { half };
        let fits = match limit {
            LogLimit::Blocks(blocks) => {
                self.max_blocks = self.max_blocks.min(below(blocks));
                below(blocks)
            }
            LogLimit::TooWide => {
                self.max_blocks = self.max_blocks.min(half);
                half
            }
            LogLimit::SuggestedRange(blocks) => below(blocks),
            LogLimit::TooManyLogs => half,
        };
        self.blocks = self.blocks.min(fits);
        self.successes = 0;
    }

    /// Adapts the window after a request for `requested` blocks succeeded.
    pub(crate) fn on_success(&mut self, requested: u64) {
        if requested < self.blocks {
            return;
        }
        self.successes += 1;
        if self.successes >= SUCCESSES_TO_WIDEN {
            self.successes = 0;
            self.blocks = self.blocks.saturating_add((self.blocks / 4).max(1)).min(self.max_blocks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(limit: LogLimit, requested: u64) -> LogWindow {
        let mut window = LogWindow::new(10_000);
        window.on_limit_exceeded(limit, requested);
        window
    }

    #[test]
    fn block_limit_is_never_exceeded_again() {
        let mut window = after(LogLimit::Blocks(500), 10_000);
        for _ in 0..100 {
            assert_eq!(window.blocks(), 500);
            window.on_success(500);
        }
    }

    #[test]
    fn result_limit_halves_the_window_until_it_widens_again() {
        let mut window = after(LogLimit::TooManyLogs, 10_000);
        assert_eq!(window.blocks(), 5_000);
        for _ in 0..4 {
            window.on_success(5_000);
        }
        assert_eq!(window.blocks(), 6_250);
    }

    #[test]
    fn concurrent_windows_shrink_it_once() {
        let mut window = after(LogLimit::TooManyLogs, 10_000);
        window.on_limit_exceeded(LogLimit::TooManyLogs, 10_000);
        assert_eq!(window.blocks(), 5_000);
    }

    #[test]
    fn refused_window_within_the_limit_still_shrinks() {
        assert_eq!(after(LogLimit::Blocks(10_000), 10_000).blocks(), 5_000);
        assert_eq!(after(LogLimit::SuggestedRange(20_000), 10_000).blocks(), 5_000);
        assert_eq!(after(LogLimit::TooWide, 1).blocks(), 1);
    }

    #[test]
    fn smaller_windows_do_not_widen() {
        let mut window = LogWindow::new(100);
        (0..10).for_each(|_| window.on_success(99));
        assert_eq!(window.blocks(), 100);
    }
}
