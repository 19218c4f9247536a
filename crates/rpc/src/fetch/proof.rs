//! How it is verified that no log is missing.

use std::ops::RangeInclusive;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One window in so many is also requested from a second endpoint.
const COMPARED_WINDOWS: u64 = 16;

/// How the logs of a range are verified to be all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The header of every block: its link to the block before, and its bloom.
    Full,
    /// The headers of random blocks, and random windows from a second endpoint. Only for blocks
    /// that a reorg can no longer remove.
    Sampled(Audit),
    /// No blooms: for chains and nodes whose blooms prove nothing.
    Logs,
}

/// A random choice of blocks and windows; it does not depend on how a range is cut into windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audit {
    /// One block of so many consecutive ones is chosen; at least 1.
    pub every_blocks: u64,
    /// Seed of the choice; endpoints must not be able to guess it.
    pub seed: u64,
}

impl Audit {
    /// The chosen blocks of a range: one of each `every_blocks` consecutive blocks.
    pub fn blocks(self, range: RangeInclusive<u64>) -> impl Iterator<Item = u64> {
        let every = self.every_blocks.max(1);
        let strata = range.start() / every..=range.end() / every;
        let chosen = strata.map(move |stratum| stratum * every + self.draw(stratum) % every);
        chosen.filter(move |block| range.contains(block))
    }

    /// Whether the window that begins at `block` is requested from a second endpoint too.
    pub(super) fn compares(self, block: u64) -> bool {
        self.draw(!block).is_multiple_of(COMPARED_WINDOWS)
    }

    fn draw(self, stream: u64) -> u64 {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(stream);
        random.random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn one_block_of_each_stratum_is_chosen_however_the_range_is_cut(
            every_blocks in 1_u64..400,
            seed in 0_u64..u64::MAX,
            cut in 0_u64..2_000,
        ) {
            let audit = Audit { every_blocks, seed };
            let whole: Vec<u64> = audit.blocks(0..=2_000).collect();
            let parts: Vec<u64> = audit.blocks(0..=cut).chain(audit.blocks(cut + 1..=2_000)).collect();
            prop_assert_eq!(&whole, &parts);
            let strata: Vec<u64> = whole.iter().map(|block| block / every_blocks).collect();
            prop_assert!(strata.windows(2).all(|pair| pair[0] + 1 == pair[1]));
        }
    }

    #[test]
    fn another_seed_chooses_other_blocks() {
        let blocks =
            |seed| -> Vec<u64> { Audit { every_blocks: 100, seed }.blocks(0..=9_999).collect() };
        assert_ne!(blocks(1), blocks(2));
        let windows =
            (0..1_600).filter(|block| Audit { every_blocks: 1, seed: 3 }.compares(*block));
        assert!((60..140).contains(&windows.count()));
    }
}
