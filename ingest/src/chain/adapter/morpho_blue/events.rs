//! Events of Morpho Blue, and the price function of its oracles.

use alloy_sol_types::sol;

use crate::chain::adapter::events::impl_contract_events;

impl_contract_events!(Morpho::MorphoEvents);

sol! {
    /// `MarketParams`.
    #[derive(Debug)]
    struct MarketParams {
        address loanToken;
        address collateralToken;
        address oracle;
        address irm;
        uint256 lltv;
    }

    /// `EventsLib`.
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract Morpho {
        event CreateMarket(bytes32 indexed id, MarketParams marketParams);
        event Supply(bytes32 indexed id, address indexed caller, address indexed onBehalf, uint256 assets, uint256 shares);
        event Withdraw(bytes32 indexed id, address caller, address indexed onBehalf, address indexed receiver, uint256 assets, uint256 shares);
        event Borrow(bytes32 indexed id, address caller, address indexed onBehalf, address indexed receiver, uint256 assets, uint256 shares);
        event Repay(bytes32 indexed id, address indexed caller, address indexed onBehalf, uint256 assets, uint256 shares);
        event SupplyCollateral(bytes32 indexed id, address indexed caller, address indexed onBehalf, uint256 assets);
        event WithdrawCollateral(bytes32 indexed id, address caller, address indexed onBehalf, address indexed receiver, uint256 assets);
        event Liquidate(bytes32 indexed id, address indexed caller, address indexed borrower, uint256 repaidAssets, uint256 repaidShares, uint256 seizedAssets, uint256 badDebtAssets, uint256 badDebtShares);
        event AccrueInterest(bytes32 indexed id, uint256 prevBorrowRate, uint256 interest, uint256 feeShares);
        event SetFee(bytes32 indexed id, uint256 newFee);
        event SetFeeRecipient(address indexed newFeeRecipient);
    }

    /// `IOracle`.
    contract Oracle {
        function price() external view returns (uint256);
    }
}
