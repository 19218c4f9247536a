//! From Morpho Blue's logs to rows.

use std::collections::HashMap;

use alloy_primitives::{Address, B256, U256};
use plimsoll_lake::tables::{OraclePrice, kind, parameter, side};

use super::events::Morpho::{AccrueInterest, CreateMarket, Liquidate, MorphoEvents};
use super::totals::{Side, Totals};
use crate::chain::adapter::read;
use crate::chain::adapter::token::Token;
use crate::chain::context::{Change, Context, Interest};
use plimsoll_rpc::Header;
use plimsoll_rpc::Log;
use plimsoll_lake::{MarketName}; use crate::chain::place::{Place, time};
use plimsoll_lake::{Rows}; use crate::chain::rows::{exact};
use crate::chain::stream::{Decoder, Fault, Registers, Sample};

/// The unit of rates, thresholds and fees.
const WAD: f64 = 1e18;
/// Interest is paid by the second, in years of 365 days.
const SECONDS_PER_YEAR: f64 = 365.0 * 86_400.0;
/// `ConstantsLib.MAX_LIQUIDATION_INCENTIVE_FACTOR` and `LIQUIDATION_CURSOR`.
const MAX_LIQUIDATION_INCENTIVE: f64 = 1.15;
const LIQUIDATION_CURSOR: f64 = 0.3;
/// Where the one who gets the protocol's share of interest is remembered.
const FEE_RECIPIENT: Address = Address::with_last_byte(3);
/// An oracle's price has 36 decimals more than the loan asset has over the collateral.
const PRICE_DECIMALS: i32 = 36;

/// One market: what is lent against what.
#[derive(Debug, Clone)]
pub(super) struct IsolatedMarket {
    pub(super) name: MarketName,
    pub(super) loan: (Address, Token),
    pub(super) collateral: (Address, Token),
    pub(super) oracle: Address,
    pub(super) from_block: u64,
}

/// Everything that Morpho Blue's logs are read with.
pub(super) struct MorphoDecoder {
    /// In the order of the probes.
    markets: Vec<IsolatedMarket>,
    places: HashMap<B256, usize>,
}

impl MorphoDecoder {
    pub(super) fn new(markets: Vec<(B256, IsolatedMarket)>) -> Self {
        let places = markets.iter().enumerate().map(|(i, (id, _))| (*id, i)).collect();
        let markets = markets.into_iter().map(|(_, market)| market).collect();
        Self { markets, places }
    }
}

impl Decoder for MorphoDecoder {
    fn decode(
        &mut self,
        log: &Log,
        header: &Header,
        registers: &mut Registers,
        rows: &mut Rows,
    ) -> Result<(), Fault> {
        let Some(event) = read::<MorphoEvents>(log)? else { return Ok(()) };
        if let MorphoEvents::SetFeeRecipient(e) = &event {
            let word = U256::from_be_bytes(e.newFeeRecipient.into_word().0);
            registers.set(FEE_RECIPIENT, B256::ZERO, [word, U256::ZERO, U256::ZERO]);
            return Ok(());
        }
        // The market's id is the first parameter of every other event.
        let id = log.topics.get(1).copied().unwrap_or_default();
        let Some(place) = self.places.get(&id) else { return Ok(()) };
        let market = &self.markets[*place];
        let context = Context { name: &market.name, place: Place::of(log, header), rows };
        Entry { context, market, totals: Totals { registers, market: id } }.add(event)
    }

    fn sample(&mut self, sample: &Sample, header: &Header, rows: &mut Rows) {
        let market = &self.markets[sample.probe];
        let returned = sample.returned.as_ref().filter(|returned| returned.len() == 32);
        let Some(returned) = returned else { return };
        let decimals = market.loan.1.decimals as i32 - market.collateral.1.decimals as i32;
        let unit = 10_f64.powi(PRICE_DECIMALS + decimals);
        let price = f64::from(U256::from_be_slice(returned)) / unit;
        if price > 0.0 {
            let (source, asset) = (market.name.price_source(), &market.collateral.1.symbol);
            let row = OraclePrice::spot(&source, asset, time(header), price);
            rows.oracle_prices.push(OraclePrice { block: Some(header.number), ..row });
        }
    }
}

/// One log of one market.
struct Entry<'a> {
    context: Context<'a>,
    market: &'a IsolatedMarket,
    totals: Totals<'a>,
}

