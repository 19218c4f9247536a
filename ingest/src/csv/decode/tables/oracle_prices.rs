//! `oracle_prices`: prices that a source published, with their times.

use std::collections::HashMap;

use plimsoll_lake::tables::OraclePrice;

use super::TableDecoder;
use crate::csv::address::lower_case_address;
use crate::csv::decode::field_binder::{BindError, BoundField, FieldBinder};
use crate::csv::decode::row_cells::RowCells;
use crate::csv::mapping::FileMapping;
use crate::csv::price_jump::{JumpDetector, PriceJump, PriceTick};
use crate::csv::row_fault::{QuarantineReason, RowFault};

/// A candle's first price: checked against the candle's range, and not stored.
const OPEN_USD: &str = "open_usd";
/// The key of an entry that limits price moves.
const JUMPS: &str = "jumps";

/// The fields of a price in one file.
pub(crate) struct OraclePriceDecoder {
    source: BoundField,
    asset: BoundField,
    time: BoundField,
    block: Option<BoundField>,
    price_usd: BoundField,
    open_usd: Option<BoundField>,
    high_usd: Option<BoundField>,
    low_usd: Option<BoundField>,
    volume: Option<BoundField>,
}

impl TableDecoder for OraclePriceDecoder {
    type Row = OraclePrice;

    fn bind(fields: &mut FieldBinder<'_>) -> Result<Self, BindError> {
        fields.mark_consumed(JUMPS);
        Ok(Self {
            source: fields.bind_text(OraclePrice::SOURCE)?,
            asset: fields.bind_text(OraclePrice::ASSET)?,
            time: fields.bind_time(OraclePrice::TIME)?,
            block: fields.bind_optional(OraclePrice::BLOCK, FieldBinder::bind_text)?,
            price_usd: fields.bind_number(OraclePrice::PRICE_USD)?,
            open_usd: fields.bind_optional(OPEN_USD, FieldBinder::bind_number)?,
            high_usd: fields.bind_optional(OraclePrice::HIGH_USD, FieldBinder::bind_number)?,
            low_usd: fields.bind_optional(OraclePrice::LOW_USD, FieldBinder::bind_number)?,
            volume: fields.bind_optional(OraclePrice::VOLUME, FieldBinder::bind_number)?,
        })
    }

    fn decode(&self, cells: RowCells<'_>) -> Result<OraclePrice, RowFault> {
        let price = |field: &Option<BoundField>| {
            field.as_ref().map(|field| cells.positive(field)).transpose()
        };
        let open_usd = price(&self.open_usd)?;
        let row = OraclePrice {
            source: cells.text(&self.source)?.to_owned(),
            asset: lower_case_address(cells.text(&self.asset)?),
            time: cells.time(&self.time)?,
            block: self.block.as_ref().map(|field| cells.block(field)).transpose()?,
            price_usd: check_price(cells.positive(&self.price_usd)?)?,
            high_usd: price(&self.high_usd)?,
            low_usd: price(&self.low_usd)?,
            volume: self.volume.as_ref().map(|field| cells.non_negative(field)).transpose()?,
        };
        check_candle(&row, open_usd)?;
        Ok(row)
    }

    fn implausible_rows(
        file_mapping: &FileMapping,
        rows: &[OraclePrice],
    ) -> Vec<(usize, RowFault)> {
        let Some(rules) = &file_mapping.jumps else { return Vec::new() };
        // Files need not be ordered by time, and one asset may be in several files.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| rows[row].time);
        let mut detectors: HashMap<&str, JumpDetector> = HashMap::new();
        let check_row = |row: usize| {
            let OraclePrice { asset, time, price_usd, .. } = &rows[row];
            let tick = PriceTick { time: *time, price_usd: *price_usd };
            let detector = detectors.entry(asset).or_default();
            let jump = detector.check(tick, rules.limits_for(asset), rules.widen_after).err()?;
            Some((row, jump_fault(tick, jump)))
        };
        order.into_iter().filter_map(check_row).collect()
    }
}

/// No token is worth this much; a price above it is in a smaller unit.
const HIGHEST_PRICE_USD: f64 = 1e9;

fn check_price(price_usd: f64) -> Result<f64, RowFault> {
    if price_usd <= HIGHEST_PRICE_USD {
        return Ok(price_usd);
    }
    let detail = format!(
        "a price of {price_usd} USD, above {HIGHEST_PRICE_USD}: set `unit = \"raw\"` and its \
         `decimals`, such as 8"
    );
    Err(RowFault::new(QuarantineReason::Number, detail))
}

fn check_candle(row: &OraclePrice, open_usd: Option<f64>) -> Result<(), RowFault> {
    let fault = |detail: String| Err(RowFault::new(QuarantineReason::Candle, detail));
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

fn jump_fault(tick: PriceTick, PriceJump { from, size, allowed }: PriceJump) -> RowFault {
    let (then, now) = (from.price_usd, tick.price_usd);
    let gap_h = (tick.time - from.time).as_seconds_f64() / 3600.0;
    let detail = format!(
        "{now} USD is a log-ratio of {size:.3} from {then} USD, {gap_h:.1} h before; the limit is {allowed:.3}"
    );
    RowFault::new(QuarantineReason::Jump, detail)
}
