//! Where the page finds the alerts that were sent.

use super::ShownAlert;
use crate::{AlertError, Alerts};

/// Most alerts that are looked through for those of one market.
const MOST: usize = 1_000;

/// Alerts that were sent, as they stand when a page is drawn.
#[derive(Debug, Clone)]
pub enum AlertLedger {
    /// Those of a running server.
    Running(Alerts),
    /// These, the latest first.
    Told(Vec<ShownAlert>),
}

impl AlertLedger {
    /// The latest alerts, the newest first; it may block on the disk.
    pub(crate) fn latest(&self) -> Result<Vec<ShownAlert>, AlertError> {
        match self {
            Self::Running(alerts) => {
                Ok(alerts.recent(MOST)?.into_iter().map(ShownAlert::from).collect())
            }
            Self::Told(alerts) => Ok(alerts.clone()),
        }
    }
}
