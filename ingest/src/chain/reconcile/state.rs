//! A market at the end of a block, rebuilt from the lake alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Block, MarketAsset, OraclePrice, ReserveIndex, ReserveParameter,
    Row, parameter, setting, side,
};
use plimsoll_lake::{Filter, Partition, Store};

use super::health::{AccountHealth, AssetBalance, account_health};
use super::interest;
use crate::chain::adapter::aave_v3::{PROTOCOL, Rounding};
use crate::chain::error::ChainError;
use crate::chain::market_file::MarketFile;
use crate::chain::plan::covered_blocks;
use crate::chain::reorg::last_block;
use plimsoll_lake::MarketKey;

/// Prices are reckoned in the oracle's unit, eight decimals of a dollar.
const PRICE_UNIT: f64 = 1e8;
const RAY: f64 = 1e27;
const BPS: f64 = 1e4;

/// An asset with its interest, price and threshold at the block.
#[derive(Debug, Clone, Default)]
pub(super) struct AssetState {
    pub(super) symbol: String,
    pub(super) underlying: Address,
    decimals: u32,
    price: Option<U256>,
    index: Option<ReserveIndex>,
    parameters: BTreeMap<String, f64>,
}

/// One account's balances and choices at the block.
#[derive(Debug, Clone, Default)]
struct AccountState {
    scaled: HashMap<(usize, &'static str), i128>,
    enabled: BTreeSet<usize>,
    emode: u32,
}

/// A market at the end of a block.
#[derive(Debug, Clone)]
pub(super) struct MarketState {
    pub(super) assets: Vec<AssetState>,
    time_s: i64,
    accounts: BTreeMap<Address, AccountState>,
    /// The efficiency modes.
    emodes: HashMap<u32, EModeWeights>,
}

/// What an efficiency mode sets in the place of its collaterals' own.
#[derive(Debug, Clone, Copy, Default)]
struct EModeWeights {
    liquidation_threshold: f64,
    max_ltv: f64,
}

/// What an asset counts for, as it might be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReserveWeights {
    /// Its symbol in the lake.
    pub asset: String,
    /// Max LTV, hundredths of a per cent.
    pub max_ltv_bps: u16,
    /// Liquidation threshold, hundredths of a per cent.
    pub liquidation_threshold_bps: u16,
}

impl MarketState {
    pub(super) fn read(store: &Store, market: &MarketFile, block: u64) -> Result<Self, ChainError> {
        let name = MarketKey {
            chain: market.chain().to_owned(),
            protocol: PROTOCOL.to_owned(),
            market: market.name().to_owned(),
        };
        let stream = format!("{PROTOCOL}.{}", name.market);
        let covered = covered_blocks(store, &name.chain, &stream)?;
        let time = last_block(store, &name.chain, block)?.filter(|last| last.block == block);
        let whole = covered.first().is_some_and(|(_, end)| *end >= block);
        let Some(Block { time, .. }) = time.filter(|_| whole) else {
            let covered = format!("{covered:?}");
            return Err(market.error(format!("the lake holds {stream} for {covered}, not {block}")));
        };
        let mut state = Self {
            assets: Vec::new(),
            time_s: time.timestamp(),
            accounts: BTreeMap::new(),
            emodes: HashMap::new(),
        };
        state.load(store, &name, block)?;
        Ok(state)
    }

