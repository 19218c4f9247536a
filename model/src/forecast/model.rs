//! A trained model: saved to a folder, and loaded completely or refused.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use candle_core::safetensors::load_buffer;
use candle_core::{Device, Tensor};
use ndarray::ArrayView2;
use plimsoll_features::feature_count;
use plimsoll_lake::{sha256_hex, write_atomically};

use super::ensemble::Ensemble;
use super::forecasts::Forecasts;
use super::manifest::Manifest;
use super::parameters::EnsembleParameters;
use super::preprocessor::Preprocessor;
use super::scorer::Scorer;
use super::threshold_model::ThresholdModel;
use crate::error::ModelError;
use crate::input::training_domain::TrainingDomain;
use crate::net::inference::InferenceNet;
use crate::owner_actions::model::OwnerActions;

const MANIFEST: &str = "manifest.json";

/// A trained net and the other members, with all parameters to score accounts.
#[derive(Debug, Clone)]
pub struct Model {
    manifest: Manifest,
    weights: HashMap<String, Tensor>,
    ensemble: EnsembleParameters,
    scorer: Scorer,
}

impl Model {
    pub(crate) fn new(
        manifest: Manifest,
        weights: HashMap<String, Tensor>,
        ensemble: EnsembleParameters,
    ) -> Result<Self, ModelError> {
        ensemble.validate()?;
        let net = InferenceNet::from_weights(&manifest.net, &weights)?;
        let EnsembleParameters { excursions, threshold, pooled, .. } = ensemble.clone();
        let ablation = manifest.training.ablation;
        let scorer = Scorer {
            preprocessor: Preprocessor::new(manifest.scaler.clone(), excursions, ablation),
            ensemble: Ensemble { net, pooled, weights: ensemble.weights.clone() },
            threshold: ThresholdModel::new(threshold),
            intervals: ensemble.intervals.clone(),
            domain: ensemble.domain.clone(),
            domain_columns: TrainingDomain::columns(),
        };
        Ok(Self { manifest, weights, ensemble, scorer })
    }

    /// The description of the model.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Forecasts each row of features, in the order of [`FEATURES`](plimsoll_features::FEATURES).
    ///
    /// A row's forecast has the same bits whichever rows stand beside it.
    ///
    /// # Errors
    /// [`ModelError::FeatureMismatch`] if the rows have another length.
    pub fn forecast(&self, features: ArrayView2<'_, f32>) -> Result<Forecasts, ModelError> {
        if features.ncols() != feature_count() {
            let found = format!("rows have {}, not {}", features.ncols(), feature_count());
            return Err(ModelError::FeatureMismatch(found));
        }
        Ok(self.scorer().forecast(features))
    }

    /// The models of owners' actions; absent if the training data had no labels of them.
    #[must_use]
    pub const fn owner_actions(&self) -> Option<&OwnerActions> {
        self.ensemble.owner_actions.as_ref()
    }

    /// The median account of the training data.
    pub(crate) fn median_features(&self) -> Vec<f32> {
        self.ensemble.feature_medians.iter().map(|median| median.unwrap_or(f32::NAN)).collect()
    }

    pub(crate) const fn scorer(&self) -> &Scorer {
        &self.scorer
    }

    /// Saves the model to a folder; `data_fingerprint` identifies the training data.
    ///
    /// Weights are named by their hash and the manifest is renamed into place last, so the folder
    /// contains either the old model or the new one, never parts of both.
    ///
    /// # Errors
    /// [`ModelError::Io`] or [`ModelError::Write`] if a file cannot be written.
    pub fn save(&mut self, folder: &Path, data_fingerprint: &str) -> Result<(), ModelError> {
        fs::create_dir_all(folder).map_err(ModelError::io("create", folder))?;
        let weights =
            safetensors::serialize(&self.weights, None).map_err(candle_core::Error::from)?;
        self.manifest.weights_sha256 = sha256_hex(&weights);
        let weights_file = weights_path(folder, &self.manifest.weights_sha256);
        write_atomically(&weights_file, &weights)?;
        let ensemble = ensemble_json(&self.ensemble, folder)?;
        self.manifest.ensemble_sha256 = sha256_hex(&ensemble);
        let ensemble_file = ensemble_path(folder, &self.manifest.ensemble_sha256);
        write_atomically(&ensemble_file, &ensemble)?;
        data_fingerprint.clone_into(&mut self.manifest.data_fingerprint);
        let manifest = serde_json::to_vec_pretty(&self.manifest)
            .map_err(|source| ModelError::Manifest { path: folder.join(MANIFEST), source })?;
        write_atomically(&folder.join(MANIFEST), &manifest)?;
        remove_superseded(folder, &[weights_file, ensemble_file])
    }

    /// Loads a model.
    ///
    /// # Errors
    /// [`ModelError::NoModel`] if the folder holds none, [`ModelError::Format`] if another version of
    /// the program wrote it, [`ModelError::FeatureMismatch`] if it was
    /// made for other features, [`ModelError::ChecksumMismatch`] if the weights or the members differ.
    pub fn load(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join(MANIFEST);
        let text = fs::read(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => ModelError::NoModel(folder.to_owned()),
            _ => ModelError::io("read", &path)(source),
        })?;
        let manifest = Manifest::parse(&text, &path)?;
        manifest.validate()?;
        let path = weights_path(folder, &manifest.weights_sha256);
        let weights = fs::read(&path).map_err(ModelError::io("read", &path))?;
        if sha256_hex(&weights) != manifest.weights_sha256 {
            return Err(ModelError::ChecksumMismatch { path });
        }
        let weights = load_buffer(&weights, &Device::Cpu)?;
        let path = ensemble_path(folder, &manifest.ensemble_sha256);
        let ensemble = fs::read(&path).map_err(ModelError::io("read", &path))?;
        if sha256_hex(&ensemble) != manifest.ensemble_sha256 {
            return Err(ModelError::ChecksumMismatch { path });
        }
        let ensemble = serde_json::from_slice(&ensemble)
            .map_err(|source| ModelError::Manifest { path, source })?;
        Self::new(manifest, weights, ensemble)
    }
}

fn ensemble_json(ensemble: &EnsembleParameters, folder: &Path) -> Result<Vec<u8>, ModelError> {
    serde_json::to_vec(ensemble)
        .map_err(|source| ModelError::Manifest { path: folder.to_owned(), source })
}

fn ensemble_path(folder: &Path, hash: &str) -> PathBuf {
    folder.join(format!("members-{hash}.json"))
}

fn weights_path(folder: &Path, hash: &str) -> PathBuf {
    folder.join(format!("weights-{hash}.safetensors"))
}

/// Removes the files of previous models.
fn remove_superseded(folder: &Path, kept: &[PathBuf]) -> Result<(), ModelError> {
    for entry in fs::read_dir(folder).map_err(ModelError::io("read", folder))? {
        let path = entry.map_err(ModelError::io("read", folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_model_file = (name.starts_with("weights-") && name.ends_with(".safetensors"))
            || (name.starts_with("members-") && name.ends_with(".json"));
        if is_model_file && !kept.contains(&path) {
            fs::remove_file(&path).map_err(ModelError::io("remove", &path))?;
        }
    }
    Ok(())
}
