//! A benchmark of the net's training on synthetic rows.

use std::path::Path;

use candle_core::safetensors;
use ndarray::Array2;
use plimsoll_features::{CLOSED, LIQUIDATED, OPEN, Outcome};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::options::TrainOptions;
use super::options::net_config;
use super::trainer::Trainer;
use crate::error::ModelError;
use crate::input::dataset::{Dataset, to_tensor};
use crate::input::grid::INTERVALS;
use crate::input::net_inputs::{LIQUIDATION_INPUT_COUNT, NET_INPUTS};
use crate::net::config::basis_values;

const FOLLOW_UP_DAYS: f64 = 40.0;
/// Hazards per day where the input that modifies them is zero.
const LIQUIDATION_HAZARD: f64 = 0.003;
const CLOSING_HAZARD: f64 = 0.02;

/// A net that is trained on synthetic rows, with the same steps as [`train`](crate::train()).
pub struct TrainingBenchmark {
    trainer: Trainer,
    dataset: Dataset,
    epochs_done: usize,
}

impl TrainingBenchmark {
    /// Creates a net and `rows` rows, whose hazards depend on one input each.
    ///
    /// # Errors
    /// Errors of the net.
    pub fn new(rows: usize, options: &TrainOptions) -> Result<Self, ModelError> {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        let mut uniform = |columns: usize, min: f32, max: f32| {
            Array2::from_shape_fn((rows, columns), |_| rng.random_range(min..max))
        };
        let (scaled, anchor) =
            (uniform(NET_INPUTS.len(), -2.0, 2.0), uniform(INTERVALS, -8.0, -3.0));
        let hazard = |row: usize, input: usize| f64::from(scaled[[row, input]]).exp();
        let outcome = |row: usize| {
            let liquidation = LIQUIDATION_HAZARD * hazard(row, 0);
            simulate_outcome(
                &mut rng,
                liquidation,
                CLOSING_HAZARD * hazard(row, LIQUIDATION_INPUT_COUNT),
            )
        };
        let outcomes: Vec<Outcome> = (0..rows).map(outcome).collect();
        let rows = Dataset::new(scaled.view(), anchor.view(), &outcomes, &vec![1.0; rows])?;
        let fit = Trainer::new(&net_config(options), &rows, options)?;
        Ok(Self { trainer: fit, dataset: rows, epochs_done: 0 })
    }

    /// Saves the rows and the current weights as a file of safetensors, as a start for another
    /// program.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        let mut tensors = self.trainer.weights()?;
        let Dataset { scaled, anchor, targets } = &self.dataset;
        let basis =
            Array2::from_shape_fn((basis_values().len(), INTERVALS), |(i, k)| basis_values()[i][k]);
        for (name, rows) in [
            ("scaled", scaled),
            ("anchor", anchor),
            ("liquidation_risk", &targets.liquidation_risk),
            ("closing_risk", &targets.closing_risk),
            ("seen_liquidated", &targets.liquidated),
            ("seen_closed", &targets.closed),
            ("basis", &to_tensor(basis.view())?),
        ] {
            tensors.insert(name.to_owned(), rows.clone());
        }
        Ok(safetensors::save(&tensors, path)?)
    }

    /// Trains for one epoch; returns the mean loss, nats.
    ///
    /// # Errors
    /// [`ModelError::Diverged`] if the loss is not finite.
    pub fn run_epoch(&mut self) -> Result<f64, ModelError> {
        self.epochs_done += 1;
        self.trainer.run_epoch(&self.dataset, self.epochs_done - 1)
    }
}

fn simulate_outcome(rng: &mut ChaCha8Rng, liquidation: f64, closing: f64) -> Outcome {
    let mut time_to_event = |hazard: f64| -rng.random_range(f64::EPSILON..1.0).ln() / hazard;
    let (liquidated_days, closed_days) = (time_to_event(liquidation), time_to_event(closing));
    let duration_days = liquidated_days.min(closed_days).min(FOLLOW_UP_DAYS);
    let event = if duration_days == liquidated_days {
        LIQUIDATED
    } else if duration_days == closed_days {
        CLOSED
    } else {
        OPEN
    };
    Outcome { duration_days, event, follow_up_days: FOLLOW_UP_DAYS }
}
