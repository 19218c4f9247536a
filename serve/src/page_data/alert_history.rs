//! Where the page finds the alerts that were sent.

use super::AlertSummary;
use crate::{AlertError, AlertService};

/// Most alerts that are looked through for those of one market.
const MAX_ALERTS: usize = 1_000;

/// Alerts that were sent, as they stand when a page is drawn.
#[derive(Debug, Clone)]
pub enum AlertHistory {
    /// Those of a running server.
    Live(AlertService),
    /// These, the latest first.
    Fixed(Vec<AlertSummary>),
}

impl AlertHistory {
    /// The latest alerts, the newest first; it may block on the disk.
    pub(crate) fn latest(&self) -> Result<Vec<AlertSummary>, AlertError> {
        match self {
            Self::Live(alerts) => {
                Ok(alerts.recent(MAX_ALERTS)?.into_iter().map(AlertSummary::from).collect())
            }
            Self::Fixed(alerts) => Ok(alerts.clone()),
        }
    }
}
