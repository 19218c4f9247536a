//! Every liquidation of the Morpho Blue markets.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, sol};
use plimsoll_lending::morpho_blue::{Accrual, LiquidationAmount, Market, Position};

use super::{decode_events, logs_around};
use crate::support::devnet::Devnet;
use crate::support::node::Log;

sol! {
    #[derive(Debug)]
    struct MarketParams {
        address loanToken;
        address collateralToken;
        address oracle;
        address irm;
        uint256 lltv;
    }

    #[derive(Debug)]
    struct Totals {
        uint128 totalSupplyAssets;
        uint128 totalSupplyShares;
        uint128 totalBorrowAssets;
        uint128 totalBorrowShares;
        uint128 lastUpdate;
        uint128 fee;
    }

    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract Morpho {
        event Liquidate(bytes32 indexed id, address indexed caller, address indexed borrower, uint256 repaidAssets, uint256 repaidShares, uint256 seizedAssets, uint256 badDebtAssets, uint256 badDebtShares);
        event AccrueInterest(bytes32 indexed id, uint256 prevBorrowRate, uint256 interest, uint256 feeShares);

        function liquidate(MarketParams memory marketParams, address borrower, uint256 seizedAssets, uint256 repaidShares, bytes data) external returns (uint256, uint256);
        function market(bytes32 id) external view returns (Totals memory);
        function position(bytes32 id, address user) external view returns (uint256 supplyShares, uint128 borrowShares, uint128 collateral);
    }

    contract Irm {
        function borrowRateView(MarketParams memory marketParams, Totals memory market) external view returns (uint256);
    }

    contract PriceOracle {
        function price() external view returns (uint256);
    }
}

type Event = Morpho::Liquidate;

#[test]
fn liquidations_of_morpho_are_exact_to_the_last_unit() {
    let Some(devnet) = Devnet::shared() else { return };
    let blue = devnet.address("/morpho/address");
    let logs = devnet.node.logs(&[blue], (0, devnet.node.head()));
    let (mut liquidations, mut ruins, mut by_shares) = (0, 0, 0);
    for (log, event) in decode_events::<Event>(&logs) {
        let (before, own) = logs_around(&devnet.node, log);
        assert_untouched(&before, &event);
        let case = Case::new(devnet, blue, log, event);
        let accrual = case.accrued();
        case.assert_accrual(&accrual, &own);
        let seizure = case.seizure();
        let computed = accrual.market.liquidate(&case.position(log.block - 1), case.price, seizure);
        let computed = computed.unwrap_or_else(|error| panic!("{error} at {}", log.block));
        let event = &case.event;
        assert_eq!(computed.repaid_assets, event.repaidAssets, "{event:?}");
        assert_eq!(computed.repaid_shares, event.repaidShares, "{event:?}");
        assert_eq!(computed.seized_assets, event.seizedAssets, "{event:?}");
        assert_eq!(computed.bad_debt_assets, event.badDebtAssets, "{event:?}");
        assert_eq!(computed.bad_debt_shares, event.badDebtShares, "{event:?}");
        assert_eq!(computed.position, case.position(log.block), "{event:?}");
        liquidations += 1;
        ruins += usize::from(!event.badDebtAssets.is_zero());
        by_shares += usize::from(matches!(seizure, LiquidationAmount::RepaidShares(_)));
    }
    println!("{liquidations} liquidations, {by_shares} by shares, {ruins} with bad debt");
    assert!(liquidations >= 7 && ruins >= 1 && by_shares >= 1 && by_shares < liquidations);
}

/// No log of the block before the liquidation is about its market.
fn assert_untouched(before: &[Log], event: &Event) {
    let id = format!("{:#x}", event.id);
    for log in before {
        assert!(!log.topics.contains(&id), "{log:?}");
    }
}

struct Case<'a> {
    devnet: &'a Devnet,
    blue: Address,
    log: &'a Log,
    event: Event,
    asked: Morpho::liquidateCall,
    price: U256,
}

impl<'a> Case<'a> {
    fn new(devnet: &'a Devnet, blue: Address, log: &'a Log, event: Event) -> Self {
        let input = devnet.node.input(&log.tx);
        let asked = Morpho::liquidateCall::abi_decode(&input).unwrap();
        let call = PriceOracle::priceCall {};
        let price = devnet.node.call(asked.marketParams.oracle, call, log.block - 1);
        Self { devnet, blue, log, event, asked, price }
    }

    fn seizure(&self) -> LiquidationAmount {
        match self.asked.seizedAssets.is_zero() {
            true => LiquidationAmount::RepaidShares(self.asked.repaidShares),
            false => LiquidationAmount::SeizedAssets(self.asked.seizedAssets),
        }
    }

    fn position(&self, block: u64) -> Position {
        let call = Morpho::positionCall { id: self.event.id, user: self.event.borrower };
        let onchain = self.devnet.node.call(self.blue, call, block);
        Position {
            borrow_shares: U256::from(onchain.borrowShares),
            collateral: U256::from(onchain.collateral),
        }
    }

    /// The market before the liquidation, with interest up to its second.
    fn accrued(&self) -> Accrual {
        let (node, block) = (&self.devnet.node, self.log.block);
        let totals = node.call(self.blue, Morpho::marketCall { id: self.event.id }, block - 1);
        let market = Market {
            total_supply_assets: U256::from(totals.totalSupplyAssets),
            total_supply_shares: U256::from(totals.totalSupplyShares),
            total_borrow_assets: U256::from(totals.totalBorrowAssets),
            total_borrow_shares: U256::from(totals.totalBorrowShares),
            lltv_wad: self.asked.marketParams.lltv,
        };
        let elapsed_s = node.time_s(block) - u64::try_from(totals.lastUpdate).unwrap();
        let fee = U256::from(totals.fee);
        let irm = self.asked.marketParams.irm;
        let market_params = self.asked.marketParams.clone();
        let call = Irm::borrowRateViewCall { marketParams: market_params, market: totals };
        let rate = node.call(irm, call, block - 1);
        market.accrue(rate, fee, elapsed_s).unwrap()
    }

    fn assert_accrual(&self, accrual: &Accrual, own: &[Log]) {
        let data = decode_events::<Morpho::AccrueInterest>(own);
        let data: Vec<(B256, U256, U256)> =
            data.map(|(_, event)| (event.id, event.interest, event.feeShares)).collect();
        let computed = (self.event.id, accrual.interest, accrual.fee_shares);
        assert_eq!(data, [computed], "at {}", self.log.block);
    }
}
