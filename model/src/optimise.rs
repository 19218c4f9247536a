//! Gradient descent on one set of rows: seeded, with a falling learning rate.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, VarBuilder, VarMap};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::dataset::Dataset;
use crate::init::initialise;
use crate::loss::{liquidation_loss, negative_log_likelihood};
use crate::net::{Net, NetConfig};
use crate::{ModelError, TrainOptions};

/// Share of all steps over which the learning rate rises from nothing.
const WARM_UP: f64 = 0.05;
/// Gradients longer than this are shortened to it.
const LONGEST_GRADIENT: f64 = 1.0;
/// How much faster than weights biases and slopes learn: they are few, and each sees every row.
const BIAS_PACE: f64 = 1.0;
/// Rows in one pass of evaluation.
const EVALUATION_ROWS: usize = 16_384;

/// A net under training, with its variables.
pub(crate) struct Fit {
    net: Net,
    pub(crate) variables: VarMap,
    /// Weights decay towards zero, biases and slopes stay where the data puts them.
    optimisers: [AdamW; 2],
    rng: ChaCha8Rng,
    step: usize,
    steps: usize,
    options: TrainOptions,
}

impl Fit {
    /// A fresh net, its heads' biases at the rates in `data`.
    pub(crate) fn new(config: &NetConfig, data: &Dataset, options: &TrainOptions) -> Result<Self> {
        let variables = VarMap::new();
        let net = Net::new(config, &VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu))?;
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        initialise(&variables, data, &mut rng)?;
        let adam = |weight_decay: f64, decays: bool| {
            let chosen = named(&variables).into_iter().filter(|(_, v)| (v.rank() == 2) == decays);
            let parameters = ParamsAdamW { lr: 0.0, weight_decay, ..Default::default() };
            AdamW::new(chosen.map(|(_, variable)| variable).collect(), parameters)
        };
        let optimisers = [adam(options.weight_decay, true)?, adam(0.0, false)?];
        let steps = options.epochs * data.len()?.div_ceil(options.batch);
        Ok(Self { net, variables, optimisers, rng, step: 0, steps, options: *options })
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

    fn descend(&mut self, batch: &Dataset) -> Result<f64> {
        let (liquidated, closed) = self.net.forward(&batch.scaled, &batch.anchor)?;
        let loss = negative_log_likelihood(&liquidated, &closed, &batch.targets)?;
        let mut gradients = loss.backward()?;
        shorten(&mut gradients, &sorted(&self.variables))?;
        let learning_rate = self.learning_rate();
        for (optimiser, pace) in self.optimisers.iter_mut().zip([1.0, BIAS_PACE]) {
            optimiser.set_learning_rate(learning_rate * pace);
            optimiser.step(&gradients)?;
        }
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

    /// Mean loss of "liquidated or not" over rows that were not trained on.
    pub(crate) fn loss(&self, data: &Dataset) -> Result<f64> {
        let rows: Vec<u32> = (0..data.len()? as u32).collect();
        let mut total = 0.0;
        for rows in rows.chunks(EVALUATION_ROWS) {
            let batch = data.rows(rows)?;
            let (liquidated, closed) = self.net.forward(&batch.scaled, &batch.anchor)?;
            let loss = liquidation_loss(&liquidated, &closed, &batch.targets)?;
            total += f64::from(loss.to_scalar::<f32>()?) * rows.len() as f64;
        }
        Ok(total / rows.len().max(1) as f64)
    }
}

/// A map's variables in order of name, so that runs are the same.
pub(crate) fn sorted(variables: &VarMap) -> Vec<Var> {
    named(variables).into_iter().map(|(_, variable)| variable).collect()
}

/// A map's variables with their names, in order.
pub(crate) fn named(variables: &VarMap) -> Vec<(String, Var)> {
    let map = variables.data().lock().expect("no thread panics while it holds the map");
    let mut named: Vec<_> = map.iter().map(|(name, var)| (name.clone(), var.clone())).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    named
}

fn shorten(gradients: &mut candle_core::backprop::GradStore, variables: &[Var]) -> Result<()> {
    let mut squares = 0.0;
    for gradient in variables.iter().filter_map(|variable| gradients.get(variable)) {
        squares += f64::from(gradient.sqr()?.sum_all()?.to_scalar::<f32>()?);
    }
    let scale = LONGEST_GRADIENT / squares.sqrt();
    if scale < 1.0 {
        for variable in variables {
            if let Some(gradient) = gradients.get(variable) {
                let shorter: Tensor = (gradient * scale)?;
                gradients.insert(variable, shorter);
            }
        }
    }
    Ok(())
}
