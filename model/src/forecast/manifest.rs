//! What a model says of itself.

use chrono::{DateTime, Utc};
use plimsoll_features::FEATURES;
use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::input::ablation::Ablation;
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::net_inputs::NET_INPUTS;
use crate::net::config::NetConfig;
use plimsoll_tabm::QuantileTransformer;

/// The manifest's layout; a change of it makes older models unreadable.
const FORMAT_VERSION: u32 = 4;

/// What a model is, kept beside its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Layout of this file.
    pub format: u32,
    /// Version of the program that trained it.
    pub version: String,
    /// Names of the features, in order.
    pub features: Vec<String>,
    /// Edges of the time grid, days, 0 first.
    pub edges_days: Vec<f64>,
    /// Shape of the net.
    pub net: NetConfig,
    /// Quantiles of the features.
    pub(crate) scaler: QuantileTransformer,
    /// What it was trained on, and how that went.
    pub training: TrainingSummary,
    /// Rates in the training span.
    pub incidence: BaseIncidence,
    /// SHA-256 of the lake's files that the observations were read from.
    pub data_fingerprint: String,
    /// SHA-256 of the net's weights, which is also in their file's name.
    pub weights_sha256: String,
    /// SHA-256 of the other members, likewise.
    pub ensemble_sha256: String,
}

/// What a model was trained on, and how that went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSummary {
    /// First landmark.
    pub from: DateTime<Utc>,
    /// Nothing at or after this time was used.
    pub until: DateTime<Utc>,
    /// Landmarks.
    pub rows: usize,
    /// Accounts.
    pub accounts: usize,
    /// Landmarks with a liquidation ahead.
    pub liquidated: usize,
    /// Seed.
    pub seed: u64,
    /// The part of the model that was left out, if any.
    pub ablation: Option<Ablation>,
    /// Passes over the rows after which liquidation stopped learning.
    pub epochs: usize,
    /// The same for closing.
    pub closing_epochs: usize,
    /// Mean loss of "liquidated or not" of a row in held-out blocks, nats; absent where there was
    /// too little to hold a block out.
    pub validation_loss: Option<f64>,
    /// Mean negative log likelihood of a row in the last pass of training, nats.
    pub training_loss: f64,
}

/// Cumulative incidence in the training span by each edge but the first (Aalen and Johansen 1978).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseIncidence {
    /// Of liquidation.
    pub liquidated: Vec<f64>,
    /// Of closing.
    pub closed: Vec<f64>,
}

impl Manifest {
    pub(crate) fn new(
        net: NetConfig,
        scaler: QuantileTransformer,
        training: TrainingSummary,
        incidence: BaseIncidence,
    ) -> Self {
        Self {
            format: FORMAT_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            features: feature_names(),
            edges_days: edges_days().to_vec(),
            net,
            scaler,
            training,
            incidence,
            data_fingerprint: String::new(),
            weights_sha256: String::new(),
            ensemble_sha256: String::new(),
        }
    }

    /// Refuses a model made for other features or another grid than this program's.
    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        let mismatch = |text: String| Err(ModelError::FeatureMismatch(text));
        let names = feature_names();
        if self.format != FORMAT_VERSION {
            return mismatch(format!(
                "its format is {}, this program reads {FORMAT_VERSION}",
                self.format
            ));
        }
        if self.features.len() != names.len() {
            return mismatch(format!(
                "it has {}, this program computes {}",
                self.features.len(),
                names.len()
            ));
        }
        if let Some((theirs, ours)) = self.features.iter().zip(&names).find(|(a, b)| a != b) {
            return mismatch(format!("it has {theirs} where this program computes {ours}"));
        }
        let incidence = [&self.incidence.liquidated, &self.incidence.closed];
        if self.edges_days != edges_days() || incidence.iter().any(|c| c.len() != INTERVALS) {
            return mismatch("its time grid is another".to_owned());
        }
        if self.scaler.feature_count() != NET_INPUTS.len() || self.net.inputs != NET_INPUTS.len() {
            return mismatch("its net or scaler has another number of inputs".to_owned());
        }
        Ok(())
    }
}

fn feature_names() -> Vec<String> {
    FEATURES.iter().flat_map(|group| group.iter()).map(|feature| feature.name.to_owned()).collect()
}
