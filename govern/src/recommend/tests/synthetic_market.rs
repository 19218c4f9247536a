//! Borrowers of dollars who hold ether, with hourly prices of a known volatility.

use plimsoll_features::{HourlyPrice, HourlyPrices};
use plimsoll_lending::{Account, AssetAmount, AssetId, CloseFactorRule, ReserveParameters};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::fixtures::normal;
use crate::policy::ThresholdPolicy;
use crate::recommend::{BoundKind, ReasonCode, Recommendation, recommend};
use crate::risk::DepthCurve;
use crate::threshold_inputs::{AssetInputs, Borrower, ThresholdInputs};

pub(super) const ETH: AssetId = AssetId(0);
pub(super) const DAI: AssetId = AssetId(1);
pub(super) const HOURS: usize = 3_000;
pub(super) const LOW_VOLATILITY: f64 = 0.006;
pub(super) const HIGH_VOLATILITY: f64 = 14.0 * LOW_VOLATILITY;

/// Prices that end at 1,000; the last hours have their own volatility.
pub(super) fn prices(last_hours: usize, volatility: f64) -> HourlyPrices {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut log = 0.0_f64;
    let mut hour = |hour: usize| {
        let step = if hour + last_hours >= HOURS { volatility } else { LOW_VOLATILITY };
        let before = log;
        log += step * normal(&mut rng);
        let reach = 0.4 * step * (normal(&mut rng).abs() + 0.1);
        let ends = [before, log];
        let low = ends[0].min(ends[1]) - reach;
        let high = ends[0].max(ends[1]) + reach;
        HourlyPrice { close_usd: log.exp(), high_usd: high.exp(), low_usd: low.exp() }
    };
    let hours: Vec<_> = (0..HOURS).map(&mut hour).collect();
    let scale = 1_000.0 / hours[HOURS - 1].close_usd;
    let scaled = |hour: HourlyPrice| HourlyPrice {
        close_usd: hour.close_usd * scale,
        high_usd: hour.high_usd * scale,
        low_usd: hour.low_usd * scale,
    };
    HourlyPrices { first_hour: 400_000, hours: hours.into_iter().map(scaled).collect() }
}

pub(super) fn constant_prices() -> HourlyPrices {
    let one = HourlyPrice { close_usd: 1.0, high_usd: 1.0, low_usd: 1.0 };
    HourlyPrices { first_hour: 400_000, hours: vec![one; HOURS] }
}

/// A pool that loses 10 % of a sale of one billion USD.
pub(super) fn deep_pool() -> DepthCurve {
    let sizes_usd = [1e3, 1e5, 1e7, 1e9, 1e11];
    let point = |size_usd| (size_usd, DepthCurve::Assumed(1e9).cost(size_usd));
    DepthCurve::Measured(sizes_usd.map(point).to_vec())
}

/// A market of borrowers with 1 ETH each, whose debt gives these health factors at a threshold of
/// 80 %.
pub(super) fn market(healths: &[f64]) -> ThresholdInputs<'static> {
    let rule = CloseFactorRule::default();
    let asset = |symbol: &str, price_usd: f64, prices: HourlyPrices| AssetInputs {
        symbol: symbol.to_owned(),
        address: None,
        price_usd,
        reserve: ReserveParameters::borrow_only(rule),
        stable: true,
        oracle_delay_s: 0,
        prices,
        depth: None,
    };
    let eth = AssetInputs {
        reserve: ReserveParameters::new(0.75, 0.80, 0.05, rule).unwrap(),
        stable: false,
        depth: Some(deep_pool()),
        ..asset("ETH", 1_000.0, prices(0, LOW_VOLATILITY))
    };
    let borrower = |(id, health): (usize, &f64)| Borrower {
        id: format!("made-up/up/{id}"),
        account: Account::new(
            vec![AssetAmount::new(ETH, 1.0)],
            vec![AssetAmount::new(DAI, 800.0 / health)],
        ),
        reserve_overrides: Vec::new(),
    };
    ThresholdInputs {
        market: "made-up/up".to_owned(),
        as_of_s: (400_000 + HOURS as i64 - 1) * 3_600,
        assets: vec![eth, asset("DAI", 1.0, constant_prices())],
        borrowers: healths.iter().enumerate().map(borrower).collect(),
        next_day: None,
    }
}

pub(super) fn recommend_default(inputs: &ThresholdInputs<'_>) -> Recommendation {
    let mut all = recommend(inputs, &ThresholdPolicy::default()).unwrap();
    assert_eq!(all.len(), 1, "only ETH secures debt");
    all.remove(0)
}

pub(super) fn with_prices(last_hours: usize, volatility: f64) -> Recommendation {
    let mut inputs = market(&[1.5, 2.0]);
    inputs.assets[0].prices = prices(last_hours, volatility);
    recommend_default(&inputs)
}

pub(super) fn reason_codes(recommendation: &Recommendation) -> Vec<ReasonCode> {
    recommendation.reasons.iter().map(|reason| reason.code).collect()
}

pub(super) fn bound(recommendation: &Recommendation, kind: BoundKind) -> u16 {
    recommendation.bounds.iter().find(|bound| bound.kind == kind).unwrap().value_bps
}
