//! The weights whose sign makes the log odds of liquidation monotone.

use std::ops::Range;

use super::config::{BETA, LAYERS, LIQUIDATED, NetConfig};
use plimsoll_tabm::{FlatParameters, HEADS, INPUT_SCALE, OUTPUT_SCALE, WEIGHT};

/// The weights of the liquidation ensemble that are not negative, as ranges of the vector of all
/// weights.
///
/// These are the first layer's weights and scales of the monotone inputs, all its scales of outputs,
/// all weights and scales of the later layers, the heads, and the slopes of the anchor. Activations
/// never fall and the basis functions of time are not negative, so that each member's log odds of
/// liquidation in each interval never fall in a monotone input or in the anchor. This holds for the
/// rounded sums as well, because rounding never reverses an order. Weights of the other inputs,
/// biases and intercepts are free. Daniels and Velikova (2010), IEEE Transactions on Neural Networks
/// 21(6); with convex and concave units Runje and Shankaranarayana (2023), arXiv 2205.11775.
#[derive(Debug, Clone)]
pub(crate) struct NonNegativeWeights {
    ranges: Vec<Range<usize>>,
    /// The first layer's scales of the monotone inputs, by member.
    input_scales: Vec<Range<usize>>,
}

impl NonNegativeWeights {
    /// Looks up the ranges.
    ///
    /// # Panics
    /// If `parameters` are not those of a net of this shape.
    pub(crate) fn new(config: &NetConfig, parameters: &FlatParameters) -> Self {
        let &NetConfig { liquidation_inputs, monotone_inputs, hidden, members, .. } = config;
        let range = |name: &str| parameters.range(name).expect("the net has this variable");
        let layer = |n: usize, part: &str| range(&format!("{LIQUIDATED}.layer_{n}.{part}"));
        let weights = layer(0, WEIGHT).start;
        let scales = layer(0, INPUT_SCALE).start;
        let member_scales = |member: usize| {
            let start = scales + member * liquidation_inputs;
            start..start + monotone_inputs
        };
        let input_scales: Vec<Range<usize>> = (0..members).map(member_scales).collect();
        let mut ranges = input_scales.clone();
        ranges.extend([weights..weights + monotone_inputs * hidden, layer(0, OUTPUT_SCALE)]);
        for n in 1..LAYERS {
            ranges.extend([WEIGHT, INPUT_SCALE, OUTPUT_SCALE].map(|part| layer(n, part)));
        }
        ranges.extend([range(&format!("{LIQUIDATED}.{HEADS}")), range(BETA)]);
        Self { ranges, input_scales }
    }

    /// Replaces negative values by zero: the nearest weights that are feasible.
    pub(crate) fn project(&self, weights: &mut [f32]) {
        for range in &self.ranges {
            // NaN stays, so that a diverged net is reported.
            let negative = weights[range.clone()].iter_mut().filter(|weight| **weight < 0.0);
            negative.for_each(|weight| *weight = 0.0);
        }
    }

    /// Replaces values by their absolute values.
    pub(crate) fn reflect(&self, weights: &mut [f32]) {
        for range in &self.ranges {
            weights[range.clone()].iter_mut().for_each(|weight| *weight = weight.abs());
        }
    }

    /// Each member's scales of the monotone inputs in the first layer.
    pub(crate) fn input_scales(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.input_scales.iter().cloned()
    }
}
