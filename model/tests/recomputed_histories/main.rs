//! What must hold of forecasts when the history of a random account is changed and computed again:
//! debts are scaled down or collateral is added at all times, and the features follow.

mod account_rows;
mod maker;
mod market;
mod positions;
mod rays;
mod steps;

use std::sync::LazyLock;

use plimsoll_features::AccountFeatures;
use plimsoll_model::PositionState;
use plimsoll_simulator::{Scenario, Simulation};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use market::{TestMarket, forecast};
use positions::{DEBTS_USD, HEALTH_FACTORS, by_health_factor};
use rays::{RandomAccount, Ray};
use steps::StepCounts;

/// Random accounts of each market.
const ACCOUNTS: usize = 25;

/// A market with crashes and one with lost pegs, each with a model that was trained on it.
static MARKETS: LazyLock<[TestMarket; 2]> = LazyLock::new(|| {
    let crash = Simulation { seed: 31, accounts: 200, days: 70, scenario: Scenario::Crash };
    let depeg = Simulation { seed: 32, accounts: 250, days: 60, scenario: Scenario::Depeg };
    [crash, depeg].map(|simulation| TestMarket::simulated(&simulation))
});

/// Calls `check` with random accounts of both markets.
fn for_random_accounts(seed: u64, mut check: impl FnMut(&RandomAccount<'_>, &mut ChaCha8Rng)) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for market in MARKETS.iter() {
        for _ in 0..ACCOUNTS {
            let account = RandomAccount::choose(market, &mut rng);
            check(&account, &mut rng);
        }
    }
}

/// Checks a ray of random accounts with both models.
fn counts_along(ray: Ray) -> StepCounts {
    let mut counts = StepCounts::default();
    for_random_accounts(1, |account, rng| {
        let rows = account.along(ray, rng);
        MARKETS.iter().for_each(|market| counts.check(&market.model, &rows));
    });
    println!("{ray:?}: {counts:?}");
    counts
}

#[test]
fn an_unchanged_history_computes_the_same_features() {
    for_random_accounts(2, |account, _| account.assert_unchanged());
}

#[test]
fn probabilities_never_rise_as_debts_are_scaled_down_but_for_rounding_of_past_hours() {
    let counts = counts_along(Ray::LessDebt);
    assert!(counts.strict * 2 > counts.steps, "{counts:?}");
    assert!(counts.largest_ratio < 1.25, "{counts:?}");
}

#[test]
fn probabilities_never_rise_as_collateral_grows_but_for_rounding_and_larger_margins() {
    let counts = counts_along(Ray::MoreCollateral);
    assert!(counts.strict * 2 > counts.steps, "{counts:?}");
    assert!(counts.largest_ratio < 1.25, "{counts:?}");
}

#[test]
fn more_of_one_collateral_raises_probabilities_by_its_volatility_at_most() {
    let counts = counts_along(Ray::MoreOfOneCollateral);
    assert!(counts.strict * 4 > counts.steps, "{counts:?}");
    assert!(counts.largest_ratio < 2.0, "{counts:?}");
}

#[test]
fn curves_rise_add_up_to_at_most_one_and_lie_in_their_intervals() {
    for_random_accounts(3, |account, rng| {
        let rows = account.along(Ray::LessDebt, rng);
        let forecasts = forecast(&account.market.model, &rows);
        let intervals = forecasts.intervals.as_ref().expect("intervals");
        for row in 0..rows.len() {
            let (liquidated, closed) = (forecasts.liquidated.row(row), forecasts.closed.row(row));
            assert!(liquidated.to_vec().is_sorted() && closed.to_vec().is_sorted());
            assert!(liquidated.iter().zip(closed).all(|(a, b)| *a > 0.0 && a + b <= 1.0 + 1e-12));
            let (lower, upper) = (intervals.lower.row(row), intervals.upper.row(row));
            assert!(lower.to_vec().is_sorted() && upper.to_vec().is_sorted());
            let ends = lower.into_iter().zip(upper).zip(forecasts.p_liquidated(row));
            ends.for_each(|((lower, upper), p)| assert!(*lower <= p && p <= *upper));
        }
    });
}

