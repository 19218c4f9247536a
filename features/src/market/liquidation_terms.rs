//! What a liquidation in a market costs and earns, and whether the protocol's rules permit it.

use plimsoll_lake::tables::MarketAsset;
use plimsoll_lending::CollateralSale;

use super::Market;
use super::liquidation_halt::LiquidationHalt;

/// Base fee where no blocks are known, gwei: a typical one on Ethereum since EIP-1559.
const DEFAULT_BASE_FEE_GWEI: f64 = 20.0;
/// Price of ether where a market does not have it, USD.
const DEFAULT_ETHER_USD: f64 = 2_000.0;
/// Symbols of ether.
const ETHER_SYMBOLS: [&str; 2] = ["WETH", "ETH"];
const ETHER_PER_GWEI: f64 = 1e-9;
/// A transaction does not cost less, USD, so that a ratio to its cost is finite.
const MIN_GAS_COST_USD: f64 = 1e-4;
/// Stands for a halt without a known end, hours.
const MAX_HALT_HOURS: f64 = 720.0;

impl Market {
    /// Cost of the gas of a liquidation transaction, USD: the protocol's typical gas, at the base fee of
    /// the last whole hour and the latest published price of ether.
    pub(crate) fn liquidation_gas_cost_usd(&self, time_s: i64) -> f64 {
        let gwei = self.base_fees.hourly_gwei(time_s).unwrap_or(DEFAULT_BASE_FEE_GWEI);
        let is_ether = |asset: &MarketAsset| ETHER_SYMBOLS.contains(&asset.symbol());
        let ether: Vec<usize> =
            (0..self.feeds.len()).filter(|asset| is_ether(&self.assets()[*asset])).collect();
        // Any token may have that symbol.
        let ether = if let [only] = ether.as_slice() { Some(*only) } else { None };
        let ether_usd = ether.map(|asset| self.feeds[asset].price_at(time_s));
        let ether_usd = ether_usd.filter(|usd| usd.is_finite()).unwrap_or(DEFAULT_ETHER_USD);
        let gas = liquidation_gas(&self.id.protocol);
        (gas * gwei * ETHER_PER_GWEI * ether_usd).max(MIN_GAS_COST_USD)
    }

    /// The largest profit before gas of a liquidation, USD, whose collateral is sold in the best of the
    /// pools known at the last whole hour, at `price_usd` before the sale; without a known pool a sale
    /// costs nothing.
    pub(crate) fn liquidation_profit_usd(
        &self,
        sale: &CollateralSale,
        collateral: usize,
        price_usd: f64,
        time_s: i64,
    ) -> f64 {
        let mut best = None;
        self.pool_depth.visit_sale_costs(collateral, price_usd, time_s, |pool| {
            let profit_usd = sale.max_profit_usd(pool);
            best = Some(best.map_or(profit_usd, |best: f64| best.max(profit_usd)));
        });
        best.unwrap_or_else(|| sale.max_profit_usd(&[]))
    }

    /// Why, and until when, the protocol's rules permit no liquidation of any pair of these assets, of
    /// an account with a health factor, at `time_s`; `None` if they permit one.
    pub(crate) fn liquidation_halt(
        &self,
        collateral: impl Iterator<Item = usize>,
        debt: impl Iterator<Item = usize>,
        health_factor: f64,
        time_s: i64,
    ) -> Option<LiquidationHalt> {
        let halts = self.parameters.halts(time_s);
        let halt = |asset: usize| halts[asset].halt(asset, time_s);
        // A pair is halted as long as one of its assets is; a liquidator chooses the pair.
        let collateral = first_to_end(collateral.map(halt));
        let pair = LiquidationHalt::later(collateral, first_to_end(debt.map(halt)));
        let sentinel = self.parameters.sentinel(time_s).halt(health_factor, time_s);
        LiquidationHalt::later(pair, sentinel)
    }

    /// ln of the base fee of the latest block over its weekly median; NaN without blocks.
    pub(crate) fn log_base_fee_now_over_median(&self, time_s: i64) -> f64 {
        self.base_fees.log_now_over_median(time_s)
    }

    /// Mean of [`depth_tokens`](Self::depth_tokens) over the last week; NaN without a pool.
    pub(crate) fn mean_depth_tokens(&self, asset: usize, time_s: i64) -> f64 {
        self.pool_depth.mean_depth_tokens(asset, time_s)
    }

    /// Number of prices of an asset published after `from_s`, up to `until_s`.
    pub(crate) fn price_updates(&self, asset: usize, from_s: i64, until_s: i64) -> usize {
        self.feeds[asset].updates(from_s, until_s)
    }
}

/// Hours from `time_s` until a halt ends: 0 without a halt, 720 at most and without a known end.
pub(crate) fn halt_hours(halt: Option<&LiquidationHalt>, time_s: i64) -> f64 {
    halt.map_or(0.0, |halt| halt.hours_left(time_s).min(MAX_HALT_HOURS))
}

/// The first of some halts to end; `None` if one of the assets is not halted.
fn first_to_end(halts: impl Iterator<Item = Option<LiquidationHalt>>) -> Option<LiquidationHalt> {
    let all: Option<Vec<LiquidationHalt>> = halts.collect();
    all?.into_iter().min_by_key(|halt| halt.until_s.unwrap_or(i64::MAX))
}

/// Typical gas of a liquidation and of the sale of the seized collateral in one transaction; round
/// figures, not measured per market.
fn liquidation_gas(protocol: &str) -> f64 {
    match protocol {
        // `Dog.bark`, `Clipper.take` with a callback that sells, and the keeper's settlement.
        "maker" => 650_000.0,
        "morpho-blue" => 400_000.0,
        // `Pool.liquidationCall` with a flash loan and a swap.
        _ => 550_000.0,
    }
}
