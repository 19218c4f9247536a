use plimsoll_lending::health_factor;
use plimsoll_serve::{AccountResponse, Drivers, PositionState, Probabilities, ProblemKind};

use crate::support::{
    AAVE, AS_OF, MAKER, MODE_THRESHOLD, MODES, get, get_html, get_with, modes_snapshot,
    single_market_snapshot,
};

#[tokio::test]
async fn open_account_has_balances_metrics_and_probabilities() {
    let answer = get("/v1/accounts/ethereum/maker/eth-b/1").await;
    assert_eq!(answer.json["as_of"], AS_OF);
    let account: AccountResponse = answer.read();
    assert_eq!(
        (account.account.as_str(), account.market.as_str()),
        ("ethereum/maker/eth-b/1", MAKER)
    );
    assert_eq!((account.state, account.chain.as_str()), (PositionState::Open, "ethereum"));

    let [eth] = &account.collateral[..] else { panic!("{:?}", account.collateral) };
    let [dai] = &account.debt[..] else { panic!("{:?}", account.debt) };
    assert_eq!((eth.asset.as_str(), eth.amount), ("ETH", 11.0));
    assert!((eth.value_usd - 11.0 * eth.price_usd).abs() < 1e-9);
    assert_eq!((dai.asset.as_str(), dai.price_usd, dai.value_usd), ("DAI", 1.0, dai.amount));
    // Interest of 2 % a year for 55 days and 19 hours.
    let debt = 5_000.0 * 1.02_f64.powf(1_339.0 / 8_760.0);
    assert!((dai.amount - debt).abs() < 1e-6, "{dai:?}");

    let metrics = account.metrics;
    let health = metrics.health_factor.expect("it has debt");
    assert_eq!((metrics.debt_usd, metrics.collateral_usd), (dai.value_usd, eth.value_usd));
    assert!((health - eth.value_usd / 1.3 / dai.value_usd).abs() < 1e-12);
    assert!((metrics.safety_buffer.expect("it has debt") - (1.0 - 1.0 / health)).abs() < 1e-12);
    assert!(metrics.safety_buffer_sigmas_1d.expect("ETH moves") > 1.0);
    let price = eth.liquidation_price_usd.expect("ETH moves");
    assert!((price - eth.price_usd / health).abs() < 1e-9);
    assert_eq!(dai.liquidation_price_usd, None);
    let probabilities = account.probabilities.expect("it is open");
    assert_cumulative(&probabilities);
    assert_drivers_add_up(
        &account.drivers.expect("it is open").one_day,
        probabilities.one_day.liquidated,
    );
}

fn assert_drivers_add_up(drivers: &Drivers, probability: f64) {
    let Drivers { base, price_distance, volatility, liquidity, behaviour, carry, log_odds } =
        *drivers;
    let sum = base + price_distance + volatility + liquidity + behaviour + carry;
    assert!((sum - log_odds).abs() < 1e-9, "{drivers:?}");
    assert!((log_odds - (probability / (1.0 - probability)).ln()).abs() < 1e-9, "{drivers:?}");
}

fn assert_cumulative(probabilities: &Probabilities) {
    let p = probabilities;
    let all = [p.one_hour, p.six_hours, p.one_day, p.three_days, p.seven_days, p.thirty_days];
    for pair in all.windows(2) {
        assert!(pair[0].liquidated <= pair[1].liquidated && pair[0].closed <= pair[1].closed);
    }
    assert!(all.iter().all(|p| p.liquidated > 0.0 && p.closed > 0.0));
    assert!(all.iter().all(|p| p.lower < p.liquidated && p.liquidated < p.upper));
    assert!(p.thirty_days.liquidated + p.thirty_days.closed <= 1.0);
}

#[tokio::test]
async fn slashes_may_be_percent_encoded() {
    let plain = get("/v1/accounts/ethereum/maker/eth-b/1").await;
    assert_eq!(get("/v1/accounts/maker%2Feth-b%2F1").await.json, plain.json);
    assert_eq!(get("/v1/accounts/maker%2feth-b/1").await.json, plain.json);
}

