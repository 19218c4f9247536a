//! The part of a proposal to governance that the page shows.

use std::path::Path;

use chrono::{DateTime, Utc};
use plimsoll_govern::CollateralParameters;
use serde::Deserialize;

use crate::error::ServeError;

/// The file that is read from a proposal's folder.
const PROPOSAL_FILE: &str = "proposal.json";

/// New parameters for the collaterals of one market.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ProposalSummary {
    /// The market of the collaterals.
    pub market: ProposalMarket,
    /// The time up to which data was used.
    pub at: ProposalTime,
    /// Every collateral considered.
    pub collaterals: Vec<CollateralSummary>,
    /// The risk steward's schedule, step by step.
    pub steps: Vec<StewardStep>,
}

/// A market.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProposalMarket {
    /// Its name in the lake, `<protocol>/<market>`.
    pub name: String,
}

/// The time up to which a proposal used data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ProposalTime {
    /// The time.
    pub time: DateTime<Utc>,
}

/// The proposal for one collateral.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CollateralSummary {
    /// The current state.
    pub before: ReserveSummary,
    /// The parameters set by governance.
    pub current: CollateralParameters,
    /// The recommended parameters.
    pub recommended: CollateralParameters,
    /// Short verdict of the recommendation.
    pub verdict: String,
    /// The reasons.
    pub reasons: Vec<String>,
}

/// One step of the steward.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct StewardStep {
    /// The earliest time at which the steward takes it.
    pub not_before: DateTime<Utc>,
    /// The changes of the step.
    pub changes: Vec<StewardChange>,
}

/// The change of one collateral.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct StewardChange {
    /// The reserve after the change.
    pub after: ReserveSummary,
}

/// The collateral side of a reserve.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReserveSummary {
    /// Asset symbol within the market.
    pub asset: String,
    /// The parameters stored on chain.
    pub stored: CollateralParameters,
}

/// Reads the proposals of a folder: its own, or those of its subfolders.
///
/// # Errors
/// [`ServeError::Unreadable`] if there is none, or one cannot be read.
pub fn read_proposals(folder: &Path) -> Result<Vec<ProposalSummary>, ServeError> {
    let own = folder.join(PROPOSAL_FILE);
    if own.is_file() {
        return Ok(vec![read(&own)?]);
    }
    let failed = |cause: std::io::Error| ServeError::unreadable(folder, cause);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        files.push(entry.map_err(failed)?.path().join(PROPOSAL_FILE));
    }
    files.retain(|file| file.is_file());
    files.sort();
    if files.is_empty() {
        let cause = format!("neither it nor a folder in it contains a {PROPOSAL_FILE}");
        return Err(failed(std::io::Error::other(cause)));
    }
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Result<ProposalSummary, ServeError> {
    let text = std::fs::read(file).map_err(|cause| ServeError::unreadable(file, cause))?;
    serde_json::from_slice(&text).map_err(|cause| ServeError::unreadable(file, cause.into()))
}
