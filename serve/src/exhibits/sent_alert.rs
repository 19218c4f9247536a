//! An alert that was sent.

use chrono::{DateTime, Utc};

/// An alert that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAlert {
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
