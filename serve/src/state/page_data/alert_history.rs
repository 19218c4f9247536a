//! Source of the alerts on the page.

use crate::alerts::error::AlertError;
use crate::alerts::store::AlertStore;
use crate::state::page_data::alert_summary::AlertSummary;

/// Maximum number of alerts that are searched for those of one market.
const MAX_ALERTS: usize = 1_000;

/// Alerts that were sent, read when a page is rendered.
#[derive(Debug, Clone)]
pub enum AlertHistory {
    /// Those of a running server.
    Live(AlertStore),
    /// A fixed list, newest first.
    Fixed(Vec<AlertSummary>),
}

impl AlertHistory {
    /// The latest alerts, newest first; it may block on the disk.
    pub(crate) fn latest(&self) -> Result<Vec<AlertSummary>, AlertError> {
        match self {
            Self::Live(store) => {
                Ok(store.recent(MAX_ALERTS)?.into_iter().map(AlertSummary::from).collect())
            }
            Self::Fixed(alerts) => Ok(alerts.clone()),
        }
    }
}
