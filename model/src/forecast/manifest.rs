//! The manifest: the description of a model that is stored beside its weights.

use std::path::Path;

use chrono::{DateTime, Utc};
use plimsoll_features::FEATURES;
use serde::{Deserialize, Serialize};

use super::training_market::TrainingMarket;
use crate::error::ModelError;
use crate::input::ablation::Ablation;
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::net_inputs::{LIQUIDATION_INPUT_COUNT, MONOTONE_INPUT_COUNT, NET_INPUTS};
use crate::net::config::NetConfig;
use plimsoll_tabm::QuantileTransformer;

/// Version of the file layout; models of other versions are not readable.
const FORMAT_VERSION: u32 = 7;

/// The part of a manifest that every format has.
#[derive(Deserialize)]
struct FormatHeader {
    format: u32,
}

/// The description of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the file layout.
    pub format: u32,
    /// Version of the program that trained it.
    pub version: String,
    /// Names of the features, in order.
    pub features: Vec<String>,
    /// Edges of the time grid, days, 0 first.
    pub edges_days: Vec<f64>,
    /// Shape of the net.
    pub net: NetConfig,
    /// Quantiles of the net's inputs.
    pub(crate) scaler: QuantileTransformer,
    /// Training data and training result.
    pub training: TrainingSummary,
    /// Base rates of the training data.
    pub incidence: BaseIncidence,
    /// SHA-256 of the lake's files from which the observations were read.
    pub data_fingerprint: String,
    /// SHA-256 of the net's weights, also part of their file name.
    pub weights_sha256: String,
    /// SHA-256 of the other members, also part of their file name.
    pub ensemble_sha256: String,
}

/// Training data and training result of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSummary {
    /// First landmark.
    pub from: DateTime<Utc>,
    /// End of the training data, exclusive.
    pub until: DateTime<Utc>,
    /// Number of landmarks.
    pub rows: usize,
    /// Number of accounts.
    pub accounts: usize,
    /// The markets, in order of name; empty in models that do not record them.
    #[serde(default)]
    pub markets: Vec<TrainingMarket>,
    /// Number of landmarks followed by a liquidation.
    pub liquidated: usize,
    /// Number of independent episodes among them: liquidations within 30 days that differ in account
    /// or day.
    pub episodes: usize,
    /// Names and weights of the members.
    pub members: Vec<MemberWeight>,
    /// Seed.
    pub seed: u64,
    /// The part of the model that was left out, if any.
    pub ablation: Option<Ablation>,
    /// Epochs of the liquidation cause, after early stopping.
    pub epochs: usize,
    /// Epochs of the closing cause, after early stopping.
    pub closing_epochs: usize,
    /// Mean validation loss per row of the liquidation cause, nats; absent if there was too little
    /// data for cross-validation.
    pub validation_loss: Option<f64>,
    /// Mean negative log likelihood per row in the last epoch of training, nats.
    pub training_loss: f64,
}

/// A member of the ensemble and its weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberWeight {
    /// Its name.
    pub name: String,
    /// Its weight; all add up to 1.
    pub weight: f64,
}

/// Cumulative incidence in the training data by each edge except the first (Aalen and Johansen
/// 1978).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseIncidence {
    /// Incidence of liquidation.
    pub liquidated: Vec<f64>,
    /// Incidence of closing.
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

    /// Parses a manifest, `path` being its file for errors. The format is read before all else, as
    /// other formats have other fields.
    pub(crate) fn parse(json: &[u8], path: &Path) -> Result<Self, ModelError> {
        let invalid = |source| ModelError::Manifest { path: path.to_owned(), source };
        let FormatHeader { format: found } = serde_json::from_slice(json).map_err(invalid)?;
        if found != FORMAT_VERSION {
            let path = path.to_owned();
            return Err(ModelError::Format { path, found, supported: FORMAT_VERSION });
        }
        serde_json::from_slice(json).map_err(invalid)
    }

    /// Returns an error if the model was trained for other features or another grid than this
    /// program's.
    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        let mismatch = |text: String| Err(ModelError::FeatureMismatch(text));
        let names = feature_names();
        if self.features.len() != names.len() {
            return mismatch(format!(
                "it has {}, this program computes {}",
                self.features.len(),
                names.len()
            ));
        }
        if let Some((model_name, program_name)) =
            self.features.iter().zip(&names).find(|(a, b)| a != b)
        {
            return mismatch(format!(
                "it has {model_name} where this program computes {program_name}"
            ));
        }
        let incidence = [&self.incidence.liquidated, &self.incidence.closed];
        if self.edges_days != edges_days() || incidence.iter().any(|c| c.len() != INTERVALS) {
            return mismatch("its time grid differs".to_owned());
        }
        let NetConfig { inputs, liquidation_inputs, monotone_inputs, .. } = self.net;
        let known = [NET_INPUTS.len(), LIQUIDATION_INPUT_COUNT, MONOTONE_INPUT_COUNT];
        if self.scaler.feature_count() != NET_INPUTS.len()
            || [inputs, liquidation_inputs, monotone_inputs] != known
        {
            return mismatch("its net or scaler has a different number of inputs".to_owned());
        }
        Ok(())
    }
}

fn feature_names() -> Vec<String> {
    FEATURES.iter().flat_map(|group| group.iter()).map(|feature| feature.name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_format_is_named_before_its_unknown_fields() {
        let path = Path::new("model/manifest.json");
        let error = Manifest::parse(br#"{"format": 3, "unknown": true}"#, path).unwrap_err();
        let expected = "model/manifest.json has format 3, and this program reads 7";
        assert!(error.to_string().starts_with(expected), "{error}");
        let error = Manifest::parse(b"[]", path).unwrap_err();
        assert!(error.to_string().contains("is not a model manifest"), "{error}");
    }
}
