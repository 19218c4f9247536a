//! What is missing in the lake, and in which segments and chunks it is fetched.

use std::fmt;

use plimsoll_lake::{LakeError, Store};
use serde::Serialize;

use super::chunk_blocks::CHUNK_BLOCKS;
use super::cost::CostEstimate;
use super::proof_mode::ProofMode;
use crate::chain::lake_state::{BlockRange, covered_blocks};

/// The work of an ingestion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChainPlan {
    /// The last requested block.
    pub to: u64,
    /// The streams, with what each lacks.
    pub streams: Vec<StreamPlan>,
    /// What is fetched, in order.
    pub segments: Vec<SegmentPlan>,
    /// The estimated cost with each proof, where it was measured.
    pub cost: Option<CostEstimate>,
}

/// What one stream lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamPlan {
    /// The stream's name.
    pub stream: String,
    /// The first requested block.
    pub from: u64,
    /// Blocks that the lake covers already.
    pub covered: Vec<BlockRange>,
    /// Blocks to fetch: all from the first that is not covered.
    pub missing: Option<BlockRange>,
}

/// Blocks that the same streams lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SegmentPlan {
    /// The blocks.
    pub blocks: BlockRange,
    /// The streams, as indices in [`ChainPlan::streams`].
    pub streams: Vec<usize>,
    /// How the blocks are verified.
    pub proof: ProofMode,
}

impl ChainPlan {
    /// Plans to cover every stream from its first block to `to`; blocks up to `final_block` are
    /// verified as `proof` has it, later ones by every header.
    pub(crate) fn new(
        store: &Store,
        chain: &str,
        streams: &[(String, u64)],
        to: u64,
        (proof, final_block): (ProofMode, Option<u64>),
    ) -> Result<Self, LakeError> {
        let plan = |(stream, from): &(String, u64)| -> Result<_, LakeError> {
            let covered = covered_blocks(store, chain, stream)?;
            let missing = missing_blocks(&covered, (*from, to));
            Ok(StreamPlan { stream: stream.clone(), from: *from, covered, missing })
        };
        let streams = streams.iter().map(plan).collect::<Result<Vec<_>, _>>()?;
        let segments = plan_segments(&streams, (proof, final_block));
        Ok(Self { to, streams, segments, cost: None })
    }

    /// The number of blocks to fetch, each counted once.
    #[must_use]
    pub fn block_count(&self) -> u64 {
        self.segments.iter().map(|SegmentPlan { blocks: (from, to), .. }| to - from + 1).sum()
    }
}

impl SegmentPlan {
    /// The segment in chunks that no window's boundary cuts.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = BlockRange> + use<> {
        let (first, last) = self.blocks;
        let chunk_of = |block: u64| block / CHUNK_BLOCKS;
        (chunk_of(first)..=chunk_of(last)).map(move |chunk| {
            let start = chunk * CHUNK_BLOCKS;
            (start.max(first), start.saturating_add(CHUNK_BLOCKS - 1).min(last))
        })
    }
}

/// The blocks to read so that all requested blocks are covered.
///
/// A history is read in order: rows depend on earlier logs, so blocks after a gap are read again
/// with it.
fn missing_blocks(covered: &[BlockRange], (from, to): BlockRange) -> Option<BlockRange> {
    let reached = covered.iter().find(|(start, end)| *start <= from && from <= *end);
    let from = reached.map_or(from, |(_, end)| end + 1);
    (from <= to).then_some((from, to))
}

