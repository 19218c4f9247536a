//! The state of a position relative to the liquidation threshold.

use plimsoll_features::MIN_OPEN_USD;
use plimsoll_model::PositionState as ModelState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::valued_position::ValuedPosition;

/// The state of a position.
///
/// `open`: its health factor is at least 1. `liquidatable`: its health factor at the price that the
/// protocol uses is below 1, so anyone can liquidate it now. `halted`: it is below 1, and the protocol's
/// rules permit no liquidation now; `liquidation.halt` has the cause and the time. `stuck`: it has been below 1 for a day
/// or more and nobody liquidated it, because that does not pay, is blocked, or because its data is
/// suspect; rankings and totals leave it out. `no_debt`: there is no debt. `dust`: the debt is less
/// than one dollar. `undercollateralised`: the collateral that counts is worth less than one dollar,
/// so there is nothing to seize. The last three have no forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PositionState {
    /// It can be liquidated if prices fall.
    Open,
    /// It can be liquidated now.
    Liquidatable,
    /// It could be liquidated, but for a halt by the protocol's rules.
    Halted,
    /// It could have been liquidated for a day or more.
    Stuck,
    /// There is no debt.
    NoDebt,
    /// There is almost no debt.
    Dust,
    /// Almost nothing secures the debt.
    Undercollateralised,
}

impl PositionState {
    /// The state of a position, given that of its forecast if it has one.
    pub(crate) fn new(valued: &ValuedPosition, forecast: Option<ModelState>) -> Self {
        let is_halted = valued.halt().is_some();
        match forecast {
            Some(ModelState::Open) => Self::Open,
            Some(_) if is_halted => Self::Halted,
            Some(ModelState::Liquidatable) => Self::Liquidatable,
            Some(ModelState::Stuck) => Self::Stuck,
            None if !valued.account.has_debt() => Self::NoDebt,
            None if valued.debt_usd < MIN_OPEN_USD => Self::Dust,
            None => Self::Undercollateralised,
        }
    }

    /// Whether its health factor is below 1, so that anyone can liquidate it, now or after a halt.
    #[must_use]
    pub const fn is_below_threshold(self) -> bool {
        matches!(self, Self::Liquidatable | Self::Halted | Self::Stuck)
    }
}
