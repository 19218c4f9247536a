//! What is said of an account.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use ring::digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::remedy::Remedy;
use super::rule::Rule;
use super::watch::Watch;
use crate::{Drivers, PositionMetrics};

/// A message as the outbox holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its id, `webhook-id`: the same however often it is made or sent.
    pub id: String,
    /// The subscription that it belongs to.
    pub subscription: String,
    /// The account that it speaks of.
    pub account: String,
    /// Its type.
    pub kind: &'static str,
    /// What it says, as a sentence.
    pub text: String,
    /// JSON of [`AlertBody`].
    pub body: String,
    /// When the account stands as it says, seconds.
    pub as_of_s: i64,
}

/// A message's body, as endpoints get it (Standard Webhooks 1.0, "Payload structure").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertBody {
    /// `position.at_risk`, `position.still_at_risk`, `position.recovered` or `position.closed`;
    /// `alert.test` without more data than `text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When the account stands as it says.
    pub timestamp: DateTime<Utc>,
    /// What is said.
    pub data: AlertData,
}

/// What is said of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertData {
    /// All of it in a few sentences.
    pub text: String,
    /// The subscription.
    pub subscription: String,
    /// The rule that speaks.
    pub rule: Rule,
    /// Which warning of this rule for this account this is, from 1; its end has the same number.
    pub episode: u64,
    /// The account.
    pub account: String,
    /// `<protocol>/<market>`.
    pub market: String,
    /// Chain.
    pub chain: String,
    /// What it is worth and how far it may fall.
    #[serde(flatten)]
    pub metrics: PositionMetrics,
    /// The probability that the rule looks at, or that within a day; null if it is not open.
    #[schema(required)]
    pub probability: Option<AlertProbability>,
    /// What raised that probability; null if it is not open.
    #[schema(required)]
    pub drivers: Option<Drivers>,
    /// By asset, the price at which it is liquidated while all others stand still, USD per token.
    pub liquidation_prices_usd: BTreeMap<String, f64>,
    /// What suffices to end the warning, each by itself; empty if nothing was found, and where it
    /// is over.
    pub actions: Vec<Remedy>,
}

/// A probability of liquidation, as a message tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertProbability {
    /// Within how long.
    #[schema(example = "24h")]
    pub horizon: String,
    /// Probability that it is liquidated first.
    pub liquidated: f64,
    /// Lower end of the interval that should hold it nine times in ten.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Probability that its owner closes it first.
    pub closed: f64,
    /// Whether the position stands outside of all that the model learnt from.
    pub out_of_range: bool,
}

/// The id of a watch's message: nothing but what the message is goes into it, so that one made
/// again after a crash is the same.
pub(super) fn message_id(subscription: &str, rule: usize, account: &str, watch: &Watch) -> String {
    let Watch { episode, messages: told, .. } = watch;
    // None of the parts holds a space.
    let named = format!("{subscription} {rule} {account} {episode} {told}");
    let hash = digest::digest(&digest::SHA256, named.as_bytes());
    hash.as_ref()[..16].iter().fold("msg_".to_owned(), |id, byte| id + &format!("{byte:02x}"))
}
