//! Later rows of a lake change no earlier feature.

use plimsoll_features::{ObservationPlan, Observations, observe};
use plimsoll_lake::tables::kind;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::vault_market::{HOUR_S, START_S, VaultMarket, id, time};

fn vault_markets() -> impl Strategy<Value = VaultMarket> {
    let kinds = prop_oneof![
        Just(kind::DEPOSIT),
        Just(kind::WITHDRAW),
        Just(kind::BORROW),
        Just(kind::REPAY)
    ];
    let event =
        (0_i64..400, 1_u8..6, kinds, 1.0..3_000.0_f64).prop_map(|(hour, vault, kind, usd)| {
            let is_collateral = [kind::DEPOSIT, kind::WITHDRAW].contains(&kind);
            (hour, vault, kind, if is_collateral { usd / 500.0 } else { usd })
        });
    let events = prop::collection::vec(event, 10..40);
    let returns = prop::collection::vec(-0.03..0.03_f64, 400);
    let liquidations =
        prop::collection::vec((50_i64..400, 1_u8..6, 0.1..5.0_f64, 10.0..2_000.0_f64), 0..4);
    (returns, events, liquidations).prop_map(|(returns, mut events, liquidations)| {
        let walk = returns.iter().scan(1_000.0, |price: &mut f64, step| {
            *price *= step.exp();
            Some(*price)
        });
        events.extend([(1, 1, kind::DEPOSIT, 10.0), (2, 1, kind::BORROW, 5_000.0)]);
        VaultMarket { prices: walk.collect(), events, liquidations }
    })
}

proptest! {
    #![proptest_config(Config { cases: 24, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn deleting_the_future_changes_no_feature(market in vault_markets(), hour in 20_i64..399) {
        let all = market.observe();
        let (_dir, store) = market.until(hour).lake();
        let Ok(early) = observe(&store, &id(), &ObservationPlan::default()) else { return Ok(()) };
        let mut later = 0;
        for row in 0..early.len() {
            let name = &early.account_ids[early.account_index[row] as usize];
            let same = |&other: &usize| {
                all.time_s[other] == early.time_s[row]
                    && &all.account_ids[all.account_index[other] as usize] == name
            };
            let other = (later..all.len()).find(same).expect("every early landmark is a later one");
            later = other;
            let bits = |o: &Observations, row: usize| o.features.row(row).iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&early, row), bits(&all, other));
            prop_assert_eq!(early.health_factor[row].to_bits(), all.health_factor[other].to_bits());
            // Labels whose window had ended do not depend on what comes later either.
            if early.outcome[row].follow_up_days >= 1.0 {
                prop_assert_eq!(early.owner_actions[row], all.owner_actions[other]);
            }
            let crossed = early.crossing[row];
            if crossed.actual_days.is_some() {
                prop_assert_eq!(crossed.actual_days, all.crossing[other].actual_days);
            }
            if crossed.present_days.is_some() {
                prop_assert_eq!(crossed.present_days, all.crossing[other].present_days);
            }
        }
    }

    #[test]
    fn an_until_limit_equals_deleting_the_future(market in vault_markets(), hour in 20_i64..399) {
        let (_dir, store) = market.lake();
        let plan = ObservationPlan { until: Some(time(START_S + hour * HOUR_S)), ..ObservationPlan::default() };
        let (limited, deleted) = (observe(&store, &id(), &plan), {
            let (_dir, store) = market.until(hour).lake();
            observe(&store, &id(), &ObservationPlan::default())
        });
        match (limited, deleted) {
            (Ok(limited), Ok(deleted)) => {
                prop_assert_eq!(&limited.time_s, &deleted.time_s);
                prop_assert_eq!(&limited.outcome, &deleted.outcome);
                prop_assert_eq!(&limited.owner_actions, &deleted.owner_actions);
                prop_assert_eq!(&limited.crossing, &deleted.crossing);
                prop_assert!(limited.features.iter().zip(&deleted.features).all(|(a, b)| a.to_bits() == b.to_bits()));
            }
            (limited, deleted) => prop_assert_eq!(limited.is_err(), deleted.is_err()),
        }
    }
}
