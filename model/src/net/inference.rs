//! The trained net in plain loops, used for scoring.
//!
//! A row takes a few microseconds, whereas a tensor graph spends more than that on every operation.
//! The bits of a row do not depend on the rows beside it, unlike those of a blocked matrix product.

use std::collections::HashMap;

use candle_core::{Result, Tensor};

use super::config::{ALPHA, BASIS_COUNT, BETA, CLOSED, GAMMA, LIQUIDATED, NetConfig, basis_values};
use crate::input::grid::INTERVALS;
use plimsoll_tabm::{BIAS, HEADS, INPUT_SCALE, OFFSETS, OUTPUT_SCALE, WEIGHT};

/// A trained net.
#[derive(Debug, Clone)]
pub(crate) struct InferenceNet {
    liquidated: Vec<Perceptron>,
    closed: Vec<Perceptron>,
    liquidation_inputs: usize,
    basis: [[f32; INTERVALS]; BASIS_COUNT],
    alpha: Vec<f32>,
    beta: Vec<f32>,
    gamma: Vec<f32>,
}

/// One member of one cause: layers with a rectifier between them.
#[derive(Debug, Clone)]
struct Perceptron {
    layers: Vec<Layer>,
}

/// A linear layer; weights are stored input by input.
#[derive(Debug, Clone)]
struct Layer {
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl InferenceNet {
    /// Reads the weights of a net.
    pub(crate) fn from_weights(
        config: &NetConfig,
        weights: &HashMap<String, Tensor>,
    ) -> Result<Self> {
        let vector = |name: &str| match weights.get(name) {
            Some(tensor) => tensor.to_vec1::<f32>(),
            None => candle_core::bail!("missing weights {name}"),
        };
        Ok(Self {
            liquidated: read_perceptrons(LIQUIDATED, config, weights)?,
            closed: read_perceptrons(CLOSED, config, weights)?,
            liquidation_inputs: config.liquidation_inputs,
            basis: basis_values(),
            alpha: vector(ALPHA)?,
            beta: vector(BETA)?,
            gamma: vector(GAMMA)?,
        })
    }

    /// Each member's log odds of liquidation and of closing, by interval, for a row of scaled inputs
    /// and the anchor's log odds.
    pub(crate) fn member_log_odds(
        &self,
        scaled: &[f32],
        anchor: &[f32],
    ) -> impl Iterator<Item = [[f32; INTERVALS]; 2]> {
        let anchored: Vec<f32> =
            (0..INTERVALS).map(|k| self.alpha[k] + self.beta[k] * anchor[k]).collect();
        let mut buffers = Buffers::default();
        self.liquidated.iter().zip(&self.closed).map(move |(liquidated, closed)| {
            let first = &scaled[..self.liquidation_inputs];
            let liquidated = self.log_odds(liquidated.forward(first, &mut buffers), &anchored);
            let closed = self.log_odds(closed.forward(scaled, &mut buffers), &self.gamma);
            [liquidated, closed]
        })
    }

    fn log_odds(&self, coefficients: &[f32], base: &[f32]) -> [f32; INTERVALS] {
        let correction = |k: usize| -> f32 {
            coefficients
                .iter()
                .zip(&self.basis)
                .map(|(coefficient, basis)| coefficient * basis[k])
                .sum()
        };
        std::array::from_fn(|k| base[k] + correction(k))
    }
}

fn read_perceptrons(
    cause: &str,
    config: &NetConfig,
    weights: &HashMap<String, Tensor>,
) -> Result<Vec<Perceptron>> {
    let find = |name: String| match weights.get(&name) {
        Some(tensor) => Ok(tensor),
        None => candle_core::bail!("missing weights {name}"),
    };
    let part = |layer: usize, name: &str| find(format!("{cause}.layer_{layer}.{name}"));
    let member = |member: usize| -> Result<Perceptron> {
        let of_member = |tensor: &Tensor| tensor.get(member)?.flatten_all()?.to_vec1::<f32>();
        // A member's weights are the shared weights times its scales of inputs and outputs.
        let hidden = |layer: usize| -> Result<Layer> {
            let shared = part(layer, WEIGHT)?.to_vec2::<f32>()?;
            let outputs = of_member(part(layer, OUTPUT_SCALE)?)?;
            let rows = shared.iter().zip(of_member(part(layer, INPUT_SCALE)?)?);
            let scaled =
                rows.flat_map(|(row, r)| row.iter().zip(&outputs).map(move |(w, s)| w * r * s));
            Ok(Layer { weights: scaled.collect(), biases: of_member(part(layer, BIAS)?)? })
        };
        let head = Layer {
            weights: of_member(find(format!("{cause}.{HEADS}"))?)?,
            biases: of_member(find(format!("{cause}.{OFFSETS}"))?)?,
        };
        Ok(Perceptron { layers: vec![hidden(0)?, hidden(1)?, head] })
    };
    (0..config.members).map(member).collect()
}

impl Perceptron {
    /// Returns the outputs, which stay in `buffers` until the next pass.
    fn forward<'a>(&self, inputs: &[f32], buffers: &'a mut Buffers) -> &'a [f32] {
        let Buffers { input: from, output: to } = buffers;
        from.clear();
        from.extend_from_slice(inputs);
        for (n, layer) in self.layers.iter().enumerate() {
            if n > 0 {
                from.iter_mut().for_each(|value| *value = value.max(0.0));
            }
            layer.forward(from, to);
            std::mem::swap(from, to);
        }
        from
    }
}

