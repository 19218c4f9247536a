//! Running auctions. Source: `clip.sol`.

use ruint::aliases::U256;

/// A running auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Amount left to raise, rad.
    pub tab_rad: U256,
    /// Collateral left to sell, wad.
    pub lot_wad: U256,
    /// Time of the start, Unix seconds.
    pub tic_s: u64,
    /// Starting price, DAI per token, ray.
    pub top_ray: U256,
}
