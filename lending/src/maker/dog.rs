//! Liquidation of unsafe vaults. Source: `dog.sol`.

use ruint::aliases::U256;

use super::error::AuctionError;
use crate::fixed_point::maker::WAD;
use crate::fixed_point::{div, mul, sub};

/// A vault, wad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vault {
    /// Collateral.
    pub ink_wad: U256,
    /// Normalised debt.
    pub art_wad: U256,
}

/// Parameters and state of the liquidation of a collateral's vaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dog {
    /// Debt per unit of `art`, ray.
    pub rate_ray: U256,
    /// Maximum debt per token of collateral, ray: its price over `mat`.
    pub spot_ray: U256,
    /// Minimum debt of a vault, rad.
    pub dust_rad: U256,
    /// Debt plus penalty over debt, wad (1.13).
    pub chop_wad: U256,
    /// Limit on the amount that running auctions of all collaterals are to raise (`Hole`), rad.
    pub all_hole_rad: U256,
    /// Amount that they are to raise (`Dirt`), rad.
    pub all_dirt_rad: U256,
    /// Limit on the amount that running auctions of this collateral are to raise (`hole`), rad.
    pub hole_rad: U256,
    /// Amount that they are to raise (`dirt`), rad.
    pub dirt_rad: U256,
}

/// Debt and collateral sent to auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bark {
    /// Normalised debt removed from the vault (`dart`), wad.
    pub art_wad: U256,
    /// Collateral removed from the vault (`dink`), wad.
    pub ink_wad: U256,
    /// Debt transferred to the system (`due`), rad.
    pub due_rad: U256,
    /// Amount that the auction is to raise, penalty included, rad.
    pub tab_rad: U256,
}

impl Dog {
    /// Liquidates a vault, completely or as far as the limits permit: `Dog.bark`.
    ///
    /// # Errors
    /// [`AuctionError`] if the contract would revert.
    pub fn bark(&self, vault: &Vault) -> Result<Bark, AuctionError> {
        let Vault { ink_wad, art_wad } = *vault;
        let secured = mul(ink_wad, self.spot_ray)?;
        if self.spot_ray.is_zero() || secured >= mul(art_wad, self.rate_ray)? {
            return Err(AuctionError::NotUnsafe);
        }
        let barked_art = self.art_barked(art_wad)?;
        let barked_ink = div(mul(ink_wad, barked_art)?, art_wad)?;
        if barked_ink.is_zero() {
            return Err(AuctionError::NullAuction);
        }
        let due_rad = mul(barked_art, self.rate_ray)?;
        let tab_rad = div(mul(due_rad, self.chop_wad)?, WAD)?;
        Ok(Bark { art_wad: barked_art, ink_wad: barked_ink, due_rad, tab_rad })
    }

    fn art_barked(&self, art_wad: U256) -> Result<U256, AuctionError> {
        let available = self.available_rad()?;
        let fits = div(div(mul(available, WAD)?, self.rate_ray)?, self.chop_wad)?;
        if fits >= art_wad {
            return Ok(art_wad);
        }
        // A vault whose remainder would be dust is liquidated completely, above the limit.
        if mul(sub(art_wad, fits)?, self.rate_ray)? < self.dust_rad {
            return Ok(art_wad);
        }
        let (due_rad, dust_rad) = (mul(fits, self.rate_ray)?, self.dust_rad);
        if due_rad < dust_rad {
            return Err(AuctionError::DustyAuction { due_rad, dust_rad });
        }
        Ok(fits)
    }

    /// Amount that further auctions may raise, rad.
    fn available_rad(&self) -> Result<U256, AuctionError> {
        let limits = [(self.all_hole_rad, self.all_dirt_rad), (self.hole_rad, self.dirt_rad)];
        let mut available = U256::MAX;
        for (hole_rad, dirt_rad) in limits {
            if hole_rad <= dirt_rad {
                return Err(AuctionError::LiquidationLimitHit { dirt_rad, hole_rad });
            }
            available = available.min(sub(hole_rad, dirt_rad)?);
        }
        Ok(available)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed_point::maker::RAY;
    use crate::fixed_point::uint;
    use crate::maker::fixtures::dai;

    /// ETH at 1,300 DAI with `mat` at 1.3, and a rate of 1.
    fn dog() -> Dog {
        Dog {
            rate_ray: RAY,
            spot_ray: uint(1_000) * RAY,
            dust_rad: dai(15_000),
            chop_wad: uint(113) * WAD / uint(100),
            all_hole_rad: dai(100_000_000),
            all_dirt_rad: U256::ZERO,
            hole_rad: dai(8_000_000),
            dirt_rad: U256::ZERO,
        }
    }

    fn vault(debt: u128) -> Vault {
        Vault { ink_wad: uint(100) * WAD, art_wad: uint(debt) * WAD }
    }

    /// Debt liquidated, in DAI, if auctions may raise `available` more, in DAI.
    fn barked_debt(debt: u128, available: u128) -> Result<u128, AuctionError> {
        let dog = Dog { dirt_rad: dai(8_000_000 - available), ..dog() };
        Ok((dog.bark(&vault(debt))?.art_wad / WAD).to())
    }

    #[test]
    fn unsafe_vault_is_liquidated_in_full_with_a_penalty() {
        let bark = dog().bark(&vault(100_001)).unwrap();
        assert_eq!((bark.ink_wad, bark.due_rad), (uint(100) * WAD, dai(100_001)));
        assert_eq!(bark.tab_rad, dai(11_300_113) / uint(100));
        assert_eq!(dog().bark(&vault(100_000)), Err(AuctionError::NotUnsafe));
    }

    #[test]
    fn vault_is_liquidated_partially_within_the_limit() {
        assert_eq!(barked_debt(113_000, 56_500), Ok(50_000));
        let dog = Dog { all_dirt_rad: dai(100_000_000 - 56_500), ..dog() };
        let bark = dog.bark(&vault(125_000)).unwrap();
        assert_eq!(bark.art_wad, uint(50_000) * WAD);
        assert_eq!(bark.ink_wad, uint(40) * WAD);
    }

    #[test]
    fn neither_a_vault_nor_an_auction_is_left_dusty() {
        // Room of 113,000 permits 100,000 of debt, which leaves dust of 14,000.
        assert_eq!(barked_debt(114_000, 113_000), Ok(114_000));
        assert_eq!(barked_debt(115_000, 113_000), Ok(100_000));
        let refused = AuctionError::DustyAuction { due_rad: dai(10_000), dust_rad: dai(15_000) };
        assert_eq!(barked_debt(115_000, 11_300), Err(refused));
        let hole = dai(8_000_000);
        let refused = AuctionError::LiquidationLimitHit { dirt_rad: hole, hole_rad: hole };
        assert_eq!(barked_debt(115_000, 0), Err(refused));
    }
}
