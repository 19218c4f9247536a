//! Backtests excursion quantiles on real prices.

use std::path::Path;

use plimsoll_govern::{
    Coverage, ExcursionOptions, RatioHistory, ThresholdPolicy, backtest_coverage,
};

use super::lake::reference_data;

/// 99 % quantile of the chi-square distribution with one degree of freedom.
const CHI_SQUARE_99: f64 = 6.635;
/// Hours of history before the first evaluation.
const WARM_UP_HOURS: usize = 720;
const SYMBOLS: [&str; 10] =
    ["AAVE", "BNB", "BTC", "COMP", "ETH", "LINK", "MATIC", "MKR", "SOL", "UNI"];

#[test]
fn exceedance_rate_of_real_prices_matches_alpha() {
    let Some(data) = reference_data() else { return };
    let policy = ThresholdPolicy::default();
    let options = ExcursionOptions {
        hours: 1,
        half_lives_hours: policy.volatility_half_lives_hours.clone(),
        tail_share: policy.tail_share,
    };
    println!(
        "{:<7}{:>7}{:>10}{:>9}{:>8}{:>9}",
        "", "hours", "exceeded", "in a row", "LR uc", "LR ind"
    );
    let coverages = SYMBOLS.map(|symbol| {
        let coverage =
            backtest_coverage(&candles(&data, symbol), &options, policy.alpha, WARM_UP_HOURS);
        let Coverage {
            samples,
            exceedances,
            consecutive,
            kupiec,
            christoffersen,
        } = coverage;
        println!(
            "{symbol:<7}{samples:>7}{exceedances:>10}{consecutive:>9}{kupiec:>8.2}{christoffersen:>9.2}"
        );
        coverage
    });
    assert!(
        coverages.iter().all(|coverage| coverage.kupiec < CHI_SQUARE_99),
        "each exceedance rate matches alpha"
    );
    let (samples, exceedances) = coverages
        .iter()
        .fold((0, 0), |sum, coverage| (sum.0 + coverage.samples, sum.1 + coverage.exceedances));
    let rate = exceedances as f64 / samples as f64;
    assert!((0.0007..0.0013).contains(&rate), "{rate} of all");
    let clustered =
        coverages.iter().filter(|coverage| coverage.christoffersen > CHI_SQUARE_99).count();
    assert!(clustered <= 2, "{clustered} of ten symbols have clustered exceedances");
}

/// A symbol's candles in USDT.
fn candles(data: &Path, symbol: &str) -> RatioHistory {
    let path = data.join(format!("prices/{symbol}_USDT_1h.csv.gz"));
    let file = std::fs::File::open(path).expect("candles");
    let mut rows = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
    let mut history = RatioHistory::default();
    for row in rows.records() {
        let row = row.expect("a row");
        let log = |column: usize| row[column].parse::<f64>().expect("a price").ln();
        let before = history.log_close.last().copied().unwrap_or_else(|| log(1));
        history.log_high.push(log(2).max(before));
        history.log_low.push(log(3).min(before));
        history.log_close.push(log(4));
    }
    history
}
