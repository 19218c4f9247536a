//! The cost of selling an asset into the pools of its chain, by hour.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, Pool, PoolLiquidity, Row};
use plimsoll_lake::{Filter, Store};
use plimsoll_lending::{ConcentratedPool, LendingError, PoolPrice, PoolToken, SaleCost};

use super::known_until::up_to;
use crate::error::FeatureError;
use crate::time::HOUR_S;

/// Costs, as shares of the value sold, at which the depth of a pool is measured.
const DEPTH_COSTS: [f64; 9] = [0.005, 0.01, 0.02, 0.05, 0.10, 0.20, 0.35, 0.50, 0.70];
/// Window of the mean depth, hours.
const MEAN_HOURS: usize = 168;
/// The index of 10 % in [`DEPTH_COSTS`].
const TEN_PERCENT_INDEX: usize = 4;

/// The depth of every pool that trades one of a market's assets.
#[derive(Debug)]
pub(super) struct PoolDepth {
    first_hour: i64,
    by_asset: Vec<Vec<AssetPoolDepth>>,
    /// By asset and hour, the mean over the last week of what the deepest pool takes at a cost of
    /// 10 %, tokens; NaN without a known pool.
    mean_tokens: Vec<Vec<f64>>,
}

/// The depth of one pool for one asset.
#[derive(Debug)]
struct AssetPoolDepth {
    fee: f64,
    /// By hour, tokens that can be sold at each of the costs; NaN if the pool is not known.
    sellable_tokens: Vec<[f32; DEPTH_COSTS.len()]>,
}

impl PoolDepth {
    /// Replays the pools over the hours given by the first and their number, up to `until`; a pool that
    /// cannot be read is logged, and counts as not known.
    pub(super) fn read(
        store: &Store,
        assets: &[MarketAsset],
        (first_hour, hours): (i64, usize),
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        let mut by_asset: Vec<_> = assets.iter().map(|_| Vec::new()).collect();
        let Some(chain) = assets.first().map(|asset| asset.chain.as_str()) else {
            return Ok(Self { first_hour, by_asset, mean_tokens: Vec::new() });
        };
        for pool in read_pools(store, chain)? {
            let traded = |asset| Some((asset, pool_token(&pool, &assets[asset])?));
            let traded: Vec<_> = (0..assets.len()).filter_map(traded).collect();
            if traded.is_empty() {
                continue;
            }
            let events = match read_events(store, &pool, until) {
                Ok(events) => events,
                Err(error) => {
                    tracing::warn!("pool {} is left out: {error}", pool.pool);
                    continue;
                }
            };
            let states = hourly_pools(&events, pool.fee, first_hour, hours);
            for (asset, (token, decimals)) in traded {
                let unit = 10_f64.powi(decimals.try_into().unwrap_or(i32::MAX));
                let sellable =
                    |state: &Option<ConcentratedPool>| sellable_tokens(state.as_ref(), token, unit);
                let tokens = states.iter().map(sellable).collect();
                by_asset[asset].push(AssetPoolDepth { fee: pool.fee, sellable_tokens: tokens });
            }
        }
        let mean_tokens = by_asset.iter().map(|pools| weekly_means(pools, hours)).collect();
        Ok(Self { first_hour, by_asset, mean_tokens })
    }

    /// The share of its value that a sale of `tokens` would lose in the cheapest pool, fee included; NaN
    /// without a pool.
    pub(super) fn selling_cost(&self, asset: usize, tokens: f64, time_s: i64) -> f64 {
        let cost = |(pool, depth): (&AssetPoolDepth, &[f32; DEPTH_COSTS.len()])| {
            pool.selling_cost(depth, tokens)
        };
        self.depths_at(asset, time_s).map(cost).fold(f64::NAN, f64::min)
    }

    /// The tokens that the deepest pool takes at a cost of 10 %; NaN without a pool.
    pub(super) fn depth_tokens(&self, asset: usize, time_s: i64) -> f64 {
        self.depths_at(asset, time_s)
            .map(|(_, depth)| f64::from(depth[TEN_PERCENT_INDEX]))
            .fold(f64::NAN, f64::max)
    }

