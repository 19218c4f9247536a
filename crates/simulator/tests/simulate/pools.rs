//! Pool rows are consistent with a replay, and depth falls with volatility.

use std::collections::BTreeMap;

use plimsoll_lake::tables::{Pool, PoolLiquidity};
use plimsoll_lending::{ConcentratedPool, PoolPrice, PoolToken};

use crate::market::{BAD_DEBT_MARKET, CRASH_MARKET, DEPEG_MARKET, MarketTables};

/// Hours over which volatility is measured.
const WINDOW: usize = 12;

/// The rows of every pool, in order.
fn histories(tables: &MarketTables) -> Vec<(&Pool, Vec<&PoolLiquidity>)> {
    let rows = |pool: &Pool| {
        let mut rows: Vec<_> = tables.depths.iter().filter(|row| row.pool == pool.pool).collect();
        rows.sort_by_key(|row| (row.block, row.log_index));
        rows
    };
    tables.pools.iter().map(|pool| (pool, rows(pool))).collect()
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
fn replay(
    tables: &MarketTables,
    mut inspect: impl FnMut(&Pool, &ConcentratedPool, &PoolLiquidity),
) {
    for (pool_row, rows) in histories(tables) {
        let first = PoolPrice::from_tick(rows[0].tick).expect("a price");
        let mut pool = ConcentratedPool::new(pool_row.fee, first).expect("a pool");
        for row in rows {
            apply(&mut pool, row);
            inspect(pool_row, &pool, row);
        }
    }
}

#[test]
fn replayed_liquidity_equals_every_row() {
    let mut large_changes = 0;
    for tables in [&CRASH_MARKET, &DEPEG_MARKET, &BAD_DEBT_MARKET] {
        assert_eq!(tables.pools.len(), 5);
        large_changes +=
            tables.depths.iter().filter(|row| changes_by_more_than_a_factor_of_two(row)).count();
        replay(tables, |pool_row, pool, row| {
            assert_eq!(
                pool.liquidity(),
                row.liquidity,
                "{} in block {}",
                pool_row.symbol0,
                row.block
            );
            let root = pool.price().sqrt_price();
            let expected = PoolPrice::from_tick(row.tick).expect("a price").sqrt_price();
            assert!((root / expected - 1.0).abs() < 1e-12);
        });
    }
    // Beyond a factor of 2 the difference of two floats is not exact.
    assert!(large_changes > 0);
}

fn changes_by_more_than_a_factor_of_two(row: &PoolLiquidity) -> bool {
    let before = row.liquidity - row.liquidity_delta.unwrap_or(0);
    before > 0 && (row.liquidity > 2 * before || before > 2 * row.liquidity)
}

#[test]
fn a_pool_price_equals_the_oracle_price_within_its_lag() {
    replay(&CRASH_MARKET, |pool_row, pool, row| {
        let Some(traded) = traded(pool_row) else {
            panic!("{} is not a stablecoin", pool_row.symbol0)
        };
        let (symbol, dollar) = traded.symbols(pool_row);
        let oracle_usd = CRASH_MARKET.price_at(symbol, row.time.timestamp());
        if oracle_usd.is_finite() {
            let units = CRASH_MARKET.unit(symbol) / CRASH_MARKET.unit(dollar);
            let price = pool.price().token_price(traded.token) * units;
            assert!((price / oracle_usd - 1.0).abs() < 0.011, "{symbol}: {price} for {oracle_usd}");
        }
    });
}

/// The token that a pool trades against the stablecoin.
struct Traded {
    token: PoolToken,
}

impl Traded {
    fn symbols<'a>(&self, pool_row: &'a Pool) -> (&'a str, &'a str) {
        match self.token {
            PoolToken::Token0 => (&pool_row.symbol0, &pool_row.symbol1),
            PoolToken::Token1 => (&pool_row.symbol1, &pool_row.symbol0),
        }
    }
}

fn traded(pool_row: &Pool) -> Option<Traded> {
    let token = match (pool_row.symbol0.as_str(), pool_row.symbol1.as_str()) {
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
        .flat_map(|tables| rank_correlations(tables))
        .collect();
    let mean = correlations.iter().sum::<f64>() / correlations.len() as f64;
    assert!(mean < -0.3 && correlations.iter().all(|c| *c < -0.1), "{correlations:?}");
}

/// The rank correlation of each pool's price moves over some hours with its depth after them.
fn rank_correlations(tables: &MarketTables) -> Vec<f64> {
    let (mut ticks, mut depths) = (BTreeMap::new(), BTreeMap::new());
    replay(tables, |pool_row, pool, row| {
        if row.liquidity_delta.is_some() {
            let traded = traded(pool_row).expect("dollars");
            // A constant product: liquidity times the square root of the price is the stablecoin
            // reserve.
            let dollars = pool.liquidity() as f64 * pool.price().token_price(traded.token).sqrt();
            ticks.entry(pool_row.pool.clone()).or_insert_with(Vec::new).push(row.tick);
            depths.entry(pool_row.pool.clone()).or_insert_with(Vec::new).push(dollars);
        }
    });
    let correlation = |(ticks, depths): (&Vec<f64>, &Vec<f64>)| {
        let moves: Vec<f64> = ticks.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        let volatility: Vec<f64> = moves.windows(WINDOW).map(|hours| hours.iter().sum()).collect();
        correlation(&ranks(&volatility), &ranks(&depths[WINDOW..]))
    };
    ticks.values().zip(depths.values()).map(correlation).collect()
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    order.into_iter().enumerate().for_each(|(rank, index)| ranks[index] = rank as f64);
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
