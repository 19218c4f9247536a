//! The actions of the owners in the lake.

use plimsoll_lake::tables::{AccountSetting, Liquidation, PositionEvent, kind, setting};

use super::lake::{AAVE, BELOW, DEPARTED, HALTED, HOSTILE, HOURS, MAKER, MODES, block, id, time};
use super::random::Random;

/// Maker's liquidation ratio of 130 %.
pub(crate) const THRESHOLD: f64 = 1.0 / 1.3;

const RANDOM_VAULTS: usize = 40;
const CLOSED_PER_HOUR: f64 = 0.0015;
/// More than the interest of two months, and small enough that the rest does not count as debt.
const INTEREST: f64 = 1.004;

/// Events of one market.
#[derive(Default)]
pub(crate) struct Vaults {
    pub(crate) events: Vec<PositionEvent>,
    pub(crate) liquidations: Vec<Liquidation>,
}

/// Three vaults that tests refer to, and forty random ones.
pub(crate) fn maker_vaults(random: &mut Random, eth: &[f64]) -> Vaults {
    let mut vaults = Vaults::default();
    // Vault 1 is open: 11 ETH, 5,000 DAI and interest.
    vaults.push_event(MAKER, "1", 100, (kind::DEPOSIT, "ETH", 10.0));
    vaults.push_event(MAKER, "1", 100, (kind::BORROW, "DAI", 5_000.0));
    vaults.push_event(MAKER, "1", HOURS - 1, (kind::DEPOSIT, "ETH", 1.0));
    // Vault 2 is closed, and left empty.
    vaults.push_event(MAKER, "2", 100, (kind::DEPOSIT, "ETH", 10.0));
    vaults.push_event(MAKER, "2", 100, (kind::BORROW, "DAI", 5_000.0));
    vaults.push_event(MAKER, "2", 200, (kind::REPAY, "DAI", 5_000.0 * INTEREST));
    vaults.push_event(MAKER, "2", 200, (kind::WITHDRAW, "ETH", 10.0));
    // Vault 3 is closed, and keeps 7 ETH.
    vaults.push_event(MAKER, "3", 100, (kind::DEPOSIT, "ETH", 7.0));
    vaults.push_event(MAKER, "3", 100, (kind::BORROW, "DAI", 3_000.0));
    vaults.push_event(MAKER, "3", 300, (kind::REPAY, "DAI", 3_000.0 * INTEREST));
    for number in 0..RANDOM_VAULTS {
        vaults.simulate_vault(&(100 + number).to_string(), random, eth);
    }
    vaults
}

/// Two accounts by address: one long of two assets, one short.
pub(crate) fn aave_accounts() -> Vaults {
    let mut vaults = Vaults::default();
    let (long, short) = (format!("0x{:0>40}", "abc1"), format!("0x{:0>40}", "abc2"));
    vaults.push_event(AAVE, &long, 50, (kind::DEPOSIT, "ETH", 5.0));
    vaults.push_event(AAVE, &long, 50, (kind::DEPOSIT, "WBTC", 1.0));
    vaults.push_event(AAVE, &long, 51, (kind::BORROW, "USDC", 12_000.0));
    vaults.push_event(AAVE, &short, 60, (kind::DEPOSIT, "USDC", 60_000.0));
    vaults.push_event(AAVE, &short, HOURS - 1, (kind::BORROW, "ETH", 4.0));
    vaults
}

/// The owner part of an account id that would run as a script if it were not escaped.
pub(crate) const SCRIPT: &str = "\"><script>alert('1')</script><img src=x onerror=alert(2)>";

/// One account with a hostile name.
pub(crate) fn hostile_account() -> Vaults {
    let mut vaults = Vaults::default();
    vaults.push_event(HOSTILE, SCRIPT, 100, (kind::DEPOSIT, "ETH", 10.0));
    vaults.push_event(HOSTILE, SCRIPT, HOURS - 1, (kind::BORROW, "DAI", 9_000.0));
    vaults
}

/// One account above the threshold, one below it since the last hour, two for two months.
pub(crate) fn below_accounts() -> Vaults {
    let mut vaults = Vaults::default();
    for (owner, hour, dai) in [
        ("stuck", 100, 100_000.0),
        ("larger", 100, 120_000.0),
        ("healthy", HOURS - 1, 3_000.0),
        ("now", HOURS - 1, 100_000.0),
    ] {
        vaults.push_event(BELOW, owner, hour, (kind::DEPOSIT, "ETH", 10.0));
        vaults.push_event(BELOW, owner, hour, (kind::BORROW, "DAI", dai));
    }
    vaults
}

