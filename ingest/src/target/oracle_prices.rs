//! `oracle_prices`: what a source said an asset was worth, and when it said so.

use std::collections::HashMap;

use plimsoll_lake::tables::OraclePrice;

use super::Target;
use crate::cells::Cells;
use crate::fault::{Fault, Reason};
use crate::fields::{BindError, Fields, Slot};
use crate::jump::{Jump, Level, Tick};
use crate::mapping::Entry;

/// A candle's first price: held against its range, and not kept.
const OPEN_USD: &str = "open_usd";
/// The key of an entry that limits how far prices may move.
const JUMPS: &str = "jumps";

/// The fields of a price in one file.
pub(crate) struct OraclePrices {
    source: Slot,
    asset: Slot,
    time: Slot,
    block: Option<Slot>,
    price_usd: Slot,
    open_usd: Option<Slot>,
    high_usd: Option<Slot>,
    low_usd: Option<Slot>,
    volume: Option<Slot>,
}

impl Target for OraclePrices {
    type Row = OraclePrice;

    fn bind(fields: &mut Fields<'_>) -> Result<Self, BindError> {
        fields.understand(JUMPS);
        Ok(Self {
            source: fields.text(OraclePrice::SOURCE)?,
            asset: fields.text(OraclePrice::ASSET)?,
            time: fields.time(OraclePrice::TIME)?,
            block: fields.optional(OraclePrice::BLOCK, Fields::text)?,
            price_usd: fields.number(OraclePrice::PRICE_USD)?,
            open_usd: fields.optional(OPEN_USD, Fields::number)?,
            high_usd: fields.optional(OraclePrice::HIGH_USD, Fields::number)?,
            low_usd: fields.optional(OraclePrice::LOW_USD, Fields::number)?,
            volume: fields.optional(OraclePrice::VOLUME, Fields::number)?,
        })
    }

    fn decode(&self, cells: Cells<'_>) -> Result<OraclePrice, Fault> {
        let price =
            |slot: &Option<Slot>| slot.as_ref().map(|slot| cells.positive(slot)).transpose();
        let open_usd = price(&self.open_usd)?;
        let row = OraclePrice {
            source: cells.text(&self.source)?.to_owned(),
            asset: cells.text(&self.asset)?.to_owned(),
            time: cells.time(&self.time)?,
            block: self.block.as_ref().map(|slot| cells.block(slot)).transpose()?,
            price_usd: cells.positive(&self.price_usd)?,
            high_usd: price(&self.high_usd)?,
            low_usd: price(&self.low_usd)?,
            volume: self.volume.as_ref().map(|slot| cells.non_negative(slot)).transpose()?,
        };
        check_candle(&row, open_usd)?;
        Ok(row)
    }

    fn screen(entry: &Entry, rows: &[OraclePrice]) -> Vec<(usize, Fault)> {
        let Some(check) = &entry.jumps else { return Vec::new() };
        // Files need not be in order of time, and one asset may lie in several.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| rows[row].time);
        let mut levels: HashMap<&str, Level> = HashMap::new();
        let judge = |row: usize| {
            let OraclePrice { asset, time, price_usd, .. } = &rows[row];
            let tick = Tick { time: *time, price_usd: *price_usd };
            let level = levels.entry(asset).or_default();
            let jump = level.judge(tick, check.limits(asset), check.widen_after).err()?;
            Some((row, jump_fault(tick, jump)))
        };
        order.into_iter().filter_map(judge).collect()
    }
}

fn check_candle(row: &OraclePrice, open_usd: Option<f64>) -> Result<(), Fault> {
    let fault = |detail: String| Err(Fault::new(Reason::Candle, detail));
    let (high, low) = (row.high_usd.unwrap_or(f64::INFINITY), row.low_usd.unwrap_or(0.0));
    if high < low {
        return fault(format!("high {high} is below low {low}"));
    }
    for (name, price) in [("close", Some(row.price_usd)), ("open", open_usd)] {
        if let Some(price) = price.filter(|price| !(low..=high).contains(price)) {
            return fault(format!("{name} {price} is outside low {low} to high {high}"));
        }
    }
    Ok(())
}

fn jump_fault(tick: Tick, Jump { from, size, allowed }: Jump) -> Fault {
    let (then, now) = (from.price_usd, tick.price_usd);
    let gap_h = (tick.time - from.time).as_seconds_f64() / 3600.0;
    let detail = format!(
        "{now} USD is a log-ratio of {size:.3} from {then} USD, {gap_h:.1} h before; the limit is {allowed:.3}"
    );
    Fault::new(Reason::Jump, detail)
}
