//! What stands on the page beside the model's own figures, where there is any.

mod ledger;
mod proposal;
mod report;
mod shown_alert;

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::ServeError;
pub use ledger::AlertLedger;
pub use proposal::{At, Change, Collateral, MarketFacts, Proposal, ReserveAfter, Step, proposals};
pub use report::{Report, ReportCurve, ReportForecaster};
pub use shown_alert::ShownAlert;

/// What stands on the page beside the model's own figures; absent is what nobody asked to show.
#[derive(Debug, Clone, Default)]
pub struct Exhibits {
    /// How forecasts fared that were judged before.
    pub report: Option<Report>,
    /// What was proposed to governance.
    pub proposals: Option<Vec<Proposal>>,
    /// Alerts that were sent.
    pub alerts: Option<AlertLedger>,
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T, ServeError> {
    let text = std::fs::read(file).map_err(|cause| ServeError::exhibit(file, cause))?;
    serde_json::from_slice(&text).map_err(|cause| ServeError::exhibit(file, cause.into()))
}
