//! Why something is recommended, in a word and a sentence.

use serde::Serialize;

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Which it is.
    pub code: ReasonCode,
    /// It in a sentence, with its figures.
    pub text: String,
}

/// The reasons there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Too little is known of prices to draw a line.
    TooLittleHistory,
    /// Which bound the threshold keeps.
    Threshold,
    /// The protocol acts on prices that are late.
    OracleDelay,
    /// The bonus must rise for liquidators to act.
    BonusRaised,
    /// No bonus within the policy's limit makes them act.
    Illiquid,
    /// Depth is the policy's, as no pool is known.
    DepthAssumed,
    /// Prices are known for too few days to change anything.
    TooEarly,
    /// No raise rests on a depth that is assumed.
    RaiseHeld,
    /// One proposal raises no further.
    RaiseCapped,
    /// The protocol has one ratio for borrowing and liquidation.
    OneRatio,
    /// No model said what the next day brings.
    NoModel,
    /// The change is too small for a vote.
    Immaterial,
    /// The change would cost borrowers more than it spares lenders.
    HarmOutweighs,
    /// The change costs borrowers less than it spares lenders.
    HarmAccepted,
    /// The collateral may count for more.
    Raise,
}

impl Reason {
    pub(crate) fn new(code: ReasonCode, text: String) -> Self {
        Self { code, text }
    }
}
