//! Recommendations for markets that are made up.

mod guards;

use plimsoll_features::{HourlyPrice, HourlyPrices};
use plimsoll_lending::{
    Account, AssetId, CloseFactorRule, Holding, ReserveParameters, first_passage_probability,
    health_factor,
};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::depth_curve::DepthCurve;
use crate::line_inputs::{Borrower, LineAsset, NextDay};
use crate::recommendation::{BoundKind, ReasonCode};

const ETH: AssetId = AssetId(0);
const DAI: AssetId = AssetId(1);
const HOURS: usize = 3_000;
const CALM: f64 = 0.006;
const STORM: f64 = 14.0 * CALM;

/// Prices that end at 1,000, whatever came before; the last hours have a volatility of their own.
fn prices(last_hours: usize, volatility: f64) -> HourlyPrices {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut log = 0.0_f64;
    let mut hour = |hour: usize| {
        let step = if hour + last_hours >= HOURS { volatility } else { CALM };
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

fn normal(rng: &mut impl Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

fn par() -> HourlyPrices {
    let one = HourlyPrice { close_usd: 1.0, high_usd: 1.0, low_usd: 1.0 };
    HourlyPrices { first_hour: 400_000, hours: vec![one; HOURS] }
}

/// A pool that loses 10 % of a sale of a thousand million USD.
fn deep() -> DepthCurve {
    let sizes_usd = [1e3, 1e5, 1e7, 1e9, 1e11];
    let point = |size_usd| (size_usd, DepthCurve::Assumed(1e9).cost(size_usd));
    DepthCurve::Measured(sizes_usd.map(point).to_vec())
}

/// A market of 1 ETH a borrower, who owes what health at a threshold of 80 % leaves.
fn market(healths: &[f64]) -> LineInputs<'static> {
    let rule = CloseFactorRule::default();
    let asset = |symbol: &str, price_usd: f64, prices: HourlyPrices| LineAsset {
        symbol: symbol.to_owned(),
        address: None,
        price_usd,
        reserve: ReserveParameters::borrow_only(rule),
        stable: true,
        oracle_delay_s: 0,
        prices,
        depth: None,
    };
    let eth = LineAsset {
        reserve: ReserveParameters::new(0.75, 0.80, 0.05, rule).unwrap(),
        stable: false,
        depth: Some(deep()),
        ..asset("ETH", 1_000.0, prices(0, CALM))
    };
    let borrower = |(id, health): (usize, &f64)| Borrower {
        id: format!("made-up/up/{id}"),
        account: Account::new(
            vec![Holding::new(ETH, 1.0)],
            vec![Holding::new(DAI, 800.0 / health)],
        ),
        own: Vec::new(),
    };
    LineInputs {
        market: "made-up/up".to_owned(),
        as_of_s: (400_000 + HOURS as i64 - 1) * 3_600,
        assets: vec![eth, asset("DAI", 1.0, par())],
        borrowers: healths.iter().enumerate().map(borrower).collect(),
        next_day: None,
    }
}

fn of(inputs: &LineInputs<'_>) -> Recommendation {
    let mut all = recommend(inputs, &LinePolicy::default()).unwrap();
    assert_eq!(all.len(), 1, "only ETH secures debt");
    all.remove(0)
}

fn with_prices(last_hours: usize, volatility: f64) -> Recommendation {
    let mut inputs = market(&[1.5, 2.0]);
    inputs.assets[0].prices = prices(last_hours, volatility);
    of(&inputs)
}

fn codes(of: &Recommendation) -> Vec<ReasonCode> {
    of.reasons.iter().map(|reason| reason.code).collect()
}

fn bound(of: &Recommendation, kind: BoundKind) -> u16 {
    of.bounds.iter().find(|bound| bound.kind == kind).unwrap().value_bps
}

#[test]
fn a_storm_lowers_the_line_and_calm_raises_it_back() {
    let calm = with_prices(0, CALM).drawn;
    let storm = with_prices(24, STORM).drawn;
    assert!(storm.liquidation_threshold_bps + 500 < calm.liquidation_threshold_bps);
    assert!(storm.max_ltv_bps < calm.max_ltv_bps);
    let mut after = market(&[1.5, 2.0]);
    let mut history = prices(1_024, CALM).hours;
    let stormy = prices(1_024, STORM).hours;
    // The storm of a day, and then six weeks as they were before.
    let scale = history[HOURS - 1_000].close_usd / stormy[HOURS - 1_000].close_usd;
    for hour in HOURS - 1_024..HOURS - 1_000 {
        let HourlyPrice { close_usd, high_usd, low_usd } = stormy[hour];
        let scaled = [close_usd, high_usd, low_usd].map(|usd| usd * scale);
        history[hour] =
            HourlyPrice { close_usd: scaled[0], high_usd: scaled[1], low_usd: scaled[2] };
    }
    after.assets[0].prices.hours = history;
    let after = of(&after).drawn.liquidation_threshold_bps;
    assert!(after > storm.liquidation_threshold_bps + 400, "{after} after {storm:?}");
}

#[test]
fn the_threshold_keeps_the_excursion_bound() {
    let of = with_prices(24, 2.0 * CALM);
    let excursion = of.excursion.as_ref().unwrap();
    let taken = of.drawn.taken_at_threshold();
    assert!(taken <= 1.0 - excursion.fall && taken > 1.0 - excursion.fall - 2e-4);
    assert!(excursion.fall < excursion.expected_shortfall);
    assert_eq!(bound(&of, BoundKind::Excursion), of.drawn.liquidation_threshold_bps);
    assert!(codes(&of).contains(&ReasonCode::Threshold));
}

#[test]
fn thinner_depth_raises_the_bonus_and_lowers_the_line() {
    let healths = [1.02; 400];
    let with_depth = |depth_usd: f64| {
        let mut inputs = market(&healths);
        inputs.assets[0].depth = Some(DepthCurve::Assumed(depth_usd));
        of(&inputs)
    };
    let (deep, thin) = (with_depth(1e9), with_depth(2e4));
    assert_eq!(deep.drawn.liquidation_bonus_bps, 500);
    assert!(thin.drawn.liquidation_bonus_bps > 700, "{:?}", thin.drawn);
    assert!(codes(&thin).contains(&ReasonCode::BonusRaised));
    let (deep_bps, thin_bps) =
        (deep.drawn.liquidation_threshold_bps, thin.drawn.liquidation_threshold_bps);
    assert!(thin_bps < deep_bps, "{thin_bps} {deep_bps}");
    let dry = with_depth(1e3);
    assert!(codes(&dry).contains(&ReasonCode::Illiquid));
    assert_eq!(dry.drawn.liquidation_bonus_bps, LinePolicy::default().greatest_bonus_bps);
}

#[test]
fn a_late_oracle_lowers_the_line() {
    let mut inputs = market(&[1.5]);
    let on_time = of(&inputs);
    inputs.assets[0].oracle_delay_s = 3_600;
    let late = of(&inputs);
    assert_eq!(late.excursion.as_ref().unwrap().hours, 2);
    assert!(late.drawn.liquidation_threshold_bps < on_time.drawn.liquidation_threshold_bps);
    assert!(codes(&late).contains(&ReasonCode::OracleDelay));
}

#[test]
fn borrowers_who_max_out_do_not_reach_the_threshold_in_the_time_to_react() {
    let of = of(&market(&[1.5]));
    let (drawn, excursion) = (of.drawn, of.excursion.unwrap());
    let after = f64::from(drawn.max_ltv_bps) / (1.0 - excursion.reaction_fall);
    assert!(after <= f64::from(drawn.liquidation_threshold_bps));
    assert!(after > f64::from(drawn.liquidation_threshold_bps) - 2.0);
}

#[test]
fn a_small_change_is_no_change() {
    let mut inputs = market(&[1.5]);
    inputs.assets[0].reserve = of(&inputs).drawn.applied_to(&inputs.assets[0].reserve);
    let settled = of(&inputs);
    assert_eq!((settled.verdict, settled.recommended), (Verdict::NoChange, settled.current));
    assert!(codes(&settled).contains(&ReasonCode::Immaterial));
}

#[test]
fn who_is_liquidated_by_a_change_is_named_and_weighed() {
    let mut inputs = market(&[1.01, 1.02, 3.0]);
    inputs.assets[0].prices = prices(24, STORM);
    let weighed = |harm_weight| {
        let policy = LinePolicy { harm_weight, ..LinePolicy::default() };
        recommend(&inputs, &policy).unwrap().remove(0)
    };
    let refused = weighed(10.0);
    assert_eq!(refused.harm.now.ids, ["made-up/up/0", "made-up/up/1"]);
    let debt_usd = 800.0 / 1.01 + 800.0 / 1.02;
    assert!((refused.harm.now.debt_usd - debt_usd).abs() < 1e-9);
    assert!((refused.harm.penalty_usd - 0.05 * debt_usd).abs() < 1e-9);
    assert_eq!(refused.recommended, refused.current);
    assert!(codes(&refused).contains(&ReasonCode::HarmOutweighs));
    let accepted = weighed(0.1);
    assert!(codes(&accepted).contains(&ReasonCode::HarmAccepted));
    assert_eq!((accepted.verdict, accepted.recommended), (Verdict::Change, accepted.drawn));
    assert_eq!(accepted.drawn, refused.drawn);
    let stressed = accepted.shortfall.stressed_usd;
    assert!(stressed.current > stressed.proposed && stressed.proposed > 0.0);
}

#[test]
fn a_raise_liquidates_nobody() {
    let mut inputs = market(&[1.2]);
    inputs.assets[0].reserve =
        ReserveParameters::new(0.5, 0.6, 0.05, CloseFactorRule::default()).unwrap();
    let raised = of(&inputs);
    assert_eq!((raised.verdict, raised.recommended), (Verdict::Change, raised.proposed));
    assert_eq!((raised.harm.now.accounts, raised.harm.penalty_usd), (0, 0.0));
    assert!(
        raised.what_if_proposed.iter().zip(&raised.what_if).all(|(d, c)| d.accounts <= c.accounts)
    );
}

#[test]
fn the_next_day_is_asked_under_both() {
    let mut inputs = market(&[1.05, 1.3, 2.0]);
    inputs.assets[0].prices = prices(24, STORM);
    let (borrowers, prices_usd) = (inputs.borrowers.clone(), inputs.prices_usd());
    let passage = move |reserves: &[ReserveParameters]| {
        let probability = |borrower: &Borrower| {
            let health = health_factor(&borrower.account, &prices_usd, reserves);
            first_passage_probability(health.ln(), 2.0, 0.0, 1.0 / 365.0)
        };
        Ok(borrowers.iter().map(probability).collect())
    };
    inputs.next_day = Some(NextDay(&passage));
    let of = of(&inputs);
    let day = of.harm.next_day.unwrap();
    assert!(day.proposed.accounts > day.current.accounts);
    assert!(day.proposed.debt_usd > day.current.debt_usd);
    assert!(day.proposed.debt_usd >= of.harm.now.debt_usd);
    let caused_usd = day.proposed.debt_usd - day.current.debt_usd;
    assert!((of.harm.penalty_usd - 0.05 * caused_usd).abs() < 1e-9);
    assert!(of.shortfall.next_day_usd.is_some() && !codes(&of).contains(&ReasonCode::NoModel));
}

#[test]
fn too_few_forecasts_are_refused() {
    let none = |_: &[ReserveParameters]| Ok(Vec::new());
    let inputs = LineInputs { next_day: Some(NextDay(&none)), ..market(&[1.5]) };
    let refused = recommend(&inputs, &LinePolicy::default()).unwrap_err();
    assert_eq!(refused.to_string(), "0 forecasts were made for 1 accounts");
}

#[test]
fn an_account_with_parameters_of_its_own_is_not_reached() {
    let mut inputs = market(&[1.01]);
    inputs.assets[0].prices = prices(24, STORM);
    assert_eq!(of(&inputs).harm.now.accounts, 1);
    let own = ReserveParameters::new(0.80, 0.85, 0.03, CloseFactorRule::default()).unwrap();
    inputs.borrowers[0].own = vec![(ETH, own)];
    let of = of(&inputs);
    assert_eq!(of.harm.now.accounts, 0);
    assert_eq!(of.what_if, of.what_if_proposed);
}

#[test]
fn too_little_history_leaves_all_as_it_is() {
    let mut inputs = market(&[1.5]);
    inputs.assets[0].prices.hours.drain(..HOURS - 100);
    inputs.assets[0].prices.first_hour += (HOURS - 100) as i64;
    let of = of(&inputs);
    assert_eq!((of.verdict, of.drawn), (Verdict::NoChange, of.current));
    assert_eq!(codes(&of)[0], ReasonCode::TooLittleHistory);
}

#[test]
fn equal_inputs_give_equal_recommendations() {
    let inputs = market(&[1.1, 1.5]);
    let json = || serde_json::to_string(&of(&inputs)).unwrap();
    assert_eq!(json(), json());
}

#[test]
fn smart_ltv_stands_beside() {
    let of = of(&market(&[1.5]));
    let smart = of.smart_ltv.unwrap();
    assert!(smart.ltv_bps > 0 && smart.liquidity_usd > smart.debt_usd);
    assert!(of.implied_confidence.unwrap() > 0.0);
}

#[test]
fn what_cannot_be_priced_is_refused() {
    let mut inputs = market(&[1.5]);
    inputs.assets[1].price_usd = f64::NAN;
    let refused = recommend(&inputs, &LinePolicy::default()).unwrap_err().to_string();
    assert!(refused.starts_with("DAI: no price is known at"), "{refused}");
    inputs = market(&[1.5]);
    inputs.assets[0].reserve = ReserveParameters::borrow_only(CloseFactorRule::Whole);
    let refused = recommend(&inputs, &LinePolicy::default()).unwrap_err().to_string();
    assert_eq!(refused, "made-up/up: nothing counts as collateral");
}
