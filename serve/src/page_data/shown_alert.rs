//! An alert that was sent, as the page tells it.

use chrono::{DateTime, Utc};

use crate::SentAlert;

/// An alert that was sent, as the page tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertSummary {
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The account that it speaks of.
    pub account: String,
    /// Its type.
    pub kind: String,
    /// What it says, as a sentence.
    pub text: String,
    /// What became of it, in a word.
    pub status: String,
}

impl From<SentAlert> for AlertSummary {
    fn from(sent: SentAlert) -> Self {
        let SentAlert { created_at, account, kind, text, status, .. } = sent;
        Self { created_at, account, kind, text, status: status.as_str().to_owned() }
    }
}
