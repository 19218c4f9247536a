//! A halt of liquidations by the protocol's rules.

use chrono::{DateTime, SecondsFormat, Utc};
use plimsoll_features::{HaltCause, LiquidationHalt};
use plimsoll_lake::tables::MarketAsset;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why the protocol's rules permit no liquidation of a position, whatever its health factor, and from
/// when they do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "cause": "grace_period",
    "asset": "ETH",
    "until": "2022-05-01T03:00:00Z",
    "text": "cannot be liquidated until 2022-05-01T03:00:00Z: ETH is in its grace period"
}))]
pub struct Halt {
    /// The cause.
    pub cause: HaltReason,
    /// The asset that is halted; null for the whole market.
    #[schema(required)]
    pub asset: Option<String>,
    /// The first time at which the rules permit a liquidation; null if it is not known.
    #[schema(required)]
    pub until: Option<DateTime<Utc>>,
    /// The same in words.
    pub text: String,
}

/// The cause of a halt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HaltReason {
    /// The reserve is paused.
    ReservePaused,
    /// The reserve is not active.
    ReserveInactive,
    /// The reserve is in its grace period after a pause.
    GracePeriod,
    /// The sequencer of the chain is down.
    SequencerDown,
    /// The sequencer is up again, in the grace period of the market's sentinel.
    SequencerGracePeriod,
}

impl From<HaltCause> for HaltReason {
    fn from(cause: HaltCause) -> Self {
        match cause {
            HaltCause::ReservePaused => Self::ReservePaused,
            HaltCause::ReserveInactive => Self::ReserveInactive,
            HaltCause::GracePeriod => Self::GracePeriod,
            HaltCause::SequencerDown => Self::SequencerDown,
            HaltCause::SequencerGracePeriod => Self::SequencerGracePeriod,
        }
    }
}

impl Halt {
    /// A halt in a market of these assets.
    pub(crate) fn new(halt: &LiquidationHalt, assets: &[MarketAsset]) -> Self {
        let cause = HaltReason::from(halt.cause);
        let asset = halt.asset.map(|asset| assets[asset].asset.clone());
        let until = halt.until_s.and_then(|until_s| DateTime::from_timestamp(until_s, 0));
        let text = halt_text(cause, asset.as_deref().unwrap_or("the market"), until);
        Self { cause, asset, until, text }
    }
}

fn halt_text(cause: HaltReason, asset: &str, until: Option<DateTime<Utc>>) -> String {
    let (is, no_longer) = match cause {
        HaltReason::ReservePaused => (format!("{asset} is paused"), "it is unpaused"),
        HaltReason::ReserveInactive => (format!("{asset} is not active"), "it is activated"),
        HaltReason::GracePeriod => (format!("{asset} is in its grace period"), "it ends"),
        HaltReason::SequencerDown => {
            ("the sequencer is down".to_owned(), "it is up and its grace period has passed")
        }
        HaltReason::SequencerGracePeriod => {
            ("the grace period after the sequencer's outage runs".to_owned(), "it ends")
        }
    };
    match until {
        Some(until) => {
            let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
            format!("cannot be liquidated until {until}: {is}")
        }
        None => format!("cannot be liquidated until {no_longer}: {is}, and no end is known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_cause_and_the_end() {
        let until = DateTime::from_timestamp(0, 0);
        assert_eq!(
            halt_text(HaltReason::GracePeriod, "ETH", until),
            "cannot be liquidated until 1970-01-01T00:00:00Z: ETH is in its grace period"
        );
        assert_eq!(
            halt_text(HaltReason::ReservePaused, "ETH", None),
            "cannot be liquidated until it is unpaused: ETH is paused, and no end is known"
        );
    }
}
