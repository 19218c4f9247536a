//! Ranges of a member's variables within the flat vector of all weights.

use std::ops::Range;

use candle_core::{Result, bail};

use crate::input::grid::INTERVALS;
use crate::net::config::{ALPHA, BASIS_COUNT, BETA, CLOSED, GAMMA, LAYERS, LIQUIDATED, NetConfig};
use plimsoll_tabm::{BIAS, HEADS, INPUT_SCALE, OFFSETS, OUTPUT_SCALE, WEIGHT};

/// Ranges of the variables of one cause.
#[derive(Debug, Clone)]
pub(crate) struct CauseRanges {
    pub(crate) layers: [LayerRanges; LAYERS],
    pub(crate) head: HeadRanges,
}

/// Ranges of the variables of a hidden layer.
#[derive(Debug, Clone)]
pub(crate) struct LayerRanges {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Number of outputs, the first ones, whose activation is `max(0, x)`; that of the others is
    /// `min(0, x)`.
    pub(crate) convex_outputs: usize,
    /// Shared by all members.
    pub(crate) weight: Range<usize>,
    pub(crate) input_scale: Range<usize>,
    pub(crate) output_scale: Range<usize>,
    pub(crate) bias: Range<usize>,
}

/// Ranges of the variables between the last hidden layer and the log odds.
#[derive(Debug, Clone)]
pub(crate) struct HeadRanges {
    pub(crate) inputs: usize,
    pub(crate) heads: Range<usize>,
    pub(crate) offsets: Range<usize>,
    /// Shared by all members.
    pub(crate) intercepts: Range<usize>,
    /// Slopes of the anchor, shared by all members, for liquidation only.
    pub(crate) anchor_slopes: Option<Range<usize>>,
}

/// Looks up ranges of a member.
struct MemberLookup<F> {
    /// Returns the range of a variable.
    range: F,
    members: usize,
    member: usize,
}

/// Widths of a hidden layer.
#[derive(Clone, Copy)]
struct LayerWidths {
    inputs: usize,
    outputs: usize,
    convex_outputs: usize,
}

impl CauseRanges {
    /// Looks up the ranges of liquidation and of closing for a member; `range` returns the range of
    /// a variable.
    pub(crate) fn for_both_causes(
        config: &NetConfig,
        member: usize,
        range: impl Fn(&str) -> Option<Range<usize>>,
    ) -> Result<[Self; 2]> {
        let NetConfig { inputs, liquidation_inputs, hidden, members, .. } = *config;
        let lookup = MemberLookup { range, members, member };
        let cause =
            |cause: &str, first: LayerWidths, levels: &str, slopes: Option<&str>| -> Result<Self> {
                let second = LayerWidths { inputs: hidden, ..first };
                Ok(Self {
                    layers: [
                        lookup.layer(&format!("{cause}.layer_0"), first)?,
                        lookup.layer(&format!("{cause}.layer_1"), second)?,
                    ],
                    head: HeadRanges {
                        inputs: hidden,
                        heads: lookup.own(&format!("{cause}.{HEADS}"), hidden * BASIS_COUNT)?,
                        offsets: lookup.own(&format!("{cause}.{OFFSETS}"), BASIS_COUNT)?,
                        intercepts: lookup.shared(levels, INTERVALS)?,
                        anchor_slopes: slopes
                            .map(|slopes| lookup.shared(slopes, INTERVALS))
                            .transpose()?,
                    },
                })
            };
        let convex_outputs = config.convex_units();
        let liquidation =
            LayerWidths { inputs: liquidation_inputs, outputs: hidden, convex_outputs };
        let closing = LayerWidths { inputs, outputs: hidden, convex_outputs: hidden };
        Ok([
            cause(LIQUIDATED, liquidation, ALPHA, Some(BETA))?,
            cause(CLOSED, closing, GAMMA, None)?,
        ])
    }
}

impl<F: Fn(&str) -> Option<Range<usize>>> MemberLookup<F> {
    fn layer(&self, layer: &str, widths: LayerWidths) -> Result<LayerRanges> {
        let LayerWidths { inputs, outputs, convex_outputs } = widths;
        Ok(LayerRanges {
            inputs,
            outputs,
            convex_outputs,
            weight: self.shared(&format!("{layer}.{WEIGHT}"), inputs * outputs)?,
            input_scale: self.own(&format!("{layer}.{INPUT_SCALE}"), inputs)?,
            output_scale: self.own(&format!("{layer}.{OUTPUT_SCALE}"), outputs)?,
            bias: self.own(&format!("{layer}.{BIAS}"), outputs)?,
        })
    }

    /// The range of a variable of `size` values that all members share.
    fn shared(&self, name: &str, size: usize) -> Result<Range<usize>> {
        match (self.range)(name) {
            Some(range) if range.len() == size => Ok(range),
            Some(range) => bail!("{name} has {} weights, not {size}", range.len()),
            None => bail!("missing weights {name}"),
        }
    }

    /// The member's part of a variable that has `size` values for each member.
    fn own(&self, name: &str, size: usize) -> Result<Range<usize>> {
        let start = self.shared(name, self.members * size)?.start + self.member * size;
        Ok(start..start + size)
    }
}
