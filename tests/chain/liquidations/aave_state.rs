//! An account of Aave v3, read from its contracts at the end of a block.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, sol};
use plimsoll_lending::aave_v3::{
    Borrower, EMode, Position, Release, Reserve, normalized_debt, normalized_income,
};

use crate::support::node::Node;

sol! {
    struct ReserveData {
        uint256 configuration;
        uint128 liquidityIndex;
        uint128 currentLiquidityRate;
        uint128 variableBorrowIndex;
        uint128 currentVariableBorrowRate;
        uint128 currentStableBorrowRate;
        uint40 lastUpdateTimestamp;
        uint16 id;
        address aTokenAddress;
        address stableDebtTokenAddress;
        address variableDebtTokenAddress;
        address interestRateStrategyAddress;
        uint128 accruedToTreasury;
        uint128 unbacked;
        uint128 isolationModeTotalDebt;
    }

    struct EModeCategory {
        uint16 ltv;
        uint16 liquidationThreshold;
        uint16 liquidationBonus;
        address priceSource;
        string label;
    }

    contract Pool {
        function getReservesList() external view returns (address[] memory);
        function getReserveData(address asset) external view returns (ReserveData memory);
        function getUserConfiguration(address user) external view returns (uint256);
        function getUserEMode(address user) external view returns (uint256);
        function getEModeCategoryData(uint8 id) external view returns (EModeCategory memory);
        function getEModeCategoryCollateralBitmap(uint8 id) external view returns (uint128);
    }

    contract PriceOracle {
        function getAssetPrice(address asset) external view returns (uint256);
    }

    contract Token {
        function scaledBalanceOf(address user) external view returns (uint256);
    }
}

/// A market's contracts.
pub(super) struct Market<'a> {
    pub(super) node: &'a Node,
    pub(super) pool: Address,
    pub(super) oracle: Address,
    pub(super) release: Release,
}

/// An account at the end of a block, with interest up to some second after it.
pub(super) struct AccountState {
    release: Release,
    pub(super) positions: Vec<Position>,
    pub(super) e_mode: Option<EMode>,
    pub(super) assets: Vec<Address>,
    /// aToken and debt token of each asset.
    pub(super) tokens: Vec<(Address, Address)>,
}

/// A category and its collaterals, one bit each where the release has a bitmap.
type Category = (EMode, Option<u128>);

impl Market<'_> {
    pub(super) fn account_state(&self, user: Address, block: u64, time_s: u64) -> AccountState {
        let ask = StateReader { market: self, block };
        let assets = ask.call_pool(Pool::getReservesListCall {});
        let flags = ask.call_pool(Pool::getUserConfigurationCall { user });
        let category = ask.call_pool(Pool::getUserEModeCall { user }).to::<u8>();
        let e_mode = (category > 0).then(|| ask.category(category));
        let mut state = AccountState {
            release: self.release,
            positions: Vec::new(),
            e_mode: e_mode.map(|(e_mode, _)| e_mode),
            assets: assets.clone(),
            tokens: Vec::new(),
        };
        for (id, asset) in assets.into_iter().enumerate() {
            let data = ask.call_pool(Pool::getReserveDataCall { asset });
            let in_e_mode = e_mode.is_some_and(|(_, members)| match members {
                Some(members) => members >> id & 1 == 1,
                None => u64::from(category) == bit_field(data.configuration, 168, 8),
            });
            let tokens = (data.aTokenAddress, data.variableDebtTokenAddress);
            let balance = |token| ask.call_contract(token, Token::scaledBalanceOfCall { user });
            let position = Position {
                reserve: ask.reserve(asset, &data, time_s),
                scaled_collateral: balance(tokens.0),
                scaled_debt: balance(tokens.1),
                used_as_collateral: flags.bit(2 * id + 1),
                in_e_mode,
                ltv_zero_in_e_mode: false,
            };
            assert_eq!(flags.bit(2 * id), !position.scaled_debt.is_zero(), "{user} in {asset}");
            state.positions.push(position);
            state.tokens.push(tokens);
        }
        state
    }
}

impl AccountState {
    pub(super) fn borrower(&self) -> Borrower<'_> {
        Borrower { release: self.release, positions: &self.positions, e_mode: self.e_mode }
    }

    /// Index of an asset among the positions.
    pub(super) fn asset_index(&self, asset: Address) -> usize {
        self.assets.iter().position(|other| *other == asset).unwrap()
    }
}

struct StateReader<'a> {
    market: &'a Market<'a>,
    block: u64,
}

impl StateReader<'_> {
    fn call_contract<C: SolCall>(&self, to: Address, call: C) -> C::Return {
        self.market.node.call(to, call, self.block)
    }

    fn call_pool<C: SolCall>(&self, call: C) -> C::Return {
        self.call_contract(self.market.pool, call)
    }

    fn price(&self, asset: Address) -> U256 {
        self.call_contract(self.market.oracle, PriceOracle::getAssetPriceCall { asset })
    }

    fn category(&self, id: u8) -> Category {
        let data = self.call_pool(Pool::getEModeCategoryDataCall { id });
        let price = match data.priceSource.is_zero() {
            true => U256::ZERO,
            false => self.price(data.priceSource),
        };
        let members = (self.market.release == Release::V3_6)
            .then(|| self.call_pool(Pool::getEModeCategoryCollateralBitmapCall { id }));
        let e_mode = EMode {
            ltv_bps: data.ltv.into(),
            liquidation_threshold_bps: data.liquidationThreshold.into(),
            liquidation_bonus_bps: data.liquidationBonus.into(),
            price,
        };
        (e_mode, members)
    }

    fn reserve(&self, asset: Address, data: &ReserveData, time_s: u64) -> Reserve {
        let elapsed_s = time_s - data.lastUpdateTimestamp.to::<u64>();
        let (index, rate) = (data.liquidityIndex, data.currentLiquidityRate);
        let income = normalized_income(U256::from(index), U256::from(rate), elapsed_s);
        let (index, rate) = (data.variableBorrowIndex, data.currentVariableBorrowRate);
        let release = self.market.release;
        let debt = normalized_debt(release, U256::from(index), U256::from(rate), elapsed_s);
        Reserve {
            liquidity_index: income.unwrap(),
            variable_borrow_index: debt.unwrap(),
            price: self.price(asset),
            decimals: u8::try_from(bit_field(data.configuration, 48, 8)).unwrap(),
            ltv_bps: bit_field(data.configuration, 0, 16),
            liquidation_threshold_bps: bit_field(data.configuration, 16, 16),
            liquidation_bonus_bps: bit_field(data.configuration, 32, 16),
            liquidation_protocol_fee_bps: bit_field(data.configuration, 152, 16),
        }
    }
}

/// A field of a packed configuration.
fn bit_field(word: U256, from: usize, count: usize) -> u64 {
    ((word >> from) & ((U256::from(1) << count) - U256::from(1))).to()
}
