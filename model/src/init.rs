//! Where training starts: at first passage, scaled to the rates that were seen.

use candle_core::{Result, Tensor};
use candle_nn::VarMap;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::dataset::Dataset;
use crate::net::{ALPHA, BETA, GAMMA};
use crate::optimise::named;

/// Stands for the events of an interval that saw none.
const PSEUDO_EVENTS: f64 = 0.5;

/// Sets every variable: hidden layers at random (He et al. 2015, uniform), heads to zero, slopes
/// to one and biases to the log odds of the events seen against those that the rest expects.
pub(crate) fn initialise(variables: &VarMap, data: &Dataset, rng: &mut ChaCha8Rng) -> Result<()> {
    for (name, variable) in named(variables) {
        let value = match name.as_str() {
            ALPHA => alpha(data)?,
            GAMMA => gamma(data)?,
            BETA => variable.ones_like()?,
            _ if name.starts_with("first") || name.starts_with("second") => hidden(&variable, rng)?,
            _ => variable.zeros_like()?,
        };
        variable.set(&value)?;
    }
    Ok(())
}

/// Uniform with variance `2 / inputs`; biases zero.
fn hidden(variable: &Tensor, rng: &mut ChaCha8Rng) -> Result<Tensor> {
    let Ok((_, inputs)) = variable.dims2() else { return variable.zeros_like() };
    let bound = (6.0 / inputs as f32).sqrt();
    let values: Vec<f32> =
        (0..variable.elem_count()).map(|_| rng.random_range(-bound..bound)).collect();
    Tensor::from_vec(values, variable.shape(), variable.device())
}

/// Liquidations seen over liquidations that first passage expects, by interval, as a logarithm.
fn alpha(data: &Dataset) -> Result<Tensor> {
    let odds = data.anchor.exp()?;
    let hazard = (&odds / (&odds + 1.0)?)?;
    log_ratio(&data.targets.liquidated, &(hazard * &data.targets.at_risk)?)
}

/// Closings seen over intervals at risk, as a logarithm.
fn gamma(data: &Dataset) -> Result<Tensor> {
    log_ratio(&data.targets.closed, &data.targets.at_risk)
}

fn log_ratio(seen: &Tensor, expected: &Tensor) -> Result<Tensor> {
    let seen = (seen.sum(0)? + PSEUDO_EVENTS)?;
    let expected = (expected.sum(0)? + PSEUDO_EVENTS)?;
    (seen / expected)?.log()
}
