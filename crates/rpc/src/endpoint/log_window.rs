//! Blocks per request for logs, adapted to an endpoint's limits.

use crate::refusal::LogLimit;

/// Full windows that must succeed before a wider one is tried.
const SUCCESSES_TO_WIDEN: u32 = 4;

/// Full windows at a limit of unknown cause that must succeed before it is exceeded again.
const SUCCESSES_TO_FORGET: u32 = 256;

/// Blocks per request at the start.
const INITIAL_BLOCKS: u64 = 10_000;

/// The number of blocks per request.
#[derive(Debug)]
pub(crate) struct LogWindow {
    blocks: u64,
    /// The user's bound, or the endpoint's known limit: never exceeded.
    max_blocks: u64,
    /// The most blocks below a refusal of unknown cause.
    ceiling: Option<u64>,
    /// The most blocks that succeeded, 0 if so many were refused since.
    largest_success: u64,
    /// The blocks before the endpoint seemed overloaded, and whether fewer succeeded since.
    recovers_to: Option<(u64, bool)>,
    successes: u32,
    successes_at_ceiling: u32,
}

impl LogWindow {
    /// A window that never exceeds `max_blocks`.
    pub(crate) fn new(max_blocks: u64) -> Self {
        let max_blocks = max_blocks.max(1);
        let blocks = INITIAL_BLOCKS.min(max_blocks);
        Self {
            blocks,
            max_blocks,
            ceiling: None,
            largest_success: 0,
            recovers_to: None,
            successes: 0,
            successes_at_ceiling: 0,
        }
    }

    pub(crate) fn blocks(&self) -> u64 {
        self.blocks
    }

    /// Adapts the window after a request for `requested` blocks exceeded a limit.
    pub(crate) fn on_limit_exceeded(&mut self, limit: LogLimit, requested: u64) {
        if limit != LogLimit::Overloaded {
            self.recovers_to = None;
        }
        let half = (requested / 2).max(1);
        let below = |blocks: u64| if blocks < requested { blocks.max(1) } else { half };
        let fits = match limit {
            // Some count the last block and some do not.
            LogLimit::Blocks(blocks) if blocks == requested => self.limit(requested.max(2) - 1),
            LogLimit::Blocks(blocks) => self.limit(below(blocks)),
            LogLimit::TooWide => self.limit(half),
            LogLimit::SuggestedRange(blocks) => below(blocks),
            LogLimit::TooManyLogs => half,
            LogLimit::Overloaded => match self.recovers_to {
                // So many failed again after fewer succeeded: it was not an outage.
                Some((_, true)) => {
                    self.recovers_to = None;
                    self.lower_ceiling(requested)
                }
                known => {
                    self.recovers_to = known.or(Some((self.blocks, false)));
                    half
                }
            },
            LogLimit::Unknown => self.lower_ceiling(requested),
        };
        if self.largest_success >= requested {
            self.largest_success = 0;
        }
        self.blocks = self.blocks.min(fits);
        self.successes = 0;
    }

    /// The blocks to try after so many were refused for an unknown cause.
    fn lower_ceiling(&mut self, requested: u64) -> u64 {
        let (half, below) = ((requested / 2).max(1), (requested - 1).max(1));
        self.ceiling = Some(self.ceiling.map_or(below, |ceiling| ceiling.min(below)));
        self.successes_at_ceiling = 0;
        if self.largest_success < requested { half.max(self.largest_success) } else { half }
    }

    fn limit(&mut self, blocks: u64) -> u64 {
        self.max_blocks = self.max_blocks.min(blocks);
        blocks
    }

    /// Adapts the window after a request for `requested` blocks succeeded.
    pub(crate) fn on_success(&mut self, requested: u64) {
        self.largest_success = self.largest_success.max(requested);
        if let Some((target, _)) = self.recovers_to {
            // After an outage the window is soon as wide as before.
            let target = target.min(self.max_blocks);
            self.blocks = self.blocks.saturating_mul(2).min(target);
            self.recovers_to = (requested < target).then_some((target, true));
            return;
        }
        if requested < self.blocks {
            return;
        }
        self.count_at_ceiling();
        self.successes += 1;
        if self.successes >= SUCCESSES_TO_WIDEN {
            self.successes = 0;
            let quarter = (self.blocks / 4).max(1);
            // Half of the way to the ceiling: an unknown limit is found by bisection.
            let step = self.ceiling.map_or(quarter, |ceiling| {
                quarter.min(ceiling.saturating_sub(self.blocks).div_ceil(2))
            });
            self.blocks = self.blocks.saturating_add(step).min(self.max_blocks);
        }
    }

    fn count_at_ceiling(&mut self) {
        if self.ceiling.is_some_and(|ceiling| self.blocks >= ceiling) {
            self.successes_at_ceiling += 1;
            if self.successes_at_ceiling >= SUCCESSES_TO_FORGET {
                self.ceiling = None;
            }
        }
    }

