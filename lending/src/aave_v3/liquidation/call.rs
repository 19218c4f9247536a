//! Arguments and results of a liquidation call.

use ruint::aliases::U256;

/// Arguments of `Pool.liquidationCall`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationCall {
    /// Index of the position whose collateral is seized.
    pub collateral: usize,
    /// Index of the position whose debt is repaid.
    pub debt: usize,
    /// Maximum debt to repay, smallest units.
    pub debt_to_cover: U256,
    /// How the seized collateral is paid out.
    pub payout: Payout,
}

/// How seized collateral is paid out (`receiveAToken`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payout {
    /// As the underlying token, which must be available in the pool.
    Underlying,
    /// As an aToken balance.
    AToken,
}

/// Amounts moved by a liquidation, and the balances afterwards, in smallest units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liquidation {
    /// Debt repaid (`debtToCover` of the event).
    pub debt_covered: U256,
    /// Collateral that the liquidator receives (`liquidatedCollateralAmount` of the event).
    pub collateral_liquidated: U256,
    /// Collateral that the treasury receives.
    pub protocol_fee: U256,
    /// Remaining scaled debt in the repaid asset.
    pub scaled_debt_left: U256,
    /// Remaining scaled balance of the seized asset.
    pub scaled_collateral_left: U256,
    /// Whether the seized asset no longer counts as collateral.
    pub collateral_disabled: bool,
    /// Debt written off because no collateral is left (`DeficitCreated`); no debt remains then. Empty
    /// in release 3.0, where such debt remains.
    pub deficits: Vec<Deficit>,
}

/// Debt written off in one reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deficit {
    /// Index of the position with the debt.
    pub position: usize,
    /// Amount, smallest units.
    pub amount: U256,
}
