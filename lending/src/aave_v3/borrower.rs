//! The state of an account.

use ruint::aliases::U256;

use super::release::Release;

/// The state of a reserve at the time of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// Liquidity index with accrued interest, ray ([`normalized_income`](super::normalized_income)).
    pub liquidity_index: U256,
    /// Variable borrow index with accrued interest, ray
    /// ([`normalized_debt`](super::normalized_debt)).
    pub variable_borrow_index: U256,
    /// Price of a token in the base currency (`AaveOracle.getAssetPrice`).
    pub price: U256,
    /// Decimals of the token.
    pub decimals: u8,
    /// Max loan-to-value of a borrow.
    pub ltv_bps: u64,
    /// Liquidation threshold.
    pub liquidation_threshold_bps: u64,
    /// Principal plus bonus, 105_00 for 5 %, as stored on chain.
    pub liquidation_bonus_bps: u64,
    /// Share of the bonus that the treasury takes.
    pub liquidation_protocol_fee_bps: u64,
}

/// Collateral and debt of an account in one reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The reserve.
    pub reserve: Reserve,
    /// Scaled balance of the aToken.
    pub scaled_collateral: U256,
    /// Scaled balance of the variable debt token; stable debt is not supported.
    pub scaled_debt: U256,
    /// Whether the balance is enabled as collateral.
    pub used_as_collateral: bool,
    /// Whether the reserve belongs to the account's e-mode category, as a collateral.
    pub in_e_mode: bool,
    /// Whether the category gives the reserve a max loan-to-value of 0 (from release 3.6 on).
    pub ltv_zero_in_e_mode: bool,
}

/// The e-mode category of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EMode {
    /// Max loan-to-value of a borrow within the category.
    pub ltv_bps: u64,
    /// Liquidation threshold within the category.
    pub liquidation_threshold_bps: u64,
    /// Principal plus bonus within the category.
    pub liquidation_bonus_bps: u64,
    /// Price of the whole category, 0 if it has none; not supported from release 3.2 on.
    pub price: U256,
}

/// An account with all of its positions; positions without collateral and debt may be omitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Borrower<'a> {
    /// Release of the market's contracts.
    pub release: Release,
    /// Its positions, in the order of the pool's reserves.
    pub positions: &'a [Position],
    /// Its e-mode category, if it is in one.
    pub e_mode: Option<EMode>,
}

impl Borrower<'_> {
    /// The e-mode that applies to a position.
    pub(super) fn position_e_mode(&self, position: &Position) -> Option<&EMode> {
        self.e_mode.as_ref().filter(|_| position.in_e_mode)
    }

    /// A position's max loan-to-value. One of 0 stays 0 in a category: up to release 3.5 the
    /// reserve's own, later the one that the category has for it.
    pub(super) fn position_ltv_bps(&self, position: &Position) -> u64 {
        let reserve = &position.reserve;
        let Some(e_mode) = self.position_e_mode(position) else { return reserve.ltv_bps };
        let by_e_mode = self.release >= Release::V3_6;
        let is_zero = if by_e_mode { position.ltv_zero_in_e_mode } else { reserve.ltv_bps == 0 };
        if is_zero { 0 } else { e_mode.ltv_bps }
    }

    /// The price of an e-mode category, if the release supports it and it is set.
    pub(super) fn e_mode_price(&self, e_mode: Option<&EMode>) -> Option<U256> {
        let price = e_mode.map(|e_mode| e_mode.price).filter(|price| !price.is_zero());
        price.filter(|_| self.release < Release::V3_2)
    }
}
