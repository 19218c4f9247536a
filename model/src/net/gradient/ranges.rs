//! Ranges of the net's variables within the flat parameter vector.

use std::ops::Range;

use candle_core::{Result, bail};

use crate::net::config::{ALPHA, BETA, CLOSED, GAMMA, LIQUIDATED, NetConfig};
use plimsoll_tabm::FlatParameters;
use plimsoll_tabm::{BIAS, HEADS, INPUT_SCALE, OFFSETS, OUTPUT_SCALE, WEIGHT};

/// Number of hidden layers of each cause.
pub(super) const LAYERS: usize = 2;

/// Ranges of the variables of one cause.
#[derive(Debug, Clone)]
pub(super) struct CauseRanges {
    pub(super) layers: [LayerRanges; LAYERS],
    pub(super) head: HeadRanges,
}

/// Ranges of the variables of a hidden layer.
#[derive(Debug, Clone)]
pub(super) struct LayerRanges {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) weight: Range<usize>,
    pub(super) input_scale: Range<usize>,
    pub(super) output_scale: Range<usize>,
    pub(super) bias: Range<usize>,
}

/// Ranges of the variables between the last hidden layer and the log odds.
#[derive(Debug, Clone)]
pub(super) struct HeadRanges {
    pub(super) inputs: usize,
    pub(super) heads: Range<usize>,
    pub(super) offsets: Range<usize>,
    pub(super) intercepts: Range<usize>,
    /// Slopes of the anchor, for liquidation only.
    pub(super) anchor_slopes: Option<Range<usize>>,
}

impl CauseRanges {
    /// Looks up the ranges of liquidation and of closing.
    pub(super) fn for_both_causes(
        config: &NetConfig,
        parameters: &FlatParameters,
    ) -> Result<[Self; 2]> {
        let NetConfig { inputs, liquidation_inputs, hidden, .. } = *config;
        let find = |name: &str| match parameters.range(name) {
            Some(range) => Ok(range),
            None => bail!("missing variable {name}"),
        };
        let layer = |cause: &str, n: usize, inputs: usize| -> Result<LayerRanges> {
            let part = |part: &str| find(&format!("{cause}.layer_{n}.{part}"));
            Ok(LayerRanges {
                inputs,
                outputs: hidden,
                weight: part(WEIGHT)?,
                input_scale: part(INPUT_SCALE)?,
                output_scale: part(OUTPUT_SCALE)?,
                bias: part(BIAS)?,
            })
        };
        let cause =
            |cause: &str, inputs: usize, levels: &str, slopes: Option<&str>| -> Result<Self> {
                Ok(Self {
                    layers: [layer(cause, 0, inputs)?, layer(cause, 1, hidden)?],
                    head: HeadRanges {
                        inputs: hidden,
                        heads: find(&format!("{cause}.{HEADS}"))?,
                        offsets: find(&format!("{cause}.{OFFSETS}"))?,
                        intercepts: find(levels)?,
                        anchor_slopes: slopes.map(find).transpose()?,
                    },
                })
            };
        Ok([
            cause(LIQUIDATED, liquidation_inputs, ALPHA, Some(BETA))?,
            cause(CLOSED, inputs, GAMMA, None)?,
        ])
    }
}

/// The range of one member within a variable that has a part for each member.
pub(super) fn member_range(range: &Range<usize>, member: usize, size: usize) -> Range<usize> {
    let start = range.start + member * size;
    start..start + size
}
