//! The net's shape, the names of its variables and its basis functions of time.

use serde::{Deserialize, Serialize};

use crate::input::grid::{INTERVALS, edges_days};

/// Number of basis functions of time along which a correction may vary.
pub(crate) const BASIS_COUNT: usize = 3;

/// Shape of the net.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetConfig {
    /// Number of inputs.
    pub inputs: usize,
    /// Number of the inputs, the first ones, that correct first passage.
    pub liquidation_inputs: usize,
    /// Width of the hidden layers.
    pub hidden: usize,
    /// Number of ensemble members.
    pub members: usize,
}

/// Legendre polynomials of the logarithm of each interval's end: [`BASIS_COUNT`] by intervals.
pub(crate) fn basis_values() -> [[f32; INTERVALS]; BASIS_COUNT] {
    let edges = edges_days();
    let (first, last) = (edges[1].ln(), edges[INTERVALS].ln());
    let position = |k: usize| (2.0 * (edges[k + 1].ln() - first) / (last - first) - 1.0) as f32;
    let polynomials: [fn(f32) -> f32; BASIS_COUNT] = [|_| 1.0, |u| u, |u| 1.5 * u * u - 0.5];
    polynomials.map(|p| std::array::from_fn(|k| p(position(k))))
}

/// Prefix of the variables of the liquidation ensemble.
pub(crate) const LIQUIDATED: &str = "liquidated";
/// Prefix of the variables of the closing ensemble.
pub(crate) const CLOSED: &str = "closed";
/// Log odds of liquidation in each interval where the anchor is zero.
pub(crate) const ALPHA: &str = "alpha";
/// Slope of the anchor in each interval.
pub(crate) const BETA: &str = "beta";
/// Log odds of closing in each interval.
pub(crate) const GAMMA: &str = "gamma";
