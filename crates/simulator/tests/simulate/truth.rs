//! A landmark's incidences agree with further futures and with the history.

use std::collections::BTreeMap;

use plimsoll_lake::Store;
use plimsoll_lake::tables::{BalanceChange, Liquidation, side};
use plimsoll_simulator::{Landmark, SimulatedOutcome, Simulation, SimulationError, TrueIncidence};

use crate::market::{crash, empty_lake, hour, run};

const MARKET: Simulation = crash(6, 60, 30);
const EDGES_DAYS: [f64; 4] = [0.25, 1.0, 2.0, 3.0];
const HORIZON_HOURS: usize = 72;
/// Futures for the estimate, and as many further ones to compare with.
const FUTURES: u64 = 300;

fn landmark(simulation: &Simulation, hours: i64) -> Landmark {
    let mut landmarks = simulation.landmarks(&[hour(hours)]).expect("an hour of the history");
    landmarks.remove(0)
}

fn incidences(landmark: &Landmark, futures: u64) -> Vec<TrueIncidence> {
    landmark.incidences(0..futures, &EDGES_DAYS, |_| {})
}

/// Numbers of accounts liquidated, and closed, by an edge.
fn count_exits(outcomes: &[SimulatedOutcome], edge_days: f64) -> [f64; 2] {
    let count = |is: &dyn Fn(&SimulatedOutcome) -> bool| {
        outcomes.iter().filter(|outcome| is(outcome)).count() as f64
    };
    [
        count(
            &|outcome| matches!(outcome, SimulatedOutcome::Liquidated(days) if *days <= edge_days),
        ),
        count(&|outcome| matches!(outcome, SimulatedOutcome::Closed(days) if *days <= edge_days)),
    ]
}

/// Mean of independent numbers, and its standard error.
fn mean_and_standard_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn expected_exits_agree_with_further_futures() {
    let times = [250, 500].map(hour);
    for landmark in MARKET.landmarks(&times).expect("hours of the history") {
        let estimates = incidences(&landmark, FUTURES);
        let futures = landmark.futures(FUTURES..2 * FUTURES, HORIZON_HOURS, |_| {});
        for (edge, &days) in EDGES_DAYS.iter().enumerate() {
            let sum = |curve: fn(&TrueIncidence) -> &[f64]| {
                estimates.iter().map(|i| curve(i)[edge]).sum::<f64>()
            };
            let expected = [sum(|i| &i.liquidated), sum(|i| &i.closed)];
            let counts: Vec<[f64; 2]> =
                futures.iter().map(|outcomes| count_exits(outcomes, days)).collect();
            for cause in 0..2 {
                let observed: Vec<f64> = counts.iter().map(|count| count[cause]).collect();
                let (observed, error) = mean_and_standard_error(&observed);
                // Both sides have the standard error of this many futures.
                let apart = (observed - expected[cause]) / (error * std::f64::consts::SQRT_2);
                let at = (landmark.time(), days, cause);
                assert!(apart.abs() < 4.0 || observed == expected[cause], "{at:?}: {apart} errors");
            }
        }
    }
}

#[test]
fn incidences_are_non_decreasing_and_sum_to_at_most_one() {
    let landmark = landmark(&MARKET, 400);
    let estimates = incidences(&landmark, 100);
    assert_eq!(estimates.len(), landmark.accounts().len());
    for TrueIncidence { liquidated, closed } in estimates {
        for curve in [&liquidated, &closed] {
            assert!(curve.iter().all(|p| (0.0..=1.0).contains(p)) && curve.is_sorted());
        }
        assert!(liquidated.iter().zip(&closed).all(|(l, c)| l + c <= 1.0 + 1e-12));
    }
}

#[test]
fn no_incidence_is_zero_because_it_was_not_observed() {
    let landmark = landmark(&MARKET, 400);
    let estimates = incidences(&landmark, 100);
    let futures = landmark.futures(0..100, HORIZON_HOURS, |_| {});
    let last = EDGES_DAYS.len() - 1;
    let sum: f64 = estimates.iter().map(|i| i.liquidated[last]).sum();
    let counted: f64 =
        futures.iter().map(|outcomes| count_exits(outcomes, EDGES_DAYS[last])[0]).sum();
    assert!(counted > 0.0 && (sum - counted / 100.0).abs() < 1e-9);
    assert!(estimates.iter().all(|i| i.liquidated[last] > 0.0 && i.closed[last] > 0.0));
}

#[test]
fn incidences_do_not_depend_on_threads() {
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| incidences(&landmark(&MARKET, 300), 70))
    };
    assert_eq!(with_threads(1), with_threads(3));
}

#[test]
fn a_landmark_does_not_depend_on_other_landmarks() {
    let alone = landmark(&MARKET, 300);
    let among = MARKET.landmarks(&[500, 300, 100].map(hour)).expect("hours of the history");
    let times: Vec<_> = among.iter().map(Landmark::time).collect();
    assert_eq!(times, [100, 300, 500].map(hour));
    assert_eq!(among[1].accounts(), alone.accounts());
    assert_eq!(incidences(&among[1], 20), incidences(&alone, 20));
}

