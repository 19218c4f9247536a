//! The history of an account's health factor equals its definitions.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::*;

/// The same log health factor at both prices.
fn health(log_health: f64) -> OpenHealth {
    OpenHealth { log_health, log_health_spot: log_health, debt_usd: 1.0 }
}

/// Hours with these log health factors, consecutive from hour 1.
fn history_of(log_healths: impl IntoIterator<Item = f64>) -> HealthHistory {
    let mut history = HealthHistory::new(0);
    (1..).zip(log_healths).for_each(|(hour, log_health)| {
        history.record_hour(hour, &health(log_health));
    });
    history
}

/// The definition, hour by hour.
fn dwell(log_healths: &[f64], now: f64, half_life_hours: f64) -> f64 {
    let hours = log_healths.len() as f64;
    let near = |m: f64| (-0.5 * ((m - now) / (0.01 + 0.07 * now.abs())).powi(2)).exp();
    let history = (1_u32..).zip(log_healths);
    let decayed =
        history.map(|(u, m)| ((f64::from(u) - hours) / half_life_hours).exp2() * near(*m));
    decayed.sum::<f64>().ln_1p()
}

#[test]
fn without_recorded_hours_dwell_is_zero() {
    assert_eq!(HealthHistory::new(7_000).dwell(0.3, 7_200), [0.0; 2]);
}

#[test]
fn dwell_equals_its_definition() {
    let wave: Vec<f64> = (0..3_000).map(|i| (f64::from(i % 180) - 30.0) / 100.0).collect();
    let history = history_of(wave.iter().copied());
    for now in [-0.3, -0.1, 0.0, 0.05, 0.313, 0.9, 1.5] {
        let [decayed, counted] = history.dwell(now, 3_000 * 3_600);
        assert!((decayed - dwell(&wave, now, 720.0)).abs() < 1e-4, "{now}");
        assert!((counted - dwell(&wave, now, f64::INFINITY)).abs() < 1e-6, "{now}");
    }
}

#[test]
fn an_hour_weighs_half_after_thirty_days() {
    let history = history_of([0.2]);
    let [decayed, counted] = history.dwell(0.2, (1 + 720) * 3_600);
    assert!((decayed - 1.5_f64.ln()).abs() < 1e-7 && (counted - 2_f64.ln()).abs() < 1e-12);
}

#[test]
fn decades_do_not_overflow() {
    let hours = 200_000;
    let [decayed, counted] = history_of((0..hours).map(|_| 0.0)).dwell(0.0, hours * 3_600);
    let forever = 1.0 / (1.0 - (-1.0_f64 / 720.0).exp2());
    assert!((decayed - forever.ln_1p()).abs() < 1e-3, "{decayed}");
    assert!((counted - (hours as f64).ln_1p()).abs() < 1e-9);
}

#[test]
fn healths_beyond_the_limits_are_clamped() {
    assert_eq!(history_of([-3.0, 7.0]), history_of([-0.3, 1.5]));
    assert_eq!(history_of([7.0]).dwell(40.0, 3_600)[1], 2_f64.ln());
}

#[test]
fn an_account_is_below_the_threshold_since_the_last_healthy_hour() {
    let history = history_of([0.2, 0.0, -0.1, -0.2]);
    assert_eq!(history.hours_below_threshold(-0.1, 4 * 3_600), 2.0);
    assert_eq!(history.hours_below_threshold(-0.1, 4 * 3_600 + 900), 2.25);
    assert_eq!(history.hours_below_threshold(0.0, 4 * 3_600 + 900), 0.0);
    let just_fallen = history_of([0.2, -0.1, 0.1]);
    assert_eq!(just_fallen.hours_below_threshold(-0.01, 3 * 3_600 + 1_800), 0.5);
    assert_eq!(HealthHistory::new(7_200).hours_below_threshold(-0.1, 9_000), 0.5);
}

#[test]
fn only_the_oracle_price_counts_for_the_threshold() {
    let mut history = HealthHistory::new(0);
    let fallen_spot = OpenHealth { log_health: 0.1, log_health_spot: -0.2, debt_usd: 1.0 };
    assert!(!history.record_hour(5, &fallen_spot).is_below_threshold);
    assert_eq!(history.hours_below_threshold(-0.1, 6 * 3_600), 1.0);
    assert_eq!(history.lowest_since_action(0.3), -0.2);
}

#[test]
fn a_new_debt_starts_the_hours_below_anew() {
    let mut history = history_of([-0.1, -0.1]);
    history.on_debt_opened(36_000);
    assert_eq!(history.hours_below_threshold(-0.1, 39_600), 1.0);
}

/// The definition of the lower hours, hour by hour.
fn lower_hours(log_healths: &[f64], now: f64) -> f64 {
    let last = log_healths.len() as f64;
    let history = (1_u32..).zip(log_healths);
    let weight = |u: u32| ((f64::from(u) - last) / 720.0).exp2();
    let lower = history.filter(|(_, m)| (**m * 100.0).round() <= (now * 100.0 + 1.0).floor());
    lower.map(|(u, _)| weight(u)).sum::<f64>().ln_1p()
}

#[test]
fn lower_hours_equal_their_definition() {
    let wave: Vec<f64> = (0..2_000).map(|i| (f64::from(i % 157) - 20.0) / 100.0).collect();
    let history = history_of(wave.iter().copied());
    for now in [-0.255, -0.105, 0.005, 0.313, 0.905, 1.4] {
        let computed = history.log_lower_hours(now, 2_000 * 3_600);
        assert!((computed - lower_hours(&wave, now)).abs() < 1e-4, "{now}");
    }
    assert_eq!(HealthHistory::new(0).log_lower_hours(0.3, 3_600), 0.0);
}

proptest! {
    #![proptest_config(Config { cases: 64, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn lower_hours_never_fall_as_health_rises(
        past in prop::collection::vec(-0.5..2.0_f64, 0..300),
        now in -0.5..2.0_f64,
        rise in 0.0..1.0_f64,
    ) {
        let time_s = (past.len() as i64 + 1) * 3_600;
        let history = history_of(past);
        prop_assert!(
            history.log_lower_hours(now, time_s) <= history.log_lower_hours(now + rise, time_s)
        );
    }

    #[test]
    fn a_healthier_past_never_raises_the_hours_below(
        past in prop::collection::vec(-0.2..0.2_f64, 1..200),
        rise in 0.0..0.2_f64,
    ) {
        let time_s = (past.len() as i64 + 1) * 3_600;
        let healthier = history_of(past.iter().map(|m| m + rise));
        let hours = history_of(past).hours_below_threshold(-0.05, time_s);
        prop_assert!(healthier.hours_below_threshold(-0.05, time_s) <= hours);
        prop_assert_eq!(healthier.hours_below_threshold(-0.05 + 0.3, time_s), 0.0);
    }
}