impl Entry<'_> {
    fn add(mut self, event: MorphoEvents) -> Result<(), Fault> {
        let (loan, pledged) = (&self.market.loan.1, &self.market.collateral.1);
        match event {
            MorphoEvents::CreateMarket(e) => self.created(&e),
            MorphoEvents::SupplyCollateral(e) => {
                self.context.position(kind::DEPOSIT, e.onBehalf, (pledged, e.assets))?;
                self.collateral(e.onBehalf, exact(e.assets)?);
                Ok(())
            }
            MorphoEvents::WithdrawCollateral(e) => {
                self.context.position(kind::WITHDRAW, e.onBehalf, (pledged, e.assets))?;
                self.collateral(e.onBehalf, -exact(e.assets)?);
                Ok(())
            }
            MorphoEvents::Borrow(e) => {
                self.context.position(kind::BORROW, e.onBehalf, (loan, e.assets))?;
                self.totals.add(Side::Borrow, e.assets, e.shares)?;
                self.balance(e.onBehalf, side::DEBT, exact(e.shares)?, exact(e.assets)?);
                Ok(())
            }
            MorphoEvents::Repay(e) => {
                self.context.position(kind::REPAY, e.onBehalf, (loan, e.assets))?;
                self.totals.remove(Side::Borrow, e.assets, e.shares)?;
                self.balance(e.onBehalf, side::DEBT, -exact(e.shares)?, -exact(e.assets)?);
                Ok(())
            }
            MorphoEvents::Supply(e) => {
                self.totals.add(Side::Supply, e.assets, e.shares)?;
                self.balance(e.onBehalf, side::SUPPLY, exact(e.shares)?, exact(e.assets)?);
                Ok(())
            }
            MorphoEvents::Withdraw(e) => {
                self.totals.remove(Side::Supply, e.assets, e.shares)?;
                self.balance(e.onBehalf, side::SUPPLY, -exact(e.shares)?, -exact(e.assets)?);
                Ok(())
            }
            MorphoEvents::Liquidate(e) => self.liquidated(&e),
            MorphoEvents::AccrueInterest(e) => self.accrued(&e),
            MorphoEvents::SetFee(e) => {
                self.totals.set_fee(e.newFee);
                let fee = exact(e.newFee)? as f64 / WAD;
                self.context.parameter(&loan.symbol, "reserve_factor".to_owned(), fee);
                Ok(())
            }
            MorphoEvents::SetFeeRecipient(_) => Ok(()),
        }
    }

    /// Threshold and bonus never change: `ConstantsLib`, `Morpho._isHealthy`, `Morpho.liquidate`.
    fn created(&mut self, event: &CreateMarket) -> Result<(), Fault> {
        let threshold = exact(event.marketParams.lltv)? as f64 / WAD;
        let incentive = 1.0 / (1.0 - LIQUIDATION_CURSOR * (1.0 - threshold));
        let bonus = incentive.min(MAX_LIQUIDATION_INCENTIVE) - 1.0;
        let asset = &self.market.collateral.1.symbol;
        let mut put = |name: &str, value| self.context.parameter(asset, name.to_owned(), value);
        put(parameter::LIQUIDATION_THRESHOLD, threshold);
        put(parameter::MAX_LTV, threshold);
        put(parameter::LIQUIDATION_BONUS, bonus);
        self.interest(0.0)
    }

    fn liquidated(&mut self, event: &Liquidate) -> Result<(), Fault> {
        let (loan, pledged) = (&self.market.loan.1, &self.market.collateral.1);
        self.context.liquidation(
            (event.borrower, event.caller),
            (pledged, event.seizedAssets),
            (loan, event.repaidAssets),
        )?;
        self.totals.remove(Side::Borrow, event.repaidAssets, event.repaidShares)?;
        self.totals.remove(Side::Borrow, event.badDebtAssets, event.badDebtShares)?;
        self.totals.remove(Side::Supply, event.badDebtAssets, U256::ZERO)?;
        let shares = exact(event.repaidShares)? + exact(event.badDebtShares)?;
        let assets = exact(event.repaidAssets)? + exact(event.badDebtAssets)?;
        self.balance(event.borrower, side::DEBT, -shares, -assets);
        self.collateral(event.borrower, -exact(event.seizedAssets)?);
        Ok(())
    }

    fn accrued(&mut self, event: &AccrueInterest) -> Result<(), Fault> {
        self.totals.add(Side::Borrow, event.interest, U256::ZERO)?;
        self.totals.add(Side::Supply, event.interest, event.feeShares)?;
        if !event.feeShares.is_zero() {
            let [recipient, ..] = self.totals.registers.get(FEE_RECIPIENT, B256::ZERO);
            let recipient = Address::from_word(recipient.into());
            let (shares, fee) = (exact(event.feeShares)?, self.totals.get(Side::Supply).fee);
            let assets = event.interest.saturating_mul(fee) / U256::from(WAD as u64);
            self.balance(recipient, side::SUPPLY, shares, exact(assets)?);
        }
        self.interest(exact(event.prevBorrowRate)? as f64 / WAD * SECONDS_PER_YEAR)
    }

    /// Writes what shares are worth, and the yearly rate that brought them there.
    fn interest(&mut self, borrow_rate: f64) -> Result<(), Fault> {
        let (borrow, supply) = (self.totals.get(Side::Borrow), self.totals.get(Side::Supply));
        let used = f64::from(borrow.assets) / f64::from(supply.assets).max(1.0);
        let kept = 1.0 - f64::from(supply.fee) / WAD;
        let interest = Interest {
            liquidity_index: exact(supply.index())?,
            borrow_index: exact(borrow.index())?,
            liquidity_rate: borrow_rate * used * kept,
            borrow_rate,
        };
        self.context.interest(&self.market.loan.1, interest);
        Ok(())
    }

    fn collateral(&mut self, owner: Address, amount: i128) {
        let change = Change { scaled: amount, amount };
        self.context.balance(owner, &self.market.collateral.1, side::COLLATERAL, change);
    }

    fn balance(&mut self, owner: Address, side: &str, scaled: i128, amount: i128) {
        self.context.balance(owner, &self.market.loan.1, side, Change { scaled, amount });
    }
}
