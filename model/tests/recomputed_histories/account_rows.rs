//! The rows of one account in a lake, and the same with other amounts.

use std::collections::{BTreeMap, HashMap};

use plimsoll_features::MarketId;
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, Row, by_name, kind, side,
};
use plimsoll_lake::{CoveredRange, Partition, Store};

/// Log indexes of one variant end before those of the next begin.
const LOGS_PER_VARIANT: u32 = 1 << 24;

/// How amounts differ from those of the account, at all times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    /// Factor of every debt.
    pub(crate) debt: f64,
    /// Factor of the collateral.
    pub(crate) collateral: f64,
    /// The only collateral asset that changes; all of them if absent.
    pub(crate) asset: Option<String>,
}

impl Change {
    /// All debts and all collateral in proportion.
    pub(crate) const fn both(debt: f64, collateral: f64) -> Self {
        Self { debt, collateral, asset: None }
    }

    fn factor(&self, asset: &str, is_debt: bool) -> f64 {
        let changes = self.asset.as_ref().is_none_or(|only| only == asset);
        match (is_debt, changes) {
            (true, _) => self.debt,
            (false, true) => self.collateral,
            (false, false) => 1.0,
        }
    }
}

/// The rows of one account, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccountRows {
    events: Vec<PositionEvent>,
    liquidations: Vec<Liquidation>,
    balances: Vec<BalanceChange>,
    settings: Vec<AccountSetting>,
}

/// Reads the rows of every account.
pub(crate) fn read_accounts(store: &Store) -> BTreeMap<String, AccountRows> {
    let mut all: BTreeMap<String, AccountRows> = BTreeMap::new();
    for row in store.rows::<PositionEvent>().expect("events") {
        all.entry(row.account.clone()).or_default().events.push(row);
    }
    for row in store.rows::<Liquidation>().expect("liquidations") {
        all.entry(row.account.clone()).or_default().liquidations.push(row);
    }
    for row in store.rows::<BalanceChange>().expect("balances") {
        all.entry(row.account.clone()).or_default().balances.push(row);
    }
    for row in store.rows::<AccountSetting>().expect("settings") {
        all.entry(row.account.clone()).or_default().settings.push(row);
    }
    for rows in all.values_mut() {
        rows.balances.sort_by_key(|row| (row.block, row.log_index));
    }
    all
}

impl AccountRows {
    /// Writes one account for each change, named by its index, to a lake of their own.
    pub(crate) fn write_variants(&self, changes: &[Change], id: &MarketId, store: &Store) {
        let mut all = Self::default();
        for (variant, change) in changes.iter().enumerate() {
            let changed = self.changed(change, variant);
            all.events.extend(changed.events);
            all.liquidations.extend(changed.liquidations);
            all.balances.extend(changed.balances);
            all.settings.extend(changed.settings);
        }
        write(store, id, &all.events, |row| row.block);
        write(store, id, &all.liquidations, |row| row.block);
        write(store, id, &all.balances, |row| row.block);
        write(store, id, &all.settings, |row| row.block);
    }

    fn changed(&self, change: &Change, variant: usize) -> Self {
        let mut all = self.clone();
        let name = format!("{variant:04}");
        let first_log = u32::try_from(variant).expect("few variants") * LOGS_PER_VARIANT;
        for row in &mut all.events {
            (row.account, row.log_index) = (name.clone(), first_log + row.log_index);
            let is_debt = [kind::BORROW, kind::REPAY].contains(&row.kind.as_str());
            let factor = change.factor(row.asset.as_deref().unwrap_or_default(), is_debt);
            row.amount = row.amount.map(|amount| amount * factor);
        }
        for row in &mut all.liquidations {
            (row.account, row.log_index) = (name.clone(), first_log + row.log_index);
            row.collateral_amount *= change.factor(&row.collateral_asset, false);
            row.debt_amount *= change.debt;
            row.debt_scaled = row.debt_scaled.map(|scaled| scaled * change.debt);
        }
        for row in &mut all.settings {
            (row.account, row.log_index) = (name.clone(), first_log + row.log_index);
        }
        scale_balances(&mut all.balances, change);
        for row in &mut all.balances {
            (row.account, row.log_index) = (name.clone(), first_log + row.log_index);
        }
        all
    }
}

/// Scales balances, not changes, so that a debt repaid in full stays repaid in full.
fn scale_balances(rows: &mut [BalanceChange], change: &Change) {
    let mut balances: HashMap<(String, String), (i128, i128)> = HashMap::new();
    for row in rows {
        let factor = change.factor(&row.asset, row.side == side::DEBT);
        let key = (row.side.clone(), row.asset.clone());
        let (balance, scaled) = balances.entry(key).or_default();
        *balance += row.scaled_exact;
        let next = (*balance as f64 * factor).round() as i128;
        row.scaled_exact = next - *scaled;
        *scaled = next;
    }
}

fn write<R: Row>(store: &Store, id: &MarketId, rows: &[R], block: impl Fn(&R) -> u64) {
    let blocks = || rows.iter().map(&block);
    let (Some(from), Some(to)) = (blocks().min(), blocks().max()) else { return };
    let table = by_name(R::TABLE.name).expect("a table");
    let partition =
        Partition::new(table, &[&id.chain, &id.protocol, &id.market]).expect("plain names");
    let range = CoveredRange::blocks(from, to).expect("in order");
    store.merge(&partition, range, &R::to_batch(rows).expect("a batch")).expect("a merge");
}
