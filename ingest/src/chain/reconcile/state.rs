//! A market at the end of a block, rebuilt from the lake alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, MarketAsset, OraclePrice, ReserveIndex, ReserveParameter, Row,
    parameter, setting, side,
};
use plimsoll_lake::{Filter, MarketKey, Partition, Store, asset_labels};

use plimsoll_lending::aave_v3::{Borrower, EMode, Position, Release};
use plimsoll_rpc::{BlockTag, Client};

use super::account_health::AccountHealth;
use super::asset::{AssetState, to_bps};
use crate::chain::decode::basis_points::BPS_PER_ONE;
use crate::chain::error::ChainError;
use crate::chain::lake_state::covered_blocks;
use crate::chain::market_file::MarketFile;
use crate::chain::market_file::keys::AAVE_V3;

/// The oracle's unit of prices: eight decimals of a dollar.
const PRICE_UNIT: f64 = 1e8;

/// One account's balances and settings at the block.
#[derive(Debug, Clone, Default)]
struct AccountState {
    scaled: HashMap<(usize, &'static str), i128>,
    enabled: BTreeSet<usize>,
    emode: u32,
}

/// A market at the end of a block.
#[derive(Debug, Clone)]
pub(super) struct RebuiltMarket {
    pub(super) assets: Vec<AssetState>,
    /// The first covered block.
    pub(super) first_block: u64,
    time_s: i64,
    accounts: BTreeMap<Address, AccountState>,
    /// The efficiency modes.
    emodes: HashMap<u32, EModeWeights>,
}

/// The weights of an efficiency mode, which replace those of its collaterals.
#[derive(Debug, Clone, Copy, Default)]
struct EModeWeights {
    liquidation_threshold: f64,
    max_ltv: f64,
}

/// Hypothetical weights of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReserveWeights {
    /// Its id or its label in the lake.
    pub asset: String,
    /// Max LTV, hundredths of a per cent.
    pub max_ltv_bps: u16,
    /// Liquidation threshold, hundredths of a per cent.
    pub liquidation_threshold_bps: u16,
}

impl RebuiltMarket {
    /// Rebuilds a market at the end of `block`; its time is that of the endpoints' header.
    pub(super) async fn read(
        client: &Client,
        store: &Store,
        market: &MarketFile,
        block: u64,
    ) -> Result<Self, ChainError> {
        let name = MarketKey {
            chain: market.chain().to_owned(),
            protocol: AAVE_V3.to_owned(),
            market: market.name().to_owned(),
        };
        let stream = format!("{AAVE_V3}.{}", name.market);
        let covered = covered_blocks(store, &name.chain, &stream)?;
        let first_block = covered.first().map_or(block, |(first, _)| *first);
        if !covered.first().is_some_and(|(from, to)| (from..=to).contains(&&block)) {
            let covered = format!("{covered:?}");
            return Err(market.error(format!("the lake has {stream} for {covered}, not {block}")));
        }
        let header = client.header(BlockTag::Number(block)).await?;
        let mut state = Self {
            assets: Vec::new(),
            first_block,
            time_s: header.time_s.cast_signed(),
            accounts: BTreeMap::new(),
            emodes: HashMap::new(),
        };
        state.load(store, &name, block)?;
        Ok(state)
    }

    fn load(&mut self, store: &Store, name: &MarketKey, block: u64) -> Result<(), ChainError> {
        let rows = partition_rows::<MarketAsset>(store, &name.partition())?;
        let labels = asset_labels(&rows);
        for (row, label) in rows.into_iter().zip(labels) {
            let underlying = row.address.as_ref().and_then(|address| address.parse().ok());
            self.assets.push(AssetState {
                id: row.asset,
                label,
                underlying: underlying.unwrap_or_default(),
                decimals: row.decimals,
                ..AssetState::default()
            });
        }
        let mut changes = partition_rows::<BalanceChange>(store, &name.partition())?;
        changes.retain(|row| row.block <= block);
        for row in changes {
            self.add_balance(&row);
        }
        let mut settings = partition_rows::<AccountSetting>(store, &name.partition())?;
        settings.retain(|row| row.block <= block);
        settings.sort_by_key(|row| (row.block, row.log_index));
        for row in settings {
            self.set_account_setting(&row);
        }
        let mut parameters = partition_rows::<ReserveParameter>(store, &name.partition())?;
        parameters.retain(|row| row.block <= block);
        parameters.sort_by_key(|row| (row.block, row.log_index));
        for row in parameters {
            self.set_parameter(row);
        }
        let mut indexes = partition_rows::<ReserveIndex>(store, &name.partition())?;
        indexes.retain(|row| row.block <= block);
        indexes.sort_by_key(|row| (row.block, row.log_index));
        for row in indexes {
            if let Some(asset) = self.asset(&row.asset) {
                self.assets[asset].index = Some(row);
            }
        }
        let mut prices = partition_rows::<OraclePrice>(store, &[name.price_source()])?;
        prices.retain(|row| row.block.is_some_and(|answers| answers <= block));
        prices.sort_by_key(|row| row.block);
        for row in prices {
            if let Some(asset) = self.asset(&row.asset) {
                let price = (row.price_usd * PRICE_UNIT).round();
                self.assets[asset].price = Some(U256::from(price));
                self.assets[asset].prices.extend(row.block.map(|block| (block, U256::from(price))));
            }
        }
        Ok(())
    }

    /// The asset of an id or a label; no label is another asset's id.
    fn asset(&self, name: &str) -> Option<usize> {
        self.assets.iter().position(|asset| asset.id == name || asset.label == name)
    }

