//! Every liquidation of both Aave markets.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, sol};
use plimsoll_lending::aave_v3::{Liquidation, LiquidationCall, Payout, Release};

use super::aave_state::{AccountState, Market, Pool, Token};
use super::{decode_events, logs_around};
use crate::support::devnet::Devnet;
use crate::support::node::Log;

sol! {
    contract Account {
        function getUserAccountData(address user) external view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor);
    }

    contract Liquidations {
        event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken);
        event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated);

        function liquidationCall(address collateralAsset, address debtAsset, address user, uint256 debtToCover, bool receiveAToken) external;
    }

    contract AToken {
        event Transfer(address indexed from, address indexed to, uint256 value);

        function RESERVE_TREASURY_ADDRESS() external view returns (address);
    }

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
}

type Event = Liquidations::LiquidationCall;

/// The number of liquidations of each kind.
#[derive(Debug, Default)]
struct CaseCounts {
    liquidations: usize,
    paid_a_fee: usize,
    in_e_mode: usize,
    took_all_collateral: usize,
    left_a_deficit: usize,
    for_a_tokens: usize,
}

#[test]
fn liquidations_of_release_3_0_are_exact_to_the_last_unit() {
    let Some(devnet) = Devnet::shared() else { return };
    let counts = replay_liquidations(devnet, "/aave", Release::V3_0);
    assert!(counts.liquidations >= 20 && counts.paid_a_fee >= 5, "{counts:?}");
    assert!(counts.took_all_collateral >= 2 && counts.for_a_tokens >= 3, "{counts:?}");
}

#[test]
fn liquidations_of_release_3_6_are_exact_to_the_last_unit() {
    let Some(devnet) = Devnet::shared() else { return };
    let counts = replay_liquidations(devnet, "/aave36", Release::V3_6);
    assert!(counts.liquidations >= 5 && counts.paid_a_fee >= 1, "{counts:?}");
    assert!(counts.in_e_mode >= 1 && counts.left_a_deficit >= 2, "{counts:?}");
    assert!(counts.took_all_collateral >= 2 && counts.for_a_tokens >= 2, "{counts:?}");
}

fn replay_liquidations(devnet: &Devnet, path: &str, release: Release) -> CaseCounts {
    let address = |name: &str| devnet.address(&format!("{path}/{name}"));
    let (pool, oracle) = (address("pool"), address("oracle"));
    let market = Market { node: &devnet.node, pool, oracle, release };
    let logs = devnet.node.logs(&[pool], (0, devnet.node.head()));
    let mut counts = CaseCounts::default();
    for (log, event) in decode_events::<Event>(&logs) {
        let (before, own) = logs_around(&devnet.node, log);
        assert_untouched(&before, event.user);
        let state = market.account_state(event.user, log.block - 1, devnet.node.time_s(log.block));
        let call = liquidation_call(&market, log, &state);
        let computed = state.borrower().liquidate(&call);
        let computed = computed.unwrap_or_else(|error| panic!("{error} at {}", log.block));
        let case = Case { market: &market, log, event: &event, own: &own, state: &state };
        case.assert_account_data();
        case.assert_event(&computed);
        case.assert_remaining_balances(&call, &computed);
        case.assert_deficits(&computed);
        counts.count(&call, &state, &computed);
    }
    println!("release {release:?}: {counts:?}");
    counts
}

/// No log of the block before the liquidation is about the account or a price.
fn assert_untouched(before: &[Log], user: Address) {
    let user = format!("{:x}", user.into_word());
    for log in before {
        assert!(!log.topics.iter().any(|topic| topic.ends_with(&user)), "{log:?}");
    }
    assert_eq!(decode_events::<AnswerUpdated>(before).count(), 0);
}

/// The liquidator's call.
fn liquidation_call(market: &Market<'_>, log: &Log, state: &AccountState) -> LiquidationCall {
    let input = market.node.input(&log.tx);
    let asked = Liquidations::liquidationCallCall::abi_decode(&input).unwrap();
    LiquidationCall {
        collateral: state.asset_index(asked.collateralAsset),
        debt: state.asset_index(asked.debtAsset),
        debt_to_cover: asked.debtToCover,
        payout: if asked.receiveAToken { Payout::AToken } else { Payout::Underlying },
    }
}

