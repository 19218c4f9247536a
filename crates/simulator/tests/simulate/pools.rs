//! Pool rows are consistent with a replay, and depth falls with volatility.

use std::collections::BTreeMap;

use plimsoll_lake::tables::{Pool, PoolLiquidity};
use plimsoll_lending::{ConcentratedPool, PoolPrice, PoolToken};

use crate::market::{BAD_DEBT_MARKET, CRASH_MARKET, DEPEG_MARKET, MarketTables};

/// Hours over which volatility is measured.
const WINDOW: usize = 12;

/// The rows of every pool, in order.
fn histories(told: &MarketTables) -> Vec<(&Pool, Vec<&PoolLiquidity>)> {
    let rows = |pool: &Pool| {
        let mut rows: Vec<_> = told.depths.iter().filter(|row| row.pool == pool.pool).collect();
        rows.sort_by_key(|row| (row.block, row.log_index));
        rows
    };
    told.pools.iter().map(|pool| (pool, rows(pool))).collect()
}

fn apply(pool: &mut ConcentratedPool, row: &PoolLiquidity) {
    if let Some(delta) = row.liquidity_delta {
        let ticks = row.tick_lower.zip(row.tick_upper).expect("a stretch of ticks");
        let moved = pool.apply_liquidity_change(ticks.0 as i32, ticks.1 as i32, delta);
        moved.expect("no more is burnt than is there");
    } else {
        pool.set_price(PoolPrice::from_tick(row.tick).expect("a price"));
    }
}

/// Replays every pool and calls `inspect` after each row.
fn replay(told: &MarketTables, mut see: impl FnMut(&Pool, &ConcentratedPool, &PoolLiquidity)) {
    for (about, rows) in histories(told) {
        let first = PoolPrice::from_tick(rows[0].tick).expect("a price");
        let mut pool = ConcentratedPool::new(about.fee, first).expect("a pool");
        for row in rows {
            apply(&mut pool, row);
            see(about, &pool, row);
        }
    }
}

#[test]
fn replayed_liquidity_is_what_every_row_tells() {
    let mut leaps = 0;
    for told in [&CRASH_MARKET, &DEPEG_MARKET, &BAD_DEBT_MARKET] {
        assert_eq!(told.pools.len(), 5);
        leaps += told.depths.iter().filter(|row| leaps_by_more_than_half(row)).count();
        replay(told, |about, pool, row| {
            assert_eq!(pool.liquidity(), row.liquidity, "{} in block {}", about.symbol0, row.block);
            let root = pool.price().sqrt_price();
            let told = PoolPrice::from_tick(row.tick).expect("a price").sqrt_price();
            assert!((root / told - 1.0).abs() < 1e-12);
        });
    }
    // Beyond a factor of 2 the difference of two floats is not exact.
    assert!(leaps > 0);
}

fn leaps_by_more_than_half(row: &PoolLiquidity) -> bool {
    let before = row.liquidity - row.liquidity_delta.unwrap_or(0);
    before > 0 && (row.liquidity > 2 * before || before > 2 * row.liquidity)
}

#[test]
fn a_pools_price_is_the_oracles_within_what_the_oracle_may_lag() {
    replay(&CRASH_MARKET, |about, pool, row| {
        let Some(traded) = traded(about) else { panic!("{} is no dollar", about.symbol0) };
        let (symbol, dollar) = traded.symbols(about);
        let told = CRASH_MARKET.price_at(symbol, row.time.timestamp());
        if told.is_finite() {
            let units = CRASH_MARKET.unit(symbol) / CRASH_MARKET.unit(dollar);
            let price = pool.price().token_price(traded.token) * units;
            assert!((price / told - 1.0).abs() < 0.011, "{symbol}: {price} for {told}");
        }
    });
}

/// The token that a pool trades against the stablecoin.
struct Traded {
    token: PoolToken,
}

impl Traded {
    fn symbols<'a>(&self, about: &'a Pool) -> (&'a str, &'a str) {
        match self.token {
            PoolToken::Token0 => (&about.symbol0, &about.symbol1),
            PoolToken::Token1 => (&about.symbol1, &about.symbol0),
        }
    }
}

fn traded(about: &Pool) -> Option<Traded> {
    let token = match (about.symbol0.as_str(), about.symbol1.as_str()) {
        (_, "USDC") => PoolToken::Token0,
        ("USDC", _) => PoolToken::Token1,
        _ => return None,
    };
    Some(Traded { token })
}

#[test]
fn depth_falls_as_volatility_rises() {
    let correlations: Vec<f64> = [&CRASH_MARKET, &BAD_DEBT_MARKET, &DEPEG_MARKET]
        .into_iter()
        .flat_map(|told| rank_correlations(told))
        .collect();
    let mean = correlations.iter().sum::<f64>() / correlations.len() as f64;
    assert!(mean < -0.3 && correlations.iter().all(|c| *c < -0.1), "{correlations:?}");
}

/// The rank correlation of each pool's price moves over some hours with its depth after them.
fn rank_correlations(told: &MarketTables) -> Vec<f64> {
    let (mut ticks, mut depths) = (BTreeMap::new(), BTreeMap::new());
    replay(told, |about, pool, row| {
        if row.liquidity_delta.is_some() {
            let traded = traded(about).expect("dollars");
            // A constant product: liquidity times the square root of the price is the stablecoin
            // reserve.
            let dollars = pool.liquidity() as f64 * pool.price().token_price(traded.token).sqrt();
            ticks.entry(about.pool.clone()).or_insert_with(Vec::new).push(row.tick);
            depths.entry(about.pool.clone()).or_insert_with(Vec::new).push(dollars);
        }
    });
    let correlation = |(ticks, depths): (&Vec<f64>, &Vec<f64>)| {
        let moves: Vec<f64> = ticks.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        let wild: Vec<f64> = moves.windows(WINDOW).map(|hours| hours.iter().sum()).collect();
        correlation(&ranks(&wild), &ranks(&depths[WINDOW..]))
    };
    ticks.values().zip(depths.values()).map(correlation).collect()
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    order.into_iter().enumerate().for_each(|(rank, place)| ranks[place] = rank as f64);
    ranks
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let with = |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum()
    };
    let spread = (with(a, mean_a, a, mean_a) * with(b, mean_b, b, mean_b)).sqrt();
    with(a, mean_a, b, mean_b) / spread
}
