//! Measures of price moves on an hourly grid: volatilities, returns and drawdowns.
//!
//! An hour's row uses only quotes up to that hour; a look-up at any second returns the row of the last
//! full hour.

use polars::prelude::{
    Column, DataFrame, EWMOptions, Expr, IntoLazy, PolarsResult, RollingOptionsFixedWindow, col,
    lit, when,
};

use super::hourly_prices::{HourlyPrice, HourlyPrices};
use super::price_feed::{PriceFeed, Quotes};
use crate::time::{HOUR_S, HOURS_PER_YEAR};

/// Half-lives of the exponentially weighted covariances, hours.
pub(crate) const HALF_LIVES_HOURS: [usize; 5] = [6, 24, 72, 168, 720];
/// Windows of the range-based volatility, hours.
pub(crate) const PARKINSON_HOURS: [usize; 4] = [1, 6, 24, 168];
/// Horizons of the log returns, hours.
pub(crate) const RETURN_HOURS: [usize; 6] = [1, 6, 24, 72, 168, 720];
/// The index of one hour in [`RETURN_HOURS`].
const HOURLY_INDEX: usize = 0;
/// Windows of the drawdown from the highest price, hours.
pub(crate) const DRAWDOWN_HOURS: [usize; 4] = [6, 24, 168, 720];

/// Window of the median of absolute returns over a day, hours.
const MEDIAN_MOVE_HOURS: usize = 720;
/// An asset with a median daily move up to this is stable; absolute log return.
const STABLE_DAILY_MOVE: f64 = 0.005;

/// Measures of every quoted asset at every hour.
#[derive(Debug)]
pub(crate) struct PriceSeries {
    first_hour: i64,
    hours: usize,
    /// Index of each asset among the quoted ones; `None` at par.
    quoted: Vec<Option<usize>>,
    /// Covariances a year by half-life and pair, each by hour.
    covariances: Vec<Vec<Vec<f64>>>,
    /// Range-based variances a year by window and asset, each by hour.
    parkinson: Vec<Vec<Vec<f64>>>,
    /// Log returns by horizon and asset, each by hour.
    returns: Vec<Vec<Vec<f64>>>,
    /// Log distances below the highest price by window and asset, each by hour.
    drawdowns: Vec<Vec<Vec<f64>>>,
    /// Medians of absolute returns over a day by asset, each by hour.
    median_daily_moves: Vec<Vec<f64>>,
}

/// The measures at one hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PriceMoves<'a> {
    series: &'a PriceSeries,
    hour: usize,
}

impl PriceSeries {
    /// Measures the feeds from the first hour with any price; the values of other assets start with their
    /// own first price.
    ///
    /// `clean`: by asset, quotes that replace those of the feed.
    pub(super) fn from_feeds(feeds: &[PriceFeed], clean: &[Option<Quotes>]) -> PolarsResult<Self> {
        let quotes: Vec<&Quotes> = feeds
            .iter()
            .zip(clean)
            .filter_map(|(feed, clean)| match feed {
                PriceFeed::Par => None,
                PriceFeed::Quoted(quotes) => Some(clean.as_ref().unwrap_or(quotes)),
            })
            .collect();
        let mut indices = 0..;
        let quoted = feeds
            .iter()
            .map(|feed| matches!(feed, PriceFeed::Quoted(_)).then(|| indices.next()).flatten())
            .collect();
        let first = quotes.iter().filter_map(|q| q.times_s.first()).min().copied();
        let last = quotes.iter().filter_map(|q| q.known_until_s).max();
        let (first, last) = first.zip(last).unwrap_or((0, i64::MIN));
        let first_hour = first.div_euclid(HOUR_S) + i64::from(first.rem_euclid(HOUR_S) > 0);
        let hours = last.div_euclid(HOUR_S).saturating_sub(first_hour) + 1;
        measure(&quotes, first_hour, usize::try_from(hours).unwrap_or(0), quoted)
    }

