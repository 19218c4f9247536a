//! Reasons for a recommendation.

use serde::Serialize;

/// A reason: a code and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Its code.
    pub code: ReasonCode,
    /// A sentence with its figures.
    pub text: String,
}

/// Codes of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// The price history is too short to compute a threshold.
    TooLittleHistory,
    /// The binding bound of the threshold.
    Threshold,
    /// The protocol uses delayed prices.
    OracleDelay,
    /// The bonus must rise for liquidations to be profitable.
    BonusRaised,
    /// No bonus within the policy's limit makes liquidations profitable.
    Illiquid,
    /// The depth is assumed by the policy, because no pool is known.
    DepthAssumed,
    /// The price history is too short for a change.
    TooEarly,
    /// A raise is not allowed with an assumed depth.
    RaiseHeld,
    /// The raise exceeds the limit of one proposal.
    RaiseCapped,
    /// The protocol has one ratio for borrowing and liquidation.
    OneRatio,
    /// No model forecast the next day.
    NoModel,
    /// The change is too small.
    Immaterial,
    /// The change would cost borrowers more than it saves lenders.
    HarmOutweighs,
    /// The change costs borrowers less than it saves lenders.
    HarmAccepted,
    /// The threshold is not lowered.
    Raise,
}

impl Reason {
    pub(crate) fn new(code: ReasonCode, text: String) -> Self {
        Self { code, text }
    }
}
