//! One asset's prices by whole hour.

use super::price_feed::Quotes;
use crate::time::HOUR_S;

/// An asset's prices within one hour, USD; all NaN before the first price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourlyPrice {
    /// The last price known at the end of the hour.
    pub close_usd: f64,
    /// The highest price.
    pub high_usd: f64,
    /// The lowest price.
    pub low_usd: f64,
}

/// An asset's published prices at consecutive whole hours, as known at the end of each.
#[derive(Debug, Clone, PartialEq)]
pub struct HourlyPrices {
    /// The end of the first hour, in hours since 1970.
    pub first_hour: i64,
    /// The hours.
    pub hours: Vec<HourlyPrice>,
}

impl HourlyPrice {
    const UNKNOWN: Self = Self { close_usd: f64::NAN, high_usd: f64::NAN, low_usd: f64::NAN };
    const PAR: Self = Self { close_usd: 1.0, high_usd: 1.0, low_usd: 1.0 };
}

impl HourlyPrices {
    /// Hours at one dollar; given are the first hour and the number of hours.
    pub(super) fn par((first_hour, hours): (i64, usize)) -> Self {
        Self { first_hour, hours: vec![HourlyPrice::PAR; hours] }
    }

    /// Hours of quotes; given are the first hour and the number of hours.
    pub(super) fn from_quotes(quotes: &Quotes, (first_hour, hours): (i64, usize)) -> Self {
        let mut next = quotes.times_s.partition_point(|&t| t <= (first_hour - 1) * HOUR_S);
        let hour = |hour: i64| {
            let until = quotes.times_s.partition_point(|&t| t <= hour * HOUR_S);
            let within = next..until;
            next = until;
            let Some(&close_usd) = quotes.prices_usd[..until].last() else {
                return HourlyPrice::UNKNOWN;
            };
            let highs_usd = quotes.highs_usd[within.clone()].iter().copied();
            let lows_usd = quotes.lows_usd[within].iter().copied();
            let high_usd = highs_usd.fold(close_usd, f64::max);
            HourlyPrice { close_usd, high_usd, low_usd: lows_usd.fold(close_usd, f64::min) }
        };
        Self { first_hour, hours: (first_hour..).take(hours).map(hour).collect() }
    }
}
