//! Why a liquidation or an auction reverts.

use ruint::aliases::U256;
use thiserror::Error;

use crate::error::ArithmeticError;

/// What `Dog` and `Clipper` revert at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuctionError {
    /// A number does not fit.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// `Dog/not-unsafe`.
    #[error("the vault is safe")]
    NotUnsafe,
    /// `Dog/liquidation-limit-hit`.
    #[error("auctions already raise {dirt_rad}, no less than the limit {hole_rad}")]
    LiquidationLimitHit {
        /// What running auctions are to raise, rad.
        dirt_rad: U256,
        /// Most that they may, rad.
        hole_rad: U256,
    },
    /// `Dog/dusty-auction-from-partial-liquidation`.
    #[error("an auction for a debt of {due_rad} would be dust, below {dust_rad}")]
    DustyAuction {
        /// Debt that there is room for, rad.
        due_rad: U256,
        /// Least debt, rad.
        dust_rad: U256,
    },
    /// `Dog/null-auction`.
    #[error("no collateral would be sold")]
    NullAuction,
    /// `Clipper/zero-tab`, `Clipper/zero-lot` or `Clipper/zero-top-price`.
    #[error("{quantity} is 0")]
    Zero {
        /// What is 0.
        quantity: &'static str,
    },
    /// `Clipper/needs-reset`.
    #[error("the auction must be redone first")]
    NeedsReset,
    /// `Clipper/cannot-reset`.
    #[error("the auction is not to be redone yet")]
    CannotReset,
    /// `Clipper/too-expensive`.
    #[error("the price is {price_ray}, above the most accepted {max_ray}")]
    TooExpensive {
        /// Price, ray.
        price_ray: U256,
        /// Most that the buyer accepts, ray.
        max_ray: U256,
    },
    /// `Clipper/no-partial-purchase`.
    #[error("{tab_rad} is to be raised, no more than {chost_rad}, so the lot sells whole only")]
    NoPartialPurchase {
        /// Left to raise, rad.
        tab_rad: U256,
        /// Least that may be left, rad.
        chost_rad: U256,
    },
}