#[test]
fn a_time_that_is_not_a_full_hour_is_rejected_by_name() {
    let half_an_hour = chrono::TimeDelta::minutes(30);
    let half_a_second = chrono::TimeDelta::milliseconds(500);
    let end = 24 * i64::from(MARKET.days);
    for time in [hour(9) + half_an_hour, hour(9) + half_a_second, hour(0), hour(-1), hour(end + 1)]
    {
        let refused = MARKET.landmarks(&[hour(8), time]);
        let error = refused.err().unwrap_or_else(|| panic!("{time} is a landmark"));
        assert!(matches!(error, SimulationError::InvalidTime { time: at, .. } if at == time));
        let text = error.to_string();
        assert!(text.contains(&time.to_string()) && text.contains("crash-6"), "{text}");
    }
    assert_eq!(MARKET.landmarks(&[hour(end)]).expect("the last hour").len(), 1);
}

#[test]
fn a_sample_keeps_the_accounts_at_risk_and_is_deterministic() {
    let full = landmark(&MARKET, 400);
    let sampled = |accounts| {
        let mut sampled = landmark(&MARKET, 400);
        sampled.sample(accounts);
        sampled
    };
    let twelve = sampled(12);
    assert_eq!(twelve.accounts().len(), 12);
    assert_eq!(twelve.accounts(), sampled(12).accounts());
    assert!(twelve.accounts().iter().all(|snapshot| full.accounts().contains(snapshot)));
    // A quarter of the sample, or all there are, is below each stratum's bound.
    for bound in [1.03, 1.1, 1.3] {
        let below = |landmark: &Landmark| {
            landmark.accounts().iter().filter(|snapshot| snapshot.health_factor < bound).count()
        };
        assert!(below(&twelve) >= below(&full).min(3), "below {bound}");
    }
    assert_eq!(sampled(1_000).accounts(), full.accounts());
    assert!(sampled(0).accounts().is_empty());
}

#[test]
fn a_sampled_account_keeps_its_futures() {
    let full = landmark(&MARKET, 400);
    let mut some = landmark(&MARKET, 400);
    some.sample(9);
    let futures = [&full, &some].map(|landmark| landmark.futures(0..20, HORIZON_HOURS, |_| {}));
    for (index, snapshot) in some.accounts().iter().enumerate() {
        let among = full.accounts().iter().position(|other| other == snapshot);
        let among = among.expect("an account of the market");
        assert!((0..20).all(|future| futures[1][future][index] == futures[0][future][among]));
    }
}

/// When each account left the risk set in the history, hours after the start, and whether by a
/// liquidation, from the lake's tables; ordered by time.
fn historical_exits(store: &Store) -> BTreeMap<String, Vec<(f64, bool)>> {
    let hours = |time: chrono::DateTime<chrono::Utc>| {
        (time - Simulation::START).num_seconds() as f64 / 3_600.0
    };
    let mut exits: BTreeMap<String, Vec<(f64, bool)>> = BTreeMap::new();
    for call in store.rows::<Liquidation>().expect("liquidations") {
        exits.entry(call.account).or_default().push((hours(call.time), true));
    }
    let mut changes: Vec<BalanceChange> = store.rows().expect("balances");
    changes.sort_by_key(|row| (row.block, row.log_index));
    let mut owed: BTreeMap<String, i128> = BTreeMap::new();
    for row in changes.into_iter().filter(|row| row.side == side::DEBT) {
        let owed = owed.entry(row.account.clone()).or_default();
        *owed += row.scaled_exact;
        let exits = exits.entry(row.account).or_default();
        if *owed == 0 && !exits.contains(&(hours(row.time), true)) {
            exits.push((hours(row.time), false));
        }
    }
    exits.values_mut().for_each(|exits| exits.sort_by(|a, b| a.0.total_cmp(&b.0)));
    exits
}

/// The history is one more future: over many markets it has as many exits as the futures predict.
#[test]
fn the_history_is_as_likely_as_the_futures() {
    const SEEDS: u64 = 16;
    const LANDMARK_HOURS: i64 = 192;
    let mut apart = [Vec::new(), Vec::new()];
    let mut happened = [0.0; 2];
    for seed in 100..100 + SEEDS {
        let simulation = crash(seed, 100, 12);
        let landmark = landmark(&simulation, LANDMARK_HOURS);
        let (_dir, store) = empty_lake();
        run(&simulation, &store);
        let exits = historical_exits(&store);
        let outcome = |account: &str| {
            let from = LANDMARK_HOURS as f64;
            let end = exits.get(account)?.iter().find(|(hours, _)| *hours > from)?;
            (end.0 <= from + HORIZON_HOURS as f64).then_some(end.1)
        };
        let outcomes = landmark.accounts().iter().map(|snapshot| outcome(&snapshot.account));
        let outcomes: Vec<Option<bool>> = outcomes.collect();
        let expected = incidences(&landmark, 32);
        let last = EDGES_DAYS.len() - 1;
        let sum = |curve: fn(&TrueIncidence) -> &[f64]| {
            expected.iter().map(|i| curve(i)[last]).sum::<f64>()
        };
        let expected = [sum(|i| &i.liquidated), sum(|i| &i.closed)];
        for (cause, liquidated) in [true, false].into_iter().enumerate() {
            let observed =
                outcomes.iter().filter(|outcome| **outcome == Some(liquidated)).count() as f64;
            apart[cause].push(observed - expected[cause]);
            happened[cause] += observed;
        }
    }
    for (apart, happened) in apart.iter().zip(happened) {
        let (mean, error) = mean_and_standard_error(apart);
        assert!(happened > 10.0 && (mean / error).abs() < 4.0, "{happened}: {mean} by {error}");
    }
}