struct Case<'a> {
    market: &'a Market<'a>,
    log: &'a Log,
    event: &'a Event,
    own: &'a [Log],
    state: &'a AccountState,
}

impl Case<'_> {
    /// Values and health at the end of the block before equal the contract's.
    fn assert_account_data(&self) {
        let (node, user, block) = (self.market.node, self.event.user, self.log.block - 1);
        let state = self.market.account_state(user, block, node.time_s(block));
        let found = state.borrower().account_data().unwrap();
        let onchain = node.call(self.market.pool, Account::getUserAccountDataCall { user }, block);
        assert_eq!(found.collateral_base, onchain.totalCollateralBase, "{user} at {block}");
        assert_eq!(found.debt_base, onchain.totalDebtBase, "{user} at {block}");
        assert_eq!(found.health_factor_wad, onchain.healthFactor, "{user} at {block}");
    }

    fn assert_event(&self, computed: &Liquidation) {
        let at = (self.log.block, self.event.user);
        assert_eq!(computed.debt_covered, self.event.debtToCover, "{at:?}");
        let received = self.event.liquidatedCollateralAmount;
        assert_eq!(computed.collateral_liquidated, received, "{at:?}");
        let (token, _) = self.state.tokens[self.state.asset_index(self.event.collateralAsset)];
        let call = AToken::RESERVE_TREASURY_ADDRESSCall {};
        let treasury = self.market.node.call(token, call, self.log.block);
        let transfers = decode_events::<AToken::Transfer>(self.own);
        let to_treasury = transfers.filter(|(log, sent)| {
            log.address == token && (sent.from, sent.to) == (self.event.user, treasury)
        });
        let fee: U256 = to_treasury.map(|(_, sent)| sent.value).sum();
        assert_eq!(computed.protocol_fee, fee, "{at:?}");
    }

    fn assert_remaining_balances(&self, call: &LiquidationCall, computed: &Liquidation) {
        let (node, user, block) = (self.market.node, self.event.user, self.log.block);
        let balance = |token| node.call(token, Token::scaledBalanceOfCall { user }, block);
        let (a_token, _) = self.state.tokens[call.collateral];
        let (_, debt_token) = self.state.tokens[call.debt];
        assert_eq!(computed.scaled_collateral_left, balance(a_token), "{user} at {block}");
        assert_eq!(computed.scaled_debt_left, balance(debt_token), "{user} at {block}");
        let flags = node.call(self.market.pool, Pool::getUserConfigurationCall { user }, block);
        let still = flags.bit(2 * call.collateral + 1);
        assert_eq!(still, !computed.collateral_disabled, "{user} at {block}");
    }

    fn assert_deficits(&self, computed: &Liquidation) {
        let created = decode_events::<Liquidations::DeficitCreated>(self.own);
        let created: Vec<(Address, U256)> =
            created.map(|(_, deficit)| (deficit.debtAsset, deficit.amountCreated)).collect();
        let computed = computed.deficits.iter();
        let computed: Vec<(Address, U256)> =
            computed.map(|deficit| (self.state.assets[deficit.position], deficit.amount)).collect();
        assert_eq!(computed, created, "{} at {}", self.event.user, self.log.block);
    }
}

impl CaseCounts {
    fn count(&mut self, call: &LiquidationCall, state: &AccountState, computed: &Liquidation) {
        self.liquidations += 1;
        self.paid_a_fee += usize::from(!computed.protocol_fee.is_zero());
        self.in_e_mode += usize::from(state.positions[call.collateral].in_e_mode);
        self.took_all_collateral += usize::from(computed.collateral_disabled);
        self.left_a_deficit += usize::from(!computed.deficits.is_empty());
        self.for_a_tokens += usize::from(call.payout == Payout::AToken);
    }
}
