//! Data on the page besides the model's own figures.

mod alert_history;
mod proposal_summary;
mod shown_alert;

use std::path::Path;

use serde::de::DeserializeOwned;

use plimsoll_report::BacktestExcerpt;

use crate::ServeError;
pub use alert_history::AlertHistory;
pub use proposal_summary::{
    CollateralSummary, ProposalMarket, ProposalSummary, ProposalTime, ReserveSummary,
    StewardChange, StewardStep, read_proposals,
};
pub use shown_alert::AlertSummary;

/// Data on the page besides the model's own figures; absent where none was given.
#[derive(Debug, Clone, Default)]
pub struct PageData {
    /// A backtest of earlier forecasts.
    pub report: Option<BacktestExcerpt>,
    /// Proposals to governance.
    pub proposals: Option<Vec<ProposalSummary>>,
    /// Alerts that were sent.
    pub alerts: Option<AlertHistory>,
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T, ServeError> {
    let text = std::fs::read(file).map_err(|cause| ServeError::unreadable(file, cause))?;
    serde_json::from_slice(&text).map_err(|cause| ServeError::unreadable(file, cause.into()))
}
