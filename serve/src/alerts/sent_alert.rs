//! Sent messages and their delivery.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The delivery status of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Not yet delivered; it will be tried, or tried again.
    Pending,
    /// Delivered.
    Delivered,
    /// Not delivered, and not tried again.
    Failed,
    /// Its subscription was removed or disabled before delivery.
    Dropped,
}

impl DeliveryStatus {
    pub(crate) const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Dropped];

    /// As in the database and the API.
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
    /// The subscription it belongs to.
    pub subscription: String,
    /// The account it is about.
    pub account: String,
    /// The message's type: `position.at_risk`, `position.recovered`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// Its text.
    pub text: String,
    /// The time of the account's state.
    pub as_of: DateTime<Utc>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Its delivery status.
    pub status: DeliveryStatus,
    /// Number of attempts.
    pub attempts: u32,
    /// HTTP status of the last response; null without one.
    #[schema(required)]
    pub last_status: Option<u16>,
    /// Why the last attempt failed; null if it did not.
    #[schema(required)]
    pub last_error: Option<String>,
    /// Time of the next attempt; null if there is none.
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
    /// When its endpoint accepted it; null if it has not.
    #[schema(required)]
    pub delivered_at: Option<DateTime<Utc>>,
}
