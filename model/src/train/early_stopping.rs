//! Early stopping, separately for each cause.

use std::collections::HashMap;

use candle_core::Tensor;

use crate::net::variables::is_closing_variable;

/// Weights of a net, by name.
pub(super) type Weights = HashMap<String, Tensor>;

/// The number of epochs with the least validation loss of each cause, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BestEpochs {
    pub(super) liquidation: usize,
    pub(super) closing: usize,
}

impl BestEpochs {
    /// Selects each cause's weights at its own number of epochs, from the weights after each epoch.
    pub(super) fn select_weights(&self, weights_by_epoch: &[Weights]) -> Weights {
        let best_weights = |epochs: usize, closing: bool| {
            let chosen = weights_by_epoch[epochs - 1]
                .iter()
                .filter(move |(name, _)| is_closing_variable(name) == closing);
            chosen.map(|(name, weight)| (name.clone(), weight.clone()))
        };
        best_weights(self.liquidation, false).chain(best_weights(self.closing, true)).collect()
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use crate::net::config::{ALPHA, GAMMA};

    #[test]
    fn each_cause_keeps_the_weights_of_its_best_epoch() {
        let pass = |value: f32| -> Weights {
            let weight = Tensor::new(value, &Device::Cpu).expect("a scalar");
            [ALPHA, GAMMA].map(|name| (name.to_owned(), weight.clone())).into()
        };
        let weights =
            BestEpochs { liquidation: 1, closing: 3 }.select_weights(&[1.0, 2.0, 3.0].map(pass));
        let value = |name: &str| weights[name].to_scalar::<f32>().expect("a scalar");
        assert_eq!((value(ALPHA), value(GAMMA)), (1.0, 3.0));
    }
}
