//! The assets of the simulated market and their parameters.

/// Number of assets.
pub(crate) const ASSET_COUNT: usize = 8;

/// An asset's index in [`ASSET_CONFIGS`].
pub(crate) type AssetIndex = usize;

/// Wrapped ether: gas is paid in it, and the staking token is redeemable for it.
pub(crate) const WETH: AssetIndex = 0;
/// The staking token.
pub(crate) const WSTETH: AssetIndex = 4;
/// Number of assets with a price process of their own; they come first.
pub(crate) const FLOATING_COUNT: usize = 4;

/// The parameters of one asset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AssetConfig {
    pub(crate) symbol: &'static str,
    pub(crate) decimals: u32,
    /// Longest time between oracle updates, ticks.
    pub(crate) heartbeat_ticks: usize,
    /// Relative price move above which the oracle updates.
    pub(crate) deviation_threshold: f64,
    pub(crate) max_ltv: f64,
    pub(crate) liquidation_threshold: f64,
    pub(crate) liquidation_bonus: f64,
    /// Interest rate model; `None` if the asset cannot be borrowed.
    pub(crate) rate_model: Option<InterestRateModel>,
    /// Proceeds from the pool against the stablecoin of a sale that moves its price by 2 %, at
    /// calm, USD.
    pub(crate) depth_usd: f64,
}

/// Aave's two-slope interest rate strategy with base rate 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InterestRateModel {
    /// Utilisation to which the market reverts.
    pub(crate) typical_utilisation: f64,
    /// Utilisation above which the second slope applies.
    pub(crate) optimal_utilisation: f64,
    /// Nominal rate at the optimal utilisation, a fraction per year.
    pub(crate) slope1: f64,
    /// Rate added from the optimal to full utilisation, a fraction per year.
    pub(crate) slope2: f64,
}

/// The efficiency mode of ether and its staking token.
pub(crate) const EMODE: u32 = 1;
/// Members of [`EMODE`].
pub(crate) const EMODE_MEMBERS: [AssetIndex; 2] = [WETH, WSTETH];
/// Maximum loan-to-value, liquidation threshold and bonus in [`EMODE`].
pub(crate) const EMODE_RISK_PARAMETERS: (f64, f64, f64) = (0.93, 0.95, 0.01);
/// Share of a liquidation's bonus that the protocol receives.
pub(crate) const LIQUIDATION_PROTOCOL_FEE: f64 = 0.10;
/// Share of the interest that the protocol receives.
pub(crate) const RESERVE_FACTOR: f64 = 0.10;

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

/// Risk parameters of Aave v3 on Ethereum; depths in the proportions of aggregator quotes.
pub(crate) const ASSET_CONFIGS: [AssetConfig; ASSET_COUNT] = [
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

/// Smallest units in a token, precomputed for the hottest loops.
pub(crate) const UNITS_PER_TOKEN: [f64; ASSET_COUNT] = {
    let mut units = [1.0; ASSET_COUNT];
    let mut asset = 0;
    while asset < ASSET_COUNT {
        let mut digit = 0;
        while digit < ASSET_CONFIGS[asset].decimals {
            units[asset] *= 10.0;
            digit += 1;
        }
        asset += 1;
    }
    units
};