    fn load(&mut self, store: &Store, name: &MarketKey, block: u64) -> Result<(), ChainError> {
        for row in partition_rows::<MarketAsset>(store, &name.partition())? {
            let underlying = row.address.and_then(|address| address.parse().ok());
            self.assets.push(AssetState {
                symbol: row.asset,
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
        prices.retain(|row| row.block.is_some_and(|told| told <= block));
        prices.sort_by_key(|row| row.block);
        for row in prices {
            if let Some(asset) = self.asset(&row.asset) {
                let price = (row.price_usd * PRICE_UNIT).round();
                self.assets[asset].price = Some(U256::from(price));
            }
        }
        Ok(())
    }

    fn asset(&self, symbol: &str) -> Option<usize> {
        self.assets.iter().position(|asset| asset.symbol == symbol)
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

    /// The market as it would be with other weights.
    pub(super) fn with_weights(&self, weights: &[ReserveWeights]) -> Self {
        let mut changed = self.clone();
        for weights in weights {
            if let Some(asset) = self.asset(&weights.asset) {
                let parameters = &mut changed.assets[asset].parameters;
                let mut set = |parameter: &str, bps: u16| {
                    parameters.insert(parameter.to_owned(), f64::from(bps) / BPS);
                };
                set(parameter::MAX_LTV, weights.max_ltv_bps);
                set(parameter::LIQUIDATION_THRESHOLD, weights.liquidation_threshold_bps);
            }
        }
        changed
    }

    /// Whether an account counts an asset as collateral.
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

    /// An account's scaled balance; a negative one, which cannot be, comes out as the largest.
    pub(super) fn balance(&self, owner: Address, asset: usize, side: &'static str) -> U256 {
        let scaled = self.accounts.get(&owner).and_then(|p| p.scaled.get(&(asset, side)));
        U256::try_from(scaled.copied().unwrap_or_default()).unwrap_or(U256::MAX)
    }

    /// All accounts' scaled balances together.
    pub(super) fn total(&self, asset: usize, side: &'static str) -> U256 {
        let all = self.accounts.values().filter_map(|p| p.scaled.get(&(asset, side)));
        U256::try_from(all.sum::<i128>()).unwrap_or(U256::MAX)
    }

    pub(super) fn has_debt(&self, owner: Address) -> bool {
        let assets = 0..self.assets.len();
        assets.into_iter().any(|asset| !self.balance(owner, asset, side::DEBT).is_zero())
    }

    /// The account's health; `None` if a price or an index is missing.
    pub(super) fn health(&self, owner: Address, rounding: Rounding) -> Option<AccountHealth> {
        let position = self.accounts.get(&owner)?;
        let mut holdings = Vec::new();
        for (place, asset) in self.assets.iter().enumerate() {
            let [collateral, debt] =
                [side::COLLATERAL, side::DEBT].map(|side| self.balance(owner, place, side));
            let counts = position.enabled.contains(&place);
            let collateral = if counts { collateral } else { U256::ZERO };
            if !collateral.is_zero() || !debt.is_zero() {
                let [max_ltv_bps, threshold_bps] = self.weights(asset, position.emode, rounding);
                let [collateral, debt] =
                    asset.with_interest(collateral, debt, self.time_s, rounding)?;
                let unit = U256::from(10).pow(U256::from(asset.decimals));
                let price = asset.price?;
                holdings.push(AssetBalance {
                    collateral,
                    debt,
                    price,
                    unit,
                    threshold_bps,
                    max_ltv_bps,
                });
            }
        }
        Some(account_health(&holdings, rounding))
    }

    /// The asset's own max LTV and threshold, or those of the account's efficiency mode if it
    /// belongs to it. A max LTV of 0 stays 0 in a mode: up to 3.4 the asset's own, later the one
    /// that the mode has for it.
    fn weights(&self, asset: &AssetState, emode: u32, rounding: Rounding) -> [U256; 2] {
        let of = |parameter: &str| asset.parameters.get(parameter).copied().unwrap_or_default();
        let category = of("emode_category") == f64::from(emode);
        let listed = of(&format!("emode_{emode}_collateral")) == 1.0;
        let own = [of(parameter::MAX_LTV), of(parameter::LIQUIDATION_THRESHOLD)];
        let weights = match self.emodes.get(&emode) {
            Some(mode) if emode != 0 && (category || listed) => {
                let lends_nothing = match rounding {
                    Rounding::HalfUp => own[0] == 0.0,
                    Rounding::Directed => of(&format!("emode_{emode}_ltv_zero")) == 1.0,
                };
                let max_ltv = if lends_nothing { 0.0 } else { mode.max_ltv };
                [max_ltv, mode.liquidation_threshold]
            }
            _ => own,
        };
        weights.map(|weight| U256::from((weight * BPS).round()))
    }
}

impl AssetState {
    fn with_interest(
        &self,
        collateral: U256,
        debt: U256,
        time_s: i64,
        rounding: Rounding,
    ) -> Option<[U256; 2]> {
        let row = self.index.as_ref()?;
        let elapsed_s = u64::try_from(time_s - row.time.timestamp()).ok()?;
        let ray = |rate: f64| U256::from((rate * RAY).round());
        let [liquidity, borrow] =
            [row.liquidity_index, row.borrow_index].map(|index| U256::try_from(index).ok());
        let income = interest::income(liquidity?, ray(row.liquidity_rate), elapsed_s);
        let owed = interest::debt(borrow?, ray(row.borrow_rate), elapsed_s, rounding);
        Some([
            rounding.with_interest(side::COLLATERAL, collateral, income)?,
            rounding.with_interest(side::DEBT, debt, owed)?,
        ])
    }
}

/// The address that ends an account's id.
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
