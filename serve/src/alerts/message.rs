//! Messages about an account.

pub(crate) mod remedy;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::sha256_hex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alerts::message::remedy::Remedy;
use crate::alerts::subscription::rule::Rule;
use crate::alerts::watch::Watch;
use crate::state::drivers::Drivers;
use crate::state::liquidation_outlook::LiquidationOutlook;
use crate::state::position_metrics::PositionMetrics;
use crate::state::position_state::PositionState;

/// Hex digits of the SHA-256 that identify a message.
const MESSAGE_ID_DIGITS: usize = 32;

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its id, `webhook-id`: the same whenever it is created or sent.
    pub id: String,
    /// The subscription it belongs to.
    pub subscription: String,
    /// The account it is about.
    pub account: String,
    /// Its type.
    pub kind: &'static str,
    /// Its text.
    pub text: String,
    /// JSON of [`AlertBody`].
    pub body: String,
    /// The time of the account's state, seconds.
    pub as_of_s: i64,
}

/// A message's body, as endpoints receive it (Standard Webhooks 1.0, "Payload structure").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertBody {
    /// `position.at_risk`, `position.still_at_risk`, `position.recovered` or `position.closed`;
    /// `alert.test` has no data but `text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The time of the account's state.
    pub timestamp: DateTime<Utc>,
    /// The content.
    pub data: AlertData,
}

/// The content of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertData {
    /// A summary in a few sentences.
    pub text: String,
    /// The subscription.
    pub subscription: String,
    /// The rule that caused the message.
    pub rule: Rule,
    /// Number of the warning of this rule for this account, from 1; the end of a warning has its number.
    pub episode: u64,
    /// The account.
    pub account: String,
    /// `<chain>/<protocol>/<market>`.
    pub market: String,
    /// Chain.
    pub chain: String,
    /// Whether it can be liquidated now, or if not, why.
    pub state: PositionState,
    /// Value and distance to liquidation.
    #[serde(flatten)]
    pub metrics: PositionMetrics,
    /// Whether and when a liquidator takes it; null if it cannot be liquidated.
    #[schema(required)]
    pub liquidation: Option<LiquidationOutlook>,
    /// The probability of the rule's horizon, or within a day; null if the account is not open.
    #[schema(required)]
    pub probability: Option<AlertProbability>,
    /// Attribution of that probability; null if the account is not open.
    #[schema(required)]
    pub drivers: Option<Drivers>,
    /// For each asset, the liquidation price if all other prices stay the same, USD per token.
    pub liquidation_prices_usd: BTreeMap<String, f64>,
    /// Actions of which each alone ends the warning; empty if none was found, and for the end of a
    /// warning.
    pub actions: Vec<Remedy>,
}

/// A probability of liquidation in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertProbability {
    /// The horizon.
    #[schema(example = "24h")]
    pub horizon: String,
    /// Probability that it is liquidated first.
    pub liquidated: f64,
    /// Lower end of its 90 % prediction interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Probability that its owner closes it first.
    pub closed: f64,
    /// Whether the position lies outside the training domain of the model.
    pub out_of_range: bool,
    /// Whether the model was trained on no account of this market.
    #[serde(default)]
    pub cold_start: bool,
}

/// The id of a watch's message. It is a hash of the message's identity, so that a message created
/// again after a crash has the same id.
pub(crate) fn message_id(subscription: &str, rule: usize, account: &str, watch: &Watch) -> String {
    let Watch { episode, messages, .. } = watch;
    // None of the parts contains a space.
    let named = format!("{subscription} {rule} {account} {episode} {messages}");
    format!("msg_{}", &sha256_hex(named)[..MESSAGE_ID_DIGITS])
}
