//! Source of the alerts on the page.

use super::AlertSummary;
use crate::{AlertError, AlertService};

/// Maximum number of alerts that are searched for those of one market.
const MAX_ALERTS: usize = 1_000;

/// Alerts that were sent, read when a page is rendered.
#[derive(Debug, Clone)]
pub enum AlertHistory {
    /// Those of a running server.
    Live(AlertService),
    /// A fixed list, newest first.
    Fixed(Vec<AlertSummary>),
}

impl AlertHistory {
    /// The latest alerts, newest first; it may block on the disk.
    pub(crate) fn latest(&self) -> Result<Vec<AlertSummary>, AlertError> {
        match self {
            Self::Live(alerts) => {
                Ok(alerts.recent(MAX_ALERTS)?.into_iter().map(AlertSummary::from).collect())
            }
            Self::Fixed(alerts) => Ok(alerts.clone()),
        }
    }
}
