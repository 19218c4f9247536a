//! Events and view functions of an Aave v3 market: releases up to 3.0, and from 3.1 on.
//!
//! Source: `aave/aave-v3-core` 1.19.3 and `aave-dao/aave-v3-origin` 3.6.0, `contracts/interfaces`;
//! `handleRepayment` of two arguments from `aave/aave-v3-core` 1.16.2.

use alloy_sol_types::sol;

use crate::chain::adapter::events::impl_contract_events;

impl_contract_events!(
    Provider::ProviderEvents,
    Sentinel::SentinelEvents,
    Pool::PoolEvents,
    Configurator::ConfiguratorEvents,
    Oracle::OracleEvents,
    ScaledToken::ScaledTokenEvents,
);

sol! {
    /// `IPoolAddressesProvider`.
    contract Provider {
        event PoolUpdated(address indexed oldAddress, address indexed newAddress);
        event PriceOracleUpdated(address indexed oldAddress, address indexed newAddress);
        event PriceOracleSentinelUpdated(address indexed oldAddress, address indexed newAddress);

        function getPool() external view returns (address);
        function getPoolConfigurator() external view returns (address);
        function getPriceOracle() external view returns (address);
    }

    /// `IPriceOracleSentinel`, up to release 3.6.
    #[derive(Debug)]
    contract Sentinel {
        event GracePeriodUpdated(uint256 newGracePeriod);

        function getSequencerOracle() external view returns (address);
        function getGracePeriod() external view returns (uint256);
    }

    /// `IPool`.
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract Pool {
        event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode);
        event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount);
        event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode);
        event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens);
        event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken);
        event ReserveDataUpdated(address indexed reserve, uint256 liquidityRate, uint256 stableBorrowRate, uint256 variableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex);
        event ReserveUsedAsCollateralEnabled(address indexed reserve, address indexed user);
        event ReserveUsedAsCollateralDisabled(address indexed reserve, address indexed user);
        event UserEModeSet(address indexed user, uint8 categoryId);
        event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated);
        event DeficitCovered(address indexed reserve, address caller, uint256 amountCovered);

        function getReservesList() external view returns (address[] memory);
        function POOL_REVISION() external view returns (uint256);
        function getUserAccountData(address user) external view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor);
    }

    /// `DataTypes.ReserveDataLegacy`, which every release returns.
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

    /// The part of `IPool` that returns a struct.
    contract Reserves {
        function getReserveData(address asset) external view returns (ReserveData memory);
    }

    /// `IPoolConfigurator`.
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract Configurator {
        event ReserveInitialized(address indexed asset, address indexed aToken, address stableDebtToken, address variableDebtToken, address interestRateStrategyAddress);
        event CollateralConfigurationChanged(address indexed asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus);
        event ReserveBorrowing(address indexed asset, bool enabled);
        event ReserveFlashLoaning(address indexed asset, bool enabled);
        event ReserveStableRateBorrowing(address indexed asset, bool enabled);
        event ReserveActive(address indexed asset, bool active);
        event ReserveFrozen(address indexed asset, bool frozen);
        event ReservePaused(address indexed asset, bool paused);
        event ReserveDropped(address indexed asset);
        event ReserveFactorChanged(address indexed asset, uint256 oldReserveFactor, uint256 newReserveFactor);
        event BorrowCapChanged(address indexed asset, uint256 oldBorrowCap, uint256 newBorrowCap);
        event SupplyCapChanged(address indexed asset, uint256 oldSupplyCap, uint256 newSupplyCap);
        event LiquidationProtocolFeeChanged(address indexed asset, uint256 oldFee, uint256 newFee);
        event UnbackedMintCapChanged(address indexed asset, uint256 oldUnbackedMintCap, uint256 newUnbackedMintCap);
        event DebtCeilingChanged(address indexed asset, uint256 oldDebtCeiling, uint256 newDebtCeiling);
        event SiloedBorrowingChanged(address indexed asset, bool oldState, bool newState);
        event BorrowableInIsolationChanged(address asset, bool borrowable);
        event PendingLtvChanged(address indexed asset, uint256 ltv);
        event LiquidationGracePeriodChanged(address indexed asset, uint40 gracePeriodUntil);
        event LiquidationGracePeriodDisabled(address indexed asset);
        event ATokenUpgraded(address indexed asset, address indexed proxy, address indexed implementation);
        event VariableDebtTokenUpgraded(address indexed asset, address indexed proxy, address indexed implementation);
        event EModeAssetCategoryChanged(address indexed asset, uint8 oldCategoryId, uint8 newCategoryId);
        event EModeCategoryAdded(uint8 indexed categoryId, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus, address oracle, string label);
        event AssetCollateralInEModeChanged(address indexed asset, uint8 categoryId, bool collateral);
        event AssetBorrowableInEModeChanged(address indexed asset, uint8 categoryId, bool borrowable);
        event AssetLtvzeroInEModeChanged(address indexed asset, uint8 categoryId, bool ltvzero);
    }

    /// `IAaveOracle`.
    contract Oracle {
        event AssetSourceUpdated(address indexed asset, address indexed source);

        function BASE_CURRENCY_UNIT() external view returns (uint256);
        function getSourceOfAsset(address asset) external view returns (address);
        function getAssetPrice(address asset) external view returns (uint256);
    }

    /// `IScaledBalanceToken` and `IAToken`: aTokens and debt tokens alike.
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract ScaledToken {
        event Mint(address indexed caller, address indexed onBehalfOf, uint256 value, uint256 balanceIncrease, uint256 index);
        event Burn(address indexed from, address indexed target, uint256 value, uint256 balanceIncrease, uint256 index);
        event BalanceTransfer(address indexed from, address indexed to, uint256 value, uint256 index);

        function ATOKEN_REVISION() external view returns (uint256);
        function DEBT_TOKEN_REVISION() external view returns (uint256);
        function scaledTotalSupply() external view returns (uint256);
        function scaledBalanceOf(address user) external view returns (uint256);
    }

    /// The function by which an aToken of release 3.0.0 is recognised: it has three arguments later.
    contract FirstAToken {
        function handleRepayment(address user, uint256 amount) external;
    }
}
