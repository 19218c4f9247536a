//! Initialisation of the hidden layers of liquidation: monotone, and with activations of unit
//! variance.

use std::collections::HashMap;

use candle_core::{Result, Tensor, Var};
use candle_nn::VarMap;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::input::dataset::Dataset;
use crate::net::candle_net::convex_and_concave;
use crate::net::config::{LAYERS, LIQUIDATED, NetConfig};
use crate::net::non_negative::NonNegativeWeights;
use crate::net::variables::net_parameters;
use plimsoll_tabm::{BIAS, INPUT_SCALE, OUTPUT_SCALE, WEIGHT, named_variables};

/// Rows by which variances are measured.
const SAMPLE_ROWS: usize = 2_048;
/// Range of the scales of monotone inputs. Random signs would make members differ, but the scales
/// must not be negative.
const INPUT_SCALES: std::ops::Range<f32> = 0.0..2.0;

/// Replaces constrained weights by their absolute values, and scales each hidden layer of
/// liquidation so that the sums before its biases have unit variance.
///
/// Sums of non-negative weights do not cancel, and monotone inputs are correlated, so the variance
/// is measured on rows of `data` rather than derived from the number of inputs (as in Mishkin and
/// Matas 2016, arXiv 1511.06422).
pub(crate) fn initialise_monotone(
    config: &NetConfig,
    variables: &VarMap,
    data: &Dataset,
    rng: &mut ChaCha8Rng,
) -> Result<()> {
    let parameters = net_parameters(variables);
    let constraints = NonNegativeWeights::new(config, &parameters);
    let mut weights = parameters.values()?;
    constraints.reflect(&mut weights);
    for range in constraints.input_scales() {
        weights[range].iter_mut().for_each(|scale| *scale = rng.random_range(INPUT_SCALES));
    }
    parameters.set(&weights)?;
    scale_layers(config, variables, &sample(config, data)?)
}

/// Rows at equal distances, by the inputs of liquidation.
fn sample(config: &NetConfig, data: &Dataset) -> Result<Tensor> {
    let rows = data.len()?;
    let step = rows.div_ceil(SAMPLE_ROWS).max(1);
    let indices: Vec<u32> = (0..rows as u32).step_by(step).collect();
    let indices = Tensor::new(indices, data.scaled.device())?;
    data.scaled.index_select(&indices, 0)?.narrow(1, 0, config.liquidation_inputs)?.contiguous()
}

fn scale_layers(config: &NetConfig, variables: &VarMap, rows: &Tensor) -> Result<()> {
    let variables: HashMap<String, Var> = named_variables(variables).into_iter().collect();
    let mut hidden = rows.clone();
    for n in 0..LAYERS {
        let part = |name: &str| &variables[&format!("{LIQUIDATED}.layer_{n}.{name}")];
        let weight = part(WEIGHT);
        let input_scale = part(INPUT_SCALE).unsqueeze(2)?;
        let scales = input_scale.broadcast_mul(&part(OUTPUT_SCALE).unsqueeze(1)?)?;
        let weights = scales.broadcast_mul(weight)?;
        let sums = hidden.to_device(weight.device())?.broadcast_matmul(&weights)?;
        let variance = sums.var(1)?.mean_all()?.to_scalar::<f32>()?;
        // Constant inputs have no variance, and a single row has none that is defined.
        let factor = if variance > 0.0 { f64::from(variance).sqrt().recip() } else { 1.0 };
        weight.set(&(weight.as_tensor() * factor)?)?;
        let sums = (sums * factor)?.broadcast_add(&part(BIAS).unsqueeze(1)?)?;
        hidden = convex_and_concave(&sums, config.convex_units())?;
    }
    Ok(())
}
