//! The kernel: computes the features of one account at one time, for training and for serving.

use plimsoll_lending::{
    Account, AssetAmount, ReserveParameters, health_factor, liquidation_capacity_usd,
    portfolio_volatility, signed_weights,
};

use crate::account::state::{AccountState, MIN_OPEN_USD};
use crate::account_view::AccountView;
use crate::aggregates::MarketAggregates;
use crate::groups::feature_row;
use crate::market::liquidation_halt::LiquidationHalt;
use crate::market::{Market, PriceMoves};

/// The half-life of the volatility that distances are measured by, an index of [`HALF_LIVES_HOURS`](crate::market::HALF_LIVES_HOURS): 72 hours.
const REFERENCE_HALF_LIFE: usize = 2;

/// An open account at one time, with its features.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFeatures {
    /// Balances, debt with interest.
    pub account: Account,
    /// Health factor at the price that the protocol acts on.
    pub health_factor: f64,
    /// Debt, USD.
    pub debt_usd: f64,
    /// Collateral, USD, enabled or not.
    pub collateral_usd: f64,
    /// Volatility of the log health factor, per square root of a year.
    pub volatility: f64,
    /// Why, and until when, the protocol's rules permit no liquidation; `None` if they permit one.
    pub halt: Option<LiquidationHalt>,
    /// The features, in the order of [`FEATURES`](crate::FEATURES); NaN where one is not known.
    pub features: Vec<f32>,
}

/// The times as of which each source of the features is read, seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceTimes {
    /// Prices in values and in the health factor.
    pub(crate) prices_s: i64,
    /// Interest indexes of both sides.
    pub(crate) interest_s: i64,
    /// Parameters of the reserves and of efficiency modes.
    pub(crate) parameters_s: i64,
    /// Everything else: price moves, depth, other accounts, gas, rates, and the time itself.
    pub(crate) other_s: i64,
}

impl SourceTimes {
    /// All sources at one time.
    pub(crate) const fn all(time_s: i64) -> Self {
        Self { prices_s: time_s, interest_s: time_s, parameters_s: time_s, other_s: time_s }
    }
}