    /// The first hour, since 1970, and the number of hours.
    pub(super) const fn hour_span(&self) -> (i64, usize) {
        (self.first_hour, self.hours)
    }

    /// The measures known at `time_s`.
    pub(super) fn at(&self, time_s: i64) -> Option<PriceMoves<'_>> {
        let hour = usize::try_from(time_s.div_euclid(HOUR_S) - self.first_hour).ok()?;
        (self.hours > 0).then(|| PriceMoves { series: self, hour: hour.min(self.hours - 1) })
    }
}

impl PriceMoves<'_> {
    /// Covariance of two assets' log returns, a year, by half-life.
    pub(crate) fn covariance(&self, half_life: usize, a: usize, b: usize) -> f64 {
        match (self.series.quoted[a], self.series.quoted[b]) {
            (Some(a), Some(b)) => self.series.covariances[half_life][pair_index(a, b)][self.hour],
            _ => 0.0,
        }
    }

    /// Range-based variance of an asset, a year, by window.
    pub(crate) fn parkinson(&self, window: usize, asset: usize) -> f64 {
        self.value(&self.series.parkinson[window], asset)
    }

    /// Log return of an asset by horizon.
    pub(crate) fn log_return(&self, horizon: usize, asset: usize) -> f64 {
        self.value(&self.series.returns[horizon], asset)
    }

    /// Log distance of an asset below its highest price, never positive, by window.
    pub(crate) fn drawdown(&self, window: usize, asset: usize) -> f64 {
        self.value(&self.series.drawdowns[window], asset)
    }

    /// The latest hourly log returns of an asset, at most `hours`, oldest first; none at par.
    pub(crate) fn hourly_returns(&self, hours: usize, asset: usize) -> &[f64] {
        let Some(index) = self.series.quoted[asset] else { return &[] };
        let until = self.hour + 1;
        &self.series.returns[HOURLY_INDEX][index][until.saturating_sub(hours)..until]
    }

    /// Whether an asset moves on most days, or has prices for less than a day; false at par.
    pub(crate) fn is_volatile(&self, asset: usize) -> bool {
        let daily = |index: usize| self.series.median_daily_moves[index][self.hour];
        self.series.quoted[asset]
            .is_some_and(|index| daily(index).is_nan() || daily(index) > STABLE_DAILY_MOVE)
    }

    fn value(&self, columns: &[Vec<f64>], asset: usize) -> f64 {
        self.series.quoted[asset].map_or(0.0, |index| columns[index][self.hour])
    }
}

/// The index of an unordered pair in a triangular list.
const fn pair_index(a: usize, b: usize) -> usize {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    high * (high + 1) / 2 + low
}

fn measure(
    quotes: &[&Quotes],
    first_hour: i64,
    hours: usize,
    quoted: Vec<Option<usize>>,
) -> PolarsResult<PriceSeries> {
    let frame = hourly_log_prices(quotes, first_hour, hours)?;
    let n = quotes.len();
    let each = |measure: &dyn Fn(usize) -> Expr| (0..n).map(measure).collect::<Vec<_>>();
    let by = |sizes: &[usize], measure: &dyn Fn(usize, usize) -> Expr| {
        let sized = |&size: &usize| evaluate(&frame, &each(&|asset| measure(size, asset)));
        sizes.iter().map(sized).collect::<PolarsResult<Vec<_>>>()
    };
    let pairs: Vec<_> = (0..n).flat_map(|high| (0..=high).map(move |low| (low, high))).collect();
    let covariances = HALF_LIVES_HOURS.iter().map(|&half_life| {
        let expressions: Vec<_> = pairs.iter().map(|&(a, b)| covariance(half_life, a, b)).collect();
        evaluate(&frame, &expressions)
    });
    Ok(PriceSeries {
        first_hour,
        hours,
        quoted,
        covariances: covariances.collect::<PolarsResult<_>>()?,
        parkinson: by(&PARKINSON_HOURS, &parkinson_variance)?,
        returns: by(&RETURN_HOURS, &log_return)?,
        drawdowns: by(&DRAWDOWN_HOURS, &drawdown)?,
        median_daily_moves: evaluate(&frame, &each(&median_daily_move))?,
    })
}

