//! What changed an account's probabilities within a day.

use chrono::{DateTime, Utc};
use plimsoll_features::{ChangeUnavailable, Snapshot};
use plimsoll_lake::Horizon;
use plimsoll_model::{ChangeAttribution, ChangeCause, Model, ModelError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What each cause added within 24 hours to the log odds of liquidation within one horizon; the log
/// odds before and all parts add up to `log_odds`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "probability_before": 0.0012, "probability": 0.0031, "log_odds_before": -6.724,
    "price": 0.71, "volatility": 0.22, "balances": 0.0, "interest": 0.01, "parameters": 0.0,
    "other": 0.011, "log_odds": -5.773
}))]
pub struct Change {
    /// Probability of liquidation from 24 hours before `as_of`, as forecast with what was known then.
    #[schema(minimum = 0, maximum = 1)]
    pub probability_before: f64,
    /// Probability of liquidation from `as_of`.
    #[schema(minimum = 0, maximum = 1)]
    pub probability: f64,
    /// Log odds 24 hours before `as_of`: `ln(p / (1 - p))`.
    pub log_odds_before: f64,
    /// Prices in values and in the health factor.
    pub price: f64,
    /// Volatility and recent moves of prices.
    pub volatility: f64,
    /// Balances, pledges and modes: actions of the owner, and liquidations.
    pub balances: f64,
    /// Interest on debt and collateral.
    pub interest: f64,
    /// Liquidation thresholds and other parameters of the market.
    pub parameters: f64,
    /// Everything else: market depth, other accounts, gas, rates, and the passing of time.
    pub other: f64,
    /// Log odds at `as_of`.
    pub log_odds: f64,
}

/// What changed the probabilities within 24 hours, at the horizons that warnings use.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// The earlier time: 24 hours before `as_of`.
    pub since: DateTime<Utc>,
    /// Within a day.
    #[serde(rename = "24h")]
    pub one_day: Change,
    /// Within seven days.
    #[serde(rename = "7d")]
    pub seven_days: Change,
}

/// Why there are no changes: the account is not open now, was not open 24 hours before, or would not
/// be open with a part of what changed, so that the parts are not defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangesNullReason {
    /// It has no forecast now.
    NotOpenNow,
    /// It had no forecast 24 hours before.
    #[serde(rename = "not_open_24h_before")]
    NotOpen24hBefore,
    /// It would have none in between.
    NotComparable,
}

impl Changes {
    /// Compares an account with itself 24 hours before.
    ///
    /// # Errors
    /// [`ModelError`] if the model fails; the inner error is why there is nothing to compare.
    pub(crate) fn compute(
        snapshot: &Snapshot,
        model: &Model,
        account: &str,
    ) -> Result<Result<Self, ChangesNullReason>, ModelError> {
        let rows = match snapshot.compute_change_rows(account) {
            Ok(rows) => rows,
            Err(reason) => return Ok(Err(reason.into())),
        };
        let changes = model.attribute_change(&rows)?;
        let at = |horizon: Horizon| Change::from_attribution(&changes[horizon.index()]);
        let (one_day, seven_days) = (at(Horizon::Hours24), at(Horizon::Days7));
        Ok(Ok(Self { since: snapshot.day_before(), one_day, seven_days }))
    }
}

impl Change {
    fn from_attribution(change: &ChangeAttribution) -> Self {
        let part = |cause: ChangeCause| {
            let parts = ChangeCause::ALL.iter().zip(change.contributions);
            parts.filter(|(of_cause, _)| **of_cause == cause).map(|(_, part)| part).sum()
        };
        Self {
            probability_before: change.probability_before(),
            probability: change.probability(),
            log_odds_before: change.log_odds_before,
            price: part(ChangeCause::Price),
            volatility: part(ChangeCause::Volatility),
            balances: part(ChangeCause::Balances),
            interest: part(ChangeCause::Interest),
            parameters: part(ChangeCause::Parameters),
            other: part(ChangeCause::Other),
            log_odds: change.log_odds,
        }
    }
}

impl From<ChangeUnavailable> for ChangesNullReason {
    fn from(reason: ChangeUnavailable) -> Self {
        match reason {
            ChangeUnavailable::NotOpenNow => Self::NotOpenNow,
            ChangeUnavailable::NotOpenBefore => Self::NotOpen24hBefore,
            ChangeUnavailable::NotComparable => Self::NotComparable,
        }
    }
}