/// Computes features in one market.
#[derive(Debug)]
pub(crate) struct Kernel<'a> {
    market: &'a Market,
    aggregates: &'a MarketAggregates,
    /// Override the market's own parameters.
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

    /// The same with these parameters of the reserves.
    pub(crate) fn with_reserves(self, reserves: &'a [ReserveParameters]) -> Self {
        Self { reserves: Some(reserves), ..self }
    }

    /// Computes an account's features from what was known at `time_s`; `None` if it is not open or a
    /// price of its assets is not yet known.
    ///
    /// The account must have [advanced](AccountState::advance_to) to `time_s`, not further.
    pub(crate) fn compute_features(
        &mut self,
        state: &AccountState,
        time_s: i64,
    ) -> Option<AccountFeatures> {
        self.compute_features_at(state, SourceTimes::all(time_s))
    }

    /// The same with each source of the features as of a time of its own.
    ///
    /// The history of the account must have advanced to `other_s`, not further.
    pub(crate) fn compute_features_at(
        &mut self,
        state: &AccountState,
        times: SourceTimes,
    ) -> Option<AccountFeatures> {
        let time_s = times.other_s;
        // Most accounts of a lending market have no debt.
        if !state.has_debt() {
            return None;
        }
        let market = self.market;
        let account = state.account(market, times.interest_s);
        let price_moves = self.write_prices(&account, times)?;
        let (debt_usd, collateral_usd) =
            (account.debt_usd(&self.prices), account.collateral_usd(&self.prices));
        if debt_usd < MIN_OPEN_USD || collateral_usd < MIN_OPEN_USD {
            return None;
        }
        let reserves = self.reserves.unwrap_or_else(|| market.reserves(times.parameters_s));
        let reserves = &*state.effective_reserves_under(reserves, market, times.parameters_s);
        let health = health_factor(&account, &self.prices, reserves);
        // Without enabled collateral the log health factor is not finite, nor is a distance.
        if health <= 0.0 {
            return None;
        }
        let portfolio = self.portfolio(&account, reserves);
        let shares = capacity_shares(&account, &self.prices, reserves);
        let volatilities =
            std::array::from_fn(|half_life| volatility(&portfolio, price_moves, half_life));
        let borrow_rate = self.borrow_rate(&account, debt_usd, time_s);
        let ito_correction = self.ito_correction(&account, debt_usd, &portfolio, price_moves);
        let enabled = shares.iter().map(|(asset, _)| *asset);
        let owed = account.debt.iter().map(|owed| owed.asset.index());
        let halt = market.liquidation_halt(enabled, owed, health, time_s);
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
            portfolio: &portfolio,
            capacity_shares: &shares,
            prices: &self.prices,
            spot_prices: &self.spot_prices,
            reserves,
            price_moves,
            volatilities,
            volatility: volatilities[REFERENCE_HALF_LIFE],
            drift: ito_correction - borrow_rate.ln_1p(),
            borrow_rate,
            halt: halt.as_ref(),
        };
        let features = feature_row(&view);
        let volatility = view.volatility;
        Some(AccountFeatures {
            account,
            health_factor: health,
            debt_usd,
            collateral_usd,
            volatility,
            halt,
            features,
        })
    }

    /// Reads the prices of an account's assets; `None` if one is not yet known.
    fn write_prices(&mut self, account: &Account, times: SourceTimes) -> Option<PriceMoves<'a>> {
        let prices_s = times.prices_s;
        let priced = self.market.write_oracle_prices(account, prices_s, &mut self.prices)
            && self.market.write_spot_prices(account, prices_s, &mut self.spot_prices);
        self.market.price_moves(times.other_s).filter(|_| priced)
    }

    /// The assets of an account with their weights in its log health factor.
    fn portfolio(
        &mut self,
        account: &Account,
        reserves: &[ReserveParameters],
    ) -> Vec<(usize, f64)> {
        signed_weights(account, &self.prices, reserves, &mut self.weights);
        self.weights.iter().copied().enumerate().filter(|(_, weight)| *weight != 0.0).collect()
    }

    fn borrow_rate(&self, account: &Account, debt_usd: f64, time_s: i64) -> f64 {
        let rate = |asset: usize| self.market.borrow_rate(asset, time_s);
        let weighted =
            account.debt.iter().map(|owed| owed.value_usd(&self.prices) * rate(owed.asset.index()));
        weighted.sum::<f64>() / debt_usd
    }

    /// `-d' S w`: with volatile debt and prices without drift, the ratio of collateral to debt has a
    /// drift (Ito's lemma), which first passage needs.
    fn ito_correction(
        &self,
        account: &Account,
        debt_usd: f64,
        portfolio: &[(usize, f64)],
        price_moves: PriceMoves<'_>,
    ) -> f64 {
        let covariance_with_portfolio = |debt: usize| -> f64 {
            portfolio
                .iter()
                .map(|&(asset, weight)| {
                    weight * price_moves.covariance(REFERENCE_HALF_LIFE, debt, asset)
                })
                .sum()
        };
        let shares = account
            .debt
            .iter()
            .map(|owed| (owed.asset.index(), owed.value_usd(&self.prices) / debt_usd));
        -shares
            .map(|(asset, share)| share * finite_or_zero(covariance_with_portfolio(asset)))
            .sum::<f64>()
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

fn volatility(portfolio: &[(usize, f64)], price_moves: PriceMoves<'_>, half_life: usize) -> f64 {
    let weights: Vec<f64> = portfolio.iter().map(|(_, weight)| *weight).collect();
    let row =
        |a: usize| portfolio.iter().map(move |&(b, _)| price_moves.covariance(half_life, a, b));
    let covariance: Vec<f64> = portfolio.iter().flat_map(|&(a, _)| row(a)).collect();
    portfolio_volatility(&weights, &covariance)
}

fn finite_or_zero(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}
