//! A trained model: kept in a folder, loaded whole or refused.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor, safetensors};
use candle_nn::{VarBuilder, VarMap};
use sha2::{Digest, Sha256};

use crate::manifest::{Incidence, Training};
use crate::net::{Net, NetConfig};
use crate::optimise::named;
use crate::scaler::Scaler;
use crate::{Manifest, ModelError};

const MANIFEST: &str = "manifest.json";

/// A trained net with all that is needed to score accounts.
#[derive(Debug, Clone)]
pub struct Model {
    manifest: Manifest,
    weights: HashMap<String, Tensor>,
    net: Net,
}

impl Model {
    pub(crate) fn new(
        config: NetConfig,
        scaler: Scaler,
        variables: &VarMap,
        training: Training,
        incidence: Incidence,
    ) -> Result<Self, ModelError> {
        // Detached: a forward over variables would record a graph.
        let detached = named(variables).into_iter().map(|(name, v)| (name, v.as_detached_tensor()));
        let weights: HashMap<_, _> = detached.collect();
        let net = build(&config, &weights)?;
        Ok(Self { manifest: Manifest::new(config, scaler, training, incidence), weights, net })
    }

    /// What the model says of itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(crate) const fn net(&self) -> &Net {
        &self.net
    }

    pub(crate) const fn scaler(&self) -> &Scaler {
        &self.manifest.scaler
    }

    /// Writes the model into a folder; `data_fingerprint` names what it was trained on.
    ///
    /// Weights are named by their hash and the manifest is renamed into place last, so the folder
    /// holds the old model or the new one, never parts of both.
    ///
    /// # Errors
    /// [`ModelError::Io`] if a file cannot be written.
    pub fn save(&mut self, folder: &Path, data_fingerprint: &str) -> Result<(), ModelError> {
        fs::create_dir_all(folder).map_err(ModelError::io("create", folder))?;
        let aside = folder.join("weights.partial");
        safetensors::save(&self.weights, &aside)?;
        let hash = sha256(&aside)?;
        let path = weights_path(folder, &hash);
        fs::rename(&aside, &path).map_err(ModelError::io("rename", &aside))?;
        self.manifest.weights_sha256 = hash;
        data_fingerprint.clone_into(&mut self.manifest.data_fingerprint);
        let manifest = serde_json::to_vec_pretty(&self.manifest)
            .map_err(|source| ModelError::Manifest { path: folder.join(MANIFEST), source })?;
        write_aside(&folder.join(MANIFEST), &manifest)?;
        remove_other_weights(folder, &path)
    }

    /// Loads a model.
    ///
    /// # Errors
    /// [`ModelError::NoModel`] if the folder holds none, [`ModelError::FeatureMismatch`] if it was
    /// made for other features, [`ModelError::Tampered`] if the weights are not its own.
    pub fn load(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join(MANIFEST);
        let text = fs::read(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => ModelError::NoModel(folder.to_owned()),
            _ => ModelError::io("read", &path)(source),
        })?;
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|source| ModelError::Manifest { path, source })?;
        manifest.check()?;
        let path = weights_path(folder, &manifest.weights_sha256);
        if sha256(&path)? != manifest.weights_sha256 {
            return Err(ModelError::Tampered { path });
        }
        let weights = safetensors::load(&path, &Device::Cpu)?;
        let net = build(&manifest.net, &weights)?;
        Ok(Self { manifest, weights, net })
    }
}

fn build(config: &NetConfig, weights: &HashMap<String, Tensor>) -> Result<Net, ModelError> {
    Ok(Net::new(config, &VarBuilder::from_tensors(weights.clone(), DType::F32, &Device::Cpu))?)
}

fn weights_path(folder: &Path, hash: &str) -> PathBuf {
    folder.join(format!("weights-{hash}.safetensors"))
}

fn sha256(path: &Path) -> Result<String, ModelError> {
    let bytes = fs::read(path).map_err(ModelError::io("read", path))?;
    Ok(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn write_aside(path: &Path, bytes: &[u8]) -> Result<(), ModelError> {
    let aside = path.with_extension("partial");
    let write = || {
        let mut file = File::create(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, path)
    };
    write().map_err(ModelError::io("write", path))
}

fn remove_other_weights(folder: &Path, kept: &Path) -> Result<(), ModelError> {
    for entry in fs::read_dir(folder).map_err(ModelError::io("read", folder))? {
        let path = entry.map_err(ModelError::io("read", folder))?.path();
        let weights = path.extension().is_some_and(|extension| extension == "safetensors");
        if weights && path != kept {
            fs::remove_file(&path).map_err(ModelError::io("remove", &path))?;
        }
    }
    Ok(())
}
