//! Decodes Morpho Blue's logs into rows.

use std::collections::HashMap;

use alloy_primitives::{Address, B256, U256};
use plimsoll_lake::tables::{OraclePrice, kind, parameter, side};
use plimsoll_lake::{DecodedRows, MarketKey};
use plimsoll_rpc::{Header, Log};

use super::events::Morpho::{AccrueInterest, CreateMarket, Liquidate, MorphoEvents};
use super::totals::{MarketSide, MarketTotals};
use crate::chain::adapter::events::decode_event;
use crate::chain::decode::decoder::Decoder;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::exact_amount;
use crate::chain::decode::log_position::{LogPosition, block_time};
use crate::chain::decode::probe::Sample;
use crate::chain::decode::row_builder::{BalanceDelta, ReserveInterest, RowBuilder};
use crate::chain::decode::state::DecoderState;
use crate::chain::decode::token::Token;

/// The unit of rates, thresholds and fees.
const WAD: f64 = 1e18;
/// A year of 365 days, in which rates are given.
const SECONDS_PER_YEAR: f64 = 365.0 * 86_400.0;
/// `ConstantsLib.MAX_LIQUIDATION_INCENTIVE_FACTOR` and `LIQUIDATION_CURSOR`.
const MAX_LIQUIDATION_INCENTIVE: f64 = 1.15;
const LIQUIDATION_CURSOR: f64 = 0.3;
/// The key of the fee recipient in the decoder's state.
const FEE_RECIPIENT: Address = Address::with_last_byte(3);
/// An oracle's price has 36 decimals more than the loan asset has over the collateral.
const PRICE_DECIMALS: i32 = 36;

/// One market: its loan and collateral assets.
#[derive(Debug, Clone)]
pub(super) struct IsolatedMarket {
    pub(super) key: MarketKey,
    pub(super) loan: Token,
    pub(super) collateral: Token,
    pub(super) oracle: Address,
    pub(super) from_block: u64,
}

/// The decoder of Morpho Blue's markets.
pub(super) struct MorphoDecoder {
    /// The contract; logs of others only trigger calls of oracles, which anybody may deploy.
    contract: Address,
    /// In the order of the probes.
    markets: Vec<IsolatedMarket>,
    index_by_id: HashMap<B256, usize>,
}

impl MorphoDecoder {
    pub(super) fn new(contract: Address, markets: Vec<(B256, IsolatedMarket)>) -> Self {
        let index_by_id = markets.iter().enumerate().map(|(i, (id, _))| (*id, i)).collect();
        let markets = markets.into_iter().map(|(_, market)| market).collect();
        Self { contract, markets, index_by_id }
    }
}

impl Decoder for MorphoDecoder {
    fn decode(
        &mut self,
        log: &Log,
        header: &Header,
        state: &mut DecoderState,
        rows: &mut DecodedRows,
    ) -> Result<(), DecodeError> {
        if log.address != self.contract {
            return Ok(());
        }
        let Some(event) = decode_event::<MorphoEvents>(log)? else { return Ok(()) };
        if let MorphoEvents::SetFeeRecipient(e) = &event {
            let word = U256::from_be_bytes(e.newFeeRecipient.into_word().0);
            state.set(FEE_RECIPIENT, B256::ZERO, [word, U256::ZERO, U256::ZERO]);
            return Ok(());
        }
        // The market's id is the first parameter of every other event.
        let id = log.topics.get(1).copied().unwrap_or_default();
        let Some(index) = self.index_by_id.get(&id) else { return Ok(()) };
        let market = &self.markets[*index];
        let context =
            RowBuilder { key: &market.key, position: LogPosition::new(log, header), rows };
        MarketLog { rows: context, market, totals: MarketTotals { state, market: id } }
            .decode(event)
    }