/// Splits where the set of streams that lack blocks changes, and after the final block.
fn plan_segments(
    streams: &[StreamPlan],
    (proof, final_block): (ProofMode, Option<u64>),
) -> Vec<SegmentPlan> {
    let ends = || streams.iter().filter_map(|stream| stream.missing);
    let mut cuts: Vec<u64> = ends().flat_map(|(from, to)| [from, to + 1]).collect();
    let after_final = final_block.map_or(0, |block| block + 1);
    cuts.extend(
        ends().any(|(from, to)| from < after_final && after_final <= to).then_some(after_final),
    );
    cuts.sort_unstable();
    cuts.dedup();
    let mut segments = Vec::new();
    for pair in cuts.windows(2) {
        let lacks = |plan: &StreamPlan| {
            plan.missing.is_some_and(|(from, to)| from <= pair[0] && pair[1] - 1 <= to)
        };
        let lacking: Vec<usize> =
            streams.iter().enumerate().filter(|(_, plan)| lacks(plan)).map(|(i, _)| i).collect();
        if !lacking.is_empty() {
            let blocks = (pair[0], pair[1] - 1);
            let proof = if blocks.1 < after_final { proof } else { ProofMode::Full };
            segments.push(SegmentPlan { blocks, streams: lacking, proof });
        }
    }
    segments
}

impl fmt::Display for ChainPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for stream in &self.streams {
            writeln!(f, "{}: blocks {} to {}", stream.stream, stream.from, self.to)?;
            writeln!(f, "  covered  {}", format_ranges(&stream.covered))?;
            writeln!(f, "  to fetch {}", format_ranges(stream.missing.as_slice()))?;
        }
        writeln!(f, "to fetch: {} blocks in {} segments", self.block_count(), self.segments.len())?;
        for SegmentPlan { blocks: (from, to), proof, .. } in &self.segments {
            writeln!(f, "  {from} to {to}: proof {proof}")?;
        }
        self.cost.iter().try_for_each(|cost| write!(f, "{cost}"))
    }
}

fn format_ranges(blocks: &[BlockRange]) -> String {
    if blocks.is_empty() {
        return "nothing".to_owned();
    }
    blocks.iter().map(|(from, to)| format!("{from} to {to}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan(missing: BlockRange) -> StreamPlan {
        let missing = Some(missing);
        StreamPlan { stream: String::new(), from: 0, covered: Vec::new(), missing }
    }

    #[test]
    fn blocks_after_a_gap_are_read_again() {
        assert_eq!(missing_blocks(&[(5, 19), (30, 39)], (5, 50)), Some((20, 50)));
        assert_eq!(missing_blocks(&[(10, 19)], (5, 50)), Some((5, 50)));
        assert_eq!(missing_blocks(&[(0, 100)], (5, 50)), None);
        assert_eq!(missing_blocks(&[], (5, 50)), Some((5, 50)));
    }

    #[test]
    fn a_segment_has_the_streams_that_lack_it() {
        let streams = [plan((0, 9)), plan((5, 14))];
        let plan = |proof| {
            let segments = plan_segments(&streams, proof).into_iter();
            segments.map(|s| (s.blocks, s.streams, s.proof)).collect::<Vec<_>>()
        };
        let full = ProofMode::Full;
        let expected =
            [((0, 4), vec![0], full), ((5, 9), vec![0, 1], full), ((10, 14), vec![1], full)];
        assert_eq!(plan((ProofMode::Sampled, None)), expected);
        let sampled = ProofMode::Sampled;
        let expected = [
            ((0, 4), vec![0], sampled),
            ((5, 7), vec![0, 1], sampled),
            ((8, 9), vec![0, 1], full),
            ((10, 14), vec![1], full),
        ];
        assert_eq!(plan((sampled, Some(7))), expected);
    }

    proptest! {
        #[test]
        fn chunks_tile_their_segment(from in 0_u64..1 << 40, blocks in 1_u64..200_000) {
            let blocks = (from, from + blocks - 1);
            let segment = SegmentPlan { blocks, streams: vec![0], proof: ProofMode::Full };
            let chunks: Vec<_> = segment.chunks().collect();
            prop_assert_eq!(chunks[0].0, from);
            prop_assert_eq!(chunks.last().map(|c| c.1), Some(blocks.1));
            prop_assert!(chunks.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0));
            prop_assert!(chunks.iter().all(|(a, b)| a / CHUNK_BLOCKS == b / CHUNK_BLOCKS));
        }
    }
}