    /// The mean of [`depth_tokens`](Self::depth_tokens) over the last 168 hours at which it is known;
    /// NaN if none is.
    pub(super) fn mean_depth_tokens(&self, asset: usize, time_s: i64) -> f64 {
        let hour = usize::try_from(time_s.div_euclid(HOUR_S) - self.first_hour).ok();
        hour.and_then(|hour| self.mean_tokens.get(asset)?.get(hour)).copied().unwrap_or(f64::NAN)
    }

    /// Calls `visit` with the costs of sales into each known pool of an asset, in USD at `price_usd`.
    pub(super) fn visit_sale_costs(
        &self,
        asset: usize,
        price_usd: f64,
        time_s: i64,
        mut visit: impl FnMut(&[SaleCost]),
    ) {
        for (pool, depth) in self.depths_at(asset, time_s).filter(|(_, depth)| !depth[0].is_nan()) {
            let mut costs = [SaleCost { sold_usd: 0.0, cost: pool.fee }; DEPTH_COSTS.len() + 1];
            let mut count = 1;
            let measured = depth.iter().zip(DEPTH_COSTS).filter(|(_, cost)| *cost > pool.fee);
            for (tokens, cost) in measured {
                costs[count] = SaleCost { sold_usd: f64::from(*tokens) * price_usd, cost };
                count += 1;
            }
            visit(&costs[..count]);
        }
    }

    fn depths_at(
        &self,
        asset: usize,
        time_s: i64,
    ) -> impl Iterator<Item = (&AssetPoolDepth, &[f32; DEPTH_COSTS.len()])> {
        let hour = usize::try_from(time_s.div_euclid(HOUR_S) - self.first_hour).ok();
        let pools = self.by_asset[asset].iter();
        pools.filter_map(move |pool| Some((pool, pool.sellable_tokens.get(hour?)?)))
    }
}

impl AssetPoolDepth {
    /// Between the measured costs, the cost is linear in the amount; tokens beyond the last are sold for
    /// nothing.
    fn selling_cost(&self, depth: &[f32; DEPTH_COSTS.len()], tokens: f64) -> f64 {
        if depth[0].is_nan() {
            return f64::NAN;
        }
        let (mut sold, mut cost) = (0.0, self.fee);
        let measured = depth.iter().map(|tokens| f64::from(*tokens)).zip(DEPTH_COSTS);
        for (until, next) in measured.filter(|(_, next)| *next > self.fee) {
            if tokens < until {
                return cost + (next - cost) * (tokens - sold) / (until - sold);
            }
            (sold, cost) = (until, next);
        }
        if tokens > 0.0 { 1.0 - (1.0 - cost) * sold / tokens } else { self.fee }
    }
}

/// By hour, the mean of the deepest pool's tokens at a cost of 10 % over the known hours of a week.
fn weekly_means(pools: &[AssetPoolDepth], hours: usize) -> Vec<f64> {
    let deepest = |hour: usize| {
        let depths =
            pools.iter().map(|pool| f64::from(pool.sellable_tokens[hour][TEN_PERCENT_INDEX]));
        depths.fold(f64::NAN, f64::max)
    };
    let tokens: Vec<f64> = (0..hours).map(deepest).collect();
    let mean = |hour: usize| {
        let week = &tokens[(hour + 1).saturating_sub(MEAN_HOURS)..=hour];
        let known = week.iter().filter(|tokens| tokens.is_finite());
        let (sum, count) =
            known.fold((0.0, 0.0), |(sum, count), tokens| (sum + tokens, count + 1.0));
        sum / count
    };
    (0..hours).map(mean).collect()
}

/// The token of a pool that is this asset, and its decimals.
fn pool_token(pool: &Pool, asset: &MarketAsset) -> Option<(PoolToken, u32)> {
    let is = |address: &str, symbol: &str| match &asset.address {
        Some(known) => known.eq_ignore_ascii_case(address),
        None => asset.symbol() == symbol,
    };
    if is(&pool.token0, &pool.symbol0) {
        Some((PoolToken::Token0, pool.decimals0))
    } else if is(&pool.token1, &pool.symbol1) {
        Some((PoolToken::Token1, pool.decimals1))
    } else {
        None
    }
}

