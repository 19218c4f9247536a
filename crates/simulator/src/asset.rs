//! The assets of the simulated market, and how each is lent.

/// How many there are.
pub(super) const ASSET_COUNT: usize = 8;

/// An asset's place among [`ASSETS`].
pub(super) type AssetIndex = usize;

/// Wrapped ether, in which gas is paid and which the staking token stands for.
pub(super) const WETH: AssetIndex = 0;
/// The staking token.
pub(super) const WSTETH: AssetIndex = 4;
/// Where the assets with a price of their own end.
pub(super) const FLOATING_COUNT: usize = 4;

/// One asset.
#[derive(Debug, Clone, Copy)]
pub(super) struct AssetConfig {
    pub(super) symbol: &'static str,
    pub(super) decimals: u32,
    /// The oracle tells a price at least this often, ticks.
    pub(super) heartbeat_ticks: usize,
    /// The oracle tells a price that has moved further than this share.
    pub(super) deviation_threshold: f64,
    pub(super) max_ltv: f64,
    pub(super) liquidation_threshold: f64,
    pub(super) liquidation_bonus: f64,
    /// How it is lent, if it can be owed.
    pub(super) rate_model: Option<InterestRateModel>,
    /// What the pool against dollars gives for a sale that moves its price by 2 %, in calm, USD.
    pub(super) depth_usd: f64,
}

/// Interest as Aave's two-slope strategy reckons it from utilisation.
#[derive(Debug, Clone, Copy)]
pub(super) struct InterestRateModel {
    /// Utilisation that the market comes back to.
    pub(super) typical_utilisation: f64,
    /// Utilisation beyond which rates rise steeply.
    pub(super) optimal_utilisation: f64,
    /// Nominal rate at the optimum, a fraction a year.
    pub(super) slope1: f64,
    /// What is added from there to full utilisation.
    pub(super) slope2: f64,
}

/// The efficiency mode of ether and its staking token.
pub(super) const EMODE: u32 = 1;
/// Members of [`EMODE`].
pub(super) const EMODE_MEMBERS: [AssetIndex; 2] = [WETH, WSTETH];
/// Maximum loan-to-value, liquidation threshold and bonus in [`EMODE`].
pub(super) const EMODE_RISK_PARAMETERS: (f64, f64, f64) = (0.93, 0.95, 0.01);
/// Share of a liquidation's bonus that the protocol keeps.
pub(super) const LIQUIDATION_PROTOCOL_FEE: f64 = 0.10;
/// Share of the interest that the protocol keeps.
pub(super) const RESERVE_FACTOR: f64 = 0.10;

const fn stablecoin(symbol: &'static str, decimals: u32, usual_utilisation: f64) -> AssetConfig {
    let loan = InterestRateModel {
        typical_utilisation: usual_utilisation,
        optimal_utilisation: 0.90,
        slope1: 0.055,
        slope2: 0.60,
    };
    AssetConfig {
        symbol,
        decimals,
        heartbeat_ticks: 288,
        deviation_threshold: 0.0025,
        max_ltv: 0.75,
        liquidation_threshold: 0.78,
        liquidation_bonus: 0.045,
        rate_model: Some(loan),
        depth_usd: 200e6,
    }
}

const fn volatile_asset(
    symbol: &'static str,
    decimals: u32,
    terms: [f64; 3],
    depth_usd: f64,
) -> AssetConfig {
    let [max_ltv, liquidation_threshold, liquidation_bonus] = terms;
    AssetConfig {
        symbol,
        decimals,
        heartbeat_ticks: 12,
        deviation_threshold: 0.005,
        max_ltv,
        liquidation_threshold,
        liquidation_bonus,
        rate_model: None,
        depth_usd,
    }
}

/// Terms as Aave v3 has on Ethereum, depths in the proportions of aggregator quotes.
pub(super) const ASSET_CONFIGS: [AssetConfig; ASSET_COUNT] = [
    AssetConfig {
        rate_model: Some(InterestRateModel {
            typical_utilisation: 0.70,
            optimal_utilisation: 0.90,
            slope1: 0.027,
            slope2: 0.80,
        }),
        ..volatile_asset("WETH", 18, [0.805, 0.83, 0.05], 60e6)
    },
    volatile_asset("WBTC", 8, [0.73, 0.78, 0.05], 15e6),
    AssetConfig {
        deviation_threshold: 0.01,
        ..volatile_asset("LINK", 18, [0.66, 0.71, 0.07], 4e6)
    },
    AssetConfig {
        deviation_threshold: 0.01,
        ..volatile_asset("UNI", 18, [0.65, 0.70, 0.10], 2.5e6)
    },
    AssetConfig { heartbeat_ticks: 288, ..volatile_asset("wstETH", 18, [0.785, 0.81, 0.06], 50e6) },
    stablecoin("USDC", 6, 0.80),
    stablecoin("USDT", 6, 0.78),
    stablecoin("DAI", 18, 0.72),
];

impl AssetConfig {
    /// Smallest units in a token.
    pub(super) fn units_per_token(&self) -> f64 {
        10_f64.powi(self.decimals as i32)
    }
}
