//! Threshold inputs from a market snapshot.

use ndarray::Array2;
use plimsoll_features::{AccountState, HourlyPrices, Market, Snapshot, feature_count};
use plimsoll_lake::Horizon;
use plimsoll_lending::{Account, AssetId, ReserveParameters};
use plimsoll_model::Model;

use crate::error::GovernError;
use crate::risk::DepthCurve;
use crate::threshold_inputs::{AssetInputs, Borrower, ThresholdInputs};
use crate::time::HOUR_S;

/// Number of sale sizes of a depth curve: from 1,000 USD on, eight per decade.
const SIZE_COUNT: i32 = 57;

impl ThresholdInputs<'_> {
    /// The market of a snapshot, without a forecaster of the next day.
    #[must_use]
    pub fn from_snapshot(snapshot: &Snapshot) -> Self {
        let (market, as_of_s) = (snapshot.market(), snapshot.as_of().timestamp());
        let assets = (0..market.assets().len()).map(|asset| asset_inputs(market, asset, as_of_s));
        let borrowers = borrowers(snapshot).map(|(id, state)| borrower(market, id, state, as_of_s));
        Self {
            market: market.id().name(),
            as_of_s,
            assets: assets.collect(),
            borrowers: borrowers.collect(),
            next_day: None,
        }
    }
}

/// Returns a function that predicts each borrower's probability of liquidation within 24 hours
/// under given parameters. Features are recomputed under those parameters; the order is that of the
/// snapshot's threshold inputs.
///
/// An account that has no borrowing capacity under those parameters gets probability 1.
pub fn next_day_forecasts<'a>(
    snapshot: &'a Snapshot,
    model: &'a Model,
) -> impl Fn(&[ReserveParameters]) -> Result<Vec<f64>, GovernError> + 'a {
    move |reserves| {
        let accounts: Vec<_> = borrowers(snapshot)
            .map(|(_, state)| {
                snapshot.compute_features_under(state, reserves).map(|account| account.features)
            })
            .collect();
        let columns = feature_count();
        let rows: Vec<f32> = accounts.iter().flatten().flatten().copied().collect();
        let rows = Array2::from_shape_vec((rows.len() / columns, columns), rows)
            .expect("every account has all features");
        let forecasts = model.forecast(rows.view())?;
        let mut forecast =
            (0..forecasts.len()).map(|row| forecasts.p_liquidated(row)[Horizon::Hours24.index()]);
        Ok(accounts
            .iter()
            .map(|account| account.as_ref().and_then(|_| forecast.next()).unwrap_or(1.0))
            .collect())
    }
}

/// Accounts that could be liquidated, in the order of their ids.
fn borrowers(snapshot: &Snapshot) -> impl Iterator<Item = (&String, &AccountState)> {
    let (market, as_of_s) = (snapshot.market(), snapshot.as_of().timestamp());
    let priced = move |state: &AccountState| {
        let account = state.account(market, as_of_s);
        let mut held = account.collateral.iter().chain(&account.debt);
        account.has_debt()
            && held.all(|held| market.oracle_price(held.asset.index(), as_of_s).is_finite())
    };
    snapshot.states().iter().filter(move |(_, s)| priced(s) && s.is_open(market, as_of_s))
}

fn asset_inputs(market: &Market, asset: usize, as_of_s: i64) -> AssetInputs {
    let market_asset = &market.assets()[asset];
    let price_usd = market.oracle_price(asset, as_of_s);
    AssetInputs {
        symbol: market.asset_label(asset).to_owned(),
        address: market_asset.address.clone(),
        price_usd,
        reserve: market.reserves(as_of_s)[asset],
        stable: !market.is_volatile(asset, as_of_s),
        oracle_delay_s: market_asset.oracle_delay_s,
        prices: prices_until(market, asset, as_of_s),
        depth: depth_curve(market, asset, price_usd, as_of_s),
    }
}

/// Market prices may be more recent than account states; the surplus is dropped.
fn prices_until(market: &Market, asset: usize, as_of_s: i64) -> HourlyPrices {
    let mut prices = market.hourly_prices(asset);
    let hours = as_of_s.div_euclid(HOUR_S) - prices.first_hour + 1;
    prices.hours.truncate(usize::try_from(hours).unwrap_or(0));
    prices
}

fn depth_curve(market: &Market, asset: usize, price_usd: f64, as_of_s: i64) -> Option<DepthCurve> {
    let point = |step: i32| {
        let size_usd = 1_000.0 * 10_f64.powf(f64::from(step) / 8.0);
        (size_usd, market.selling_cost(asset, size_usd / price_usd, as_of_s))
    };
    let points: Vec<_> = (0..SIZE_COUNT).map(point).collect();
    points.iter().all(|(_, cost)| cost.is_finite()).then_some(DepthCurve::Measured(points))
}

fn borrower(market: &Market, id: &str, state: &AccountState, as_of_s: i64) -> Borrower {
    let Account { mut collateral, debt } = state.account(market, as_of_s);
    let common = market.reserves(as_of_s);
    let effective = state.effective_reserves(market, as_of_s);
    collateral.retain(|held| effective[held.asset.index()].liquidation_threshold > 0.0);
    let reserve_overrides = (0..)
        .map(AssetId)
        .zip(common.iter().zip(effective.iter()))
        .filter(|(_, (common, effective))| common != effective)
        .map(|(asset, (_, effective))| (asset, *effective))
        .collect();
    Borrower { id: id.to_owned(), account: Account::new(collateral, debt), reserve_overrides }
}