#[tokio::test]
async fn closed_account_has_balances_and_no_probabilities() {
    let empty: AccountResponse = get("/v1/accounts/ethereum/maker/eth-b/2").await.read();
    assert_eq!(empty.state, PositionState::NoDebt);
    assert_eq!((empty.collateral, empty.debt), (Vec::new(), Vec::new()));
    assert_eq!((empty.metrics.health_factor, empty.probabilities), (None, None));

    let answer = get("/v1/accounts/ethereum/maker/eth-b/3").await;
    assert!(answer.json["probabilities"].is_null() && answer.json["health_factor"].is_null());
    let supplied: AccountResponse = answer.read();
    assert_eq!((supplied.state, supplied.debt), (PositionState::NoDebt, Vec::new()));
    assert_eq!(
        (supplied.collateral[0].asset.as_str(), supplied.collateral[0].amount),
        ("ETH", 7.0)
    );
    assert_eq!(supplied.collateral[0].liquidation_price_usd, None);
}

#[tokio::test]
async fn address_case_is_ignored() {
    let lower = format!("/v1/accounts/{AAVE}/0x{:0>40}", "abc1");
    let mixed = format!("/v1/accounts/{AAVE}/0x{:0>40}", "aBC1");
    let account: AccountResponse = get(&lower).await.read();
    assert_eq!(account.collateral.len(), 2);
    assert_eq!(account, get(&mixed).await.read());
}

#[tokio::test]
async fn short_position_is_liquidated_by_a_rising_price() {
    let path = format!("/v1/accounts/{AAVE}/0x{:0>40}", "abc2");
    let short: AccountResponse = get(&path).await.read();
    let (usdc, eth) = (&short.collateral[0], &short.debt[0]);
    assert_eq!(usdc.liquidation_price_usd, None);
    assert!(eth.liquidation_price_usd.expect("ETH moves") > eth.price_usd);
}

#[tokio::test]
async fn health_factor_is_one_at_the_liquidation_price_under_account_rules() {
    let snapshot = modes_snapshot();
    let app = plimsoll_serve::app(single_market_snapshot(modes_snapshot()));
    let path = format!("/v1/accounts/{MODES}/1");
    let account: AccountResponse = get_with(app.clone(), &path).await.read();
    let [eth, wbtc] = &account.collateral[..] else { panic!("{:?}", account.collateral) };
    let price = eth.liquidation_price_usd.expect("ETH moves");
    // Not the market's own 0.83, and none for WBTC, which is not pledged.
    assert!((eth.amount * price * MODE_THRESHOLD / account.metrics.debt_usd - 1.0).abs() < 1e-12);
    assert_eq!(wbtc.liquidation_price_usd, None);
    let (market, now_s) = (snapshot.market(), snapshot.as_of().timestamp());
    let state = &snapshot.states()[&account.account];
    let mut prices = market.oracle_prices_at(now_s).expect("prices");
    prices[market.asset_index("ETH").expect("it has ETH")] = price;
    let reserves = state.effective_reserves(market, now_s);
    let health = health_factor(&state.account(market, now_s), &prices, &reserves);
    assert!((health - 1.0).abs() < 1e-12, "{health}");
    let page = get_html(app, &format!("/accounts/{MODES}/1")).await.text;
    assert!(page.contains(&format!("{price:.2}")), "{price} {page}");
}

#[tokio::test]
async fn unknown_account_is_named() {
    let problem =
        get("/v1/accounts/ethereum/maker/eth-b/999").await.problem(ProblemKind::UnknownAccount);
    assert_eq!(problem.instance, "/v1/accounts/ethereum/maker/eth-b/999");
    assert!(problem.detail.contains("\"ethereum/maker/eth-b/999\""), "{problem:?}");
    let problem = get("/v1/accounts/maker/eth-z/1").await.problem(ProblemKind::UnknownAccount);
    assert!(problem.detail.contains("ethereum/aave-v3/core, ethereum/maker/eth-b"), "{problem:?}");
}

#[tokio::test]
async fn malformed_id_is_refused_with_the_format() {
    let long = format!("ethereum/maker/eth-b/{}", "9".repeat(300));
    for id in ["15967", "maker/15967", "maker//15967", "ethereum/maker/eth-b/", "%FF", "%00", &long]
    {
        let problem = get(&format!("/v1/accounts/{id}")).await;
        let problem = problem.problem(ProblemKind::MalformedAccountId);
        assert!(problem.detail.contains("such as ethereum/maker/eth-b/15967"), "{id}: {problem:?}");
    }
}
