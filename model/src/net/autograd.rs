//! The gradient of the likelihood by candle's automatic differentiation, on any device.

use candle_core::{Device, Result};

use super::candle_net::CandleNet;
use super::loss::negative_log_likelihood;
use crate::input::dataset::Dataset;
use plimsoll_tabm::FlatParameters;

/// A net with its variables, differentiated by candle.
#[derive(Debug)]
pub(crate) struct AutogradNet {
    net: CandleNet,
    parameters: FlatParameters,
    device: Device,
}

/// The training device: CUDA if the program is built with it and a device is available, else the
/// CPU.
pub(crate) fn training_device() -> Result<Device> {
    Device::cuda_if_available(0)
}

impl AutogradNet {
    pub(crate) const fn new(net: CandleNet, parameters: FlatParameters, device: Device) -> Self {
        Self { net, parameters, device }
    }

    /// Mean loss of the selected rows over all members, and its gradient with respect to all
    /// weights.
    pub(crate) fn loss_and_gradient(
        &self,
        weights: &[f32],
        data: &Dataset,
        rows: &[u32],
    ) -> Result<(f64, Vec<f32>)> {
        self.parameters.set(weights)?;
        let batch = data.select_rows(rows)?.to_device(&self.device)?;
        let (liquidated, closed) = self.net.forward(&batch.scaled, &batch.anchor)?;
        let loss = negative_log_likelihood(&liquidated, &closed, &batch.targets)?;
        let gradient = self.parameters.gradient(&loss.backward()?)?;
        Ok((f64::from(loss.to_scalar::<f32>()?), gradient))
    }
}
