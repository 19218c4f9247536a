//! An ensemble of nets for log hazards.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{VarBuilder, VarMap};
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::hazard::intervals::HazardIntervals;
use crate::hazard::likelihood::{EventExposure, PiecewiseExponentialLoss};
use crate::hazard::log_hazards::LogHazards;
use crate::models::rows::LearningRows;
use plimsoll_tabm::FlatParameters;
use plimsoll_tabm::named_variables;
use plimsoll_tabm::{AdamW, AdamWOptions};
use plimsoll_tabm::{ForwardMode, OFFSETS, SkipConnection, Tabm, TabmConfig, initialise};

/// Ensemble members that share weights.
const MEMBERS: usize = 8;
/// Number of Legendre polynomials of the interval's position that make up a log hazard.
const DEGREE_COUNT: usize = 4;
/// Scale of the polynomials above degree 0, so that the shape of a hazard is learned more slowly
/// than its level.
const SHAPE_SCALE: f32 = 0.7;
const OPTIMISER: AdamWOptions =
    AdamWOptions { learning_rate: 3e-3, weight_decay: 0.02, max_gradient_norm: 1.0 };
const EPOCHS: usize = 60;
/// Epochs without improvement on validation rows after which training ends.
const PATIENCE: usize = 4;
/// Steps of an epoch; more rows give larger batches.
const STEPS_PER_EPOCH: usize = 48;
const BATCH_ROWS_LIMITS: [usize; 2] = [256, 2_048];
/// Rows of one pass without trainer.
const FORECAST_BATCH_ROWS: usize = 2_048;

/// A trained net.
#[derive(Debug, Clone)]
pub(crate) struct HazardNet {
    block: Tabm,
    /// Legendre polynomials, degrees by intervals.
    basis: Tensor,
    causes: usize,
}

impl HazardNet {
    /// Trains with early stopping on validation rows; returns the best net.
    pub(crate) fn fit(
        train: &LearningRows<'_>,
        validation: &LearningRows<'_>,
        hazard_intervals: &HazardIntervals,
        seed: u64,
    ) -> Result<Self> {
        let mut trainer = NetTrainer::new(train, hazard_intervals, seed)?;
        let mut best = (f64::NEG_INFINITY, trainer.weights()?, 0);
        for epoch in 1..=EPOCHS {
            trainer.epoch()?;
            let likelihood = trainer.net.log_likelihood(validation)?;
            if likelihood > best.0 {
                best = (likelihood, trainer.weights()?, epoch);
            } else if epoch - best.2 >= PATIENCE {
                break;
            }
        }
        trainer.net.with_weights(&best.1)
    }

    fn new(block: Tabm, causes: usize, hazard_intervals: &HazardIntervals) -> Result<Self> {
        Ok(Self { block, basis: basis(hazard_intervals)?, causes })
    }

    /// Members by rows by causes and intervals.
    fn forward(&self, x: &Tensor, mode: ForwardMode<'_>) -> Result<Tensor> {
        let coefficients = self.block.forward(x, mode)?.transpose(0, 1)?;
        let (members, rows, outputs) = coefficients.dims3()?;
        let degrees = outputs / self.causes;
        let each = coefficients.reshape((members * rows * self.causes, degrees))?;
        let intervals = self.basis.dim(1)?;
        each.matmul(&self.basis)?.reshape((members, rows, self.causes * intervals))
    }

    /// The log hazards of rows by inputs.
    pub(crate) fn log_hazards(&self, inputs: ArrayView2<'_, f32>) -> Result<LogHazards> {
        let rows = inputs.nrows();
        let x = tensor(inputs)?;
        let mut passes = Vec::new();
        for from in (0..rows).step_by(FORECAST_BATCH_ROWS) {
            let part = x.narrow(0, from, FORECAST_BATCH_ROWS.min(rows - from))?;
            passes.push(self.forward(&part, ForwardMode::Inference)?);
        }
        let values = Tensor::cat(&passes, 1)?.flatten_all()?.to_vec1()?;
        let intervals = self.basis.dim(1)?;
        Ok(LogHazards { members: MEMBERS, rows, causes: self.causes, intervals, values })
    }

    /// Mean log likelihood of rows under the mean of the members' forecasts.
    fn log_likelihood(&self, rows: &LearningRows<'_>) -> Result<f64> {
        let hazards = self.log_hazards(rows.inputs)?;
        Ok(hazards.log_likelihood(rows.event_exposure))
    }

    /// The net with other weights, detached from the graph.
    fn with_weights(&self, weights: &[(String, Tensor)]) -> Result<Self> {
        let weights = weights.iter().cloned().collect();
        let vb = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
        Ok(Self { block: Tabm::new(self.block.config(), &vb)?, ..self.clone() })
    }
}

/// A net under trainer.
struct NetTrainer {
    net: HazardNet,
    parameters: FlatParameters,
    optimiser: AdamW,
    rng: ChaCha8Rng,
    /// Inputs, exposures and events.
    rows: [Tensor; 3],
    batch: usize,
}

