//! Initial values of the variables.

use candle_core::{Result, Tensor};
use candle_nn::VarMap;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::parameters::named_variables;
use crate::variable_names::{BIAS, HEADS, INPUT_SCALE, OFFSETS, OUTPUT_SCALE, SKIP, WEIGHT};

/// Heads start smaller than usual by this factor, so that the first outputs are near the offsets.
const HEAD_SCALE: f32 = 0.3;

/// Initialises the variables of every block in `variables`; other variables are unchanged.
///
/// Input scales of the first layer are 1 or -1 at random, which makes members differ; all other
/// scales are 1. Weights and biases are uniform with variance `1 / (3 inputs)`, as is usual.
/// Offsets and skip connections start at 0.
///
/// # Errors
/// If a variable cannot be set.
pub fn initialise(variables: &VarMap, rng: &mut ChaCha8Rng) -> Result<()> {
    for (name, variable) in named_variables(variables) {
        let first = name.contains("layer_0");
        let inputs = variable.dims().first().copied().unwrap_or(1);
        let value = match name.rsplit('.').next() {
            Some(WEIGHT) => uniform(&variable, 1.0 / (inputs as f32).sqrt(), rng)?,
            Some(INPUT_SCALE) if first => random_signs(&variable, rng)?,
            Some(INPUT_SCALE | OUTPUT_SCALE) => variable.ones_like()?,
            Some(BIAS) => uniform(&variable, 1.0 / (variable.dim(1)? as f32).sqrt(), rng)?,
            Some(HEADS) => {
                let usual = (3.0 / variable.dim(1)? as f32).sqrt();
                uniform(&variable, HEAD_SCALE * usual, rng)?
            }
            Some(OFFSETS | SKIP) => variable.zeros_like()?,
            _ => continue,
        };
        variable.set(&value)?;
    }
    Ok(())
}

fn uniform(variable: &Tensor, bound: f32, rng: &mut ChaCha8Rng) -> Result<Tensor> {
    filled_with(variable, || rng.random_range(-bound..bound))
}

fn random_signs(variable: &Tensor, rng: &mut ChaCha8Rng) -> Result<Tensor> {
    filled_with(variable, || if rng.random_bool(0.5) { 1.0 } else { -1.0 })
}

fn filled_with(variable: &Tensor, mut draw: impl FnMut() -> f32) -> Result<Tensor> {
    let values: Vec<f32> = (0..variable.elem_count()).map(|_| draw()).collect();
    Tensor::from_vec(values, variable.shape(), variable.device())
}
