//! The base fee of a chain, by hour.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{Block, Row};
use plimsoll_lake::{Filter, Store};
use polars::prelude::{SortMultipleOptions, col};

use super::known_until::up_to;
use crate::error::FeatureError;
use crate::time::{HOUR_S, MICROS_PER_SECOND};

/// Window of the median, hours.
const WINDOW_HOURS: usize = 168;

/// Base fees relative to their weekly median, by whole hours; empty without blocks.
#[derive(Debug)]
pub(super) struct BaseFees {
    first_hour: i64,
    log_over_median: Vec<f64>,
}

impl BaseFees {
    /// Reads `hours` hours from `first_hour` on from the lake, up to `until`.
    pub(super) fn read(
        store: &Store,
        chain: &str,
        (first_hour, hours): (i64, usize),
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        let fees = query_base_fees(store, chain, until)?;
        if fees.is_empty() {
            return Ok(Self { first_hour, log_over_median: Vec::new() });
        }
        let at = |hour: i64| {
            let known = fees.partition_point(|(time_s, _)| *time_s <= hour * HOUR_S);
            fees[..known].last().map_or(f64::NAN, |(_, gwei)| *gwei)
        };
        let gwei: Vec<f64> = (first_hour..).take(hours).map(at).collect();
        let log_over_median = (0..hours).map(|hour| log_last_over_median(&gwei[..=hour])).collect();
        Ok(Self { first_hour, log_over_median })
    }

    /// ln of the base fee at the last whole hour over its median; NaN if not known.
    pub(super) fn log_over_median(&self, time_s: i64) -> f64 {
        let hour = usize::try_from(time_s.div_euclid(HOUR_S) - self.first_hour).ok();
        hour.and_then(|hour| self.log_over_median.get(hour)).copied().unwrap_or(f64::NAN)
    }
}

/// Times in seconds and base fees in gwei, in order.
fn query_base_fees(
    store: &Store,
    chain: &str,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<(i64, f64)>, FeatureError> {
    let filter = up_to(Filter::default().partition(Block::CHAIN, chain), until);
    let blocks = store
        .scan(&Block::TABLE, filter)?
        .select([col(Block::TIME).to_physical(), col(Block::BASE_FEE_GWEI)])
        .sort([Block::TIME], SortMultipleOptions::default())
        .collect()?;
    let until_s = until.map_or(i64::MAX, |until| until.timestamp());
    let times_s = blocks.column(Block::TIME)?.i64()?.into_no_null_iter();
    let times_s = times_s.map(|micros| micros.div_euclid(MICROS_PER_SECOND));
    let fees = times_s.zip(blocks.column(Block::BASE_FEE_GWEI)?.f64()?.iter());
    let fees = fees.filter_map(|(time_s, gwei)| Some((time_s, gwei?)));
    Ok(fees.filter(|(time_s, gwei)| *time_s <= until_s && *gwei > 0.0).collect())
}

fn log_last_over_median(gwei: &[f64]) -> f64 {
    let recent = &gwei[gwei.len().saturating_sub(WINDOW_HOURS)..];
    let mut sorted: Vec<f64> = recent.iter().copied().filter(|gwei| gwei.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(&upper) = sorted.get(sorted.len() / 2) else { return f64::NAN };
    let lower = sorted[(sorted.len() - 1) / 2];
    (gwei[gwei.len() - 1] / f64::midpoint(lower, upper)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_is_compared_with_the_median_of_a_week() {
        let mut gwei = vec![10.0; WINDOW_HOURS + 9];
        gwei[..9].fill(900.0);
        assert_eq!(log_last_over_median(&gwei), 0.0);
        gwei.push(50.0);
        assert!((log_last_over_median(&gwei) - 5_f64.ln()).abs() < 1e-15);
        assert!(log_last_over_median(&[f64::NAN]).is_nan());
        assert!((log_last_over_median(&[f64::NAN, 1.0, 3.0]) - 1.5_f64.ln()).abs() < 1e-15);
    }
}
