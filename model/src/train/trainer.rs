//! Training of a net on one set of rows: seeded, with a decreasing learning rate.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{VarBuilder, VarMap};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::initialisation::initialise_at_first_passage;
use super::monotone_initialisation::initialise_monotone;
use super::options::TrainOptions;
use crate::error::ModelError;
use crate::input::dataset::Dataset;
use crate::net::autograd::{AutogradNet, training_device};
use crate::net::candle_net::CandleNet;
use crate::net::config::NetConfig;
use crate::net::gradient::CpuGradient;
use crate::net::inference::InferenceNet;
use crate::net::non_negative::NonNegativeWeights;
use crate::net::variables::{is_closing_variable, is_decayed, net_parameters};
use plimsoll_tabm::{AdamW, AdamWOptions, FlatParameters};

/// Share of all steps over which the learning rate increases linearly from zero.
const WARM_UP: f64 = 0.05;
/// Gradients with a larger norm are scaled to this norm.
const MAX_GRADIENT_NORM: f64 = 1.0;

/// A net in training, with its variables.
pub(crate) struct Trainer {
    config: NetConfig,
    /// Parameters, those of liquidation first.
    parameters: FlatParameters,
    backend: GradientBackend,
    liquidation_optimizer: AdamW,
    closing_optimizer: AdamW,
    constraints: NonNegativeWeights,
    rng: ChaCha8Rng,
    steps_done: usize,
    steps_per_epoch: usize,
    options: TrainOptions,
}

/// Computes gradients.
enum GradientBackend {
    Cpu(CpuGradient),
    Device(AutogradNet),
}

impl Trainer {
    /// Creates a net, initialised to the rates in `data`.
    pub(crate) fn new(config: &NetConfig, data: &Dataset, options: &TrainOptions) -> Result<Self> {
        let device = training_device()?;
        let variables = VarMap::new();
        let net =
            CandleNet::new(config, &VarBuilder::from_varmap(&variables, DType::F32, &device))?;
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        initialise_at_first_passage(&variables, data, &mut rng)?;
        initialise_monotone(config, &variables, data, &mut rng)?;
        let parameters = net_parameters(&variables);
        let constraints = NonNegativeWeights::new(config, &parameters);
        let slope = match device {
            Device::Cpu => GradientBackend::Cpu(CpuGradient::new(config, &parameters)?),
            device => GradientBackend::Device(AutogradNet::new(net, parameters.clone(), device)),
        };
        let optimizer = |closing: bool| {
            let optimizer =
                parameters.sizes().filter(|(name, _)| is_closing_variable(name) == closing);
            AdamW::new(optimizer.map(|(name, size)| (size, is_decayed(name))))
        };
        let (liquidation, closing) = (optimizer(false), optimizer(true));
        let steps_in_epoch = data.len()?.div_ceil(options.batch);
        let (config, options) = (*config, *options);
        Ok(Self {
            config,
            parameters,
            backend: slope,
            liquidation_optimizer: liquidation,
            closing_optimizer: closing,
            constraints,
            rng,
            steps_done: 0,
            steps_per_epoch: steps_in_epoch,
            options,
        })
    }

    /// Trains for one epoch; returns the mean loss.
    pub(crate) fn run_epoch(
        &mut self,
        data: &Dataset,
        epoch: usize,
    ) -> std::result::Result<f64, ModelError> {
        let mut order: Vec<u32> = (0..data.len()? as u32).collect();
        order.shuffle(&mut self.rng);
        let mut weights = self.parameters.values()?;
        let mut total = 0.0;
        for rows in order.chunks(self.options.batch) {
            let (loss, gradient) = match &mut self.backend {
                GradientBackend::Cpu(slope) => slope.loss_and_gradient(&weights, data, rows)?,
                GradientBackend::Device(graph) => graph.loss_and_gradient(&weights, data, rows)?,
            };
            self.step(&mut weights, &gradient);
            total += loss * rows.len() as f64;
        }
        self.parameters.set(&weights)?;
        let loss = total / order.len() as f64;
        if loss.is_finite() { Ok(loss) } else { Err(ModelError::Diverged { epoch, loss }) }
    }

    /// The current weights, by name.
    pub(crate) fn weights(&self) -> Result<HashMap<String, Tensor>> {
        Ok(self.parameters.tensors()?.into_iter().collect())
    }

    /// The net with the current weights.
    pub(crate) fn inference_net(&self) -> Result<InferenceNet> {
        InferenceNet::from_weights(&self.config, &self.weights()?)
    }

    fn step(&mut self, weights: &mut [f32], gradient: &[f32]) {
        let steps = |learning_rate_factor: f64, epochs: usize, weight_decay: f64| AdamWOptions {
            learning_rate: self.learning_rate(epochs) * learning_rate_factor,
            weight_decay,
            max_gradient_norm: MAX_GRADIENT_NORM,
        };
        // Liquidations are rare, so their weights decay strongly; closings are frequent and learn
        // faster.
        let TrainOptions { epochs, weight_decay, .. } = self.options;
        let TrainOptions {
            closing_epochs,
            closing_learning_rate_factor: closing_pace,
            closing_weight_decay,
            ..
        } = self.options;
        let liquidation = steps(1.0, epochs, weight_decay);
        let closing = steps(closing_pace, closing_epochs, closing_weight_decay);
        let (first, second) = weights.split_at_mut(self.liquidation_optimizer.value_count());
        let (by_first, by_second) = gradient.split_at(first.len());
        self.liquidation_optimizer.step(first, by_first, &liquidation);
        self.closing_optimizer.step(second, by_second, &closing);
        // Projected gradient: the nearest weights for which liquidation is monotone.
        self.constraints.project(weights);
        self.steps_done += 1;
    }

    /// Increases linearly, then decreases to zero along a cosine over the given number of epochs;
    /// zero afterwards.
    fn learning_rate(&self, epochs: usize) -> f64 {
        let done = self.steps_done as f64 / (epochs * self.steps_per_epoch) as f64;
        let share = if done < WARM_UP {
            done / WARM_UP
        } else {
            let decay_progress = (done - WARM_UP) / (1.0 - WARM_UP);
            0.5 * (1.0 + (std::f64::consts::PI * decay_progress.min(1.0)).cos())
        };
        self.options.learning_rate * share
    }
}

#[cfg(test)]
mod tests;
