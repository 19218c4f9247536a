//! Parameters of a collateral's auctions, and starting and restarting them. Source: `clip.sol`.

use ruint::aliases::U256;

use super::abacus::Abacus;
use super::error::AuctionError;
use super::sale::Sale;
use crate::fixed_point::maker::{r_div, r_mul, w_mul};
use crate::fixed_point::{ArithmeticError, add, mul, uint};

/// Factor between wad and ray.
const BLN: U256 = uint(1_000_000_000);

/// Parameters of one collateral's auctions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clipper {
    /// Starting price over the oracle price, ray (1.3).
    pub buf_ray: U256,
    /// Seconds after which an auction must be restarted.
    pub tail_s: u64,
    /// Share of the starting price below which an auction must be restarted, ray (.4).
    pub cusp_ray: U256,
    /// Incentive for starting or restarting an auction as a share of `tab`, wad (.001).
    pub chip_wad: U256,
    /// Fixed incentive for starting or restarting an auction, rad (300).
    pub tip_rad: U256,
    /// Minimum `tab` that a partial purchase must leave, rad: `dust` times `chop`.
    pub chost_rad: U256,
    /// Price decrease function.
    pub calc: Abacus,
}

/// An auction that was just started or restarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kick {
    /// The auction.
    pub sale: Sale,
    /// Incentive paid to the caller (`coin`), rad.
    pub incentive_rad: U256,
}

/// Status of an auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether the auction must be restarted before any purchase.
    pub needs_redo: bool,
    /// Current price, DAI per token, ray.
    pub price_ray: U256,
}

impl Clipper {
    /// `chost` from the minimum debt in rad and the penalty in wad: `Clipper.upchost`.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow.
    pub fn chost(dust_rad: U256, chop_wad: U256) -> Result<U256, ArithmeticError> {
        w_mul(dust_rad, chop_wad)
    }

    /// The oracle price in ray, from its value in wad and the reference `par` in ray:
    /// `Clipper.getFeedPrice`.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow.
    pub fn feed_price(value_wad: U256, par_ray: U256) -> Result<U256, ArithmeticError> {
        r_div(mul(value_wad, BLN)?, par_ray)
    }

    /// Starts an auction at the oracle price in ray: `Clipper.kick`.
    ///
    /// # Errors
    /// [`AuctionError`] if the contract would revert.
    pub fn kick(
        &self,
        tab_rad: U256,
        lot_wad: U256,
        feed_price_ray: U256,
        now_s: u64,
    ) -> Result<Kick, AuctionError> {
        check_not_zero("tab", tab_rad)?;
        check_not_zero("lot", lot_wad)?;
        let top_ray = self.top(feed_price_ray)?;
        let sale = Sale { tab_rad, lot_wad, tic_s: now_s, top_ray };
        Ok(Kick { sale, incentive_rad: self.incentive(tab_rad)? })
    }

    /// Restarts an auction that has lasted too long or whose price has fallen too far: `Clipper.redo`.
    ///
    /// # Errors
    /// [`AuctionError`] if the contract would revert.
    pub fn redo(
        &self,
        sale: &Sale,
        feed_price_ray: U256,
        now_s: u64,
    ) -> Result<Kick, AuctionError> {
        if !self.status(sale, now_s)?.needs_redo {
            return Err(AuctionError::CannotReset);
        }
        let top_ray = self.top(feed_price_ray)?;
        // No incentive is paid for an auction below `chost`.
        let worthwhile =
            sale.tab_rad >= self.chost_rad && mul(sale.lot_wad, feed_price_ray)? >= self.chost_rad;
        let incentive_rad = if worthwhile { self.incentive(sale.tab_rad)? } else { U256::ZERO };
        Ok(Kick { sale: Sale { tic_s: now_s, top_ray, ..*sale }, incentive_rad })
    }

    /// Status of an auction at a Unix second: `Clipper.getStatus`.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow, or for a second before the start.
    pub fn status(&self, sale: &Sale, now_s: u64) -> Result<Status, ArithmeticError> {
        let elapsed_s = now_s.checked_sub(sale.tic_s).ok_or(ArithmeticError::Underflow)?;
        let price_ray = self.calc.price(sale.top_ray, elapsed_s)?;
        let fallen = r_div(price_ray, sale.top_ray)? < self.cusp_ray;
        Ok(Status { needs_redo: elapsed_s > self.tail_s || fallen, price_ray })
    }

    /// Seconds from the start until the price of an auction first is at most `price_ray`; `None` if
    /// the auction must be restarted before that.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow.
    pub fn seconds_to_price(
        &self,
        sale: &Sale,
        price_ray: U256,
    ) -> Result<Option<u64>, ArithmeticError> {
        let asks_more = |elapsed_s| Ok(self.calc.price(sale.top_ray, elapsed_s)? > price_ray);
        let (mut early, mut late) = (0, self.tail_s);
        // Prices never rise, so bisection finds the second.
        while early < late {
            let middle = early + (late - early) / 2;
            if asks_more(middle)? { early = middle + 1 } else { late = middle }
        }
        let sold = !asks_more(early)? && !self.status(sale, sale.tic_s + early)?.needs_redo;
        Ok(sold.then_some(early))
    }

    fn top(&self, feed_price_ray: U256) -> Result<U256, AuctionError> {
        let top_ray = r_mul(feed_price_ray, self.buf_ray)?;
        check_not_zero("top price", top_ray)?;
        Ok(top_ray)
    }

    fn incentive(&self, tab_rad: U256) -> Result<U256, ArithmeticError> {
        add(self.tip_rad, w_mul(tab_rad, self.chip_wad)?)
    }
}

fn check_not_zero(quantity: &'static str, value: U256) -> Result<(), AuctionError> {
    if value.is_zero() { Err(AuctionError::Zero { quantity }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
