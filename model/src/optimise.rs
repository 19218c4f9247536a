//! Gradient descent on one set of rows: seeded, with a falling learning rate.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{VarBuilder, VarMap};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use plimsoll_tabm::{AdamW, Steps};
use crate::dataset::Dataset;
use crate::gradient::Gradient;
use crate::graph::{Graph, device};
use crate::init::initialise;
use crate::net::{CLOSED, GAMMA, Net, NetConfig};
use plimsoll_tabm::Parameters;
use crate::plain::PlainNet;
use plimsoll_tabm::{HEADS, WEIGHT};
use crate::{ModelError, TrainOptions};

/// Share of all steps over which the learning rate rises from nothing.
const WARM_UP: f64 = 0.05;
/// Gradients longer than this are shortened to it.
const LONGEST_GRADIENT: f64 = 1.0;

/// A net under training, with its variables.
pub(crate) struct Fit {
    config: NetConfig,
    /// Those of liquidation first.
    parameters: Parameters,
    slope: Slope,
    liquidation: AdamW,
    closing: AdamW,
    rng: ChaCha8Rng,
    step: usize,
    steps_in_epoch: usize,
    options: TrainOptions,
}

/// What finds the way down.
enum Slope {
    Cpu(Gradient),
    Device(Graph),
}

impl Fit {
    /// A fresh net, at the rates in `data`.
    pub(crate) fn new(config: &NetConfig, data: &Dataset, options: &TrainOptions) -> Result<Self> {
        let device = device()?;
        let variables = VarMap::new();
        let net = Net::new(config, &VarBuilder::from_varmap(&variables, DType::F32, &device))?;
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        initialise(&variables, data, &mut rng)?;
        let parameters = parameters(&variables);
        let slope = match device {
            Device::Cpu => Slope::Cpu(Gradient::new(config, &parameters)?),
            device => Slope::Device(Graph::new(net, parameters.clone(), device)),
        };
        let chosen = |closing: bool| {
            let chosen = parameters.sizes().filter(|(name, _)| closes(name) == closing);
            AdamW::new(chosen.map(|(name, size)| (size, decays(name))))
        };
        let (liquidation, closing) = (chosen(false), chosen(true));
        let steps_in_epoch = data.len()?.div_ceil(options.batch);
        let (config, options) = (*config, *options);
        Ok(Self {
            config,
            parameters,
            slope,
            liquidation,
            closing,
            rng,
            step: 0,
            steps_in_epoch,
            options,
        })
    }

    /// Goes once over all rows; returns the mean loss.
    pub(crate) fn epoch(
        &mut self,
        data: &Dataset,
        epoch: usize,
    ) -> std::result::Result<f64, ModelError> {
        let mut order: Vec<u32> = (0..data.len()? as u32).collect();
        order.shuffle(&mut self.rng);
        let mut weights = self.parameters.values()?;
        let mut total = 0.0;
        for rows in order.chunks(self.options.batch) {
            let (loss, gradient) = match &mut self.slope {
                Slope::Cpu(slope) => slope.of(&weights, data, rows)?,
                Slope::Device(graph) => graph.gradient(&weights, data, rows)?,
            };
            self.descend(&mut weights, &gradient);
            total += loss * rows.len() as f64;
        }
        self.parameters.set(&weights)?;
        let loss = total / order.len() as f64;
        if loss.is_finite() { Ok(loss) } else { Err(ModelError::Diverged { epoch, loss }) }
    }

    /// The weights as they stand, by name.
    pub(crate) fn weights(&self) -> Result<HashMap<String, Tensor>> {
        Ok(self.parameters.tensors()?.into_iter().collect())
    }

    /// The net as it stands.
    pub(crate) fn plain(&self) -> Result<PlainNet> {
        PlainNet::of(&self.config, &self.weights()?)
    }

    fn descend(&mut self, weights: &mut [f32], gradient: &[f32]) {
        let steps = |pace: f64, epochs: usize, weight_decay: f64| Steps {
            learning_rate: self.learning_rate(epochs) * pace,
            weight_decay,
            longest_gradient: LONGEST_GRADIENT,
        };
        // Liquidations are few, so their weights decay hard; closings, of which there are plenty,
        // learn faster.
        let TrainOptions { epochs, weight_decay, .. } = self.options;
        let TrainOptions { closing_epochs, closing_pace, closing_weight_decay, .. } = self.options;
        let liquidation = steps(1.0, epochs, weight_decay);
        let closing = steps(closing_pace, closing_epochs, closing_weight_decay);
        let (first, second) = weights.split_at_mut(self.liquidation.size());
        let (by_first, by_second) = gradient.split_at(first.len());
        self.liquidation.step(first, by_first, &liquidation);
        self.closing.step(second, by_second, &closing);
        self.step += 1;
    }

    /// Rises in a line, then falls along a cosine to zero over so many passes; zero from there on.
    fn learning_rate(&self, epochs: usize) -> f64 {
        let done = self.step as f64 / (epochs * self.steps_in_epoch) as f64;
        let share = if done < WARM_UP {
            done / WARM_UP
        } else {
            let rest = (done - WARM_UP) / (1.0 - WARM_UP);
            0.5 * (1.0 + (std::f64::consts::PI * rest.min(1.0)).cos())
        };
        self.options.learning_rate * share
    }
}

/// Whether a variable decays towards zero: weights do; scales, levels and slopes stay where the
/// data puts them.
fn decays(name: &str) -> bool {
    name.ends_with(WEIGHT) || name.ends_with(HEADS)
}

/// Whether a variable belongs to closing.
pub(crate) fn closes(name: &str) -> bool {
    name.starts_with(CLOSED) || name == GAMMA
}

/// A net's variables, those of liquidation first.
pub(crate) fn parameters(variables: &VarMap) -> Parameters {
    let (closing, liquidation): (Vec<_>, Vec<_>) =
        plimsoll_tabm::named(variables).into_iter().partition(|(name, _)| closes(name));
    Parameters::new([liquidation, closing].concat())
}
