//! The kernel: one account at one time, as features. Training and serving both use it.

use plimsoll_lending::{
    Account, AssetAmount, ReserveParameters, health_factor, liquidation_capacity_usd,
    portfolio_volatility, signed_weights,
};

use crate::account::state::{AccountState, MIN_OPEN_USD};
use crate::account_view::AccountView;
use crate::aggregates::MarketAggregates;
use crate::groups::feature_row;
use crate::market::{Market, PriceMoves};

/// The half-life whose volatility measures distances, a place in [`HALF_LIVES_HOURS`](crate::market::HALF_LIVES_HOURS): 72 hours.
const REFERENCE_HALF_LIFE: usize = 2;

/// An open account at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFeatures {
    /// Balances, debt with interest.
    pub account: Account,
    /// Health factor at the price that the protocol acts on.
    pub health_factor: f64,
    /// Debt, USD.
    pub debt_usd: f64,
    /// Collateral, USD, pledged or not.
    pub collateral_usd: f64,
    /// Volatility of the log health factor, per square root of a year.
    pub volatility: f64,
    /// The features, in the order of [`FEATURES`](crate::FEATURES); NaN where one is not known.
    pub features: Vec<f32>,
}

/// Computes features in one market.
#[derive(Debug)]
pub(crate) struct Kernel<'a> {
    market: &'a Market,
    aggregates: &'a MarketAggregates,
    /// In the place of the market's own.
    reserves: Option<&'a [ReserveParameters]>,
    prices: Vec<f64>,
    spot_prices: Vec<f64>,
    weights: Vec<f64>,
}

impl<'a> Kernel<'a> {
    /// A kernel for one market and all of its accounts.
    pub(crate) fn new(market: &'a Market, aggregates: &'a MarketAggregates) -> Self {
        let zeros = vec![0.0; market.assets().len()];
        let (prices, spot_prices) = (zeros.clone(), zeros.clone());
        Self { market, aggregates, reserves: None, prices, spot_prices, weights: zeros }
    }

    /// The same, were these the reserves' parameters.
    pub(crate) fn with_reserves(self, reserves: &'a [ReserveParameters]) -> Self {
        Self { reserves: Some(reserves), ..self }
    }

    /// Marks an account with what was known at `time_s`; `None` if it is not open, or the price of
    /// something it holds or owes is not yet known.
    ///
    /// The account must have [lived](AccountState::live) up to `time_s`, and no longer.
    pub(crate) fn compute_features(
        &mut self,
        state: &AccountState,
        time_s: i64,
    ) -> Option<AccountFeatures> {
        // Most accounts of a lending market only lend.
        if !state.has_debt() {
            return None;
        }
        let market = self.market;
        let account = state.account(market, time_s);
        let priced = market.write_oracle_prices(&account, time_s, &mut self.prices)
            && market.write_spot_prices(&account, time_s, &mut self.spot_prices);
        let moves = market.price_moves(time_s).filter(|_| priced)?;
        let (debt_usd, collateral_usd) =
            (account.debt_usd(&self.prices), account.collateral_usd(&self.prices));
        if debt_usd < MIN_OPEN_USD || collateral_usd < MIN_OPEN_USD {
            return None;
        }
        let reserves = self.reserves.unwrap_or_else(|| market.reserves(time_s));
        let reserves = &*state.effective_reserves_under(reserves, market, time_s);
        let health = health_factor(&account, &self.prices, reserves);
        // Collateral that secures nothing has no log health factor, hence no distance.
        if health <= 0.0 {
            return None;
        }
        signed_weights(&account, &self.prices, reserves, &mut self.weights);
        let basket: Vec<_> =
            self.weights.iter().copied().enumerate().filter(|(_, weight)| *weight != 0.0).collect();
        let capacity = capacity_shares(&account, &self.prices, reserves);
        let volatilities = std::array::from_fn(|half_life| volatility(&basket, moves, half_life));
        let borrow_rate = self.borrow_rate(&account, debt_usd, time_s);
        let drift = self.ito_correction(&account, debt_usd, &basket, moves) - borrow_rate.ln_1p();
        let view = AccountView {
            market,
            aggregates: self.aggregates,
            state,
            account: &account,
            time_s,
            debt_usd,
            collateral_usd,
            log_health: health.ln(),
            log_health_spot: health_factor(&account, &self.spot_prices, reserves).ln(),
            portfolio: &basket,
            capacity_shares: &capacity,
            prices: &self.prices,
            price_moves: moves,
            volatilities,
            volatility: volatilities[REFERENCE_HALF_LIFE],
            drift,
            borrow_rate,
        };
        let features = feature_row(&view);
        let volatility = view.volatility;
        Some(AccountFeatures {
            account,
            health_factor: health,
            debt_usd,
            collateral_usd,
            volatility,
            features,
        })
    }

    fn borrow_rate(&self, account: &Account, debt_usd: f64, time_s: i64) -> f64 {
        let rate = |asset: usize| self.market.borrow_rate(asset, time_s);
        let weighted =
            account.debt.iter().map(|owed| owed.value_usd(&self.prices) * rate(owed.asset.index()));
        weighted.sum::<f64>() / debt_usd
    }

    /// `-d' S w`: where debt is volatile and prices have no drift, the ratio of collateral to debt
    /// has one (Ito), and first passage must know it.
    fn ito_correction(
        &self,
        account: &Account,
        debt_usd: f64,
        basket: &[(usize, f64)],
        moves: PriceMoves<'_>,
    ) -> f64 {
        let with_basket = |debt: usize| -> f64 {
            basket
                .iter()
                .map(|&(asset, weight)| weight * moves.covariance(REFERENCE_HALF_LIFE, debt, asset))
                .sum()
        };
        let shares = account
            .debt
            .iter()
            .map(|owed| (owed.asset.index(), owed.value_usd(&self.prices) / debt_usd));
        -shares.map(|(asset, share)| share * finite_or_zero(with_basket(asset))).sum::<f64>()
    }
}

fn capacity_shares(
    account: &Account,
    prices: &[f64],
    reserves: &[ReserveParameters],
) -> Vec<(usize, f64)> {
    let all_usd = liquidation_capacity_usd(account, prices, reserves);
    let share = |held: &AssetAmount| {
        let asset = held.asset.index();
        (asset, held.value_usd(prices) * reserves[asset].liquidation_threshold / all_usd)
    };
    account.collateral.iter().map(share).filter(|(_, share)| *share > 0.0).collect()
}

fn volatility(basket: &[(usize, f64)], moves: PriceMoves<'_>, half_life: usize) -> f64 {
    let weights: Vec<f64> = basket.iter().map(|(_, weight)| *weight).collect();
    let row = |a: usize| basket.iter().map(move |&(b, _)| moves.covariance(half_life, a, b));
    let covariance: Vec<f64> = basket.iter().flat_map(|&(a, _)| row(a)).collect();
    portfolio_volatility(&weights, &covariance)
}

fn finite_or_zero(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}
