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

/// Base fees, and their weekly median by whole hours; empty without blocks.
#[derive(Debug)]
pub(super) struct BaseFees {
    first_hour: i64,
    hours: Vec<HourlyFee>,
    /// Times in seconds and base fees in gwei of all blocks, in order.
    blocks: Vec<(i64, f64)>,
}

/// The base fee at a whole hour.
#[derive(Debug, Clone, Copy)]
struct HourlyFee {
    /// Of the last block, gwei; NaN before the first.
    gwei: f64,
    /// Median of the last week, gwei.
    median_gwei: f64,
}

impl BaseFees {
    /// Reads `hours` hours from `first_hour` on from the lake, up to `until`; blocks that cannot be read
    /// are logged, and count as not known.
    pub(super) fn read(
        store: &Store,
        chain: &str,
        (first_hour, hours): (i64, usize),
        until: Option<DateTime<Utc>>,
    ) -> Self {
        let blocks = query_base_fees(store, chain, until).unwrap_or_else(|error| {
            tracing::warn!("base fees of {chain} are not known: {error}");
            Vec::new()
        });
        if blocks.is_empty() {
            return Self { first_hour, hours: Vec::new(), blocks };
        }
        let at = |hour: i64| last_known(&blocks, hour * HOUR_S);
        let gwei: Vec<f64> = (first_hour..).take(hours).map(at).collect();
        let hour = |hour: usize| HourlyFee {
            gwei: gwei[hour],
            median_gwei: weekly_median(&gwei[..=hour]),
        };
        Self { first_hour, hours: (0..hours).map(hour).collect(), blocks }
    }

    /// ln of the base fee at the last whole hour over its median; NaN if not known.
    pub(super) fn log_over_median(&self, time_s: i64) -> f64 {
        self.hour(time_s).map_or(f64::NAN, |fee| (fee.gwei / fee.median_gwei).ln())
    }

    /// ln of the base fee of the latest block over the same median; NaN if not known.
    pub(super) fn log_now_over_median(&self, time_s: i64) -> f64 {
        let Some(fee) = self.hour(time_s) else { return f64::NAN };
        let is_whole_hour = time_s.rem_euclid(HOUR_S) == 0;
        let now = if is_whole_hour { fee.gwei } else { last_known(&self.blocks, time_s) };
        (now / fee.median_gwei).ln()
    }

    /// The base fee at the last whole hour, gwei; `None` if not known.
    pub(super) fn hourly_gwei(&self, time_s: i64) -> Option<f64> {
        self.hour(time_s).map(|fee| fee.gwei).filter(|gwei| gwei.is_finite())
    }

    fn hour(&self, time_s: i64) -> Option<&HourlyFee> {
        let hour = usize::try_from(time_s.div_euclid(HOUR_S) - self.first_hour).ok();
        hour.and_then(|hour| self.hours.get(hour))
    }
}

/// The base fee of the last block up to `time_s`, gwei; NaN before the first.
fn last_known(blocks: &[(i64, f64)], time_s: i64) -> f64 {
    let known = blocks.partition_point(|(block_s, _)| *block_s <= time_s);
    blocks[..known].last().map_or(f64::NAN, |(_, gwei)| *gwei)
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

fn weekly_median(gwei: &[f64]) -> f64 {
    let recent = &gwei[gwei.len().saturating_sub(WINDOW_HOURS)..];
    let mut sorted: Vec<f64> = recent.iter().copied().filter(|gwei| gwei.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(&upper) = sorted.get(sorted.len() / 2) else { return f64::NAN };
    let lower = sorted[(sorted.len() - 1) / 2];
    f64::midpoint(lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_is_compared_with_the_median_of_a_week() {
        let mut gwei = vec![10.0; WINDOW_HOURS + 9];
        gwei[..9].fill(900.0);
        assert_eq!(weekly_median(&gwei), 10.0);
        gwei.push(50.0);
        assert_eq!(weekly_median(&gwei), 10.0);
        assert!(weekly_median(&[f64::NAN]).is_nan());
        assert_eq!(weekly_median(&[f64::NAN, 1.0, 3.0]), 2.0);
        let blocks = vec![(10, 1.0), (7_300, 30.0)];
        let fees = BaseFees {
            first_hour: 2,
            hours: vec![HourlyFee { gwei: 20.0, median_gwei: 10.0 }],
            blocks,
        };
        assert_eq!(fees.log_over_median(7_200), 2_f64.ln());
        assert_eq!(fees.log_now_over_median(7_299), 0.1_f64.ln());
        assert_eq!(fees.log_now_over_median(7_200), 2_f64.ln(), "the hour's own");
        assert_eq!(fees.log_now_over_median(7_300), 3_f64.ln());
        assert_eq!((fees.hourly_gwei(7_300), fees.hourly_gwei(10_800)), (Some(20.0), None));
    }
}
