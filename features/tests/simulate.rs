//! Observations of a simulated market, compared with its simulation and its lake.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::ProgressBar;
use plimsoll_features::{
    CLOSED, LIQUIDATED, MIN_OPEN_USD, OPEN, ObservationPlan, Observations, Outcome,
};
use plimsoll_features::{list_markets, observe};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{BalanceChange, Liquidation, MarketAsset, OraclePrice, side};
use plimsoll_simulator::{AccountSnapshot, Scenario, Simulation, simulate};

/// A market with many liquidations and bad debt.
const MARKET: Simulation =
    Simulation { seed: 11, accounts: 150, days: 30, scenario: Scenario::Crash };
/// Hours between landmarks.
const EVERY_HOURS: i64 = 4;
const DAY_S: f64 = 86_400.0;

/// The rows of the market's lake, and its observations.
static LAKE: LazyLock<Lake> = LazyLock::new(Lake::read);

struct Lake {
    observations: Observations,
    balances: Vec<BalanceChange>,
    liquidations: Vec<Liquidation>,
    units: HashMap<String, f64>,
    prices: HashMap<String, Vec<(i64, f64)>>,
}

impl Lake {
    fn read() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::create(dir.path()).expect("a lake");
        simulate(&MARKET, &store, &ProgressBar::hidden()).expect("a simulated market");
        let every = format!("{EVERY_HOURS}h").parse().expect("an interval");
        let id = &list_markets(&store).expect("markets")[0];
        let plan = ObservationPlan { interval: every, until: None };
        let observations = observe(&store, id, &plan).expect("observations");
        let mut balances: Vec<BalanceChange> = store.rows().expect("balances");
        balances.sort_by_key(|row| (row.block, row.log_index));
        let unit = |asset: MarketAsset| (asset.asset, 10_f64.powi(asset.decimals as i32));
        let units = store.rows().expect("assets").into_iter().map(unit).collect();
        let mut prices: HashMap<String, Vec<(i64, f64)>> = HashMap::new();
        for price in store.rows::<OraclePrice>().expect("prices") {
            let quote = (price.time.timestamp(), price.price_usd);
            prices.entry(price.asset).or_default().push(quote);
        }
        prices.values_mut().for_each(|quotes| quotes.sort_by_key(|(time_s, _)| *time_s));
        let liquidations = store.rows().expect("liquidations");
        Self { observations, balances, liquidations, units, prices }
    }

    fn usd(&self, asset: &str, scaled: i128, time_s: i64) -> f64 {
        let quotes = &self.prices[asset];
        let known = quotes.partition_point(|(quote_s, _)| *quote_s <= time_s);
        let price = quotes[..known].last().map_or(f64::NAN, |(_, price)| *price);
        scaled as f64 / self.units[asset] * price
    }

    /// The times and causes at which each account's risk ended, from liquidations and balances.
    fn ends(&self) -> BTreeMap<&str, Vec<(i64, u8)>> {
        let mut ends: BTreeMap<&str, Vec<(i64, u8)>> = BTreeMap::new();
        let mut liquidations: Vec<_> = self.liquidations.iter().collect();
        liquidations.sort_by_key(|row| row.block);
        for row in liquidations {
            ends.entry(&row.account).or_default().push((row.time.timestamp(), LIQUIDATED));
        }
        let mut owed: HashMap<&str, i128> = HashMap::new();
        for row in self.balances.iter().filter(|row| row.side == side::DEBT) {
            let (account, time_s) = (row.account.as_str(), row.time.timestamp());
            let owed = owed.entry(account).or_default();
            let was_open = self.usd(&row.asset, *owed, time_s) >= MIN_OPEN_USD;
            *owed += row.scaled_exact;
            let is_open = self.usd(&row.asset, *owed, time_s) >= MIN_OPEN_USD;
            let account_ends = ends.entry(account).or_default();
            if was_open && !is_open && !account_ends.contains(&(time_s, LIQUIDATED)) {
                account_ends.push((time_s, CLOSED));
            }
        }
        ends.values_mut().for_each(|ends| ends.sort_unstable());
        ends
    }
}

/// Every observation on the grid, by account and second.
fn on_grid(observations: &Observations) -> HashMap<(&str, i64), usize> {
    let account =
        |row: usize| observations.account_ids[observations.account_index[row] as usize].as_str();
    let rows = (0..observations.len()).filter(|&row| observations.on_grid[row]);
    rows.map(|row| ((account(row), observations.time_s[row]), row)).collect()
}

fn landmark_times() -> Vec<DateTime<Utc>> {
    let hours = (EVERY_HOURS..24 * i64::from(MARKET.days)).step_by(EVERY_HOURS as usize);
    hours.map(|hours| Simulation::START + TimeDelta::hours(hours)).collect()
}

fn approx_eq(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-9
}

#[test]
fn observed_accounts_equal_the_simulated_ones() {
    let observations = &LAKE.observations;
    let mut left = on_grid(observations);
    let mut dust = 0;
    let landmarks = MARKET.landmarks(&landmark_times()).expect("hours of the history");
    for landmark in &landmarks {
        for snapshot in landmark.accounts() {
            let AccountSnapshot { account, health_factor, debt_usd } = snapshot;
            let Some(row) = left.remove(&(account.as_str(), landmark.time().timestamp())) else {
                // A smaller account is open only in the simulation.
                assert!(*debt_usd < MIN_OPEN_USD, "{account} at {}", landmark.time());
                dust += 1;
                continue;
            };
            let observed = (observations.health_factor[row], observations.debt_usd[row]);
            let agree = approx_eq(observed.0, *health_factor) && approx_eq(observed.1, *debt_usd);
            assert!(agree, "{account} at {}: {snapshot:?}, observed {observed:?}", landmark.time());
        }
    }
    assert!(left.is_empty(), "not in the simulation: {:?}", left.keys().next());
    assert!(dust < observations.len() / 100, "{dust} with almost no debt");
}

#[test]
fn labels_agree_with_the_events() {
    let observations = &LAKE.observations;
    let ends = LAKE.ends();
    let end_s = (Simulation::START + TimeDelta::days(MARKET.days.into())).timestamp();
    let mut counts = [0; 3];
    for row in 0..observations.len() {
        let account = observations.account_ids[observations.account_index[row] as usize].as_str();
        let time_s = observations.time_s[row];
        let next = ends[account].iter().find(|(end_s, _)| *end_s > time_s);
        let (until_s, event) = next.copied().unwrap_or((end_s, OPEN));
        let days = |until_s: i64| (until_s - time_s) as f64 / DAY_S;
        let expected = Outcome { duration_days: days(until_s), event, follow_up_days: days(end_s) };
        assert_eq!(observations.outcome[row], expected, "{account} at {time_s}");
        counts[usize::from(event)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
}
