//! Reasons for a liquidation or an auction to revert.

use ruint::aliases::U256;
use thiserror::Error;

use crate::fixed_point::ArithmeticError;

/// Reasons for `Dog` and `Clipper` to revert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuctionError {
    /// Overflow, underflow or division by 0.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// `Dog/not-unsafe`.
    #[error("the vault is safe")]
    NotUnsafe,
    /// `Dog/liquidation-limit-hit`.
    #[error("running auctions are to raise {dirt_rad}, at or above the limit {hole_rad}")]
    LiquidationLimitHit {
        /// Amount that running auctions are to raise, rad.
        dirt_rad: U256,
        /// Limit, rad.
        hole_rad: U256,
    },
    /// `Dog/dusty-auction-from-partial-liquidation`.
    #[error("an auction for a debt of {due_rad} would be dust, below {dust_rad}")]
    DustyAuction {
        /// Debt within the limit, rad.
        due_rad: U256,
        /// Minimum debt, rad.
        dust_rad: U256,
    },
    /// `Dog/null-auction`.
    #[error("no collateral would be sold")]
    NullAuction,
    /// `Clipper/zero-tab`, `Clipper/zero-lot` or `Clipper/zero-top-price`.
    #[error("{quantity} is 0")]
    Zero {
        /// Name of the quantity.
        quantity: &'static str,
    },
    /// `Clipper/needs-reset`.
    #[error("the auction must be restarted first")]
    NeedsReset,
    /// `Clipper/cannot-reset`.
    #[error("the auction cannot be restarted yet")]
    CannotReset,
    /// `Clipper/too-expensive`.
    #[error("the price is {price_ray}, above the maximum accepted {max_ray}")]
    TooExpensive {
        /// Price, ray.
        price_ray: U256,
        /// Maximum price accepted by the buyer, ray.
        max_ray: U256,
    },
    /// `Clipper/no-partial-purchase`.
    #[error("{tab_rad} is left to raise, at most {chost_rad}, so only the whole lot can be bought")]
    NoPartialPurchase {
        /// Left to raise, rad.
        tab_rad: U256,
        /// Minimum that may be left, rad.
        chost_rad: U256,
    },
}
