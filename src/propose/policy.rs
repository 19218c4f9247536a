//! A policy file.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use plimsoll_govern::Policy;

/// Reads a policy; without a file it is the default.
pub(super) fn read(file: Option<&Path>) -> anyhow::Result<Policy> {
    let Some(path) = file else { return Ok(Policy::default()) };
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let fault = |error: toml::de::Error| {
        anyhow!("{}: {}", path.display(), error.message().replace('\n', ", "))
    };
    toml::from_str(&text).map_err(fault)
}
