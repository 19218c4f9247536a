//! Departures of a source from the market.

use super::*;

fn quotes(prices: &[(i64, f64)]) -> Quotes {
    let prices_usd: Vec<f64> = prices.iter().map(|(_, price)| *price).collect();
    let step = |extreme: fn(f64, f64) -> f64| -> Vec<f64> {
        let pair = |i: usize| extreme(prices_usd[i.saturating_sub(1)], prices_usd[i]);
        (0..prices.len()).map(pair).collect()
    };
    Quotes {
        times_s: prices.iter().map(|(time, _)| *time).collect(),
        highs_usd: step(f64::max),
        lows_usd: step(f64::min),
        prices_usd,
        known_until_s: None,
    }
}

fn hourly(prices: &[f64]) -> Quotes {
    let hours = (1..).map(|hour| hour * HOUR_S);
    quotes(&hours.zip(prices.iter().copied()).collect::<Vec<_>>())
}

fn reference(prices: &[f64]) -> Reference {
    Reference { source: "exchange".to_owned(), quotes: hourly(prices), is_certain: true }
}

/// Moonwell, February 2026.
#[test]
fn a_glitch_of_an_hour_is_flagged_and_leaves_no_trace() {
    let market = reference(&[2_200.0, 2_210.0, 2_190.0, 2_205.0, 2_200.0]);
    let oracle = quotes(&[
        (HOUR_S, 2_200.0),
        (2 * HOUR_S + 600, 1.12),
        (3 * HOUR_S + 600, 2_195.0),
        (5 * HOUR_S, 2_201.0),
    ]);
    let flagged = market.departure(1.12, 3 * HOUR_S).expect("it departs");
    assert_eq!((flagged.oracle_usd, flagged.market_usd), (1.12, 2_190.0));
    assert!((flagged.departure() + 0.9995).abs() < 1e-4);
    assert_eq!(market.departure(2_195.0, 4 * HOUR_S), None);
    let clean = market.clean(&oracle);
    assert_eq!(clean.prices_usd, [2_200.0, 2_210.0, 2_195.0, 2_201.0]);
    assert!(
        clean.lows_usd.iter().chain(&clean.highs_usd).all(|usd| (2_100.0..2_300.0).contains(usd))
    );
}

#[test]
fn one_wrong_tick_of_the_reference_flags_nothing() {
    let market = reference(&[2_200.0, 2_200.0, 1.0, 2_200.0, 2_200.0]);
    for hour in 2..=5 {
        assert_eq!(market.departure(2_200.0, hour * HOUR_S), None, "{hour}");
    }
}

#[test]
fn of_two_sources_that_markets_use_the_one_that_leaves_its_own_range_departs() {
    let steady = [2_200.0; 12];
    let mut glitch = steady;
    glitch[4..10].fill(1.12);
    let [steady, glitch] =
        [steady, glitch].map(|prices| Reference { is_certain: false, ..reference(&prices) });
    assert_eq!(steady.clean(&glitch.quotes).prices_usd, [2_200.0; 12]);
    assert_eq!(glitch.clean(&steady.quotes).prices_usd, [2_200.0; 12]);
    assert_eq!(steady.clean(&glitch.quotes).lows_usd, [2_200.0; 12]);
}

#[test]
fn a_stale_reference_flags_nothing() {
    let market = reference(&[2_200.0]);
    assert!(market.departure(1_000.0, 3 * HOUR_S).is_some());
    assert_eq!(market.departure(1_000.0, 4 * HOUR_S + 1), None);
}

#[test]
fn a_crash_of_oracle_and_market_is_kept() {
    let market = reference(&[2_200.0, 1_500.0, 1_400.0]);
    let oracle = hourly(&[2_190.0, 1_520.0, 1_390.0]);
    assert_eq!(market.clean(&oracle).prices_usd, oracle.prices_usd);
    assert_eq!(market.clean(&oracle).lows_usd, oracle.lows_usd);
}
