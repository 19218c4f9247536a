//! Gradient descent on one set of rows: seeded, with a falling learning rate.

use candle_core::{DType, Device, Result, Var};
use candle_nn::{VarBuilder, VarMap};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::adamw::{AdamW, Steps};
use crate::dataset::Dataset;
use crate::init::initialise;
use crate::loss::negative_log_likelihood;
use crate::net::{CLOSED, GAMMA, Net, NetConfig};
use crate::plain::PlainNet;
use crate::tabm::{HEADS, WEIGHT};
use crate::{ModelError, TrainOptions};

/// Share of all steps over which the learning rate rises from nothing.
const WARM_UP: f64 = 0.05;
/// Gradients longer than this are shortened to it.
const LONGEST_GRADIENT: f64 = 1.0;

/// A net under training, with its variables.
pub(crate) struct Fit {
    config: NetConfig,
    net: Net,
    pub(crate) variables: VarMap,
    liquidation: AdamW,
    closing: AdamW,
    rng: ChaCha8Rng,
    step: usize,
    steps: usize,
    options: TrainOptions,
}

impl Fit {
    /// A fresh net, at the rates in `data`.
    pub(crate) fn new(config: &NetConfig, data: &Dataset, options: &TrainOptions) -> Result<Self> {
        let variables = VarMap::new();
        let net = Net::new(config, &VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu))?;
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        initialise(&variables, data, &mut rng)?;
        let chosen = |closing: bool| {
            let chosen = named(&variables).into_iter().filter(|(name, _)| closes(name) == closing);
            AdamW::new(chosen.map(|(name, variable)| (variable, decays(&name))).collect::<Vec<_>>())
        };
        let (liquidation, closing) = (chosen(false), chosen(true));
        let steps = options.epochs * data.len()?.div_ceil(options.batch);
        let (config, options) = (*config, *options);
        Ok(Self { config, net, variables, liquidation, closing, rng, step: 0, steps, options })
    }

    /// Goes once over all rows; returns the mean loss.
    pub(crate) fn epoch(
        &mut self,
        data: &Dataset,
        epoch: usize,
    ) -> std::result::Result<f64, ModelError> {
        let mut order: Vec<u32> = (0..data.len()? as u32).collect();
        order.shuffle(&mut self.rng);
        let mut total = 0.0;
        for rows in order.chunks(self.options.batch) {
            total += self.descend(&data.rows(rows)?)? * rows.len() as f64;
        }
        let loss = total / order.len() as f64;
        if loss.is_finite() { Ok(loss) } else { Err(ModelError::Diverged { epoch, loss }) }
    }

    /// The net as it stands.
    pub(crate) fn plain(&self) -> Result<PlainNet> {
        let weights = named(&self.variables).into_iter();
        PlainNet::of(
            &self.config,
            &weights.map(|(name, v)| (name, v.as_detached_tensor())).collect(),
        )
    }

    fn descend(&mut self, batch: &Dataset) -> Result<f64> {
        let (liquidated, closed) = self.net.forward(&batch.scaled, &batch.anchor)?;
        let loss = negative_log_likelihood(&liquidated, &closed, &batch.targets)?;
        let gradients = loss.backward()?;
        let learning_rate = self.learning_rate();
        let steps = |pace: f64, weight_decay: f64| Steps {
            learning_rate: learning_rate * pace,
            weight_decay,
            longest_gradient: LONGEST_GRADIENT,
        };
        // Liquidations are few, so their weights decay hard; closings, of which there are plenty,
        // learn faster.
        let TrainOptions { weight_decay, closing_pace, closing_weight_decay, .. } = self.options;
        self.liquidation.step(&gradients, &steps(1.0, weight_decay))?;
        self.closing.step(&gradients, &steps(closing_pace, closing_weight_decay))?;
        self.step += 1;
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    /// Rises in a line, then falls along a cosine to zero.
    fn learning_rate(&self) -> f64 {
        let done = self.step as f64 / self.steps as f64;
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
fn closes(name: &str) -> bool {
    name.starts_with(CLOSED) || name == GAMMA
}

/// A map's variables with their names, in order.
pub(crate) fn named(variables: &VarMap) -> Vec<(String, Var)> {
    let map = variables.data().lock().expect("no thread panics while it holds the map");
    let mut named: Vec<_> = map.iter().map(|(name, var)| (name.clone(), var.clone())).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    named
}
