//! Recommendations for synthetic markets.

mod change_limits;
mod synthetic_market;

use plimsoll_features::HourlyPrice;
use plimsoll_lending::{
    CloseFactorRule, ReserveParameters, first_passage_probability, health_factor,
};

use super::*;
use crate::recommend::{BoundKind, ReasonCode};
use crate::risk::DepthCurve;
use crate::threshold_inputs::{Borrower, NextDayForecaster};
use synthetic_market::{
    ETH, HIGH_VOLATILITY, HOURS, LOW_VOLATILITY, bound, market, prices, reason_codes,
    recommend_default, with_prices,
};

#[test]
fn high_volatility_lowers_the_threshold_until_it_subsides() {
    let low = with_prices(0, LOW_VOLATILITY).implied;
    let high = with_prices(24, HIGH_VOLATILITY).implied;
    assert!(high.liquidation_threshold_bps + 500 < low.liquidation_threshold_bps);
    assert!(high.max_ltv_bps < low.max_ltv_bps);
    let mut after = market(&[1.5, 2.0]);
    let mut history = prices(1_024, LOW_VOLATILITY).hours;
    let volatile = prices(1_024, HIGH_VOLATILITY).hours;
    // One day of high volatility, followed by six weeks of the original prices.
    let scale = history[HOURS - 1_000].close_usd / volatile[HOURS - 1_000].close_usd;
    for hour in HOURS - 1_024..HOURS - 1_000 {
        let HourlyPrice { close_usd, high_usd, low_usd } = volatile[hour];
        let scaled = [close_usd, high_usd, low_usd].map(|usd| usd * scale);
        history[hour] =
            HourlyPrice { close_usd: scaled[0], high_usd: scaled[1], low_usd: scaled[2] };
    }
    after.assets[0].prices.hours = history;
    let after = recommend_default(&after).implied.liquidation_threshold_bps;
    assert!(after > high.liquidation_threshold_bps + 400, "{after} after {high:?}");
}

#[test]
fn threshold_respects_the_excursion_bound() {
    let recommendation = with_prices(24, 2.0 * LOW_VOLATILITY);
    let excursion = recommendation.excursion.as_ref().unwrap();
    let taken = recommendation.implied.threshold_with_bonus();
    assert!(taken <= 1.0 - excursion.fall && taken > 1.0 - excursion.fall - 2e-4);
    assert!(excursion.fall < excursion.expected_shortfall);
    assert_eq!(
        bound(&recommendation, BoundKind::Excursion),
        recommendation.implied.liquidation_threshold_bps
    );
    assert!(reason_codes(&recommendation).contains(&ReasonCode::Threshold));
}

#[test]
fn lower_depth_raises_the_bonus_and_lowers_the_threshold() {
    let healths = [1.02; 400];
    let with_depth = |depth_usd: f64| {
        let mut inputs = market(&healths);
        inputs.assets[0].depth = Some(DepthCurve::Assumed(depth_usd));
        recommend_default(&inputs)
    };
    let (deep, thin) = (with_depth(1e9), with_depth(2e4));
    assert_eq!(deep.implied.liquidation_bonus_bps, 500);
    assert!(thin.implied.liquidation_bonus_bps > 700, "{:?}", thin.implied);
    assert!(reason_codes(&thin).contains(&ReasonCode::BonusRaised));
    let (deep_bps, thin_bps) =
        (deep.implied.liquidation_threshold_bps, thin.implied.liquidation_threshold_bps);
    assert!(thin_bps < deep_bps, "{thin_bps} {deep_bps}");
    let lowest = with_depth(1e3);
    assert!(reason_codes(&lowest).contains(&ReasonCode::Illiquid));
    assert_eq!(lowest.implied.liquidation_bonus_bps, ThresholdPolicy::default().greatest_bonus_bps);
}