    fn add_balance(&mut self, row: &BalanceChange) {
        let side = if row.side == side::DEBT { side::DEBT } else { side::COLLATERAL };
        if let (Some(asset), Some(owner)) = (self.asset(&row.asset), parse_owner(&row.account)) {
            let position = self.accounts.entry(owner).or_default();
            *position.scaled.entry((asset, side)).or_default() += row.scaled_exact;
        }
    }

    fn set_account_setting(&mut self, row: &AccountSetting) {
        let asset = row.asset.as_ref().and_then(|symbol| self.asset(symbol));
        let Some(owner) = parse_owner(&row.account) else { return };
        let position = self.accounts.entry(owner).or_default();
        match (row.setting.as_str(), asset) {
            (setting::COLLATERAL, Some(asset)) if row.value == 1 => {
                position.enabled.insert(asset);
            }
            (setting::COLLATERAL, Some(asset)) => {
                position.enabled.remove(&asset);
            }
            (setting::EMODE, _) => position.emode = row.value,
            _ => {}
        }
    }

    fn set_parameter(&mut self, row: ReserveParameter) {
        if let Some(asset) = self.asset(&row.asset) {
            self.assets[asset].parameters.insert(row.parameter, row.value);
        } else if let Some(mode) = row.asset.strip_prefix("emode-").and_then(|n| n.parse().ok()) {
            let mode = self.emodes.entry(mode).or_default();
            match row.parameter.as_str() {
                parameter::LIQUIDATION_THRESHOLD => mode.liquidation_threshold = row.value,
                parameter::MAX_LTV => mode.max_ltv = row.value,
                _ => {}
            }
        }
    }

    /// The market with other weights.
    pub(super) fn with_weights(&self, weights: &[ReserveWeights]) -> Self {
        let mut changed = self.clone();
        for weights in weights {
            if let Some(asset) = self.asset(&weights.asset) {
                let parameters = &mut changed.assets[asset].parameters;
                let mut set = |parameter: &str, bps: u16| {
                    parameters.insert(parameter.to_owned(), f64::from(bps) / BPS_PER_ONE);
                };
                set(parameter::MAX_LTV, weights.max_ltv_bps);
                set(parameter::LIQUIDATION_THRESHOLD, weights.liquidation_threshold_bps);
            }
        }
        changed
    }

    /// Whether an account uses an asset as collateral.
    pub(super) fn uses_as_collateral(&self, owner: Address, symbol: &str) -> bool {
        let enabled = |asset: usize| {
            self.accounts.get(&owner).is_some_and(|position| position.enabled.contains(&asset))
        };
        self.asset(symbol).is_some_and(|asset| {
            enabled(asset) && !self.balance(owner, asset, side::COLLATERAL).is_zero()
        })
    }

    /// Every account that ever had a balance, in order of address.
    pub(super) fn owners(&self) -> Vec<Address> {
        self.accounts.keys().copied().collect()
    }

    /// An account's scaled balance; a negative one, which is impossible, becomes the largest
    /// integer.
    pub(super) fn balance(&self, owner: Address, asset: usize, side: &'static str) -> U256 {
        let scaled = self.accounts.get(&owner).and_then(|p| p.scaled.get(&(asset, side)));
        U256::try_from(scaled.copied().unwrap_or_default()).unwrap_or(U256::MAX)
    }

    /// The sum of all accounts' scaled balances.
    pub(super) fn total(&self, asset: usize, side: &'static str) -> U256 {
        let all = self.accounts.values().filter_map(|p| p.scaled.get(&(asset, side)));
        U256::try_from(all.sum::<i128>()).unwrap_or(U256::MAX)
    }

    pub(super) fn has_debt(&self, owner: Address) -> bool {
        let assets = 0..self.assets.len();
        assets.into_iter().any(|asset| !self.balance(owner, asset, side::DEBT).is_zero())
    }

    /// The account's health; `None` if a price or an index is missing.
    pub(super) fn health(&self, owner: Address, release: Release) -> Option<AccountHealth> {
        let account = self.accounts.get(&owner)?;
        let mut positions = Vec::new();
        for (index, asset) in self.assets.iter().enumerate() {
            let [collateral, debt] =
                [side::COLLATERAL, side::DEBT].map(|side| self.balance(owner, index, side));
            let used_as_collateral = account.enabled.contains(&index) && !collateral.is_zero();
            if used_as_collateral || !debt.is_zero() {
                positions.push(Position {
                    reserve: asset.reserve(self.time_s, release)?,
                    scaled_collateral: collateral,
                    scaled_debt: debt,
                    used_as_collateral,
                    in_e_mode: asset.is_in_e_mode(account.emode),
                    ltv_zero_in_e_mode: asset.has_zero_ltv_in_e_mode(account.emode),
                });
            }
        }
        let weights = self.emodes.get(&account.emode).filter(|_| account.emode != 0);
        let e_mode = weights.map(|weights| EMode {
            ltv_bps: to_bps(weights.max_ltv),
            liquidation_threshold_bps: to_bps(weights.liquidation_threshold),
            liquidation_bonus_bps: 0,
            price: U256::ZERO,
        });
        let data = Borrower { release, positions: &positions, e_mode }.account_data().ok()?;
        Some(data.into())
    }
}

/// The address at the end of an account's id.
fn parse_owner(account: &str) -> Option<Address> {
    account.rsplit('/').next()?.parse().ok()
}

/// All rows of one partition.
fn partition_rows<R: Row + 'static>(
    store: &Store,
    values: &[impl AsRef<str>],
) -> Result<Vec<R>, ChainError> {
    let partition = Partition::new(const { &R::TABLE }, values)?;
    let mut filter = Filter::default();
    for (column, value) in R::TABLE.partitioned_by.iter().zip(partition.values()) {
        filter = filter.partition(column, value);
    }
    Ok(store.rows_where(&filter)?)
}
