//! What was said, and what became of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a message has reached its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Not yet; it will be tried, or tried again.
    Pending,
    /// It has.
    Delivered,
    /// It has not, and will not be tried again.
    Failed,
    /// Its subscription was removed or disabled before.
    Dropped,
}

impl DeliveryStatus {
    pub(super) const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Dropped];

    /// As the database and the API have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// A message and its delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SentAlert {
    /// The message's id.
    pub id: String,
    /// The subscription that it belongs to.
    pub subscription: String,
    /// The account that it speaks of.
    pub account: String,
    /// The message's type: `position.at_risk`, `position.recovered`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says, as a sentence.
    pub text: String,
    /// When the account stood as it says.
    pub as_of: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whether it has reached its endpoint.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// HTTP status of the last answer; null without one.
    #[schema(required)]
    pub last_status: Option<u16>,
    /// Why the last attempt failed; null if it did not.
    #[schema(required)]
    pub last_error: Option<String>,
    /// When it is tried next; null if it is not.
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
    /// When its endpoint took it; null if it has not.
    #[schema(required)]
    pub delivered_at: Option<DateTime<Utc>>,
}
