//! What was proposed to governance, as far as the page shows it.

use std::path::Path;

use chrono::{DateTime, Utc};
use plimsoll_govern::CollateralParameters;
use serde::Deserialize;

use super::read_json;
use crate::ServeError;

/// The file of a proposal's folder that is read.
const PROPOSAL_FILE: &str = "proposal.json";

/// New parameters for the collaterals of one market.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ProposalSummary {
    /// Whose collaterals.
    pub market: ProposalMarket,
    /// What it knew.
    pub at: ProposalTime,
    /// Every collateral that was looked at.
    pub collaterals: Vec<CollateralSummary>,
    /// The steward's way, step by step.
    pub steps: Vec<StewardStep>,
}

/// A market.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProposalMarket {
    /// Its name in the lake, `<protocol>/<market>`.
    pub name: String,
}

/// Up to where a proposal knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ProposalTime {
    /// The time.
    pub time: DateTime<Utc>,
}

/// What is proposed for one collateral.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CollateralSummary {
    /// As it stands.
    pub before: ReserveSummary,
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
pub struct StewardStep {
    /// The first second at which the steward takes it.
    pub not_before: DateTime<Utc>,
    /// What is changed.
    pub changes: Vec<StewardChange>,
}

/// One collateral's change.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct StewardChange {
    /// The reserve after it.
    pub after: ReserveSummary,
}

/// A reserve's collateral side.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReserveSummary {
    /// Asset symbol within the market.
    pub asset: String,
    /// What the chain stores.
    pub stored: CollateralParameters,
}

/// Reads the proposals of a folder: its own, or those of the folders in it.
///
/// # Errors
/// [`ServeError::Exhibit`] if there is none, or one cannot be read.
pub fn read_proposals(folder: &Path) -> Result<Vec<ProposalSummary>, ServeError> {
    let own = folder.join(PROPOSAL_FILE);
    if own.is_file() {
        return Ok(vec![read_json(&own)?]);
    }
    let fault = |cause: std::io::Error| ServeError::unreadable(folder, cause);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        files.push(entry.map_err(fault)?.path().join(PROPOSAL_FILE));
    }
    files.retain(|file| file.is_file());
    files.sort();
    if files.is_empty() {
        let cause = format!("neither it nor a folder in it holds a {PROPOSAL_FILE}");
        return Err(fault(std::io::Error::other(cause)));
    }
    files.iter().map(|file| read_json(file)).collect()
}