    fn decode_sample(&mut self, sample: &Sample, header: &Header, rows: &mut DecodedRows) {
        let market = &self.markets[sample.probe];
        let returned = sample.returned.as_ref().filter(|returned| returned.len() == 32);
        let Some(returned) = returned else { return };
        // Without the tokens' units an oracle's answer is no price.
        let (Some(loan), Some(collateral)) = (market.loan.decimals, market.collateral.decimals)
        else {
            return;
        };
        let decimals = loan as i32 - collateral as i32;
        let unit = 10_f64.powi(PRICE_DECIMALS + decimals);
        let price = f64::from(U256::from_be_slice(returned)) / unit;
        if price > 0.0 {
            let (source, asset) = (market.key.price_source(), &market.collateral.id);
            let row = OraclePrice::spot(&source, asset, block_time(header), price);
            rows.oracle_prices.push(OraclePrice { block: Some(header.number), ..row });
        }
    }
}

/// One log of one market.
struct MarketLog<'a> {
    rows: RowBuilder<'a>,
    market: &'a IsolatedMarket,
    totals: MarketTotals<'a>,
}

impl MarketLog<'_> {
    fn decode(mut self, event: MorphoEvents) -> Result<(), DecodeError> {
        let (loan, pledged) = (&self.market.loan, &self.market.collateral);
        match event {
            MorphoEvents::CreateMarket(e) => self.on_create_market(&e),
            MorphoEvents::SupplyCollateral(e) => {
                self.rows.push_position_event(kind::DEPOSIT, e.onBehalf, (pledged, e.assets))?;
                self.push_collateral(e.onBehalf, exact_amount(e.assets)?);
                Ok(())
            }
            MorphoEvents::WithdrawCollateral(e) => {
                self.rows.push_position_event(kind::WITHDRAW, e.onBehalf, (pledged, e.assets))?;
                self.push_collateral(e.onBehalf, -exact_amount(e.assets)?);
                Ok(())
            }
            MorphoEvents::Borrow(e) => {
                self.rows.push_position_event(kind::BORROW, e.onBehalf, (loan, e.assets))?;
                self.totals.add(MarketSide::Borrow, e.assets, e.shares)?;
                self.push_increase(e.onBehalf, side::DEBT, e.shares, e.assets)
            }
            MorphoEvents::Repay(e) => {
                self.rows.push_position_event(kind::REPAY, e.onBehalf, (loan, e.assets))?;
                self.totals.remove(MarketSide::Borrow, e.assets, e.shares)?;
                self.push_decrease(e.onBehalf, side::DEBT, e.shares, e.assets)
            }
            MorphoEvents::Supply(e) => {
                self.totals.add(MarketSide::Supply, e.assets, e.shares)?;
                self.push_increase(e.onBehalf, side::SUPPLY, e.shares, e.assets)
            }
            MorphoEvents::Withdraw(e) => {
                self.totals.remove(MarketSide::Supply, e.assets, e.shares)?;
                self.push_decrease(e.onBehalf, side::SUPPLY, e.shares, e.assets)
            }
            MorphoEvents::Liquidate(e) => self.on_liquidate(&e),
            MorphoEvents::AccrueInterest(e) => self.on_accrue_interest(&e),
            MorphoEvents::SetFee(e) => {
                self.totals.set_fee(e.newFee);
                let fee = exact_amount(e.newFee)? as f64 / WAD;
                self.rows.push_parameter(&loan.id, "reserve_factor".to_owned(), fee);
                Ok(())
            }
            MorphoEvents::SetFeeRecipient(_) => Ok(()),
        }
    }

    /// Threshold and bonus never change: `ConstantsLib`, `Morpho._isHealthy`, `Morpho.liquidate`.
    fn on_create_market(&mut self, event: &CreateMarket) -> Result<(), DecodeError> {
        let threshold = exact_amount(event.marketParams.lltv)? as f64 / WAD;
        let incentive = 1.0 / (1.0 - LIQUIDATION_CURSOR * (1.0 - threshold));
        let bonus = incentive.min(MAX_LIQUIDATION_INCENTIVE) - 1.0;
        let asset = &self.market.collateral.id;
        let mut put = |name: &str, value| self.rows.push_parameter(asset, name.to_owned(), value);
        put(parameter::LIQUIDATION_THRESHOLD, threshold);
        put(parameter::MAX_LTV, threshold);
        put(parameter::LIQUIDATION_BONUS, bonus);
        self.push_interest(0.0)
    }

    fn on_liquidate(&mut self, event: &Liquidate) -> Result<(), DecodeError> {
        let (loan, pledged) = (&self.market.loan, &self.market.collateral);
        self.rows.push_liquidation(
            (event.borrower, event.caller),
            (pledged, event.seizedAssets),
            (loan, event.repaidAssets),
        )?;
        self.totals.remove(MarketSide::Borrow, event.repaidAssets, event.repaidShares)?;
        self.totals.remove(MarketSide::Borrow, event.badDebtAssets, event.badDebtShares)?;
        self.totals.remove(MarketSide::Supply, event.badDebtAssets, U256::ZERO)?;
        let shares = exact_amount(event.repaidShares)? + exact_amount(event.badDebtShares)?;
        let assets = exact_amount(event.repaidAssets)? + exact_amount(event.badDebtAssets)?;
        self.push_balance(event.borrower, side::DEBT, -shares, -assets);
        self.push_collateral(event.borrower, -exact_amount(event.seizedAssets)?);
        Ok(())
    }

    fn on_accrue_interest(&mut self, event: &AccrueInterest) -> Result<(), DecodeError> {
        self.totals.add(MarketSide::Borrow, event.interest, U256::ZERO)?;
        self.totals.add(MarketSide::Supply, event.interest, event.feeShares)?;
        if !event.feeShares.is_zero() {
            let [recipient, ..] = self.totals.state.get(FEE_RECIPIENT, B256::ZERO);
            let recipient = Address::from_word(recipient.into());
            let (shares, fee) =
                (exact_amount(event.feeShares)?, self.totals.get(MarketSide::Supply).fee);
            let assets = event.interest.saturating_mul(fee) / U256::from(WAD as u64);
            self.push_balance(recipient, side::SUPPLY, shares, exact_amount(assets)?);
        }
        self.push_interest(exact_amount(event.prevBorrowRate)? as f64 / WAD * SECONDS_PER_YEAR)
    }

    /// Adds the value of shares, and the yearly rate.
    fn push_interest(&mut self, borrow_rate: f64) -> Result<(), DecodeError> {
        let (borrow, supply) =
            (self.totals.get(MarketSide::Borrow), self.totals.get(MarketSide::Supply));
        let used = f64::from(borrow.assets) / f64::from(supply.assets).max(1.0);
        let kept = 1.0 - f64::from(supply.fee) / WAD;
        let interest = ReserveInterest {
            liquidity_index: exact_amount(supply.share_index())?,
            borrow_index: exact_amount(borrow.share_index())?,
            liquidity_rate: borrow_rate * used * kept,
            borrow_rate,
        };
        self.rows.push_reserve_index(&self.market.loan, interest);
        Ok(())
    }

    fn push_collateral(&mut self, owner: Address, amount: i128) {
        let change = BalanceDelta { scaled: amount, amount };
        self.rows.push_balance_change(owner, &self.market.collateral, side::COLLATERAL, change);
    }

    fn push_increase(
        &mut self,
        owner: Address,
        side: &str,
        shares: U256,
        assets: U256,
    ) -> Result<(), DecodeError> {
        self.push_balance(owner, side, exact_amount(shares)?, exact_amount(assets)?);
        Ok(())
    }

    fn push_decrease(
        &mut self,
        owner: Address,
        side: &str,
        shares: U256,
        assets: U256,
    ) -> Result<(), DecodeError> {
        self.push_balance(owner, side, -exact_amount(shares)?, -exact_amount(assets)?);
        Ok(())
    }

    fn push_balance(&mut self, owner: Address, side: &str, scaled: i128, amount: i128) {
        self.rows.push_balance_change(
            owner,
            &self.market.loan,
            side,
            BalanceDelta { scaled, amount },
        );
    }
}
