//! Scenarios have the effects that their names state.

use plimsoll_simulator::{Scenario, Simulation};

use crate::market::{MarketTables, empty_lake, run};

const STABLECOINS: [&str; 3] = ["USDC", "USDT", "DAI"];

/// Total liquidations in markets of three seeds.
fn liquidations(scenario: Scenario) -> usize {
    let count = |seed| {
        let (_dir, store) = empty_lake();
        let simulation = Simulation { seed, accounts: 120, days: 30, scenario };
        run(&simulation, &store).written.expect("a new market").liquidations
    };
    (1..=3).map(count).sum()
}

/// The lowest oracle price of any stablecoin in markets of three seeds, USD.
fn lowest_stablecoin_usd(scenario: Scenario, days: u32) -> f64 {
    let lowest = |seed| {
        let tables =
            MarketTables::simulate_and_read(&Simulation { seed, accounts: 1, days, scenario });
        let prices = STABLECOINS.iter().flat_map(|dollar| &tables.prices[*dollar]);
        prices.map(|(_, price)| *price).fold(f64::INFINITY, f64::min)
    };
    (1..=3).map(lowest).fold(f64::INFINITY, f64::min)
}

#[test]
fn a_crash_has_far_more_liquidations_than_a_calm_market() {
    let (calm, crash) = (liquidations(Scenario::Calm), liquidations(Scenario::Crash));
    assert!(crash > 10 && crash > 3 * calm, "{calm} in a calm, {crash} in a crash");
}

#[test]
fn stablecoins_depeg_in_a_depeg_and_not_in_a_calm_market() {
    let (depeg, calm) =
        (lowest_stablecoin_usd(Scenario::Depeg, 60), lowest_stablecoin_usd(Scenario::Calm, 30));
    assert!(depeg < 0.97 && calm > 0.99, "{depeg} in a depeg, {calm} in a calm");
}

#[test]
fn a_scenario_parses_from_its_name_only() {
    for scenario in [Scenario::Calm, Scenario::Crash, Scenario::Depeg, Scenario::Mixed] {
        assert_eq!(scenario.to_string().parse::<Scenario>().expect("a scenario"), scenario);
    }
    let error = "storm".parse::<Scenario>().expect_err("no scenario");
    assert!(error.to_string().contains("`storm`"), "{error}");
}
