//! Purchases from running auctions. Source: `clip.sol`.

use ruint::aliases::U256;

use super::clipper::Clipper;
use super::error::AuctionError;
use super::sale::Sale;
use crate::fixed_point::{ArithmeticError, add, div, mul, sub};

/// Amounts moved by a purchase, and the auction afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// Price paid, DAI per token, ray.
    pub price_ray: U256,
    /// DAI paid (`owe`), rad.
    pub owe_rad: U256,
    /// Collateral bought (`slice`), wad.
    pub slice_wad: U256,
    /// The auction afterwards; `None` if it has ended.
    pub left: Option<Sale>,
    /// Collateral returned to the vault's owner because `tab` is raised, wad.
    pub returned_wad: U256,
    /// Reduction of the amount that auctions are to raise (`Dog.digs`), rad. It exceeds the payment if
    /// the lot is sold out and the rest of `tab` is lost.
    pub dug_rad: U256,
}

impl Clipper {
    /// Buys up to `amount_wad` at no more than `max_ray`: `Clipper.take`.
    ///
    /// # Errors
    /// [`AuctionError`] if the contract would revert.
    pub fn take(
        &self,
        sale: &Sale,
        amount_wad: U256,
        max_ray: U256,
        now_s: u64,
    ) -> Result<Take, AuctionError> {
        let status = self.status(sale, now_s)?;
        let price_ray = status.price_ray;
        if status.needs_redo {
            return Err(AuctionError::NeedsReset);
        }
        if max_ray < price_ray {
            return Err(AuctionError::TooExpensive { price_ray, max_ray });
        }
        let (owe_rad, slice_wad) = self.owe_and_slice(sale, amount_wad, price_ray)?;
        Ok(Take::new(sale, price_ray, owe_rad, slice_wad)?)
    }

    /// The payment and the collateral bought.
    fn owe_and_slice(
        &self,
        sale: &Sale,
        amount_wad: U256,
        price_ray: U256,
    ) -> Result<(U256, U256), AuctionError> {
        let Sale { tab_rad, lot_wad, .. } = *sale;
        let slice_wad = amount_wad.min(lot_wad);
        let owe_rad = mul(slice_wad, price_ray)?;
        if owe_rad > tab_rad {
            return Ok((tab_rad, div(tab_rad, price_ray)?));
        }
        let leaves_dust =
            owe_rad < tab_rad && slice_wad < lot_wad && sub(tab_rad, owe_rad)? < self.chost_rad;
        if !leaves_dust {
            return Ok((owe_rad, slice_wad));
        }
        let chost_rad = self.chost_rad;
        if tab_rad <= chost_rad {
            return Err(AuctionError::NoPartialPurchase { tab_rad, chost_rad });
        }
        let owe_rad = sub(tab_rad, chost_rad)?;
        Ok((owe_rad, div(owe_rad, price_ray)?))
    }
}

impl Take {
    fn new(
        sale: &Sale,
        price_ray: U256,
        owe_rad: U256,
        slice_wad: U256,
    ) -> Result<Self, ArithmeticError> {
        let tab_rad = sub(sale.tab_rad, owe_rad)?;
        let lot_wad = sub(sale.lot_wad, slice_wad)?;
        let over = lot_wad.is_zero() || tab_rad.is_zero();
        Ok(Self {
            price_ray,
            owe_rad,
            slice_wad,
            left: (!over).then_some(Sale { tab_rad, lot_wad, ..*sale }),
            returned_wad: if over { lot_wad } else { U256::ZERO },
            dug_rad: if lot_wad.is_zero() { add(tab_rad, owe_rad)? } else { owe_rad },
        })
    }

    /// Part of `tab` that cannot be raised any more, rad; a loss where it exceeds the penalty.
    #[must_use]
    pub fn unraised_rad(&self) -> U256 {
        self.dug_rad.saturating_sub(self.owe_rad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed_point::maker::{RAY, WAD};
    use crate::fixed_point::uint;
    use crate::maker::fixtures::{dai, eth_b, kick};

    /// A purchase at the start, at 3,900 DAI.
    fn take(sale: &Sale, milli_eth: u128) -> Result<Take, AuctionError> {
        eth_b().take(sale, uint(milli_eth) * WAD / uint(1_000), U256::MAX, sale.tic_s)
    }

    #[test]
    fn partial_purchase_pays_the_current_price() {
        let found = take(&kick().sale, 10_000).unwrap();
        assert_eq!((found.owe_rad, found.slice_wad), (dai(39_000), uint(10) * WAD));
        let left = Sale { tab_rad: dai(74_000), lot_wad: uint(40) * WAD, ..kick().sale };
        assert_eq!((found.left, found.dug_rad), (Some(left), dai(39_000)));
    }

    #[test]
    fn payment_is_limited_by_tab_and_the_rest_is_returned() {
        let found = take(&kick().sale, 50_000).unwrap();
        assert_eq!((found.owe_rad, found.left), (dai(113_000), None));
        assert_eq!(found.slice_wad + found.returned_wad, uint(50) * WAD);
        assert_eq!(found.slice_wad, uint(113_000) * WAD / uint(3_900));
        assert!(found.unraised_rad().is_zero());
    }

    #[test]
    fn purchase_that_would_leave_dust_is_reduced() {
        let found = take(&kick().sale, 28_000).unwrap();
        assert_eq!(found.owe_rad, dai(113_000 - 16_950));
        assert_eq!(found.left.unwrap().tab_rad, eth_b().chost_rad);
    }

    #[test]
    fn dust_sells_only_in_full() {
        let sale = Sale { tab_rad: dai(16_950), ..kick().sale };
        let chost_rad = dai(16_950);
        let refused = AuctionError::NoPartialPurchase { tab_rad: chost_rad, chost_rad };
        assert_eq!(take(&sale, 1_000), Err(refused));
        assert_eq!(take(&sale, 50_000).unwrap().owe_rad, dai(16_950));
    }

    #[test]
    fn sold_out_lot_loses_the_unraised_debt() {
        let sale = Sale { lot_wad: uint(10) * WAD, ..kick().sale };
        let found = take(&sale, 10_000).unwrap();
        assert_eq!((found.left, found.dug_rad), (None, dai(113_000)));
        assert_eq!(found.unraised_rad(), dai(74_000));
    }

    #[test]
    fn high_price_and_expired_auction_are_rejected() {
        let (clipper, sale) = (eth_b(), kick().sale);
        let max_ray = uint(3_899) * RAY;
        let refused = AuctionError::TooExpensive { price_ray: sale.top_ray, max_ray };
        assert_eq!(clipper.take(&sale, WAD, max_ray, 1_000), Err(refused));
        assert_eq!(clipper.take(&sale, WAD, U256::MAX, 9_500), Err(AuctionError::NeedsReset));
    }
}