/// Log prices by hour: the last known, and the highest and lowest within the hour; null before the
/// first.
fn hourly_log_prices(quotes: &[&Quotes], first_hour: i64, hours: usize) -> PolarsResult<DataFrame> {
    let mut frame = Vec::with_capacity(3 * quotes.len());
    for (asset, quotes) in quotes.iter().enumerate() {
        let prices = HourlyPrices::from_quotes(quotes, (first_hour, hours)).hours;
        let logs = |price: fn(&HourlyPrice) -> f64| {
            let known = |usd: f64| usd.is_finite().then(|| usd.ln());
            prices.iter().map(|hour| known(price(hour))).collect::<Vec<_>>()
        };
        let (close, high) = (logs(|hour| hour.close_usd), logs(|hour| hour.high_usd));
        let named = [("close", close), ("high", high), ("low", logs(|hour| hour.low_usd))];
        frame.extend(
            named.map(|(name, values)| Column::new(column_name(name, asset).into(), values)),
        );
    }
    DataFrame::new(hours, frame)
}

fn column_name(name: &str, asset: usize) -> String {
    format!("{name}_{asset}")
}

fn log_price(name: &str, asset: usize) -> Expr {
    col(column_name(name, asset))
}

fn log_return(hours: usize, asset: usize) -> Expr {
    log_price("close", asset) - log_price("close", asset).shift((hours as i64).into())
}

fn covariance(half_life: usize, a: usize, b: usize) -> Expr {
    // The mean of hourly log returns is far below their spread, so none is subtracted.
    let alpha = 1.0 - (-std::f64::consts::LN_2 / half_life as f64).exp();
    let options =
        EWMOptions { alpha, adjust: true, bias: true, min_periods: 1, ignore_nulls: true };
    (log_return(1, a) * log_return(1, b)).ewm_mean(options) * HOURS_PER_YEAR.into()
}

/// Parkinson (1980): the mean of `(ln H/L)^2 / (4 ln 2)`.
fn parkinson_variance(hours: usize, asset: usize) -> Expr {
    let range = || log_price("high", asset) - log_price("low", asset);
    let scale = HOURS_PER_YEAR / (4.0 * std::f64::consts::LN_2);
    (range() * range()).rolling_mean(window(hours)) * scale.into()
}

/// The median of absolute daily returns: robust against a few volatile days, it separates stablecoins
/// from other assets.
fn median_daily_move(asset: usize) -> Expr {
    let day = log_return(24, asset);
    when(day.clone().lt(lit(0.0)))
        .then(-day.clone())
        .otherwise(day)
        .rolling_median(window(MEDIAN_MOVE_HOURS))
}

fn drawdown(hours: usize, asset: usize) -> Expr {
    log_price("close", asset) - log_price("high", asset).rolling_max(window(hours))
}

fn window(hours: usize) -> RollingOptionsFixedWindow {
    RollingOptionsFixedWindow { window_size: hours, min_periods: 1, ..Default::default() }
}

/// Evaluates expressions over the frame; an hour without enough past is NaN.
fn evaluate(frame: &DataFrame, expressions: &[Expr]) -> PolarsResult<Vec<Vec<f64>>> {
    let named = expressions.iter().enumerate().map(|(i, e)| e.clone().alias(i.to_string()));
    let evaluated = frame.clone().lazy().select(named.collect::<Vec<_>>()).collect()?;
    let values = |column: &Column| -> PolarsResult<Vec<f64>> {
        Ok(column.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    };
    evaluated.columns().iter().map(values).collect()
}
