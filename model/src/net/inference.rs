//! The trained net, used for scoring.
//!
//! Blocks of rows pass through the layers of training, with products that are rounded before they
//! are added; a tensor graph would spend more on each operation than a row takes.

mod factored_head;
mod input_rows;
mod log_odds;

use std::collections::HashMap;
use std::ops::Range;

use candle_core::{Result, Tensor};

use super::config::NetConfig;
use super::forward::hidden_layers::{Activations, HiddenLayers};
use super::forward::multiply_add::Separate;
use super::forward::ranges::CauseRanges;
use super::forward::row_block::RowBlock;
use factored_head::{FactoredHead, PADDED_COEFFICIENTS};
pub(crate) use input_rows::InputRows;
use log_odds::MemberLogOdds;

/// Rows to score together, so that all their data stays in the cache.
pub(crate) const BLOCK_ROWS: usize = 64;

/// A trained net.
#[derive(Debug, Clone)]
pub(crate) struct InferenceNet {
    /// Liquidation and closing of each member.
    members: Vec<[CauseNet; 2]>,
}

/// One cause of one member.
#[derive(Debug, Clone)]
struct CauseNet {
    hidden: HiddenLayers,
    head: FactoredHead,
}

/// Activations of a block of rows, to avoid allocations per member.
struct Buffers {
    hidden: Activations,
    coefficients: Vec<f32>,
}

impl InferenceNet {
    /// Reads the weights of a net.
    pub(crate) fn from_weights(
        config: &NetConfig,
        weights: &HashMap<String, Tensor>,
    ) -> Result<Self> {
        let mut values = Vec::new();
        let mut ranges: HashMap<&str, Range<usize>> = HashMap::new();
        for (name, tensor) in weights {
            let start = values.len();
            values.extend(tensor.flatten_all()?.to_vec1::<f32>()?);
            ranges.insert(name, start..values.len());
        }
        let range = |name: &str| ranges.get(name).cloned();
        let member = |member: usize| {
            let causes = CauseRanges::for_both_causes(config, member, range)?;
            Ok(causes.map(|ranges| CauseNet::new(&ranges, &values)))
        };
        Ok(Self { members: (0..config.members).map(member).collect::<Result<_>>()? })
    }

    /// Computes each member's log odds of liquidation and of closing for some rows, at least one.
    pub(crate) fn log_odds(&self, rows: &InputRows) -> MemberLogOdds {
        let block = rows.block();
        let mut log_odds = MemberLogOdds::zeros(self.members.len(), block.rows);
        let mut buffers: Option<Buffers> = None;
        for (cause, out) in self.members.iter().flatten().zip(log_odds.causes_mut()) {
            // All members have the same widths.
            let buffers = buffers.get_or_insert_with(|| cause.buffers(block.rows));
            cause.forward(&block, buffers, out);
        }
        log_odds
    }
}

impl CauseNet {
    fn new(ranges: &CauseRanges, weights: &[f32]) -> Self {
        let mut hidden = HiddenLayers::new(ranges);
        hidden.load_weights(weights);
        Self { hidden, head: FactoredHead::new(&ranges.head, weights) }
    }

    fn buffers(&self, rows: usize) -> Buffers {
        let coefficients = vec![0.0; rows * PADDED_COEFFICIENTS];
        Buffers { hidden: self.hidden.activations(rows), coefficients }
    }

    /// Computes the log odds of a block: rows by padded intervals.
    fn forward(&self, block: &RowBlock<'_>, buffers: &mut Buffers, out: &mut [f32]) {
        let last = self.hidden.forward::<Separate>(block, &mut buffers.hidden);
        self.head.forward(last, block.anchor, &mut buffers.coefficients, out);
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};
    use candle_nn::{VarBuilder, VarMap};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::input::grid::INTERVALS;
    use crate::net::candle_net::CandleNet;
    use crate::net::variables::net_parameters;

    /// A tile of rows and another row.
    const ROWS: usize = 5;
    /// Widths that need padding.
    const CONFIG: NetConfig =
        NetConfig { inputs: 7, liquidation_inputs: 4, monotone_inputs: 2, hidden: 19, members: 3 };

    /// A net of candle operations, the same net for scoring, and inputs of some rows: scaled, and
    /// the anchor's log odds.
    fn random_net_and_rows() -> (CandleNet, InferenceNet, [Vec<f32>; 2]) {
        let variables = VarMap::new();
        let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
        let candle = CandleNet::new(&CONFIG, &vb).unwrap();
        let parameters = net_parameters(&variables);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut uniform = |count: usize, min: f32, max: f32| -> Vec<f32> {
            (0..count).map(|_| rng.random_range(min..max)).collect()
        };
        parameters.set(&uniform(parameters.value_count(), -0.5, 0.5)).unwrap();
        let rows = [uniform(ROWS * CONFIG.inputs, -2.0, 2.0), uniform(ROWS * INTERVALS, -8.0, 3.0)];
        let weights = parameters.tensors().unwrap().into_iter().collect();
        (candle, InferenceNet::from_weights(&CONFIG, &weights).unwrap(), rows)
    }

    /// The rows in blocks of some rows.
    fn blocks([scaled, anchor]: &[Vec<f32>; 2], rows: usize) -> Vec<InputRows> {
        let each: Vec<_> =
            scaled.chunks_exact(CONFIG.inputs).zip(anchor.chunks_exact(INTERVALS)).collect();
        let block = |rows: &[(&[f32], &[f32])]| {
            let mut block = InputRows::default();
            rows.iter().for_each(|(scaled, anchor)| block.push(scaled, anchor));
            block
        };
        each.chunks(rows).map(block).collect()
    }

    #[test]
    fn log_odds_match_the_candle_net() {
        let (candle, net, rows) = random_net_and_rows();
        let tensor = |values: &[f32], columns: usize| {
            Tensor::from_slice(values, (ROWS, columns), &Device::Cpu).unwrap()
        };
        let (scaled, anchor) = (tensor(&rows[0], CONFIG.inputs), tensor(&rows[1], INTERVALS));
        let (liquidated, closed) = candle.forward(&scaled, &anchor).unwrap();
        let expected = [liquidated, closed].map(|cause| cause.to_vec3::<f32>().unwrap());
        let log_odds = net.log_odds(&blocks(&rows, ROWS)[0]);
        for row in 0..ROWS {
            for (member, causes) in log_odds.row(row).enumerate() {
                for (cause, expected) in causes.iter().zip(&expected) {
                    for (value, expected) in cause.iter().zip(&expected[member][row]) {
                        assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
                    }
                }
            }
        }
    }

    #[test]
    fn bits_do_not_depend_on_the_rows_beside_a_row() {
        let (_, net, rows) = random_net_and_rows();
        let all = net.log_odds(&blocks(&rows, ROWS)[0]);
        for (row, single) in blocks(&rows, 1).iter().enumerate() {
            let single = net.log_odds(single);
            for (member, expected) in all.row(row).zip(single.row(0)) {
                assert_eq!(member, expected);
            }
        }
    }
}
