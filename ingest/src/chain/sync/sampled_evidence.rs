//! What a sample of headers shows about logs that may be missing.

use std::fmt;

use indicatif::HumanCount;
use plimsoll_rpc::FetchStats;
use serde::Serialize;

/// The probability that an omission goes unnoticed, for the bound that is reported.
const UNNOTICED: f64 = 0.05;

/// Blocks that were verified by a random sample of headers, and none of which lacks logs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SampledEvidence {
    /// Blocks.
    pub blocks: u64,
    /// Blocks with logs.
    pub blocks_with_logs: u64,
    /// Blocks without logs whose bloom proves that there are none.
    pub proven_silent_blocks: u64,
    /// Blocks whose logs a second endpoint confirmed.
    pub compared_blocks: u64,
}

impl SampledEvidence {
    /// Adds some blocks.
    pub(crate) fn add(&mut self, blocks: u64, with_logs: u64, stats: &FetchStats) {
        self.blocks += blocks;
        self.blocks_with_logs += with_logs;
        self.proven_silent_blocks += stats.proven_silent_blocks;
        self.compared_blocks += stats.compared_blocks;
    }

    /// The number of blocks whose logs an endpoint can have omitted with a probability of 5 % to
    /// remain unnoticed; none if nothing was verified.
    ///
    /// Each of n such blocks is among the a of s blocks without logs whose bloom was compared with
    /// probability a/s, so all remain unnoticed with (1 - a/s)^n.
    #[must_use]
    pub fn detectable_blocks(&self) -> Option<u64> {
        let silent = self.blocks.saturating_sub(self.blocks_with_logs);
        if self.proven_silent_blocks == 0 || silent == 0 {
            return None;
        }
        let unnoticed = 1.0 - self.proven_silent_blocks as f64 / silent as f64;
        Some(if unnoticed <= 0.0 { 1 } else { (UNNOTICED.ln() / unnoticed.ln()).ceil() as u64 })
    }
}

impl fmt::Display for SampledEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: u64| HumanCount(n).to_string();
        write!(
            f,
            "{} blocks verified by a sample: {} with logs, {} without logs of which {} are proven \
             by their blooms, {} confirmed by a second endpoint",
            count(self.blocks),
            count(self.blocks_with_logs),
            count(self.blocks.saturating_sub(self.blocks_with_logs)),
            count(self.proven_silent_blocks),
            count(self.compared_blocks),
        )?;
        match self.detectable_blocks() {
            Some(blocks) => {
                let all = (self.blocks_with_logs + blocks) as f64;
                let share = 100.0 * blocks as f64 / all;
                write!(
                    f,
                    "; an endpoint that omits the logs of {} blocks ({share:.2} % of those with \
                     logs) would be noticed with 95 % confidence",
                    count(blocks)
                )
            }
            None => write!(f, "; omitted logs would not be noticed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn omission_that_would_be_noticed_follows_from_the_share_of_proven_blocks() {
        let mut evidence = SampledEvidence { blocks: 1_000_000, ..SampledEvidence::default() };
        evidence.blocks_with_logs = 20_000;
        assert_eq!(evidence.detectable_blocks(), None);
        evidence.proven_silent_blocks = 3_828;
        // ln .05 / ln(1 - 3828 / 980000)
        assert_eq!(evidence.detectable_blocks(), Some(766));
        assert!(evidence.to_string().contains("766 blocks (3.69 %"), "{evidence}");
        evidence.proven_silent_blocks = 980_000;
        assert_eq!(evidence.detectable_blocks(), Some(1));
    }
}