#[test]
fn near_the_threshold_no_hazard_is_zero() {
    for_random_accounts(4, |account, _| {
        let healths = [1.0 + 1e-9, 1.01, 1.03, 1.06, 1.1];
        let rows = account.recompute(&healths.map(|health| account.sized(20_000.0, health)));
        let forecasts = forecast(&account.market.model, &rows);
        for (row, curve) in rows.iter().zip(forecasts.liquidated.rows()) {
            let (curve, health) = (curve.to_vec(), row.health_factor);
            assert!(curve[0] > 0.0 && curve.windows(2).all(|edges| edges[0] < edges[1]));
            assert!(curve[13] > 1e-4, "{} at {health}: {}", account.name, curve[13]);
        }
    });
}

/// The largest probabilities within 24 hours and 30 days, and upper end, at a health factor of 10
/// or more.
fn largest_far_out() -> [f64; 3] {
    let mut largest = [0.0_f64; 3];
    for_random_accounts(5, |account, _| {
        let rows = account.recompute(&[10.0, 32.0, 1e3].map(|h| account.sized(20_000.0, h)));
        let forecasts = forecast(&account.market.model, &rows);
        let upper = &forecasts.intervals.as_ref().expect("intervals").upper;
        for row in 0..rows.len() {
            let [_, _, day, .., month] = forecasts.p_liquidated(row);
            let values = [day, month, upper[[row, 5]]];
            largest.iter_mut().zip(values).for_each(|(largest, p)| *largest = largest.max(p));
        }
    });
    largest
}

#[test]
fn far_out_intervals_end_below_a_hundredth() {
    let [.., upper] = largest_far_out();
    assert!(upper <= 1e-2, "{upper}");
}

fn is_below(row: &AccountFeatures) -> bool {
    row.health_factor < 1.0
}

#[test]
fn dust_is_not_liquidated_on_either_side_of_the_threshold() {
    let mut sides = [0; 2];
    for_random_accounts(6, |account, _| {
        let rows = account.recompute(&[0.9, 0.99, 1.01, 1.1].map(|h| account.sized(5.0, h)));
        let forecasts = forecast(&account.market.model, &rows);
        for (i, row) in rows.iter().enumerate() {
            let month = forecasts.p_liquidated(i)[5];
            assert!(month < 0.02, "{} at {}: {month}", account.name, row.health_factor);
            sides[usize::from(is_below(row))] += 1;
        }
    });
    assert!(sides.iter().all(|rows| *rows > ACCOUNTS), "{sides:?}");
}

#[test]
fn accounts_below_the_threshold_are_liquidatable_or_stuck_and_never_open() {
    let mut below = [0; 2];
    for_random_accounts(7, |account, rng| {
        let rows = account.along(Ray::MoreCollateral, rng);
        let states = forecast(&account.market.model, &rows).states.expect("states").state;
        for (row, state) in rows.iter().zip(states) {
            assert_eq!(is_below(row), state != PositionState::Open, "{}", row.health_factor);
            below[0] += usize::from(state == PositionState::Liquidatable);
            below[1] += usize::from(state == PositionState::Stuck);
        }
    });
    assert!(below.iter().all(|rows| *rows > 0), "{below:?}");
}

#[test]
fn probabilities_of_new_positions_fall_with_health_and_rise_with_time() {
    for market in MARKETS.iter() {
        let mut counts = StepCounts::default();
        for debt_usd in DEBTS_USD {
            let rows = by_health_factor(market, debt_usd);
            counts.check(&market.model, &rows);
            let curves = forecast(&market.model, &rows).liquidated;
            assert!(curves.rows().into_iter().all(|curve| curve.to_vec().is_sorted()));
        }
        // From 0.8 to 0.9 the collateral begins to cover the debt and the bonus, so a liquidator earns
        // more and is likelier to act: the only rise, and one for each debt.
        assert!(counts.steps - counts.strict <= DEBTS_USD.len(), "{counts:?}");
        assert!(counts.largest_ratio < 1.5, "{counts:?}");
    }
}

#[test]
fn large_liquidatable_positions_are_liquidated_within_a_day() {
    for market in MARKETS.iter() {
        let rows = by_health_factor(market, 200_000.0);
        let forecasts = forecast(&market.model, &rows);
        for (i, health) in HEALTH_FACTORS.iter().enumerate().filter(|(_, h)| **h < 1.0) {
            let [_, _, day, ..] = forecasts.p_liquidated(i);
            println!("{} at {health}: {day}", market.id.market);
            assert!(day >= 0.9, "{} at {health}: {day}", market.id.market);
        }
    }
}