#[test]
fn oracle_delay_lowers_the_threshold() {
    let mut inputs = market(&[1.5]);
    let on_time = recommend_default(&inputs);
    inputs.assets[0].oracle_delay_s = 3_600;
    let late = recommend_default(&inputs);
    assert_eq!(late.excursion.as_ref().unwrap().hours, 2);
    assert!(late.implied.liquidation_threshold_bps < on_time.implied.liquidation_threshold_bps);
    assert!(reason_codes(&late).contains(&ReasonCode::OracleDelay));
}

#[test]
fn max_ltv_leaves_room_for_the_reaction_fall() {
    let recommendation = recommend_default(&market(&[1.5]));
    let (implied, excursion) = (recommendation.implied, recommendation.excursion.unwrap());
    let after = f64::from(implied.max_ltv_bps) / (1.0 - excursion.reaction_fall);
    assert!(after <= f64::from(implied.liquidation_threshold_bps));
    assert!(after > f64::from(implied.liquidation_threshold_bps) - 2.0);
}

#[test]
fn immaterial_change_is_no_change() {
    let mut inputs = market(&[1.5]);
    inputs.assets[0].reserve =
        recommend_default(&inputs).implied.applied_to(&inputs.assets[0].reserve);
    let settled = recommend_default(&inputs);
    assert_eq!((settled.verdict, settled.recommended), (Verdict::NoChange, settled.current));
    assert!(reason_codes(&settled).contains(&ReasonCode::Immaterial));
}

#[test]
fn newly_liquidatable_accounts_are_listed_and_weighed() {
    let mut inputs = market(&[1.01, 1.02, 3.0]);
    inputs.assets[0].prices = prices(24, HIGH_VOLATILITY);
    let weighed = |harm_weight| {
        let policy = ThresholdPolicy { harm_weight, ..ThresholdPolicy::default() };
        recommend(&inputs, &policy).unwrap().remove(0)
    };
    let refused = weighed(10.0);
    assert_eq!(refused.borrower_cost.now.ids, ["made-up/up/0", "made-up/up/1"]);
    let debt_usd = 800.0 / 1.01 + 800.0 / 1.02;
    assert!((refused.borrower_cost.now.debt_usd - debt_usd).abs() < 1e-9);
    assert!((refused.borrower_cost.penalty_usd - 0.05 * debt_usd).abs() < 1e-9);
    assert_eq!(refused.recommended, refused.current);
    assert!(reason_codes(&refused).contains(&ReasonCode::HarmOutweighs));
    let accepted = weighed(0.1);
    assert!(reason_codes(&accepted).contains(&ReasonCode::HarmAccepted));
    assert_eq!((accepted.verdict, accepted.recommended), (Verdict::Change, accepted.implied));
    assert_eq!(accepted.implied, refused.implied);
    let stressed = accepted.shortfall.stressed_usd;
    assert!(stressed.current > stressed.proposed && stressed.proposed > 0.0);
}

#[test]
fn raise_liquidates_no_account() {
    let mut inputs = market(&[1.2]);
    inputs.assets[0].reserve =
        ReserveParameters::new(0.5, 0.6, 0.05, CloseFactorRule::default()).unwrap();
    let raised = recommend_default(&inputs);
    assert_eq!((raised.verdict, raised.recommended), (Verdict::Change, raised.proposed));
    assert_eq!((raised.borrower_cost.now.accounts, raised.borrower_cost.penalty_usd), (0, 0.0));
    assert!(
        raised.what_if_proposed.iter().zip(&raised.what_if).all(|(d, c)| d.accounts <= c.accounts)
    );
}