/// The pools of a chain.
fn read_pools(store: &Store, chain: &str) -> Result<Vec<Pool>, FeatureError> {
    let mut pools = Vec::new();
    for file in store.files(const { &Pool::TABLE })? {
        if file.partition.value(Pool::CHAIN) != Some(chain) {
            continue;
        }
        match store.file_rows::<Pool>(&file) {
            Ok(rows) => pools.extend(rows),
            Err(error) => tracing::warn!("a pool is left out: {error}"),
        }
    }
    Ok(pools)
}

fn read_events(
    store: &Store,
    pool: &Pool,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<PoolLiquidity>, FeatureError> {
    let filter = Filter::default().partition(PoolLiquidity::CHAIN, &pool.chain);
    let filter = filter.partition(PoolLiquidity::POOL, &pool.pool);
    let filter = up_to(filter, until);
    let mut events = Vec::new();
    for batch in store.read(const { &PoolLiquidity::TABLE }, &filter)? {
        let rows = PoolLiquidity::from_batch(&batch)?.into_iter();
        events.extend(rows.filter(|row| until.is_none_or(|until| row.time <= until)));
    }
    events.sort_by_key(|row| (row.block, row.log_index));
    Ok(events)
}

/// The pool at every hour; `None` before its first event, and after an invalid one.
fn hourly_pools(
    events: &[PoolLiquidity],
    fee: f64,
    first_hour: i64,
    hours: usize,
) -> Vec<Option<ConcentratedPool>> {
    let (mut pool, mut next) = (Ok(None), 0);
    let state = |hour: i64| {
        while let Some(event) = events.get(next).filter(|e| e.time.timestamp() <= hour * HOUR_S) {
            let applied = pool.as_mut().map(|pool| apply_event(pool, fee, event));
            if let Ok(Err(error)) = applied {
                pool = Err(error);
            }
            next += 1;
        }
        pool.as_ref().ok().cloned().flatten()
    };
    (first_hour..).take(hours).map(state).collect()
}

fn apply_event(
    pool: &mut Option<ConcentratedPool>,
    fee: f64,
    event: &PoolLiquidity,
) -> Result<(), LendingError> {
    let price = PoolPrice::from_tick(event.tick)?;
    let pool = match pool {
        Some(pool) => pool,
        None => pool.insert(ConcentratedPool::new(fee, price)?),
    };
    pool.set_price(price);
    let range = event.tick_lower.zip(event.tick_upper).zip(event.liquidity_delta);
    range.map_or(Ok(()), |((lower, upper), delta)| {
        pool.apply_liquidity_change(lower as i32, upper as i32, delta)
    })
}

fn sellable_tokens(
    pool: Option<&ConcentratedPool>,
    token: PoolToken,
    unit: f64,
) -> [f32; DEPTH_COSTS.len()] {
    let Some(pool) = pool else { return [f32::NAN; DEPTH_COSTS.len()] };
    DEPTH_COSTS.map(|cost| (pool.max_amount_for_slippage(token, cost) / unit) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolated_cost_is_within_five_percent_of_the_exact_cost() {
        let fee = 0.003;
        let price = PoolPrice::from_tick(0.0).expect("a price");
        let mut pool = ConcentratedPool::new(fee, price).expect("a pool");
        pool.apply_liquidity_change(-887_270, 887_270, 1_000_000_000).expect("a change");
        let depth = AssetPoolDepth {
            fee,
            sellable_tokens: vec![sellable_tokens(Some(&pool), PoolToken::Token0, 1e6)],
        };
        for tokens in [0.0, 0.5, 3.0, 12.0, 77.0, 400.0, 1_500.0, 2_000.0] {
            let exact = pool.slippage(PoolToken::Token0, tokens * 1e6);
            let interpolated = depth.selling_cost(&depth.sellable_tokens[0], tokens);
            assert!((interpolated / exact - 1.0).abs() < 0.05, "{tokens}: {interpolated} {exact}");
        }
        assert!(depth.selling_cost(&depth.sellable_tokens[0], 1e12) > 0.999_999);
        assert!(depth.selling_cost(&[f32::NAN; DEPTH_COSTS.len()], 1.0).is_nan());
        assert_eq!(
            depth.selling_cost(&[0.0; DEPTH_COSTS.len()], 1.0),
            1.0,
            "an empty pool pays nothing"
        );
    }
}
