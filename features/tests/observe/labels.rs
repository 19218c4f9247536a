//! Labels of owners' actions and of crossings, on histories made by hand.

use plimsoll_features::{ObservationPlan, Observations, OwnerActionCounts, observe};
use plimsoll_lake::tables::kind;

use super::vault_market::{HOUR_S, START_S, VaultMarket, example, id, rows_of_vault};

/// Vault 3's debt of 5,000 dollars at hour 60, with interest.
fn debt(hour: i64) -> f64 {
    5_000.0 * growth(60, hour)
}

fn growth(from_hour: i64, to_hour: i64) -> f64 {
    1.05_f64.powf((to_hour - from_hour) as f64 / 8_760.0)
}

fn hour_of(observations: &Observations, row: usize) -> i64 {
    (observations.time_s[row] - START_S) / HOUR_S
}

/// The counts of the last landmark of a vault before an hour.
fn counts_before(observations: &Observations, vault: u8, hour: i64) -> OwnerActionCounts {
    let rows = rows_of_vault(observations, vault);
    let before = rows.iter().rfind(|&&row| hour_of(observations, row) < hour);
    observations.owner_actions[*before.expect("a landmark")]
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn an_owner_who_repays_twice_has_two_repayments_of_known_size() {
    let mut market = example();
    market.events.extend([(101, 3, kind::REPAY, 1_000.0), (102, 3, kind::REPAY, 500.0)]);
    let observations = market.observe();
    let first = counts_before(&observations, 3, 101);
    assert_eq!((first.repaid.count, first.exposure_hours), (1, 2.0));
    assert!(close(first.repaid.log_health, (debt(101) / (debt(101) - 1_000.0)).ln()));
    let left = (debt(101) - 1_000.0) * growth(101, 102);
    let second = counts_before(&observations, 3, 102);
    assert_eq!((second.repaid.count, second.exposure_hours), (1, 1.0));
    assert!(close(second.repaid.log_health, (left / (left - 500.0)).ln()));
    let rows = rows_of_vault(&observations, 3);
    let all: u32 = rows.iter().map(|&row| observations.owner_actions[row].repaid.count).sum();
    assert_eq!(all, 2);
}

#[test]
fn actions_within_one_window_add_up() {
    let mut market = example();
    market.events.extend([
        (101, 3, kind::DEPOSIT, 1.0),
        (101, 3, kind::BORROW, 600.0),
        (130, 3, kind::WITHDRAW, 2.0),
    ]);
    let observations = market.observe();
    let counts = counts_before(&observations, 3, 101);
    assert_eq!((counts.added.count, counts.borrowed.count), (1, 1), "one block, two kinds");
    assert!(close(counts.added.log_health, 1.1_f64.ln()));
    assert!(close(counts.borrowed.log_health, ((debt(101) + 600.0) / debt(101)).ln()));
    assert_eq!((counts.repaid.count, counts.withdrawn.count), (0, 0));
    let withdrawn = counts_before(&observations, 3, 130).withdrawn;
    assert!(withdrawn.count == 1 && close(withdrawn.log_health, (11.0_f64 / 9.0).ln()));
}

#[test]
fn exposures_add_up_to_the_time_that_the_loan_was_open() {
    let observations = example().observe();
    for (vault, open_hours) in [(1, 230 - 30), (2, 120 - 40), (3, 399 - 60)] {
        let rows = rows_of_vault(&observations, vault);
        let exposures = rows.iter().map(|&row| observations.owner_actions[row].exposure_hours);
        assert!(close(exposures.sum(), open_hours as f64), "vault {vault}");
    }
}

#[test]
fn a_window_ends_after_a_day_on_a_coarse_grid() {
    let (_dir, store) = example().lake();
    let plan = ObservationPlan { interval: "2d".parse().expect("an interval"), until: None };
    let observations = observe(&store, &id(), &plan).expect("observations");
    let mut longest = 0.0;
    for row in rows_of_vault(&observations, 3) {
        longest = f64::max(longest, observations.owner_actions[row].exposure_hours);
    }
    assert_eq!(longest, 24.0);
}

#[test]
fn a_liquidation_is_no_action_of_the_owner() {
    let mut market = example();
    // In the block of the liquidation.
    market.events.push((230, 1, kind::DEPOSIT, 0.5));
    let observations = market.observe();
    let last = counts_before(&observations, 1, 230);
    let none = OwnerActionCounts { exposure_hours: last.exposure_hours, ..Default::default() };
    assert_eq!(last, none);
    assert_eq!(last.exposure_hours, 3.0);
}

#[test]
fn closing_a_loan_is_one_repayment_of_the_greatest_size() {
    let observations = example().observe();
    let closing = counts_before(&observations, 2, 120).repaid;
    assert_eq!((closing.count, closing.log_health), (1, 3.0));
    // Half a dollar is left, which is not an open loan.
    let mut market = example();
    market.events.push((200, 3, kind::REPAY, debt(200) - 0.5));
    let dust = counts_before(&market.observe(), 3, 200).repaid;
    assert_eq!((dust.count, dust.log_health), (1, 3.0));
}

/// Vault 4 has ten ether and a debt of 7,000 dollars from hour 60 on.
fn crossing_market() -> VaultMarket {
    let mut market = example();
    market.events.extend([(60, 4, kind::DEPOSIT, 10.0), (60, 4, kind::BORROW, 7_000.0)]);
    market
}

/// The first hour after `hour` at which vault 4 is below the threshold with this much ether.
fn first_below(market: &VaultMarket, hour: i64, ether: f64) -> Option<i64> {
    let health =
        |hour: i64| ether * market.prices[hour as usize - 1] / 1.3 / (7_000.0 * growth(60, hour));
    (hour + 1..400).find(|&hour| health(hour) < 1.0)
}

#[test]
fn a_position_crosses_at_the_first_hour_below_the_threshold() {
    let market = crossing_market();
    let observations = market.observe();
    let mut crossed = 0;
    for row in rows_of_vault(&observations, 4) {
        let hour = hour_of(&observations, row);
        let days = first_below(&market, hour, 10.0).map(|below| (below - hour) as f64 / 24.0);
        let days = if observations.health_factor[row] < 1.0 { Some(0.0) } else { days };
        let crossing = observations.crossing[row];
        assert_eq!((crossing.actual_days, crossing.present_days), (days, days), "hour {hour}");
        crossed += usize::from(days.is_some_and(|days| days > 0.0));
    }
    assert!(crossed > 10);
}

#[test]
fn an_owner_who_adds_collateral_prevents_the_actual_crossing_only() {
    let mut market = crossing_market();
    market.events.push((151, 4, kind::DEPOSIT, 1.0));
    let observations = market.observe();
    for row in rows_of_vault(&observations, 4) {
        let hour = hour_of(&observations, row);
        let crossing = observations.crossing[row];
        assert_eq!(crossing.actual_days, None);
        assert_eq!(crossing.present_days.is_some(), hour < 151, "hour {hour}");
    }
}