#[test]
fn next_day_is_forecast_under_both_parameter_sets() {
    let mut inputs = market(&[1.05, 1.3, 2.0]);
    inputs.assets[0].prices = prices(24, HIGH_VOLATILITY);
    let (borrowers, prices_usd) = (inputs.borrowers.clone(), inputs.prices_usd());
    let passage = move |reserves: &[ReserveParameters]| {
        let probability = |borrower: &Borrower| {
            let health = health_factor(&borrower.account, &prices_usd, reserves);
            first_passage_probability(health.ln(), 2.0, 0.0, 1.0 / 365.0)
        };
        Ok(borrowers.iter().map(probability).collect())
    };
    inputs.next_day = Some(NextDayForecaster(&passage));
    let recommendation = recommend_default(&inputs);
    let day = recommendation.borrower_cost.next_day.unwrap();
    assert!(day.proposed.accounts > day.current.accounts);
    assert!(day.proposed.debt_usd > day.current.debt_usd);
    assert!(day.proposed.debt_usd >= recommendation.borrower_cost.now.debt_usd);
    let caused_usd = day.proposed.debt_usd - day.current.debt_usd;
    assert!((recommendation.borrower_cost.penalty_usd - 0.05 * caused_usd).abs() < 1e-9);
    assert!(
        recommendation.shortfall.next_day_usd.is_some()
            && !reason_codes(&recommendation).contains(&ReasonCode::NoModel)
    );
}

#[test]
fn wrong_forecast_count_is_an_error() {
    let none = |_: &[ReserveParameters]| Ok(Vec::new());
    let inputs = ThresholdInputs { next_day: Some(NextDayForecaster(&none)), ..market(&[1.5]) };
    let refused = recommend(&inputs, &ThresholdPolicy::default()).unwrap_err();
    assert_eq!(refused.to_string(), "0 forecasts were made for 1 accounts");
}

#[test]
fn account_with_overrides_is_not_affected() {
    let mut inputs = market(&[1.01]);
    inputs.assets[0].prices = prices(24, HIGH_VOLATILITY);
    assert_eq!(recommend_default(&inputs).borrower_cost.now.accounts, 1);
    let own = ReserveParameters::new(0.80, 0.85, 0.03, CloseFactorRule::default()).unwrap();
    inputs.borrowers[0].reserve_overrides = vec![(ETH, own)];
    let recommendation = recommend_default(&inputs);
    assert_eq!(recommendation.borrower_cost.now.accounts, 0);
    assert_eq!(recommendation.what_if, recommendation.what_if_proposed);
}

#[test]
fn too_little_history_changes_nothing() {
    let mut inputs = market(&[1.5]);
    inputs.assets[0].prices.hours.drain(..HOURS - 100);
    inputs.assets[0].prices.first_hour += (HOURS - 100) as i64;
    let recommendation = recommend_default(&inputs);
    assert_eq!(
        (recommendation.verdict, recommendation.implied),
        (Verdict::NoChange, recommendation.current)
    );
    assert_eq!(reason_codes(&recommendation)[0], ReasonCode::TooLittleHistory);
}

#[test]
fn equal_inputs_give_equal_recommendations() {
    let inputs = market(&[1.1, 1.5]);
    let json = || serde_json::to_string(&recommend_default(&inputs)).unwrap();
    assert_eq!(json(), json());
}

#[test]
fn smart_ltv_is_reported() {
    let recommendation = recommend_default(&market(&[1.5]));
    let smart = recommendation.smart_ltv.unwrap();
    assert!(smart.ltv_bps > 0 && smart.liquidity_usd > smart.debt_usd);
    assert!(recommendation.implied_confidence.unwrap() > 0.0);
}

#[test]
fn missing_price_is_an_error() {
    let mut inputs = market(&[1.5]);
    inputs.assets[1].price_usd = f64::NAN;
    let refused = recommend(&inputs, &ThresholdPolicy::default()).unwrap_err().to_string();
    assert!(refused.starts_with("DAI: no price is known at"), "{refused}");
    inputs = market(&[1.5]);
    inputs.assets[0].reserve = ReserveParameters::borrow_only(CloseFactorRule::Full);
    let refused = recommend(&inputs, &ThresholdPolicy::default()).unwrap_err().to_string();
    assert_eq!(refused, "made-up/up: nothing counts as collateral");
}
