//! Gradient descent on one set of rows: seeded, with a falling learning rate.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, VarBuilder, VarMap};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::dataset::Dataset;
use crate::init::initialise;
use crate::loss::negative_log_likelihood;
use crate::net::{CLOSED, LIQUIDATED, Net, NetConfig};
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
    optimisers: Vec<Paced>,
    rng: ChaCha8Rng,
    step: usize,
    steps: usize,
    options: TrainOptions,
}

/// Some of the variables, and how fast they learn in terms of the learning rate.
struct Paced {
    optimiser: AdamW,
    pace: f64,
}

impl Fit {
    /// A fresh net, at the rates in `data`.
    pub(crate) fn new(config: &NetConfig, data: &Dataset, options: &TrainOptions) -> Result<Self> {
        let variables = VarMap::new();
        let net = Net::new(config, &VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu))?;
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        initialise(&variables, data, &mut rng)?;
        let optimisers = optimisers(&variables, options)?;
        let steps = options.epochs * data.len()?.div_ceil(options.batch);
        let (config, options) = (*config, *options);
        Ok(Self { config, net, variables, optimisers, rng, step: 0, steps, options })
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
        let mut gradients = loss.backward()?;
        shorten(&mut gradients, &sorted(&self.variables))?;
        let learning_rate = self.learning_rate();
        for Paced { optimiser, pace } in &mut self.optimisers {
            optimiser.set_learning_rate(learning_rate * *pace);
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
}

/// Weights decay towards zero, those of liquidation hard, since its events are few; scales, levels
/// and slopes stay where the data puts them. Closings, of which there are plenty, learn faster.
fn optimisers(variables: &VarMap, options: &TrainOptions) -> Result<Vec<Paced>> {
    let decays = |name: &str| name.ends_with(WEIGHT) || name.ends_with(HEADS);
    let paced = |weight_decay: f64, pace: f64, chosen: &dyn Fn(&str) -> bool| -> Result<Paced> {
        let chosen = named(variables).into_iter().filter(|(name, _)| chosen(name));
        let parameters = ParamsAdamW { lr: 0.0, weight_decay, ..Default::default() };
        let variables = chosen.map(|(_, variable)| variable).collect();
        Ok(Paced { optimiser: AdamW::new(variables, parameters)?, pace })
    };
    let closing = options.closing_pace;
    let of = |cause: &'static str| move |name: &str| name.starts_with(cause);
    let (liquidated, closed) = (of(LIQUIDATED), of(CLOSED));
    Ok(vec![
        paced(options.weight_decay, 1.0, &|name| liquidated(name) && decays(name))?,
        paced(0.0, 1.0, &|name| !closed(name) && !decays(name))?,
        paced(options.closing_weight_decay, closing, &|name| closed(name) && decays(name))?,
        paced(0.0, closing, &|name| closed(name) && !decays(name))?,
    ])
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
