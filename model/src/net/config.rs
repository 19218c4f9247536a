//! The net's shape, the names of its variables and its basis functions of time.

use serde::{Deserialize, Serialize};

use crate::input::grid::{INTERVALS, edges_days};

/// Number of basis functions of time along which a correction may vary.
pub(crate) const BASIS_COUNT: usize = 3;

/// Number of hidden layers of each cause.
pub(crate) const LAYERS: usize = 2;

/// Shape of the net.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetConfig {
    /// Number of inputs.
    pub inputs: usize,
    /// Number of the inputs, the first ones, that correct first passage.
    pub liquidation_inputs: usize,
    /// Number of the inputs, the first ones, in which log odds of liquidation never fall.
    pub monotone_inputs: usize,
    /// Width of the hidden layers.
    pub hidden: usize,
    /// Number of ensemble members.
    pub members: usize,
}

impl NetConfig {
    /// Number of units of a hidden layer of the liquidation ensemble, the first ones, whose
    /// activation is `max(0, x)`; that of the others is `min(0, x)`.
    ///
    /// Sums of convex functions with non-negative weights are convex, so that half of the units are
    /// concave.
    pub(crate) const fn convex_units(&self) -> usize {
        self.hidden.div_ceil(2)
    }
}

/// Hat functions of the logarithm of each interval's end, at the ends and in the middle of the grid:
/// [`BASIS_COUNT`] by intervals.
///
/// They are non-negative, so that non-negative coefficients give a non-negative correction at every
/// time, and add up to 1.
pub(crate) fn basis_values() -> [[f32; INTERVALS]; BASIS_COUNT] {
    let edges = edges_days();
    let (first, last) = (edges[1].ln(), edges[INTERVALS].ln());
    let position = |k: usize| (2.0 * (edges[k + 1].ln() - first) / (last - first) - 1.0) as f32;
    let hats: [fn(f32) -> f32; BASIS_COUNT] =
        [|u| (-u).max(0.0), |u| 1.0 - u.abs(), |u| u.max(0.0)];
    hats.map(|hat| std::array::from_fn(|k| hat(position(k))))
}

/// Prefix of the variables of the liquidation ensemble.
pub(crate) const LIQUIDATED: &str = "liquidated";
/// Prefix of the variables of the closing ensemble.
pub(crate) const CLOSED: &str = "closed";
/// Log odds of liquidation in each interval where anchor and correction are zero.
pub(crate) const ALPHA: &str = "alpha";
/// Slope of the anchor in each interval.
pub(crate) const BETA: &str = "beta";
/// Log odds of closing in each interval.
pub(crate) const GAMMA: &str = "gamma";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basis_functions_are_a_partition_of_unity() {
        let basis = basis_values();
        for k in 0..INTERVALS {
            assert!(basis.iter().all(|hat| (0.0..=1.0).contains(&hat[k])));
            assert!((basis.iter().map(|hat| hat[k]).sum::<f32>() - 1.0).abs() < 1e-6);
        }
        assert_eq!([basis[0][0], basis[2][INTERVALS - 1]], [1.0, 1.0]);
    }
}
