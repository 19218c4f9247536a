//! What was proposed to governance, as far as the page shows it.

use std::path::Path;

use chrono::{DateTime, Utc};
use plimsoll_govern::CollateralParameters;
use serde::Deserialize;

use super::read_json;
use crate::ServeError;

/// The file of a proposal's folder that is read.
const PROPOSAL: &str = "proposal.json";

/// New parameters for the collaterals of one market.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Proposal {
    /// Whose collaterals.
    pub market: MarketFacts,
    /// What it knew.
    pub at: At,
    /// Every collateral that was looked at.
    pub collaterals: Vec<Collateral>,
    /// The steward's way, step by step.
    pub steps: Vec<Step>,
}

/// A market.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MarketFacts {
    /// Its name in the lake, `<protocol>/<market>`.
    pub name: String,
}

/// Up to where a proposal knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct At {
    /// The time.
    pub time: DateTime<Utc>,
}

/// What is proposed for one collateral.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Collateral {
    /// As it stands.
    pub before: ReserveAfter,
    /// What governance set.
    pub current: CollateralParameters,
    /// What is recommended.
    pub recommended: CollateralParameters,
    /// The recommendation in a word.
    pub verdict: String,
    /// Why.
    pub reasons: Vec<String>,
}

/// One step of the steward.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Step {
    /// The first second at which the steward takes it.
    pub not_before: DateTime<Utc>,
    /// What is changed.
    pub changes: Vec<Change>,
}

/// One collateral's change.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Change {
    /// The reserve after it.
    pub after: ReserveAfter,
}

/// A reserve's collateral side.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReserveAfter {
    /// Asset symbol within the market.
    pub asset: String,
    /// What the chain stores.
    pub stored: CollateralParameters,
}

/// Reads the proposals of a folder: its own, or those of the folders in it.
///
/// # Errors
/// [`ServeError::Exhibit`] if there is none, or one cannot be read.
pub fn proposals(folder: &Path) -> Result<Vec<Proposal>, ServeError> {
    let own = folder.join(PROPOSAL);
    if own.is_file() {
        return Ok(vec![read_json(&own)?]);
    }
    let fault = |cause: std::io::Error| ServeError::exhibit(folder, cause);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        files.push(entry.map_err(fault)?.path().join(PROPOSAL));
    }
    files.retain(|file| file.is_file());
    files.sort();
    if files.is_empty() {
        let cause = format!("neither it nor a folder in it holds a {PROPOSAL}");
        return Err(fault(std::io::Error::other(cause)));
    }
    files.iter().map(|file| read_json(file)).collect()
}