impl NetTrainer {
    fn new(
        train: &LearningRows<'_>,
        hazard_intervals: &HazardIntervals,
        seed: u64,
    ) -> Result<Self> {
        let causes = train.event_exposure.width / hazard_intervals.count();
        let config = TabmConfig {
            inputs: train.inputs.ncols(),
            hidden: 64,
            layers: 2,
            members: MEMBERS,
            outputs: causes * DEGREE_COUNT.min(hazard_intervals.count()),
            dropout: 0.1,
            skip: SkipConnection::Linear,
        };
        let variables = VarMap::new();
        let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
        let net = HazardNet::new(Tabm::new(&config, &vb)?, causes, hazard_intervals)?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        initialise(&variables, &mut rng)?;
        initialise_offsets(&variables, train.event_exposure, causes)?;
        let is_decayed = |name: &str| name.contains("shared") || name.contains("heads");
        let parameters = FlatParameters::new(named_variables(&variables));
        let optimiser = AdamW::new(parameters.sizes().map(|(name, size)| (size, is_decayed(name))));
        let rows = train.inputs.nrows();
        let target = |values: &[f32]| {
            Tensor::from_slice(values, (rows, train.event_exposure.width), &Device::Cpu)
        };
        let tensors = [
            tensor(train.inputs)?,
            target(&train.event_exposure.exposure)?,
            target(&train.event_exposure.events)?,
        ];
        let batch = (rows / STEPS_PER_EPOCH)
            .next_power_of_two()
            .clamp(BATCH_ROWS_LIMITS[0], BATCH_ROWS_LIMITS[1]);
        Ok(Self { net, parameters, optimiser, rng, rows: tensors, batch })
    }

    fn epoch(&mut self) -> Result<()> {
        let rows = u32::try_from(self.rows[0].dim(0)?).expect("there are fewer than 2^32 rows");
        let mut order: Vec<u32> = (0..rows).collect();
        order.shuffle(&mut self.rng);
        for batch in order.chunks(self.batch) {
            let batch = Tensor::from_slice(batch, batch.len(), &Device::Cpu)?;
            let [x, exposure, events] = &self.rows;
            let pick = |tensor: &Tensor| tensor.index_select(&batch, 0);
            let eta = self.net.forward(&pick(x)?, ForwardMode::Training(&mut self.rng))?;
            let loss = eta.apply_op3(&pick(exposure)?, &pick(events)?, PiecewiseExponentialLoss)?;
            let gradient = self.parameters.gradient(&loss.backward()?)?;
            let mut weights = self.parameters.values()?;
            self.optimiser.step(&mut weights, &gradient, &OPTIMISER);
            self.parameters.set(&weights)?;
        }
        Ok(())
    }

    fn weights(&self) -> Result<Vec<(String, Tensor)>> {
        self.parameters.tensors()
    }
}

/// Sets the level of each cause's hazard to its events divided by its exposure.
fn initialise_offsets(
    variables: &VarMap,
    event_exposure: &EventExposure,
    causes: usize,
) -> Result<()> {
    let sum = |values: &[f32], cause: usize| -> f64 {
        let each = event_exposure.width / causes;
        let rows = values.chunks_exact(event_exposure.width);
        rows.flat_map(|row| &row[cause * each..(cause + 1) * each]).map(|&v| f64::from(v)).sum()
    };
    for (_, variable) in
        named_variables(variables).iter().filter(|(name, _)| name.contains(OFFSETS))
    {
        let (members, _, outputs) =
            variable.dims3().expect("offsets are members by one by outputs");
        let mut values = vec![0.0; outputs];
        for cause in 0..causes {
            let rate = sum(&event_exposure.events, cause).max(0.5)
                / sum(&event_exposure.exposure, cause).max(1e-9);
            values[cause * outputs / causes] = rate.ln() as f32;
        }
        let values = values.repeat(members);
        variable.set(&Tensor::from_vec(values, variable.shape(), &Device::Cpu)?)?;
    }
    Ok(())
}

fn tensor(inputs: ArrayView2<'_, f32>) -> Result<Tensor> {
    let values: Vec<f32> = inputs.iter().copied().collect();
    Tensor::from_vec(values, inputs.dim(), &Device::Cpu)
}

/// Legendre polynomials of each interval's position, degrees by intervals.
fn basis(hazard_intervals: &HazardIntervals) -> Result<Tensor> {
    let intervals = hazard_intervals.count();
    let degrees = DEGREE_COUNT.min(intervals);
    let legendre = |degree: usize, x: f64| match degree {
        0 => 1.0,
        1 => x,
        2 => (3.0 * x * x - 1.0) / 2.0,
        _ => (5.0 * x * x * x - 3.0 * x) / 2.0,
    };
    let scale = |degree: usize| if degree == 0 { 1.0 } else { SHAPE_SCALE };
    let values: Vec<f32> = (0..degrees)
        .flat_map(|degree| {
            let value =
                move |k| legendre(degree, hazard_intervals.position(k)) as f32 * scale(degree);
            (0..intervals).map(value)
        })
        .collect();
    Tensor::from_vec(values, (degrees, intervals), &Device::Cpu)
}