/// Accounts below the threshold since the last hour, one for each asset.
pub(crate) fn halted_accounts() -> Vaults {
    let mut vaults = Vaults::default();
    for (owner, asset, amount) in [("grace", "ETH", 10.0), ("paused", "WBTC", 1.0)] {
        vaults.push_event(HALTED, owner, HOURS - 1, (kind::DEPOSIT, asset, amount));
        vaults.push_event(HALTED, owner, HOURS - 1, (kind::BORROW, "DAI", 100_000.0));
    }
    vaults
}

/// One account with collateral whose price departs from the market.
pub(crate) fn departed_account() -> Vaults {
    let mut vaults = Vaults::default();
    vaults.push_event(DEPARTED, "1", 100, (kind::DEPOSIT, "ETH", 10.0));
    vaults.push_event(DEPARTED, "1", HOURS - 1, (kind::BORROW, "DAI", 5_000.0));
    vaults
}

/// One account with two collaterals.
pub(crate) fn modes_account() -> Vaults {
    let mut vaults = Vaults::default();
    vaults.push_event(MODES, "1", 100, (kind::DEPOSIT, "ETH", 10.0));
    vaults.push_event(MODES, "1", 100, (kind::DEPOSIT, "WBTC", 1.0));
    vaults.push_event(MODES, "1", HOURS - 1, (kind::BORROW, "USDC", 9_000.0));
    vaults
}

/// Its settings: it is in the market's efficiency mode, and has pledged only its ETH.
pub(crate) fn mode_settings() -> Vec<AccountSetting> {
    let chosen = [(setting::EMODE, None), (setting::COLLATERAL, Some("ETH"))];
    let row = |(index, (name, asset)): (usize, (&str, Option<&str>))| AccountSetting {
        chain: id(MODES).chain,
        protocol: id(MODES).protocol,
        market: id(MODES).market,
        block: block(100),
        log_index: 10 + index as u32,
        time: time(100),
        account: format!("{MODES}/1"),
        setting: name.to_owned(),
        asset: asset.map(str::to_owned),
        value: 1,
    };
    chosen.into_iter().enumerate().map(row).collect()
}

impl Vaults {
    /// A vault from its opening to its liquidation, its closing or the end of the simulation.
    fn simulate_vault(&mut self, owner: &str, random: &mut Random, eth: &[f64]) {
        let opened = random.between(24.0, 0.8 * HOURS as f64) as usize;
        let collateral = random.between(5.0, 50.0);
        let debt = collateral * eth[opened] * THRESHOLD / random.between(1.04, 1.5);
        self.push_event(MAKER, owner, opened, (kind::DEPOSIT, "ETH", collateral));
        self.push_event(MAKER, owner, opened, (kind::BORROW, "DAI", debt));
        for (hour, price) in eth.iter().enumerate().skip(opened + 1) {
            if collateral * price * THRESHOLD < debt {
                return self.push_liquidation(owner, hour, collateral, debt * INTEREST);
            }
            if random.uniform() < CLOSED_PER_HOUR {
                self.push_event(MAKER, owner, hour, (kind::REPAY, "DAI", debt * INTEREST));
                return self.push_event(MAKER, owner, hour, (kind::WITHDRAW, "ETH", collateral));
            }
        }
    }

    fn push_event(&mut self, name: &str, owner: &str, hour: usize, moved: (&str, &str, f64)) {
        let (id, (kind, asset, amount)) = (id(name), moved);
        self.events.push(PositionEvent {
            chain: id.chain,
            protocol: id.protocol,
            market: id.market,
            block: block(hour),
            log_index: self.events.len() as u32,
            tx: None,
            time: time(hour),
            account: format!("{name}/{owner}"),
            kind: kind.to_owned(),
            asset: Some(asset.to_owned()),
            amount_exact: None,
            amount: Some(amount),
        });
    }

    fn push_liquidation(&mut self, owner: &str, hour: usize, collateral: f64, debt: f64) {
        let id = id(MAKER);
        self.liquidations.push(Liquidation {
            chain: id.chain,
            protocol: id.protocol,
            market: id.market,
            block: block(hour),
            log_index: self.liquidations.len() as u32,
            tx: None,
            time: time(hour),
            account: format!("{MAKER}/{owner}"),
            liquidator: None,
            collateral_asset: "ETH".to_owned(),
            collateral_exact: 0,
            collateral_amount: collateral,
            debt_asset: "DAI".to_owned(),
            debt_exact: 0,
            debt_amount: debt,
            debt_scaled: None,
        });
    }
}