    /// Forgets what refusals of unknown cause taught: a single block is refused too.
    pub(crate) fn forget_unknown(&mut self) {
        self.ceiling = None;
        self.blocks = INITIAL_BLOCKS.min(self.max_blocks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    fn after(limit: LogLimit, requested: u64) -> LogWindow {
        let mut window = LogWindow::new(u64::MAX);
        window.on_limit_exceeded(limit, requested);
        window
    }

    #[test]
    fn block_limit_is_never_exceeded_again() {
        for (limit, most) in [(LogLimit::Blocks(500), 500), (LogLimit::TooWide, 5_000)] {
            let mut window = after(limit, 10_000);
            for _ in 0..1_000 {
                assert_eq!(window.blocks(), most);
                window.on_success(most);
            }
        }
    }

    #[test]
    fn bound_of_the_user_is_never_exceeded() {
        let mut window = LogWindow::new(100);
        for _ in 0..1_000 {
            assert_eq!(window.blocks(), 100);
            window.on_success(100);
        }
        assert_eq!(LogWindow::new(0).blocks(), 1);
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
    fn outage_narrows_the_window_only_for_its_time() {
        let mut window = LogWindow::new(u64::MAX);
        (0..6).for_each(|_| window.on_limit_exceeded(LogLimit::Overloaded, window.blocks()));
        assert_eq!(window.blocks(), 156);
        (0..7).for_each(|_| window.on_success(window.blocks()));
        assert_eq!(window.blocks(), 10_000);
    }

    #[test]
    fn endpoint_that_fails_at_many_blocks_each_time_gets_fewer() {
        let (mut window, mut failures) = (LogWindow::new(u64::MAX), 0);
        for _ in 0..400 {
            if window.blocks() > 1_000 {
                failures += 1;
                window.on_limit_exceeded(LogLimit::Overloaded, window.blocks());
            } else {
                window.on_success(window.blocks());
            }
        }
        assert!(failures <= 80 && window.blocks() >= 500, "{failures} {}", window.blocks());
    }

    #[test]
    fn concurrent_windows_shrink_it_once() {
        let mut window = after(LogLimit::TooManyLogs, 10_000);
        window.on_limit_exceeded(LogLimit::TooManyLogs, 10_000);
        assert_eq!(window.blocks(), 5_000);
    }

    #[test]
    fn refused_window_within_the_limit_still_shrinks() {
        assert_eq!(after(LogLimit::Blocks(10_000), 10_000).blocks(), 9_999);
        assert_eq!(after(LogLimit::Blocks(10_000), 9_999).blocks(), 4_999);
        assert_eq!(after(LogLimit::SuggestedRange(20_000), 10_000).blocks(), 5_000);
        assert_eq!(after(LogLimit::TooWide, 1).blocks(), 1);
        assert_eq!(after(LogLimit::Unknown, 1).blocks(), 1);
    }

    #[test]
    fn smaller_windows_do_not_widen() {
        let mut window = after(LogLimit::TooManyLogs, 200);
        (0..10).for_each(|_| window.on_success(99));
        assert_eq!(window.blocks(), 100);
    }

    /// The refusals that an endpoint with a limit of unknown text gives over many requests.
    fn refusals(limit: u64, requests: u32) -> (u32, u64) {
        let (mut window, mut refusals) = (LogWindow::new(u64::MAX), 0);
        for _ in 0..requests {
            let blocks = window.blocks();
            if blocks > limit {
                refusals += 1;
                window.on_limit_exceeded(LogLimit::Unknown, blocks);
            } else {
                window.on_success(blocks);
            }
        }
        (refusals, window.blocks())
    }

    #[test]
    fn unknown_limit_is_approached_with_few_refusals() {
        for limit in [1, 2, 10, 99, 100, 2_000, 5_000, 7_777] {
            let (refusals, blocks) = refusals(limit, 1_000);
            assert!(refusals <= 50, "limit {limit}: {refusals} of 1,000");
            assert!(blocks <= limit + limit / 4 + 1 && blocks >= limit / 2, "{limit}: {blocks}");
        }
    }

    proptest! {
        #[test]
        fn window_is_between_one_block_and_the_bound(
            bound in 1u64..20_000,
            events in vec((0u8..8, 1u64..20_000), 0..200),
        ) {
            let mut window = LogWindow::new(bound);
            for (event, blocks) in events {
                let requested = window.blocks();
                match event {
                    0 => window.on_limit_exceeded(LogLimit::Blocks(blocks), requested),
                    1 => window.on_limit_exceeded(LogLimit::TooWide, requested),
                    2 => window.on_limit_exceeded(LogLimit::SuggestedRange(blocks), requested),
                    3 => window.on_limit_exceeded(LogLimit::TooManyLogs, requested),
                    4 => window.on_limit_exceeded(LogLimit::Unknown, requested),
                    5 => window.forget_unknown(),
                    6 => window.on_limit_exceeded(LogLimit::Overloaded, requested),
                    _ => window.on_success(requested),
                }
                prop_assert!((1..=bound).contains(&window.blocks()));
            }
        }
    }
}