/// Reusable buffers of a forward pass, to avoid an allocation per member.
#[derive(Default)]
struct Buffers {
    input: Vec<f32>,
    output: Vec<f32>,
}

/// Number of outputs that are accumulated together.
const LANES: usize = 16;

impl Layer {
    fn forward(&self, inputs: &[f32], sums: &mut Vec<f32>) {
        sums.clone_from(&self.biases);
        let width = sums.len();
        let rows = || inputs.iter().zip(self.weights.chunks_exact(width));
        let (full_lanes, rest) = sums.as_chunks_mut::<LANES>();
        for (n, lanes) in full_lanes.iter_mut().enumerate() {
            // A local copy stays in registers; memory would be written for every input.
            let mut accumulators = *lanes;
            for (input, weights) in rows() {
                let weights = &weights[n * LANES..(n + 1) * LANES];
                accumulators
                    .iter_mut()
                    .zip(weights)
                    .for_each(|(sum, weight)| *sum += input * weight);
            }
            *lanes = accumulators;
        }
        let first = width - rest.len();
        for (input, weights) in rows() {
            rest.iter_mut().zip(&weights[first..]).for_each(|(sum, w)| *sum += input * w);
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};
    use candle_nn::{VarBuilder, VarMap};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::net::candle_net::CandleNet;
    use crate::net::variables::net_parameters;

    const ROWS: usize = 5;
    /// A width that is no multiple of the lanes.
    const CONFIG: NetConfig =
        NetConfig { inputs: 7, liquidation_inputs: 3, hidden: 20, members: 3 };

    fn log_odds(tensor: &Tensor, member: usize, row: usize) -> Vec<f32> {
        let values = tensor.get(member).and_then(|rows| rows.get(row));
        values.and_then(|row| row.to_vec1()).unwrap()
    }

    #[test]
    fn log_odds_match_the_candle_net() {
        let variables = VarMap::new();
        let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
        let candle = CandleNet::new(&CONFIG, &vb).unwrap();
        let parameters = net_parameters(&variables);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut uniform = |count: usize, min: f32, max: f32| -> Vec<f32> {
            (0..count).map(|_| rng.random_range(min..max)).collect()
        };
        parameters.set(&uniform(parameters.value_count(), -0.5, 0.5)).unwrap();
        let scaled = uniform(ROWS * CONFIG.inputs, -2.0, 2.0);
        let anchor = uniform(ROWS * INTERVALS, -8.0, 3.0);
        let matrix = |values: &[f32], columns: usize| {
            Tensor::from_slice(values, (ROWS, columns), &Device::Cpu).unwrap()
        };
        let (scaled_rows, anchor_rows) =
            (matrix(&scaled, CONFIG.inputs), matrix(&anchor, INTERVALS));
        let (liquidated, closed) = candle.forward(&scaled_rows, &anchor_rows).unwrap();
        let weights = parameters.tensors().unwrap().into_iter().collect();
        let net = InferenceNet::from_weights(&CONFIG, &weights).unwrap();
        for row in 0..ROWS {
            let inputs = &scaled[row * CONFIG.inputs..][..CONFIG.inputs];
            let anchor = &anchor[row * INTERVALS..][..INTERVALS];
            for (member, causes) in net.member_log_odds(inputs, anchor).enumerate() {
                for (cause, expected) in causes.iter().zip([&liquidated, &closed]) {
                    for (value, expected) in cause.iter().zip(log_odds(expected, member, row)) {
                        assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
                    }
                }
            }
        }
    }
}
