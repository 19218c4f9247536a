//! An oracle updates at its heartbeat or beyond its deviation threshold, and not otherwise.

use plimsoll_simulator::Simulation;

use crate::market::{BLOCK_S, CRASH_MARKET, DEPEG_MARKET, MarketTables};

/// Heartbeats, seconds, and deviation thresholds of the simulated feeds.
const RULES: [(&str, i64, f64); 8] = [
    ("WETH", 3_600, 0.005),
    ("WBTC", 3_600, 0.005),
    ("LINK", 3_600, 0.01),
    ("UNI", 3_600, 0.01),
    ("wstETH", 86_400, 0.005),
    ("USDC", 86_400, 0.0025),
    ("USDT", 86_400, 0.0025),
    ("DAI", 86_400, 0.0025),
];
/// Answers have eight decimal places.
const ROUNDING_USD: f64 = 1e-8;

fn markets() -> [&'static MarketTables; 2] {
    [&CRASH_MARKET, &DEPEG_MARKET]
}

#[test]
fn every_asset_is_priced_from_the_first_block_on() {
    for tables in markets() {
        assert_eq!(tables.prices.len(), RULES.len());
        for (symbol, _, _) in RULES {
            let first_s = tables.prices[symbol][0].0;
            assert_eq!(first_s, Simulation::START.timestamp() + BLOCK_S, "{symbol}");
        }
    }
}

#[test]
fn no_price_is_older_than_its_heartbeat() {
    for tables in markets() {
        let ends =
            tables.prices.values().filter_map(|prices| prices.last()).map(|(time_s, _)| *time_s);
        let end_s = ends.max().expect("prices");
        for (symbol, heartbeat_s, _) in RULES {
            let times = tables.prices[symbol].iter().map(|(time_s, _)| *time_s);
            let times: Vec<i64> = times.chain([end_s]).collect();
            let oldest = times.windows(2).map(|pair| pair[1] - pair[0]).max();
            assert!(oldest.is_some_and(|s| s <= heartbeat_s), "{symbol}: {oldest:?}");
        }
    }
}

#[test]
fn an_update_before_its_heartbeat_exceeds_the_deviation_threshold() {
    for tables in markets() {
        for (symbol, heartbeat_s, deviation) in RULES {
            let mut early = 0;
            for pair in tables.prices[symbol].windows(2) {
                let [(before_s, before), (time_s, price)] = [pair[0], pair[1]];
                if time_s - before_s < heartbeat_s {
                    let moved = (price - before).abs();
                    assert!(moved > deviation * before - ROUNDING_USD, "{symbol} at {time_s}");
                    early += 1;
                }
            }
            assert!(early > 0 || symbol.contains("USD") || symbol == "DAI", "{symbol}");
        }
    }
}
