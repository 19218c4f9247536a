//! A sent alert as the page shows it.

use chrono::{DateTime, Utc};

use crate::alerts::sent_alert::SentAlert;

/// A sent alert as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertSummary {
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// The account it is about.
    pub account: String,
    /// Its type.
    pub kind: String,
    /// Its text.
    pub text: String,
    /// The status of its delivery.
    pub status: String,
}

impl From<SentAlert> for AlertSummary {
    fn from(sent: SentAlert) -> Self {
        let SentAlert { created_at, account, kind, text, status, .. } = sent;
        Self { created_at, account, kind, text, status: status.as_str().to_owned() }
    }
}
