//! What every on-chain event carries: its place on the chain and its time.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::PositionEvent;

use crate::cells::RowCells;
use crate::fault::{QuarantineReason, RowFault};
use crate::fields::{BindError, BoundField, FieldBinder};
use crate::mapping::Market;

/// Where an event's place and time lie in a file.
pub(super) struct EventFields {
    block: BoundField,
    log_index: BoundField,
    tx: Option<BoundField>,
    time: BoundField,
}

/// An event's place and time.
pub(super) struct EventMeta {
    pub(super) block: u64,
    pub(super) log_index: u32,
    pub(super) tx: Option<String>,
    pub(super) time: DateTime<Utc>,
}

impl EventFields {
    pub(super) fn bind(fields: &mut FieldBinder<'_>) -> Result<Self, BindError> {
        Ok(Self {
            block: fields.bind_text(PositionEvent::BLOCK)?,
            log_index: fields.bind_text(PositionEvent::LOG_INDEX)?,
            tx: fields.bind_optional(PositionEvent::TX, FieldBinder::bind_text)?,
            time: fields.bind_time(PositionEvent::TIME)?,
        })
    }

    pub(super) fn decode(&self, cells: RowCells<'_>) -> Result<EventMeta, RowFault> {
        let tx = self.tx.as_ref().map(|slot| cells.hex(slot)).transpose()?.flatten();
        let (block, time) = (cells.block(&self.block)?, cells.time(&self.time)?);
        Ok(EventMeta { block, log_index: cells.log_index(&self.log_index)?, tx, time })
    }
}

/// A field that holds one of the market's assets.
pub(super) fn bind_asset(
    fields: &mut FieldBinder<'_>,
    field: &'static str,
) -> Result<BoundField, BindError> {
    let slot = fields.bind_text(field)?;
    if let BoundField::Constant(asset) = &slot {
        check_asset(&*fields.market()?, field, asset)?;
    }
    Ok(slot)
}

/// Checks that a mapping's asset is one of its market.
pub(super) fn check_asset(market: &Market, key: &str, asset: &str) -> Result<(), BindError> {
    let known = market.decimals(asset).is_some();
    let problem = || format!("{asset:?} is none of the market's assets: {}", market.symbols());
    if known { Ok(()) } else { Err(BindError::mapping(key, problem())) }
}

/// An asset of the market with its decimals.
pub(super) fn decode_asset(
    cells: RowCells<'_>,
    slot: &BoundField,
    market: &Arc<Market>,
) -> Result<(String, u32), RowFault> {
    let asset = cells.text(slot)?;
    let decimals = market.decimals(asset);
    let decimals = decimals.ok_or_else(|| {
        RowFault::new(
            QuarantineReason::Value,
            format!("{asset:?} is none of the market's assets: {}", market.symbols()),
        )
    })?;
    Ok((asset.to_owned(), decimals))
}
