//! The net's shape, the names of its variables and its basis functions of time.

use serde::{Deserialize, Serialize};

use crate::input::grid::{INTERVALS, edges_days};

/// Functions of time along which a correction may vary.
pub(crate) const BASIS_COUNT: usize = 3;

/// The net's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetConfig {
    /// Inputs.
    pub inputs: usize,
    /// How many of them, the first ones, correct first passage.
    pub liquidation_inputs: usize,
    /// Width of the hidden layers.
    pub hidden: usize,
    /// Members of the ensemble.
    pub members: usize,
}

/// Legendre polynomials of the logarithm of each interval's end, [`BASIS`] by intervals.
pub(crate) fn basis_values() -> [[f32; INTERVALS]; BASIS_COUNT] {
    let edges = edges_days();
    let (first, last) = (edges[1].ln(), edges[INTERVALS].ln());
    let place = |k: usize| (2.0 * (edges[k + 1].ln() - first) / (last - first) - 1.0) as f32;
    let polynomials: [fn(f32) -> f32; BASIS_COUNT] = [|_| 1.0, |u| u, |u| 1.5 * u * u - 0.5];
    polynomials.map(|p| std::array::from_fn(|k| p(place(k))))
}

/// The ensemble of liquidation.
pub(crate) const LIQUIDATED: &str = "liquidated";
/// The ensemble of closing.
pub(crate) const CLOSED: &str = "closed";
/// Each interval's log odds of liquidation where the anchor's are zero.
pub(crate) const ALPHA: &str = "alpha";
/// The anchor's slope in each interval.
pub(crate) const BETA: &str = "beta";
/// Each interval's log odds of closing.
pub(crate) const GAMMA: &str = "gamma";
