//! Hourly history of a collateral's price in units of a debt asset.

use plimsoll_features::{HourlyPrice, HourlyPrices};

/// Natural logarithms of a collateral/debt ratio at consecutive whole hours, without gaps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RatioHistory {
    /// The end of the first hour, in hours since 1970.
    pub first_hour: i64,
    /// At the end of each hour.
    pub log_close: Vec<f64>,
    /// The lowest within each hour.
    pub log_low: Vec<f64>,
    /// The highest within each hour.
    pub log_high: Vec<f64>,
}

/// Which of the two prices of a ratio varies within an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VolatileSide {
    /// The collateral's price varies, that of the debt hardly.
    Collateral,
    /// The debt's price varies, that of the collateral hardly.
    Debt,
    /// Both vary, and their extremes need not coincide: only the ends of hours are compared.
    Both,
}

impl VolatileSide {
    /// The volatile side of a ratio, from which of its two assets are stable.
    pub(crate) const fn from_stability(collateral_is_stable: bool, debt_is_stable: bool) -> Self {
        match (collateral_is_stable, debt_is_stable) {
            (false, false) => Self::Both,
            (true, false) => Self::Debt,
            (_, true) => Self::Collateral,
        }
    }
}

impl RatioHistory {
    /// The ratio of two assets' prices from the first hour at which both are known; the range of an
    /// hour is that of the volatile side.
    #[must_use]
    pub fn from_prices(
        collateral: &HourlyPrices,
        debt: &HourlyPrices,
        volatile: VolatileSide,
    ) -> Self {
        let first = collateral.first_hour.max(debt.first_hour);
        let skip = |prices: &HourlyPrices| {
            usize::try_from(first - prices.first_hour).unwrap_or(usize::MAX)
        };
        let pairs = collateral.hours.iter().skip(skip(collateral));
        let pairs = pairs.zip(debt.hours.iter().skip(skip(debt)));
        let known = |c: &HourlyPrice, d: &HourlyPrice| (c.close_usd / d.close_usd).is_finite();
        let pairs: Vec<_> = pairs.collect();
        let unknown = pairs.iter().take_while(|(c, d)| !known(c, d)).count();
        let mut history = Self { first_hour: first + unknown as i64, ..Self::default() };
        for (c, d) in &pairs[unknown..] {
            let close = (c.close_usd / d.close_usd).ln();
            let before = history.log_close.last().copied().unwrap_or(close);
            let (low, high) = match volatile {
                VolatileSide::Collateral => {
                    ((c.low_usd / d.close_usd).ln(), (c.high_usd / d.close_usd).ln())
                }
                VolatileSide::Debt => {
                    ((c.close_usd / d.high_usd).ln(), (c.close_usd / d.low_usd).ln())
                }
                VolatileSide::Both => (close, close),
            };
            history.log_close.push(close);
            history.log_low.push(low.min(close).min(before));
            history.log_high.push(high.max(close).max(before));
        }
        history
    }

    /// Number of hours.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log_close.len()
    }

    /// Whether there are no hours.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.log_close.is_empty()
    }

    /// The history up to the given number of hours.
    #[must_use]
    pub fn truncated(&self, hours: usize) -> Self {
        let head = |values: &[f64]| values[..hours.min(values.len())].to_vec();
        Self {
            first_hour: self.first_hour,
            log_close: head(&self.log_close),
            log_low: head(&self.log_low),
            log_high: head(&self.log_high),
        }
    }

    /// The deepest fall of the ratio below its level at the end of an hour within the following
    /// `hours`, logarithmic; 0 if it only rises.
    pub(crate) fn max_fall_after(&self, hour: usize, hours: usize) -> f64 {
        let lowest = self.log_low[hour + 1..=hour + hours].iter().copied();
        (self.log_close[hour] - lowest.fold(f64::INFINITY, f64::min)).max(0.0)
    }
}
